//! Invitations: sent by the management account, accepted or declined by whom they are for.
//!
//! AWS: Organizations User Guide, inviting an AWS account to join your organization.

use rolecall_wire::{ServiceError, Structure, Value};

use super::{account, error, listing, managed, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, Directory, Handshake, HandshakeState, Joined, World};

pub(super) fn invite(world: &mut World, call: &Call) -> Answer {
    let tags = tags::given(call)?;
    let directory = managed(world, call)?;
    let (organization, management) = (directory.id.clone(), directory.management.clone());
    let (account, email) = invited(call)?;
    if world.membership(&account).is_some() {
        return Err(error::handshake_constraint(
            "ALREADY_IN_AN_ORGANIZATION",
            "The handshake request is invalid because the invited account is already a member of an organization.",
        ));
    }
    let now = call.now();
    let is_same = |one: &Handshake| {
        let is_open = one.state(now) == HandshakeState::Open;
        is_open && one.account == account && one.organization == organization
    };
    if world.handshakes().any(is_same) {
        return Err(error::duplicate_handshake());
    }
    let handshake = Handshake {
        id: format!("h-{}", world.ids.lower_case(16)),
        organization,
        management,
        account,
        email,
        notes: call.input.string("Notes").map(str::to_owned),
        tags,
        requested: now,
        settled: None,
    };
    let shown = described(&handshake, call);
    world.add_handshake(handshake);
    Ok(Structure::new().with("Handshake", shown).into())
}

pub(super) fn accept(world: &mut World, call: &Call) -> Answer {
    let handshake = mine(world, call)?.clone();
    check_open(&handshake, HandshakeState::Accepted, call)?;
    if world.membership(&handshake.account).is_some() {
        return Err(error::handshake_constraint(
            "ALREADY_IN_AN_ORGANIZATION",
            "The handshake request is invalid because the invited account is already a member of an organization.",
        ));
    }
    let joined = Joined {
        at: call.now(),
        invited: true,
        email: Directory::email(handshake.account.as_str()),
    };
    let account = handshake.account.as_str();
    let entered = world.change_organization(&handshake.organization, |directory| {
        let root = directory.root().map(|root| root.id.clone());
        directory.join(account, account, &root.unwrap_or_default(), joined);
        if let Some(member) = directory.node_mut(account) {
            member.tags.clone_from(&handshake.tags);
        }
    });
    entered.ok_or_else(no_handshake)?;
    Ok(settle(world, call, handshake, HandshakeState::Accepted))
}

pub(super) fn decline(world: &mut World, call: &Call) -> Answer {
    let handshake = mine(world, call)?.clone();
    check_open(&handshake, HandshakeState::Declined, call)?;
    Ok(settle(world, call, handshake, HandshakeState::Declined))
}

pub(super) fn cancel(world: &mut World, call: &Call) -> Answer {
    let handshake = find(world, call)?.clone();
    if managed(world, call)?.id != handshake.organization {
        return Err(no_handshake());
    }
    check_open(&handshake, HandshakeState::Canceled, call)?;
    Ok(settle(world, call, handshake, HandshakeState::Canceled))
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let handshake = find(world, call)?;
    let shown = described(handshake, call);
    Ok(Structure::new().with("Handshake", shown).into())
}

pub(super) fn list_for_account(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let own = world.handshakes().filter(|one| one.account == *account);
    let items = own.map(|one| described(one, call));
    Ok(listing::page(call, "Handshakes", items)?.into())
}

pub(super) fn list_for_organization(world: &World, call: &Call) -> Answer {
    let id = &managed(world, call)?.id;
    let own = world.handshakes().filter(|one| one.organization == *id);
    let items = own.map(|one| described(one, call));
    Ok(listing::page(call, "Handshakes", items)?.into())
}

/// The invitation of `HandshakeId`, for those whom it concerns.
pub(super) fn find<'w>(world: &'w World, call: &Call) -> Result<&'w Handshake, ServiceError> {
    let account = account(call)?;
    let id = call.required("HandshakeId");
    let mut concerned = world
        .handshakes()
        .filter(|one| one.account == *account || one.management == account.as_str());
    concerned.find(|one| one.id == id).ok_or_else(no_handshake)
}

/// The same, for whom it is.
fn mine<'w>(world: &'w World, call: &Call) -> Result<&'w Handshake, ServiceError> {
    let handshake = find(world, call)?;
    if handshake.account != *account(call)? {
        return Err(error::not_management());
    }
    Ok(handshake)
}

fn no_handshake() -> ServiceError {
    error::not_found("Handshake", "a handshake")
}

/// Who is invited: by number, or by the address of the account's root user.
fn invited(call: &Call) -> Result<(AccountId, Option<String>), ServiceError> {
    let target = call.input.structure("Target").cloned().unwrap_or_default();
    let id = target.string("Id").unwrap_or_default();
    match target.string("Type") {
        Some("ACCOUNT") => {
            let account = AccountId::parse(id).map_err(|_| {
                error::invalid_input(
                    "INVALID_PATTERN",
                    "You provided a value that does not match the required pattern.",
                )
            })?;
            Ok((account, None))
        }
        Some("EMAIL") => {
            let number = id.strip_prefix("aws+");
            let number = number.and_then(|rest| rest.strip_suffix("@example.com"));
            let account = number.and_then(|number| AccountId::parse(number).ok());
            let account = account.ok_or_else(|| {
                error::invalid_input(
                    "INVALID_EMAIL_ADDRESS_TARGET",
                    "You specified an invalid email address for the invited account owner.",
                )
            })?;
            Ok((account, Some(id.to_owned())))
        }
        _ => Err(error::invalid_input(
            "INVALID_PARTY_TYPE_TARGET",
            "You specified the wrong type of entity (account, organization, or email) as a party.",
        )),
    }
}

fn check_open(
    handshake: &Handshake,
    wanted: HandshakeState,
    call: &Call,
) -> Result<(), ServiceError> {
    match handshake.state(call.now()) {
        HandshakeState::Open => Ok(()),
        state if state == wanted => Err(error::already_in_state()),
        _ => Err(error::invalid_transition()),
    }
}

fn settle(
    world: &mut World,
    call: &Call,
    mut handshake: Handshake,
    state: HandshakeState,
) -> Reply {
    world.settle(&handshake.id, state);
    handshake.settled = Some(state);
    let shown = described(&handshake, call);
    Structure::new().with("Handshake", shown).into()
}

fn described(handshake: &Handshake, call: &Call) -> Structure {
    let pair = |kind: &str, id: &str| {
        let pair = Structure::new().with("Type", kind);
        Value::from(pair.with("Id", id))
    };
    let organization = handshake.organization.trim_start_matches("o-");
    let target = match &handshake.email {
        Some(email) => pair("EMAIL", email),
        None => pair("ACCOUNT", handshake.account.as_str()),
    };
    Structure::new()
        .with("Id", handshake.id.as_str())
        .with("Arn", handshake.arn())
        .with("Parties", vec![pair("ORGANIZATION", organization), target])
        .with("State", handshake.state(call.now()).api_name())
        .with("RequestedTimestamp", handshake.requested)
        .with("ExpirationTimestamp", handshake.expires())
        .with("Action", "INVITE")
        .with("Resources", resources(handshake))
}

/// What the invitation is about.
fn resources(handshake: &Handshake) -> Vec<Value> {
    let resource =
        |kind: &str, value: &str| Structure::new().with("Type", kind).with("Value", value);
    let inner = [
        resource("MASTER_EMAIL", &Directory::email("management")),
        resource("MASTER_NAME", "management"),
        resource("ORGANIZATION_FEATURE_SET", "ALL"),
    ];
    let organization = resource("ORGANIZATION", &handshake.organization)
        .with("Resources", inner.map(Value::from).to_vec());
    let target = match &handshake.email {
        Some(email) => resource("EMAIL", email),
        None => resource("ACCOUNT", handshake.account.as_str()),
    };
    let notes = handshake.notes.as_deref();
    let notes = notes.map(|notes| resource("NOTES", notes));
    let all = [organization, target].into_iter().chain(notes);
    all.map(Value::from).collect()
}
