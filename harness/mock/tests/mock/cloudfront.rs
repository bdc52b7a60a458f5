//! Distributions that a world declares, and what becomes of invalidations.

use jiff::SignedDuration;
use rolecall_mock::{Asker, DistributionSpec, Mock, PolicySpec, WorldError};
use rolecall_wire::{Structure, Value};

use crate::client::*;
use crate::iam::{account, refusal, texts, with};

fn spec(account: &str, id: &str, team: &str) -> DistributionSpec {
    DistributionSpec {
        id: id.to_owned(),
        account: account.to_owned(),
        origin: Some("site".to_owned()),
        aliases: vec![],
        tags: vec![("team".to_owned(), team.to_owned())],
    }
}

fn batch(distribution: &str, reference: &str) -> Structure {
    let paths = Structure::new()
        .with("Quantity", 1_i64)
        .with("Items", vec![Value::from("/*")]);
    let batch = Structure::new()
        .with("Paths", paths)
        .with("CallerReference", reference);
    with(&[("DistributionId", distribution)]).with("InvalidationBatch", batch)
}

/// Who may invalidate the distributions of the team `web`.
fn of_team() -> PolicySpec {
    PolicySpec::Inline {
        name: "of-team".to_owned(),
        document: document(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "cloudfront:CreateInvalidation",
                "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}}]}"#,
        ),
    }
}

/// AWS: CloudFront Developer Guide, Invalidate files to remove content.
#[test]
fn an_invalidation_is_in_progress_and_then_completed() {
    let mut world = account();
    world.add_distribution(spec(MAIN, "E1", "web")).unwrap();
    let mock = Mock::new(world);
    let admin = Client::user(&mock, "admin");
    for reference in ["1", "2"] {
        let made = admin.call("cloudfront:CreateInvalidation", &batch("E1", reference));
        made.unwrap();
    }
    let in_progress = || {
        let shown = admin.call("cloudfront:GetDistribution", &with(&[("Id", "E1")]));
        let shown = shown.unwrap();
        let shown = shown.structure("Distribution").unwrap();
        shown.integer("InProgressInvalidationBatches")
    };
    let page = |marker: &str| {
        let asked = [
            ("DistributionId", "E1"),
            ("MaxItems", "1"),
            ("Marker", marker),
        ];
        let page = admin.call("cloudfront:ListInvalidations", &with(&asked));
        page.unwrap().structure("InvalidationList").unwrap().clone()
    };
    assert_eq!(in_progress(), Some(2));
    let first = page("");
    assert_eq!(texts(&first, "Items", "Status"), ["InProgress"]);
    assert_eq!(first.boolean("IsTruncated"), Some(true));

    mock.clock().advance(SignedDuration::from_mins(1));

    assert_eq!(in_progress(), Some(0));
    let second = page(first.string("NextMarker").unwrap());
    assert_eq!(texts(&second, "Items", "Status"), ["Completed"]);
    assert_eq!(second.boolean("IsTruncated"), Some(false));
    assert_ne!(
        texts(&first, "Items", "Id"),
        texts(&second, "Items", "Id"),
        "a page begins after the last"
    );
}

/// AWS: Service Authorization Reference, Amazon CloudFront, condition keys.
#[test]
fn the_tags_of_a_distribution_decide() {
    let mut world = account();
    world.add_user(user("web", vec![of_team()])).unwrap();
    world.add_distribution(spec(MAIN, "E1", "web")).unwrap();
    world.add_distribution(spec(MAIN, "E2", "ops")).unwrap();
    let mock = Mock::new(world);
    let web = Client::user(&mock, "web");
    let may = |id: &str| {
        web.call("cloudfront:CreateInvalidation", &batch(id, "1"))
            .is_ok()
    };
    assert!(may("E1"));
    assert!(!may("E2"));

    mock.update(|world| world.update_distribution(spec(MAIN, "E2", "web")))
        .unwrap();
    assert!(may("E2"));
    let asked = mock.ask(
        Asker::User {
            account: MAIN,
            name: "web",
        },
        "cloudfront:CreateInvalidation",
        Some("arn:aws:cloudfront::123456789012:distribution/E2"),
        &[],
    );
    assert!(asked.unwrap().is_allowed());

    mock.update(|world| world.remove_distribution("E2"))
        .unwrap();
    assert!(!may("E2"), "without tags it isn't the team's");
}

#[test]
fn a_distribution_of_another_account_is_not_there() {
    let mut world = account();
    world.add_distribution(spec(OTHER, "E1", "web")).unwrap();
    let mock = Mock::new(world);

    assert_eq!(
        Client::user(&mock, "admin").refused("cloudfront:CreateInvalidation", &batch("E1", "1")),
        refusal(
            "NoSuchDistribution",
            "The specified distribution does not exist."
        )
    );
}

#[test]
fn a_world_takes_ids_once_and_changes_what_is_there() {
    let mut world = account();
    world.add_distribution(spec(MAIN, "E1", "web")).unwrap();
    let exists = world.add_distribution(spec(MAIN, "E1", "web"));
    assert!(matches!(exists, Err(WorldError::Exists { .. })));
    let invalid = world.add_distribution(spec(MAIN, "my-site", "web"));
    assert_eq!(
        invalid.unwrap_err().to_string(),
        "`my-site` is not a name for a distribution: upper-case letters and digits, as in `E2EXAMPLE`"
    );
    for changed in [
        world.update_distribution(spec(MAIN, "E2", "web")),
        world.remove_distribution("E2"),
    ] {
        assert_eq!(
            changed.unwrap_err().to_string(),
            "there is no distribution `E2`"
        );
    }
}

/// AWS: CloudFront Developer Guide, Restrict access to an Amazon S3 origin.
#[test]
fn an_origin_access_control_in_use_stays() {
    let mut world = account();
    world.add_distribution(spec(MAIN, "E1", "web")).unwrap();
    let mock = Mock::new(world);
    let admin = Client::user(&mock, "admin");
    let call = |operation: &str, input: &Structure| {
        let answer = admin.call(&format!("cloudfront:{operation}"), input);
        answer.unwrap()
    };
    let config = with(&[
        ("Name", "site"),
        ("SigningProtocol", "sigv4"),
        ("SigningBehavior", "always"),
        ("OriginAccessControlOriginType", "s3"),
    ]);
    let create = Structure::new().with("OriginAccessControlConfig", config);
    let made = call("CreateOriginAccessControl", &create);
    let id = made.structure("OriginAccessControl").unwrap();
    let id = id.string("Id").unwrap();
    let delete = with(&[("Id", id), ("IfMatch", made.string("ETag").unwrap())]);
    assert_eq!(
        admin.refused("cloudfront:CreateOriginAccessControl", &create),
        refusal(
            "OriginAccessControlAlreadyExists",
            "An origin access control with the same name already exists."
        )
    );
    let set = |control: &str| {
        let shown = call("GetDistributionConfig", &with(&[("Id", "E1")]));
        let etag = shown.string("ETag").unwrap();
        let mut config = shown.structure("DistributionConfig").unwrap().clone();
        let origins = config.structure("Origins").unwrap();
        let mut origin = origins.structures("Items").next().unwrap().clone();
        origin.set("OriginAccessControlId", control);
        let items = vec![Value::from(origin)];
        let origins = Structure::new()
            .with("Quantity", 1_i64)
            .with("Items", items);
        config.set("Origins", origins);
        let update = with(&[("Id", "E1"), ("IfMatch", etag)]);
        call(
            "UpdateDistribution",
            &update.with("DistributionConfig", config),
        );
    };

    set(id);
    assert_eq!(
        admin.refused("cloudfront:DeleteOriginAccessControl", &delete),
        refusal(
            "OriginAccessControlInUse",
            "Cannot delete the origin access control because it's in use by one or more distributions."
        )
    );
    set("");
    call("DeleteOriginAccessControl", &delete);
    assert_eq!(
        admin.refused("cloudfront:GetOriginAccessControl", &with(&[("Id", id)])),
        refusal(
            "NoSuchOriginAccessControl",
            "The specified origin access control does not exist."
        )
    );
}
