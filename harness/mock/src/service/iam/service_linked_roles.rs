//! Roles that are linked to AWS services: the service says how they are called and what they may.
//!
//! AWS: IAM User Guide, Create a service-linked role; each service's guide for its name and policy.

use rolecall_wire::{ServiceError, Structure};

use super::{account, error, roles};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{AccountId, PolicyDocument, PolicySpec, RoleSpec, World, iam_arn};

/// A service with a role of its own.
struct Service {
    /// `autoscaling.amazonaws.com`.
    principal: &'static str,
    /// What follows `AWSServiceRoleFor`.
    name: &'static str,
    /// The managed policy, in `/aws-service-role/`.
    policy: &'static str,
    /// Whether there may be several, told apart by a suffix.
    takes_suffix: bool,
}

const fn service(principal: &'static str, name: &'static str, policy: &'static str) -> Service {
    Service {
        principal,
        name,
        policy,
        takes_suffix: false,
    }
}

/// The services whose roles the mock knows.
const SERVICES: &[Service] = &[
    Service {
        takes_suffix: true,
        ..service(
            "autoscaling.amazonaws.com",
            "AutoScaling",
            "AutoScalingServiceRolePolicy",
        )
    },
    service("ecs.amazonaws.com", "ECS", "AmazonECSServiceRolePolicy"),
    service(
        "eks.amazonaws.com",
        "AmazonEKS",
        "AmazonEKSServiceRolePolicy",
    ),
    service(
        "elasticloadbalancing.amazonaws.com",
        "ElasticLoadBalancing",
        "AWSElasticLoadBalancingServiceRolePolicy",
    ),
    service(
        "organizations.amazonaws.com",
        "Organizations",
        "AWSOrganizationsServiceTrustPolicy",
    ),
    service(
        "ops.apigateway.amazonaws.com",
        "APIGateway",
        "APIGatewayServiceRolePolicy",
    ),
    service("rds.amazonaws.com", "RDS", "AmazonRDSServiceRolePolicy"),
    service(
        "spot.amazonaws.com",
        "EC2Spot",
        "AWSEC2SpotServiceRolePolicy",
    ),
    service("sso.amazonaws.com", "SSO", "AWSSSOServiceRolePolicy"),
    service(
        "access-analyzer.amazonaws.com",
        "AccessAnalyzer",
        "AccessAnalyzerServiceRolePolicy",
    ),
    service(
        "config.amazonaws.com",
        "Config",
        "AWSConfigServiceRolePolicy",
    ),
    service(
        "guardduty.amazonaws.com",
        "AmazonGuardDuty",
        "AmazonGuardDutyServiceRolePolicy",
    ),
    service(
        "cloudtrail.amazonaws.com",
        "CloudTrail",
        "CloudTrailServiceRolePolicy",
    ),
];

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?;
    let service = find_service(call.required("AWSServiceName"))?;
    let suffix = call.input.string("CustomSuffix");
    if suffix.is_some() && !service.takes_suffix {
        let message = format!("Custom suffix is not allowed for {}", service.principal);
        return Err(error::invalid_input(message));
    }
    let name = role_name(service, suffix);
    if world.role(account.as_str(), &name).is_some() {
        return Err(error::invalid_input(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    let added = world.add_role(RoleSpec {
        path: path(service.principal),
        policies: policy(service).into_iter().collect(),
        ..RoleSpec::new(account.as_str(), &name, trust(service)?)
    });
    added.map_err(|error| error::refused(&error))?;
    let role = roles::find_mut(world, &account, &name)?;
    role.created = call.now();
    role.description = call.input.string("Description").map(str::to_owned);
    let made = roles::described(role, call);
    Ok(Structure::new().with("Role", made).into())
}

/// AWS asks the service whether it still needs the role; in the mock none does.
pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("RoleName"));
    let role = roles::find(world, &account, name)?;
    let Some(service) = role.path.strip_prefix(roles::SERVICE_LINKED) else {
        return Err(error::invalid_input(format!(
            "{name} is not a service-linked role."
        )));
    };
    let service = service.trim_end_matches('/').to_owned();
    let task = format!(
        "task{}{service}/{name}/{}",
        roles::SERVICE_LINKED,
        world.ids.uuid()
    );
    let removed = world.remove_role(account.as_str(), name);
    removed.map_err(|error| error::refused(&error))?;
    if let Some(settings) = world.settings_mut(&account) {
        settings.deletion_tasks.push(task.clone());
    }
    Ok(Structure::new().with("DeletionTaskId", task).into())
}

pub(super) fn deletion_status(world: &World, call: &Call) -> Answer {
    let settings = world.settings(&account(call)?);
    let mut tasks = settings.into_iter().flat_map(|s| &s.deletion_tasks);
    if tasks.any(|task| task == call.required("DeletionTaskId")) {
        return Ok(Structure::new().with("Status", "SUCCEEDED").into());
    }
    let task = call.required("DeletionTaskId");
    Err(error::no_such_entity(format!(
        "Deletion task with id {task} cannot be found."
    )))
}

/// The ARN of the role that a request is to make, or of the one that a deletion is about.
pub(super) fn arn(call: &Call, account: &AccountId) -> String {
    if let Some(task) = call.input.string("DeletionTaskId") {
        let role = task.strip_prefix("task").unwrap_or(task);
        let role = role.rsplit_once('/').map_or(role, |(role, _)| role);
        return iam_arn(call.partition(), account, "role", role, "");
    }
    let principal = call.required("AWSServiceName");
    let name = match find_service(principal) {
        Ok(service) => role_name(service, call.input.string("CustomSuffix")),
        Err(_) => "*".to_owned(),
    };
    iam_arn(call.partition(), account, "role", &path(principal), &name)
}

fn find_service(principal: &str) -> Result<&'static Service, ServiceError> {
    let mut services = SERVICES.iter();
    let known = services.find(|service| service.principal == principal);
    known.ok_or_else(|| {
        let message = format!("this mock doesn't know the service-linked role of {principal}");
        ServiceError::new(501, "NotImplemented", message)
    })
}

fn path(principal: &str) -> String {
    format!("{}{principal}/", roles::SERVICE_LINKED)
}

fn role_name(service: &Service, suffix: Option<&str>) -> String {
    let name = format!("AWSServiceRoleFor{}", service.name);
    match suffix {
        Some(suffix) => format!("{name}_{suffix}"),
        None => name,
    }
}

fn trust(service: &Service) -> Result<PolicyDocument, ServiceError> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{}"}},"Action":"sts:AssumeRole"}}]}}"#,
        service.principal
    );
    PolicyDocument::parse(&text).map_err(|error| error::validation(error.message))
}

fn policy(service: &Service) -> Option<PolicySpec> {
    let arn = format!(
        "arn:aws:iam::aws:policy{}{}",
        roles::SERVICE_LINKED,
        service.policy
    );
    let bundled = rolecall_policy::managed::find(&arn)?;
    let document = PolicyDocument::parse(&bundled.document).ok()?;
    Some(PolicySpec::Managed { arn, document })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_policy() {
        for service in SERVICES {
            assert!(policy(service).is_some(), "{}", service.policy);
        }
    }
}
