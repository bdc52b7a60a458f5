//! `call`: one API operation and its parameters.

use rolecall_policy::{Node, Span, Value};
use rolecall_wire::Structure;
use rolecall_wire::model::{self, Operation, Service};

use super::parameter::quoted;
use super::{Lower, action};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Call, Entity, Spanned};
use crate::scenario::nearest::{did_you_mean, nearest};
use crate::scenario::text as words;
use crate::scenario::tree::spanned;
use crate::services;

impl Lower<'_, '_, '_> {
    /// A `call` step's call.
    pub(super) fn call(&mut self, step: &Node) -> Option<Call> {
        let written = spanned(step, "call")?;
        let (service, operation) = self.operation(&written)?;
        let mut input = Structure::new();
        if let Some(on) = spanned(step, "on") {
            self.on(&on, service, operation, &mut input);
        }
        if let Some(with) = step.get("with") {
            self.with(with, service, operation, &mut input);
        }
        self.required(step, &written, operation, &input);
        self.bucket_of(step, operation, &input);
        Some(Call {
            service: service.name().to_owned(),
            operation: operation.name().to_owned(),
            span: written.span,
            region: self.region(step),
            input,
        })
    }

    fn operation(
        &mut self,
        written: &Spanned<String>,
    ) -> Option<(&'static Service, &'static Operation)> {
        let Some((service_name, name)) = written.value.split_once(':') else {
            self.no_service(written);
            return None;
        };
        let service = match services::service(service_name) {
            Ok(Some(service)) => service,
            Ok(None) => {
                self.unknown_service(service_name, written);
                return None;
            }
            Err(reason) => {
                let message = format!("the model of `{service_name}` can't be used: {reason}");
                let error = Diagnostic::error("scenario::service-model", message)
                    .at(written.span, "called here")
                    .help("the installation that `botocore` in rolecall.toml names may be too new, or broken");
                self.report(error);
                return None;
            }
        };
        let operation = service.operation(name);
        if operation.is_none() {
            self.unknown_operation(service, name, written.span);
        }
        Some((service, operation?))
    }

    fn no_service(&mut self, written: &Spanned<String>) {
        let mut services = model::service_names().filter_map(model::service);
        let owner = services.find(|service| service.operation(&written.value).is_some());
        let help = match owner {
            Some(service) => format!("write `{}:{}`", service.name(), written.value),
            None => "write service and operation, as in `s3:ListBuckets`".to_owned(),
        };
        let error = Diagnostic::error(
            "scenario::operation",
            format!("`{}` doesn't say of which service", written.value),
        )
        .at(written.span, "expected `SERVICE:OPERATION`")
        .help(help);
        self.report(error);
    }

    fn unknown_service(&mut self, name: &str, written: &Spanned<String>) {
        let installed = services::installed_names();
        let bundled = model::service_names().map(|name| -> &str { name });
        let known = bundled.chain(installed.iter().map(String::as_str));
        let help = did_you_mean(name, known).unwrap_or_else(|| {
            let bundled = words::list(model::service_names());
            if installed.is_empty() {
                format!("calls go to {bundled}, and to others where `botocore` in rolecall.toml names their models")
            } else {
                format!("calls go to {bundled}, and to the services of `botocore`, by the names of the AWS CLI")
            }
        });
        let error = Diagnostic::error(
            "scenario::unknown-service",
            format!("no service is named `{name}`"),
        )
        .at(written.span, "unknown service")
        .help(help);
        self.report(error);
    }

    fn unknown_operation(&mut self, service: &Service, name: &str, span: Span) {
        let prefix = service.name();
        let error = Diagnostic::error(
            "scenario::unknown-operation",
            format!("{prefix} has no operation `{name}`"),
        );
        let error = if let Some(operation) = action::operation(prefix, name) {
            error
                .at(span, "this is the name of a permission")
                .help(format!("the operation is `{prefix}:{operation}`"))
        } else if let Some(instead) = action::without_operation(prefix, name) {
            error
                .at(span, "this is a permission without an operation")
                .help(instead)
        } else {
            let near = nearest(name, service.operations().iter().map(Operation::name));
            let help = match near {
                Some(near) => format!("did you mean `{prefix}:{near}`?"),
                None => format!(
                    "operations have the names of AWS's API, such as `{prefix}:{}`",
                    example(service)
                ),
            };
            error.at(span, "unknown operation").help(help)
        };
        self.report(error);
    }

    /// `on: bucket/key`.
    fn on(
        &mut self,
        on: &Spanned<String>,
        service: &Service,
        operation: &Operation,
        input: &mut Structure,
    ) {
        let shape = operation.input();
        let has = |member: &str| shape.is_some_and(|shape| shape.member(member).is_some());
        if !has("Bucket") {
            let error = Diagnostic::error(
                "scenario::on",
                format!("{}:{} acts on no bucket", service.name(), operation.name()),
            )
            .at(on.span, "`on` names a bucket, or an object in it")
            .help("give its parameters under `with`, or remove `on`");
            return self.report(error);
        }
        let (bucket, key) = match on.value.split_once('/') {
            Some((bucket, key)) => (bucket, Some(key)),
            None => (on.value.as_str(), None),
        };
        if let Some(path) = bucket
            .strip_prefix("arn:")
            .and_then(|arn| arn.split_once(":::"))
            .map(|(_, path)| path)
        {
            let whole = key.map_or(path.to_owned(), |key| format!("{path}/{key}"));
            input.set("Bucket", path);
            input.set("Key", key.unwrap_or_default());
            let error = Diagnostic::error("scenario::on", "`on` takes a bucket, not an ARN")
                .at(on.span, "an ARN")
                .help(format!("write `on: {whole}`"));
            return self.report(error);
        }
        input.set("Bucket", bucket);
        match key {
            Some(key) if has("Key") => input.set("Key", key),
            Some(key) => {
                let error = Diagnostic::error(
                    "scenario::on",
                    format!(
                        "{}:{} acts on a bucket, not on an object",
                        service.name(),
                        operation.name()
                    ),
                )
                .at(on.span, format!("`{key}` is one too much"))
                .help(format!(
                    "write `on: {bucket}`{}",
                    if has("Prefix") {
                        ", and the rest as `with: { Prefix: … }`"
                    } else {
                        ""
                    }
                ));
                self.report(error);
            }
            None => {}
        }
    }

    fn with(
        &mut self,
        with: &Node,
        service: &Service,
        operation: &Operation,
        input: &mut Structure,
    ) {
        let whole = format!("{}:{}", service.name(), operation.name());
        let Value::Map(entries) = &with.value else {
            return;
        };
        for entry in entries {
            let member = operation.input().and_then(|shape| shape.member(&entry.key));
            let Some(member) = member else {
                self.unknown_parameter(&entry.key, entry.key_span, operation.input(), &whole);
                continue;
            };
            if input.get(&entry.key).is_some() {
                let error = Diagnostic::error(
                    "scenario::given-twice",
                    format!("`{}` is given by `on` already", entry.key),
                )
                .at(entry.key_span, "given again")
                .help("remove one of the two");
                self.report(error);
            }
            if let Some(value) = self.parameter(&entry.value, member, &quoted(&entry.key)) {
                input.set(&entry.key, value);
            }
        }
    }

    fn required(
        &mut self,
        step: &Node,
        call: &Spanned<String>,
        operation: &Operation,
        input: &Structure,
    ) {
        let members = operation
            .input()
            .into_iter()
            .flat_map(model::Shape::members);
        let missing =
            members.filter(|member| member.is_required() && !member.is_idempotency_token());
        for member in missing.filter(|member| input.get(member.name()).is_none()) {
            let name = member.name();
            let misread = step
                .get("with")
                .is_some_and(|with| with.get(name).is_some());
            if misread {
                continue;
            }
            let help = match name {
                "Bucket" => "name it: `on: BUCKET`".to_owned(),
                "Key" => match input.string("Bucket") {
                    Some(bucket) => format!("name the object: `on: {bucket}/KEY`"),
                    None => "name the object: `on: BUCKET/KEY`".to_owned(),
                },
                _ => format!("add `with: {{ {name}: … }}`"),
            };
            let error = Diagnostic::error(
                "scenario::missing-parameter",
                format!("{} needs `{name}`", call.value),
            )
            .at(call.span, "called without it")
            .help(help);
            self.report(error);
        }
    }

    /// A bucket with nearly the name of one that exists is a slip of the pen.
    fn bucket_of(&mut self, step: &Node, operation: &Operation, input: &Structure) {
        let Some(bucket) = input.string("Bucket") else {
            return;
        };
        if operation.name() == "CreateBucket" {
            self.created.insert(bucket.to_owned());
        }
        if self.names.has(Entity::Bucket, bucket) || self.created.contains(bucket) {
            return;
        }
        let Some(near) = nearest(bucket, self.names.names(Entity::Bucket)) else {
            return;
        };
        let given = step
            .get("on")
            .or_else(|| step.get("with").and_then(|with| with.get("Bucket")));
        let warning = Diagnostic::warning(
            "unknown-bucket",
            format!("the world has no bucket `{bucket}`"),
        )
        .at(
            given.map_or(step.span, |node| node.span),
            "AWS answers NoSuchBucket",
        )
        .help(format!("did you mean `{near}`?"));
        self.report(warning);
    }
}

fn example(service: &Service) -> &'static str {
    match service.name() {
        "s3" => "ListBuckets",
        "sts" => "GetCallerIdentity",
        "iam" => "GetUser",
        "cloudfront" => "CreateInvalidation",
        "organizations" => "DescribeOrganization",
        _ => service.operations().first().map_or("", Operation::name),
    }
}
