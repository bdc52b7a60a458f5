//! AWS's own managed policies: AWS saved them all, so nothing may be found wrong with them.

use rolecall_policy::validate::{PolicyKind, characters, limits, validate};
use rolecall_policy::{Document, SourceId, json, managed};

#[test]
fn nothing_is_wrong_with_what_aws_has_saved() {
    let mut wrong = Vec::new();
    for name in managed::names() {
        let policy = managed::find(name).unwrap();
        let node = json::read(&policy.document, SourceId::default()).unwrap();
        wrong.extend(
            validate(&node, PolicyKind::Identity)
                .into_iter()
                .map(|problem| format!("{name}: {} {}", problem.message, problem.label)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_customers_policy_of_the_same_length_fits_as_aws_counts() {
    let policy = managed::find("AdministratorAccess").unwrap();
    let node = json::read(&policy.document, SourceId::default()).unwrap();

    assert_eq!(characters(&node), policy.document.len());
    assert!(characters(&node) < limits::MANAGED);
}

#[test]
fn a_pretty_document_counts_as_its_minified_form() {
    let pretty = r#"
      {
        "Version": "2012-10-17",
        "Statement": [ { "Sid": "a \"b\" é", "Effect": "Allow" }, {}, [], true, false, null, 1.5 ]
      }"#;
    let minified = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a \"b\" é","Effect":"Allow"},{},[],true,false,null,1.5]}"#;
    let node = json::read(pretty, SourceId::default()).unwrap();
    assert_eq!(characters(&node), minified.chars().count());
}

#[test]
fn every_statement_of_aws_can_match() {
    for name in managed::names() {
        let document = Document::parse(&managed::find(name).unwrap().document).unwrap();
        for statement in document.statements() {
            assert!(statement.allows() || statement.denies(), "{name}");
        }
    }
}

#[test]
fn every_policy_has_an_arn_by_which_it_is_found() {
    let arns: Vec<String> = managed::arns().collect();

    assert_eq!(arns.len(), managed::names().count());
    assert!(arns.contains(&"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess".to_owned()));
    for (arn, name) in arns.iter().zip(managed::names()).step_by(100) {
        assert_eq!(managed::find(arn).unwrap().name, name);
    }
}
