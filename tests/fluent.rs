//! The fluent API from outside: what passes passes, what fails says why, mistakes are shown with the nearest name.

#![expect(clippy::expect_used, reason = "a test that can't be set up has failed")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use rolecall::fluent::{Allowed, Answers, Denied, Fails, Policy, World};
use rolecall::target::Target;
use rstest::rstest;
use serde_json::json;

fn trust_of(arn: &str) -> serde_json::Value {
    json!({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": arn},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "Customer-4711"}},
        },
    })
}

fn world() -> World {
    World::define()
        .user("spa", |user| user.tag("team", "web"))
        .user("ann", |user| user.mfa().policy("ReadOnlyAccess"))
        .role("Deploy", |role| {
            role.trust(trust_of("arn:aws:iam::123456789012:user/spa"))
                .policy("AmazonS3FullAccess")
        })
        .bucket("site", |bucket| bucket.object("index.html", "it works"))
        .start()
}

/// What a test is told that fails.
#[track_caller]
fn told(fails: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(fails)).expect_err("a failure");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(_) => String::new(),
    }
}

#[test]
fn a_session_acts_until_it_expires() {
    let world = world();
    let spa = world.user("spa");
    spa.call("s3:GetObject")
        .on("site/index.html")
        .expect(Denied.by(Policy::Identity).implicitly());

    let deploy = spa
        .assume("Deploy")
        .external_id("Customer-4711")
        .session("DeploySPA")
        .expect(Allowed);
    let identity = deploy.call("sts:GetCallerIdentity").expect(Allowed);
    assert_eq!(
        identity["Arn"],
        "arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA"
    );
    let page = deploy
        .call("s3:GetObject")
        .on("site/index.html")
        .expect(Allowed);
    assert_eq!(page["Body"], "it works");

    world.wait("2h");
    deploy.call("s3:ListBuckets").expect(Fails("ExpiredToken"));
}

#[test]
fn what_one_step_makes_the_next_one_finds() {
    let world = world();
    let deploy = world
        .user("spa")
        .assume("Deploy")
        .external_id("Customer-4711")
        .expect(Allowed);
    deploy
        .call("s3:PutObject")
        .on("site/new.html")
        .with("Body", "new")
        .expect(Allowed);
    deploy.call("s3:ListObjectsV2").on("site").expect(Answers(
        json!({"Contents": [{"Key": "new.html"}, {"Key": "index.html"}]}),
    ));
}

#[test]
fn a_change_holds_for_all_that_comes_after_it() {
    let world = world();
    let spa = world.user("spa");
    spa.ask("dynamodb:GetItem on arn:aws:dynamodb:us-east-1:123456789012:table/x")
        .expect(Denied.by(Policy::Identity));

    world.change(json!({"users": {"spa": {"policies": ["AdministratorAccess"]}}}));
    spa.ask("dynamodb:GetItem on arn:aws:dynamodb:us-east-1:123456789012:table/x")
        .expect(Allowed);
    world.change(json!({"users": {"bob": {}}}));
    world.user("bob").call("s3:ListBuckets").expect(Denied);
}

#[test]
fn sessions_chain() {
    let world = World::from_yaml(
        r#"
users:
  spa: { policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "sts:AssumeRole", Resource: "*" } }] }
roles:
  First:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" } }
    policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "sts:AssumeRole", Resource: "*" } }]
  Second:
    trust: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:role/First" }, Action: "sts:AssumeRole" } }
"#,
    );
    let first = world.user("spa").assume("First").expect(Allowed);
    let second = first.assume("Second").session("chained").expect(Allowed);
    let identity = second.call("sts:GetCallerIdentity").expect(Allowed);
    assert_eq!(
        identity["Arn"],
        "arn:aws:sts::123456789012:assumed-role/Second/chained"
    );
    second.ask("s3:GetObject on *").expect(Denied);
    world
        .user("spa")
        .assume("Second")
        .expect(Denied.by(Policy::Trust).implicitly());
}

#[test]
fn what_fails_says_what_decided_and_where() {
    let world = world();
    let told = told(|| {
        world
            .user("spa")
            .assume("Deploy")
            .external_id("customer-4711")
            .expect(Allowed);
    });
    insta::assert_snapshot!(told, @r#"
    spa assumes Deploy with external id `customer-4711`
          expected success, but got AccessDenied (403)
          AccessDenied (403): User: arn:aws:iam::123456789012:user/spa is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/Deploy
          expected at in Rust.yaml:48:17
          because: nothing in the trust policy allows sts:AssumeRole
            --> in Rust.yaml:26:15
             |
          26 |               "sts:ExternalId": "Customer-4711"
             |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ wants `Customer-4711`, but `sts:ExternalId` is `customer-4711`
    "#);
}

#[rstest]
#[case::role(|world: &World| { world.user("spa").assume("Deplyo").expect(Denied); }, "did you mean `Deploy`?")]
#[case::user(|world: &World| { world.user("spo").call("s3:ListBuckets").expect(Denied); }, "did you mean `spa`?")]
#[case::operation(|world: &World| { world.user("spa").call("s3:ListBukkets").expect(Denied); }, "did you mean `s3:ListBuckets`?")]
#[case::member(|world: &World| { world.user("spa").assume("Deploy").with("external_id", "x").expect(Denied); }, "did you mean `external-id`?")]
fn a_mistake_shows_the_nearest_name(#[case] step: fn(&World), #[case] help: &str) {
    let world = world();
    let told = told(|| step(&world));
    assert!(told.contains(help), "{told}");
}

#[test]
fn a_world_with_a_mistake_is_not_built() {
    let told = told(|| {
        World::define()
            .role("Deploy", |role| role.policy("AmazonS3FullAcces"))
            .start();
    });
    assert!(
        told.contains("did you mean `AmazonS3FullAccess`?"),
        "{told}"
    );
}

#[test]
fn it_works_over_http_as_well() {
    let world = World::from_file("tests/fluent.world.yaml", Target::Http);
    world
        .user("bystander")
        .call("s3:ListBuckets")
        .expect(Denied);
}

#[tokio::test]
async fn it_works_inside_a_runtime() {
    world().user("spa").call("s3:ListBuckets").expect(Denied);
}
