//! What a world has that no specification can say is told when it is saved.

use rolecall_mock::{Mock, World};
use rolecall_wire::{Structure, Value};

use crate::client::*;
use crate::iam::{account, with};

fn lost(mock: &Mock) -> Vec<String> {
    mock.read(World::export).lost
}

#[test]
fn nothing_is_lost_of_a_world_that_was_specified() {
    assert_eq!(lost(&Mock::new(account())), [""; 0]);
}

#[test]
fn what_no_specification_can_say_is_told() {
    const TEAM: [(&str, &str); 1] = [("team", "web")];
    let document = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#;
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "123456789012"}}]}"#;
    let arn = "arn:aws:iam::123456789012:policy/Frozen";
    let tagged = |input: Structure| input.with("Tags", Value::List(tags(&TEAM)));
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    for (operation, input) in [
        (
            "CreateLoginProfile",
            with(&[("UserName", "ann"), ("Password", "Corr3ct-horse!")]),
        ),
        ("CreateAccessKey", with(&[("UserName", "ann")])),
        (
            "CreateRole",
            with(&[
                ("RoleName", "R"),
                ("AssumeRolePolicyDocument", trust),
                ("Description", "Mine"),
            ]),
        ),
        (
            "CreatePolicy",
            tagged(with(&[
                ("PolicyName", "Frozen"),
                ("PolicyDocument", document),
                ("Description", "Nothing"),
            ])),
        ),
        (
            "CreatePolicyVersion",
            with(&[("PolicyArn", arn), ("PolicyDocument", document)]),
        ),
        ("CreateAccountAlias", with(&[("AccountAlias", "acme")])),
        (
            "UpdateAccountPasswordPolicy",
            Structure::new().with("MinimumPasswordLength", 12),
        ),
        (
            "CreateInstanceProfile",
            with(&[("InstanceProfileName", "web")]),
        ),
    ] {
        admin.call(&format!("iam:{operation}"), &input).unwrap();
    }

    assert_eq!(
        lost(&mock),
        [
            "of the account 123456789012: its alias",
            "of the account 123456789012: its password policy",
            "of the policy arn:aws:iam::123456789012:policy/Frozen: its description",
            "of the policy arn:aws:iam::123456789012:policy/Frozen: its other versions",
            "of the policy arn:aws:iam::123456789012:policy/Frozen: its tags",
            "of the role R: its description",
            "of the user ann: its password",
            "of the user ann: its second access key",
            "the instance profile web",
        ]
    );
}
