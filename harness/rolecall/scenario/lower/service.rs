//! Service principals: whether there is such a service.

use rolecall_policy::catalog::prefixes;

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::Spanned;
use crate::scenario::nearest::nearest;

const SUFFIXES: [&str; 2] = [".amazonaws.com", ".amazonaws.com.cn"];

/// Services whose principals aren't called by the prefix of their actions.
///
/// AWS: the user guides of these services, service-linked roles and service roles.
const PRINCIPALS: [&str; 37] = [
    "airflow-env",
    "alexa-appkit",
    "alexa-connectedhome",
    "build.apprunner",
    "cks.kms",
    "config-conforms",
    "config-multiaccountsetup",
    "continuousexport.discovery",
    "credentials.iot",
    "delivery.logs",
    "ec2fleet",
    "ec2scheduled",
    "ecs-tasks",
    "edgelambda",
    "eks-fargate",
    "eks-fargate-pods",
    "eks-nodegroup",
    "export.rds",
    "lexv2",
    "logger.cloudfront",
    "member.org.stacksets.cloudformation",
    "monitoring",
    "monitoring.rds",
    "opensearchservice",
    "ops.apigateway",
    "pods.eks",
    "preview-inspector",
    "replication.dynamodb",
    "replicator.lambda",
    "resources.cloudformation",
    "spot",
    "spotfleet",
    "stacksets.cloudformation",
    "streams.metrics.cloudwatch",
    "tasks.apprunner",
    "vmie",
    "vpc-flow-logs",
];

impl Lower<'_, '_, '_> {
    /// A name that no service has but nearly one has is a slip of the pen; the services that are known are never all.
    pub(super) fn check_service(&mut self, service: &Spanned<String>) {
        let host = &service.value;
        let name = SUFFIXES
            .iter()
            .find_map(|suffix| Some((host.strip_suffix(suffix)?, suffix)));
        let Some((name, suffix)) = name.filter(|(name, _)| !name.is_empty()) else {
            let error = Diagnostic::error(
                "scenario::service-principal",
                format!("`{host}` is no service principal"),
            )
            .at(service.span, "services are named by their host")
            .help(format!("write `{}.amazonaws.com`", meant(host)));
            return self.report(error);
        };
        let known = || prefixes().chain(PRINCIPALS);
        let plain = without_region(name);
        if known().any(|known| known == plain) {
            return;
        }
        if let Some(near) = nearest(plain, known()) {
            let warning =
                Diagnostic::warning("unknown-service", format!("AWS has no service `{host}`"))
                    .at(service.span, "no policy means it")
                    .help(format!("did you mean `{near}{suffix}`?"));
            self.report(warning);
        }
    }
}

/// `logs.eu-central-1` is `logs` in one region.
fn without_region(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((service, region)) if region.matches('-').count() >= 2 => service,
        _ => name,
    }
}

/// The service's name in what was written for its host.
fn meant(host: &str) -> String {
    let lower = host.to_lowercase();
    let is_domain = |label: &str| {
        matches!(label, "aws" | "amazon" | "com" | "cn" | "amazonaws")
            || nearest(label, ["amazonaws"]).is_some()
    };
    let labels: Vec<&str> = lower
        .split('.')
        .filter(|label| !label.is_empty())
        .take_while(|label| !is_domain(label))
        .collect();
    if labels.is_empty() {
        return "SERVICE".to_owned();
    }
    let name = labels.join(".");
    match nearest(&name, prefixes().chain(PRINCIPALS)) {
        Some(near) if !prefixes().chain(PRINCIPALS).any(|known| known == name) => near.to_owned(),
        _ => name,
    }
}
