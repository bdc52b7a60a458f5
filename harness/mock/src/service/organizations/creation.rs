//! New accounts of the organization.
//!
//! AWS: Organizations API Reference, `CreateAccount`: the answer comes before the account is there.

use rolecall_wire::{ServiceError, Structure};

use super::{error, managed, organization, tags};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{AccountId, Joined, NewAccount, PolicyDocument, PolicySpec, RoleSpec, World};

/// The role by which the management account gets into a new account, unless another name is given.
const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let tags = tags::given(call)?;
    let directory = managed(world, call)?;
    let (organization, management) = (directory.id.clone(), directory.management.clone());
    let account = new_number(world)?;
    let name = call.required("AccountName").to_owned();
    let role = call.input.string("RoleName").unwrap_or(ACCESS_ROLE);
    world
        .add_account(account.as_str())
        .and_then(|()| world.add_role(access_role(world, &account, role, &management)))
        .map_err(|problem| error::invalid_input("INVALID_ROLE_NAME", &problem.to_string()))?;
    organization::change(world, call, |directory| {
        let root = directory.root().map(|root| root.id.clone());
        let joined = Joined {
            at: call.now(),
            invited: false,
            email: call.required("Email").to_owned(),
        };
        directory.join(account.as_str(), &name, &root.unwrap_or_default(), joined);
        if let Some(member) = directory.node_mut(account.as_str()) {
            member.tags = tags;
        }
        Ok(())
    })?;
    let new = NewAccount {
        id: format!("car-{}", world.ids.lower_case(32)),
        organization,
        account,
        name,
        requested: call.now(),
    };
    let shown = described(&new, call);
    world.add_new_account(new);
    Ok(Structure::new().with("CreateAccountStatus", shown).into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let organization = &managed(world, call)?.id;
    let id = call.required("CreateAccountRequestId");
    let mut own = world
        .new_accounts()
        .filter(|new| new.organization == *organization);
    let new = own.find(|new| new.id == id);
    let new = new.ok_or_else(|| error::not_found("CreateAccountStatus", "a request"))?;
    let shown = described(new, call);
    Ok(Structure::new().with("CreateAccountStatus", shown).into())
}

/// A number that no account has.
fn new_number(world: &mut World) -> Result<AccountId, ServiceError> {
    let drawn = std::iter::repeat_with(|| {
        let bytes = world.ids.bytes::<8>();
        format!("{:012}", u64::from_be_bytes(bytes) % 1_000_000_000_000)
    });
    let drawn: Vec<String> = drawn.take(8).collect();
    let mut free = drawn
        .iter()
        .filter(|number| world.account_id(number).is_none());
    let number = free.next().and_then(|number| AccountId::parse(number).ok());
    number.ok_or_else(|| {
        error::constraint(
            "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
            "You have exceeded the allowed number of AWS accounts.",
        )
    })
}

fn access_role(world: &World, account: &AccountId, name: &str, management: &str) -> RoleSpec {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{management}:root"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let policies = world
        .managed_policy(ADMINISTRATOR)
        .map(|policy| PolicySpec::Managed {
            arn: ADMINISTRATOR.to_owned(),
            document: policy.default.document.clone(),
        });
    RoleSpec {
        policies: policies.into_iter().collect(),
        ..RoleSpec::new(account.as_str(), name, PolicyDocument::built_in(&trust))
    }
}

fn described(new: &NewAccount, call: &Call) -> Structure {
    let is_there = call.now() >= new.completed();
    let state = if is_there { "SUCCEEDED" } else { "IN_PROGRESS" };
    let shown = Structure::new()
        .with("Id", new.id.as_str())
        .with("AccountName", new.name.as_str())
        .with("State", state)
        .with("RequestedTimestamp", new.requested);
    if is_there {
        shown
            .with("CompletedTimestamp", new.completed())
            .with("AccountId", new.account.as_str())
    } else {
        shown
    }
}
