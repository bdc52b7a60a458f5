//! `cargo bench`: a decision by this crate, beside the crates `iam-rs` and `cedar-policy`, with what each allocates.
//!
//! Cedar has another language, so its policies say the same in its own words. What `iam-rs` answers isn't compared: it
//! knows no layers, so the four documents are one list to it.

mod cases;

use std::sync::Arc;

use cases::{BOUNDARY, BUCKET, CONTEXT, IDENTITY, OBJECT, ROLE, SCP, TRUST, USER};
use divan::{AllocProfiler, Bencher, black_box};
use rolecall_policy::{
    Context, Document, Level, Policies, Policy, PolicySet, Principal, Request, decide, explain,
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn set(text: &str) -> PolicySet {
    let document = Document::parse(text).unwrap();
    PolicySet::new(vec![Arc::new(Policy::inline("policy", document))])
}

fn context() -> Context {
    let mut context = Context::new();
    for (key, value) in CONTEXT {
        context.set(key, *value);
    }
    context
}

/// Everything prepared.
struct World {
    principal: Principal,
    context: Context,
    identity: PolicySet,
    bucket: PolicySet,
    boundary: PolicySet,
    trust: PolicySet,
    scp: Vec<Level>,
}

impl World {
    fn new(identity: &str) -> Self {
        Self {
            principal: Principal::user(USER, None),
            context: context(),
            identity: set(identity),
            bucket: set(BUCKET),
            boundary: set(BOUNDARY),
            trust: set(TRUST),
            scp: vec![Level {
                target_arn: None,
                policies: set(SCP),
            }],
        }
    }

    fn upload<'a>(&'a self, action: &'a str) -> Request<'a> {
        Request {
            principal: &self.principal,
            action,
            resource: OBJECT,
            resource_account: Some("123456789012"),
            context: &self.context,
            policies: Policies {
                identity: &self.identity,
                boundary: Some(&self.boundary),
                resource: Some(&self.bucket),
                service_control: &self.scp,
                ..Policies::default()
            },
        }
    }

    fn assume(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: "sts:AssumeRole",
            resource: ROLE,
            resource_account: Some("123456789012"),
            context: &self.context,
            policies: Policies {
                resource: Some(&self.trust),
                ..Policies::default()
            },
        }
    }
}

mod prepared {
    use super::*;

    #[divan::bench(sample_size = 100)]
    fn rolecall_allow(bencher: Bencher<'_, '_>) {
        let world = World::new(IDENTITY);
        let request = world.upload("s3:PutObject");
        assert!(decide(&request).is_allowed());
        bencher.bench_local(|| decide(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn rolecall_deny(bencher: Bencher<'_, '_>) {
        let world = World::new(IDENTITY);
        let request = world.upload("s3:DeleteObject");
        assert!(!decide(&request).is_allowed());
        bencher.bench_local(|| decide(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn rolecall_assume_role(bencher: Bencher<'_, '_>) {
        let world = World::new(IDENTITY);
        let request = world.assume();
        assert!(decide(&request).is_allowed());
        bencher.bench_local(|| decide(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn rolecall_explain(bencher: Bencher<'_, '_>) {
        let world = World::new(IDENTITY);
        let request = world.upload("s3:PutObject");
        bencher.bench_local(|| explain(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn iam_rs_allow(bencher: Bencher<'_, '_>) {
        let evaluator = iam_rs_evaluator(&[IDENTITY, BUCKET, BOUNDARY, SCP]);
        let request = iam_rs_request("s3:PutObject", OBJECT);
        bencher.bench_local(|| evaluator.evaluate(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn iam_rs_assume_role(bencher: Bencher<'_, '_>) {
        let evaluator = iam_rs_evaluator(&[TRUST]);
        let request = iam_rs_request("sts:AssumeRole", ROLE);
        bencher.bench_local(|| evaluator.evaluate(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn cedar_allow(bencher: Bencher<'_, '_>) {
        let (authorizer, policies, entities) = cedar();
        let request = cedar_request("PutObject");
        let answer = authorizer.is_authorized(&request, &policies, &entities);
        assert_eq!(answer.decision(), cedar_policy::Decision::Allow);
        bencher.bench_local(|| authorizer.is_authorized(black_box(&request), &policies, &entities));
    }
}

mod with_parsing {
    use super::*;

    #[divan::bench(sample_size = 100)]
    fn rolecall(bencher: Bencher<'_, '_>) {
        let (principal, context) = (Principal::user(USER, None), context());
        bencher.bench_local(|| {
            let identity = set(black_box(IDENTITY));
            let bucket = set(black_box(BUCKET));
            let boundary = set(black_box(BOUNDARY));
            let levels = [Level {
                target_arn: None,
                policies: set(black_box(SCP)),
            }];
            decide(&Request {
                principal: &principal,
                action: "s3:PutObject",
                resource: OBJECT,
                resource_account: Some("123456789012"),
                context: &context,
                policies: Policies {
                    identity: &identity,
                    boundary: Some(&boundary),
                    resource: Some(&bucket),
                    service_control: &levels,
                    ..Policies::default()
                },
            })
        });
    }

    #[divan::bench(sample_size = 100)]
    fn iam_rs(bencher: Bencher<'_, '_>) {
        let request = iam_rs_request("s3:PutObject", OBJECT);
        bencher.bench_local(|| {
            iam_rs_evaluator(black_box(&[IDENTITY, BUCKET, BOUNDARY, SCP])).evaluate(&request)
        });
    }

    #[divan::bench(sample_size = 100)]
    fn cedar(bencher: Bencher<'_, '_>) {
        let request = cedar_request("PutObject");
        bencher.bench_local(|| {
            let (authorizer, policies, entities) = super::cedar();
            authorizer.is_authorized(&request, &policies, &entities)
        });
    }
}

mod a_thousand_statements {
    use super::*;

    #[divan::bench(sample_size = 100)]
    fn rolecall(bencher: Bencher<'_, '_>) {
        let world = World::new(&cases::many(1000));
        let request = world.upload("s3:PutObject");
        bencher.bench_local(|| decide(black_box(&request)));
    }

    #[divan::bench(sample_size = 100)]
    fn iam_rs(bencher: Bencher<'_, '_>) {
        let many = cases::many(1000);
        let evaluator = iam_rs_evaluator(&[many.as_str(), BUCKET, BOUNDARY, SCP]);
        let request = iam_rs_request("s3:PutObject", OBJECT);
        bencher.bench_local(|| evaluator.evaluate(black_box(&request)));
    }
}

fn iam_rs_evaluator(documents: &[&str]) -> iam_rs::PolicyEvaluator {
    let policies = documents
        .iter()
        .map(|document| serde_json::from_str::<iam_rs::IAMPolicy>(document).unwrap());
    iam_rs::PolicyEvaluator::with_policies(policies.collect())
}

fn iam_rs_request(action: &str, resource: &str) -> iam_rs::IAMRequest {
    let mut context = iam_rs::Context::new();
    for (key, value) in CONTEXT {
        let value = match *value {
            "true" => iam_rs::ContextValue::Boolean(true),
            "false" => iam_rs::ContextValue::Boolean(false),
            text => iam_rs::ContextValue::String(text.to_owned()),
        };
        context.insert((*key).to_owned(), value);
    }
    iam_rs::IAMRequest::new_with_context(
        iam_rs::Principal::Aws(iam_rs::PrincipalId::String(USER.to_owned())),
        action,
        iam_rs::Arn::parse(resource).unwrap(),
        context,
    )
}

/// The same four documents in Cedar's words.
const CEDAR: &str = r#"
permit(principal == User::"spa-deployment", action in [Action::"ListBucket", Action::"GetBucketLocation"], resource == Bucket::"spa-site");
permit(principal == User::"spa-deployment", action in [Action::"GetObject", Action::"PutObject"], resource in Bucket::"spa-site")
  when { context.secure };
forbid(principal == User::"spa-deployment", action, resource)
  unless { context.account == "123456789012" || context.account == "210987654321" };
forbid(principal, action, resource in Bucket::"spa-site") unless { context.secure };
forbid(principal, action, resource) unless { context.region == "us-east-1" || context.region == "eu-central-1" };
"#;

fn cedar() -> (
    cedar_policy::Authorizer,
    cedar_policy::PolicySet,
    cedar_policy::Entities,
) {
    let entities = r#"[
        {"uid": {"type": "User", "id": "spa-deployment"}, "attrs": {}, "parents": []},
        {"uid": {"type": "Object", "id": "index.html"}, "attrs": {}, "parents": [{"type": "Bucket", "id": "spa-site"}]},
        {"uid": {"type": "Bucket", "id": "spa-site"}, "attrs": {}, "parents": []}
    ]"#;
    (
        cedar_policy::Authorizer::new(),
        CEDAR.parse().unwrap(),
        cedar_policy::Entities::from_json_str(entities, None).unwrap(),
    )
}

fn cedar_request(action: &str) -> cedar_policy::Request {
    let context = r#"{"secure": true, "region": "us-east-1", "account": "123456789012"}"#;
    cedar_policy::Request::new(
        r#"User::"spa-deployment""#.parse().unwrap(),
        format!(r#"Action::"{action}""#).parse().unwrap(),
        r#"Object::"index.html""#.parse().unwrap(),
        cedar_policy::Context::from_json_str(context, None).unwrap(),
        None,
    )
    .unwrap()
}
