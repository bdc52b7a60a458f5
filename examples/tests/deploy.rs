//! The same in Rust, with the policies that are deployed.

use rolecall::fluent::{Allowed, Denied, Policy, World};

fn world() -> World {
    World::define()
        .folder("scenarios/policies")
        .user("pipeline", |user| user)
        .user("visitor", |user| user)
        .role("Deploy", |role| {
            role.trust("deploy-trust.json").policy("deploy.json")
        })
        .bucket("acme-site", |bucket| bucket)
        .bucket("acme-payroll", |bucket| bucket)
        .start()
}

#[test]
fn visitors_dont_deploy() {
    let world = world();
    world
        .user("visitor")
        .assume("Deploy")
        .external_id("site")
        .expect(Denied.by(Policy::Trust).implicitly());
}

#[test]
fn the_pipeline_deploys_to_its_site_alone() {
    let world = world();
    let deploy = world
        .user("pipeline")
        .assume("Deploy")
        .external_id("site")
        .expect(Allowed);

    let upload = |bucket: &str| {
        deploy
            .call("s3:PutObject")
            .on(&format!("{bucket}/index.html"))
            .with("Body", "it works")
    };
    upload("acme-site").expect(Allowed);
    upload("acme-payroll").expect(Denied.by(Policy::Identity).implicitly());
}
