//! What Organizations' own operations change: organizations, units, accounts, policies, and what binds whom from then on.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rolecall_mock::{Mock, RoleSpec, UserSpec};
use rolecall_wire::{ServiceError, Structure, Value};

use crate::client::*;
use crate::iam::{texts, with};

const THIRD: &str = "333333333333";

const NO_LISTING: &str = r#"{"Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}"#;
const NO_STS: &str = r#"{"Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"}}"#;

/// Three accounts, each with an administrator.
struct Acme {
    mock: Mock,
}

impl Acme {
    /// Without an organization.
    fn alone() -> Self {
        let mut world = world();
        world.add_account(THIRD).unwrap();
        for account in [MAIN, OTHER, THIRD] {
            let policies = vec![allow("*", "*")];
            let spec = UserSpec::new(account, "admin");
            world.add_user(UserSpec { policies, ..spec }).unwrap();
        }
        Self {
            mock: Mock::new(world),
        }
    }

    /// MAIN manages an organization that OTHER has joined.
    fn joined() -> Self {
        let acme = Self::alone();
        acme.does(MAIN, "CreateOrganization", &[]);
        acme.joins(OTHER);
        acme
    }

    fn admin(&self, account: &str) -> Client {
        Client {
            credentials: self
                .mock
                .read(|world| world.user_credentials(account, "admin")),
            ..Client::anonymous(&self.mock)
        }
    }

    fn tries(
        &self,
        account: &str,
        operation: &str,
        input: &[(&str, &str)],
    ) -> Result<Structure, ServiceError> {
        let call = format!("organizations:{operation}");
        self.admin(account).call(&call, &with(input))
    }

    fn does(&self, account: &str, operation: &str, input: &[(&str, &str)]) -> Structure {
        let answer = self.tries(account, operation, input);
        answer.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// The code, the reason and the text of a refusal.
    fn refused(&self, account: &str, operation: &str, input: &[(&str, &str)]) -> Vec<String> {
        let error = self.tries(account, operation, input).unwrap_err();
        let reason = error.element("Reason").unwrap_or_default().to_owned();
        vec![error.code, reason, error.message.unwrap()]
    }

    fn invites(&self, account: &str) -> Result<String, ServiceError> {
        let target = Structure::new().with("Type", "ACCOUNT").with("Id", account);
        let input = Structure::new().with("Target", target);
        let call = "organizations:InviteAccountToOrganization";
        let answer = self.admin(MAIN).call(call, &input)?;
        Ok(answer
            .structure("Handshake")
            .and_then(|handshake| handshake.string("Id"))
            .unwrap()
            .to_owned())
    }

    fn joins(&self, account: &str) {
        let handshake = self.invites(account).unwrap();
        self.does(account, "AcceptHandshake", &[("HandshakeId", &handshake)]);
    }

    fn root(&self) -> String {
        texts(&self.does(MAIN, "ListRoots", &[]), "Roots", "Id").remove(0)
    }

    fn unit(&self, parent: &str, name: &str) -> String {
        let input = [("ParentId", parent), ("Name", name)];
        let answer = self.does(MAIN, "CreateOrganizationalUnit", &input);
        inner(&answer, &["OrganizationalUnit", "Id"])
    }

    fn policy(&self, kind: &str, name: &str, content: &str) -> String {
        let input = [
            ("Type", kind),
            ("Name", name),
            ("Description", ""),
            ("Content", content),
        ];
        let answer = self.does(MAIN, "CreatePolicy", &input);
        inner(&answer, &["Policy", "PolicySummary", "Id"])
    }

    fn attach(&self, policy: &str, target: &str) {
        let input = [("PolicyId", policy), ("TargetId", target)];
        self.does(MAIN, "AttachPolicy", &input);
    }

    fn attached(&self, target: &str, kind: &str) -> Vec<String> {
        let input = [("TargetId", target), ("Filter", kind)];
        let answer = self.does(MAIN, "ListPoliciesForTarget", &input);
        texts(&answer, "Policies", "Name")
    }

    /// Why an account's administrator can't list buckets.
    fn listing(&self, account: &str) -> Option<String> {
        let answer = self
            .admin(account)
            .call("s3:ListBuckets", &Structure::new());
        answer.err().map(|error| error.message.unwrap())
    }
}

fn inner(answer: &Structure, path: &[&str]) -> String {
    let (last, above) = path.split_last().unwrap();
    let inside = above
        .iter()
        .fold(answer, |inside, name| inside.structure(name).unwrap());
    inside.string(last).unwrap().to_owned()
}

const SERVICE: &str = "SERVICE_CONTROL_POLICY";
const RESOURCE: &str = "RESOURCE_CONTROL_POLICY";

/// AWS: Organizations API Reference, `CreateOrganization`: all features, and service control policies enabled in the root.
#[test]
fn a_new_organization_has_its_management_account_and_full_access_everywhere() {
    let acme = Acme::alone();

    let made = acme.does(MAIN, "CreateOrganization", &[]);

    let organization = made.structure("Organization").unwrap();
    let id = organization.string("Id").unwrap();
    assert!(id.starts_with("o-") && id.len() == 12, "{id}");
    assert_eq!(organization.string("FeatureSet"), Some("ALL"));
    assert_eq!(organization.string("MasterAccountId"), Some(MAIN));
    let root = acme.root();
    assert_eq!(acme.attached(&root, SERVICE), ["FullAWSAccess"]);
    assert_eq!(acme.attached(MAIN, SERVICE), ["FullAWSAccess"]);
    assert!(acme.attached(&root, RESOURCE).is_empty());
    let roots = acme.does(MAIN, "ListRoots", &[]);
    let Some(Value::Structure(root)) = roots.list("Roots").first() else {
        panic!("{roots:?}");
    };
    assert_eq!(texts(root, "PolicyTypes", "Type"), [SERVICE]);
}

/// AWS: Organizations User Guide, inviting an account.
#[test]
fn an_account_joins_by_accepting_and_its_administrator_is_bound_at_once() {
    let acme = Acme::joined();
    let policy = acme.policy(SERVICE, "no-listing", NO_LISTING);
    assert_eq!(acme.listing(OTHER), None);

    acme.attach(&policy, &acme.root());

    let reason = "with an explicit deny in a service control policy";
    assert!(
        acme.listing(OTHER)
            .is_some_and(|text| text.contains(reason))
    );
    assert_eq!(
        acme.listing(MAIN),
        None,
        "SCPs don't bind the management account"
    );
    assert_eq!(acme.listing(THIRD), None, "it isn't in the organization");
    let content = NO_LISTING.replace("s3:ListAllMyBuckets", "sqs:*");
    let update = [("PolicyId", policy.as_str()), ("Content", &content)];
    acme.does(MAIN, "UpdatePolicy", &update);
    assert_eq!(acme.listing(OTHER), None);
}

/// AWS: Organizations User Guide, SCP evaluation: every level on the way must allow.
#[test]
fn an_account_is_bound_by_where_it_is_moved_to() {
    let acme = Acme::joined();
    let root = acme.root();
    let closed = acme.unit(&root, "Closed");
    let policy = acme.policy(SERVICE, "no-listing", NO_LISTING);
    acme.attach(&policy, &closed);
    let relocate = |from: &str, to: &str| {
        let input = [
            ("AccountId", OTHER),
            ("SourceParentId", from),
            ("DestinationParentId", to),
        ];
        acme.does(MAIN, "MoveAccount", &input);
    };

    relocate(&root, &closed);
    assert!(acme.listing(OTHER).is_some());
    relocate(&closed, &root);
    assert_eq!(acme.listing(OTHER), None);
    relocate(&root, &closed);
    acme.does(OTHER, "LeaveOrganization", &[]);
    assert_eq!(acme.listing(OTHER), None, "who has left is free");
}

/// AWS: Organizations API Reference, `EnablePolicyType`, `DisablePolicyType`.
#[test]
fn resource_control_policies_bind_once_their_type_is_enabled_and_are_gone_once_it_is_disabled() {
    let acme = Acme::joined();
    let root = acme.root();
    let policy = acme.policy(RESOURCE, "no-sts", NO_STS);
    let attach = [("PolicyId", policy.as_str()), ("TargetId", OTHER)];
    let kind = [("RootId", root.as_str()), ("PolicyType", RESOURCE)];
    let trusted = trust(&format!(r#"{{"AWS": "{OTHER}"}}"#), "");
    let deploy = RoleSpec::new(OTHER, "Deploy", trusted);
    acme.mock.update(|world| world.add_role(deploy)).unwrap();
    let assume = || {
        let role = format!("arn:aws:iam::{OTHER}:role/Deploy");
        let input = with(&[("RoleArn", &role), ("RoleSessionName", "in")]);
        acme.admin(OTHER).call("sts:AssumeRole", &input)
    };
    assert_eq!(
        acme.refused(MAIN, "AttachPolicy", &attach)[0],
        "PolicyTypeNotEnabledException"
    );

    acme.does(MAIN, "EnablePolicyType", &kind);

    assert_eq!(
        acme.refused(MAIN, "EnablePolicyType", &kind)[0],
        "PolicyTypeAlreadyEnabledException"
    );
    assert_eq!(acme.attached(OTHER, RESOURCE), ["RCPFullAWSAccess"]);
    acme.does(MAIN, "AttachPolicy", &attach);
    assert_eq!(assume().unwrap_err().code, "AccessDenied");
    acme.does(MAIN, "DisablePolicyType", &kind);
    assert!(assume().is_ok());
    assert!(acme.attached(OTHER, RESOURCE).is_empty());
    assert_eq!(
        acme.refused(MAIN, "DisablePolicyType", &kind)[0],
        "PolicyTypeNotEnabledException"
    );
    acme.does(MAIN, "EnablePolicyType", &kind);
    assert_eq!(acme.attached(OTHER, RESOURCE), ["RCPFullAWSAccess"]);
}

/// Who asks for what, and the code, the reason and how the text begins.
type Row = (String, String, BTreeMap<String, String>, [String; 3]);

/// AWS: Organizations API Reference, errors of each operation.
#[test]
fn what_aws_refuses_is_refused_with_its_codes() {
    let acme = Acme::joined();
    let root = acme.root();
    let unit = acme.unit(&root, "Workloads");
    let policy = acme.policy(SERVICE, "no-listing", NO_LISTING);
    acme.attach(&policy, &unit);
    let long = NO_LISTING.replace('{', &format!("{}{{", " ".repeat(6000)));
    let known = [
        ("${root}", root.as_str()),
        ("${unit}", &unit),
        ("${policy}", &policy),
        ("${no-listing}", NO_LISTING),
        ("${no-sts}", NO_STS),
        ("${long}", &long),
        ("main", MAIN),
        ("other", OTHER),
        ("third", THIRD),
    ];
    let fill = |text: &str| {
        let found = known.iter().find(|(name, _)| *name == text);
        found.map_or(text, |(_, value)| value).to_owned()
    };
    let rows = include_str!("organization_refusals.json");
    let rows: Vec<Row> = serde_json::from_str(rows).unwrap();

    for (account, operation, input, [code, reason, text]) in rows {
        let filled = input.iter().map(|(name, text)| (name, fill(text)));
        let filled: Vec<_> = filled.collect();
        let pairs = filled
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let pairs: Vec<_> = pairs.collect();
        let told = acme.refused(&fill(&account), &operation, &pairs);
        assert_eq!(told[..2], [code, reason], "{operation} {input:?}: {told:?}");
        assert!(
            told[2].starts_with(&text),
            "{operation} {input:?}: {told:?}"
        );
    }
}

/// AWS: Organizations User Guide, quotas.
#[test]
fn units_are_five_deep_and_hold_nothing_when_they_go() {
    let acme = Acme::joined();
    let root = acme.root();
    let mut units = vec![root.clone()];
    for level in 1..=5 {
        let unit = acme.unit(units.last().unwrap(), &format!("Level {level}"));
        units.push(unit);
    }

    let deepest = units.last().unwrap().as_str();
    let too_deep = [("ParentId", deepest), ("Name", "Level 6")];
    let told = acme.refused(MAIN, "CreateOrganizationalUnit", &too_deep);
    assert_eq!(told[1], "OU_DEPTH_LIMIT_EXCEEDED");
    let above = [("OrganizationalUnitId", units[4].as_str())];
    let told = acme.refused(MAIN, "DeleteOrganizationalUnit", &above);
    assert_eq!(told[0], "OrganizationalUnitNotEmptyException");
    acme.does(
        MAIN,
        "DeleteOrganizationalUnit",
        &[("OrganizationalUnitId", deepest)],
    );
    acme.does(MAIN, "DeleteOrganizationalUnit", &above);
}

/// AWS: What's New, May 2026 (service control policies); Organizations User Guide, quotas (resource control policies).
#[test]
fn a_target_takes_ten_service_control_policies_and_five_resource_control_policies() {
    let acme = Acme::joined();
    let root = acme.root();
    acme.does(
        MAIN,
        "EnablePolicyType",
        &[("RootId", &root), ("PolicyType", RESOURCE)],
    );
    for (kind, content, most) in [(SERVICE, NO_LISTING, 10), (RESOURCE, NO_STS, 5)] {
        for number in 1..most {
            let policy = acme.policy(kind, &format!("number {number}"), content);
            acme.attach(&policy, OTHER);
        }
        let one_more = acme.policy(kind, "one more", content);
        let input = [("PolicyId", one_more.as_str()), ("TargetId", OTHER)];

        let told = acme.refused(MAIN, "AttachPolicy", &input);

        assert_eq!(
            told[1], "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "{kind}"
        );
    }
    let full = [("PolicyId", "p-RCPFullAWSAccess"), ("TargetId", OTHER)];
    let told = acme.refused(MAIN, "DetachPolicy", &full);
    assert_eq!(told[1], "NON_DETACHABLE_POLICY");
}

/// AWS: Organizations API Reference, handshakes.
#[test]
fn an_invitation_is_for_one_account_once_and_for_fifteen_days() {
    let acme = Acme::joined();
    let first = acme.invites(THIRD).unwrap();
    assert_eq!(
        acme.invites(THIRD).unwrap_err().code,
        "DuplicateHandshakeException"
    );
    let error = acme.invites(OTHER).unwrap_err();
    assert_eq!(error.element("Reason"), Some("ALREADY_IN_AN_ORGANIZATION"));
    let accept = |account: &str, id: &str| {
        let answer = acme.tries(account, "AcceptHandshake", &[("HandshakeId", id)]);
        answer.map(drop).map_err(|error| error.code)
    };

    assert_eq!(
        accept(OTHER, &first),
        Err("HandshakeNotFoundException".to_owned())
    );
    assert_eq!(
        accept(MAIN, &first),
        Err("AccessDeniedException".to_owned())
    );
    acme.mock
        .clock()
        .advance(SignedDuration::from_hours(15 * 24));
    assert_eq!(
        accept(THIRD, &first),
        Err("InvalidHandshakeTransitionException".to_owned())
    );
    let second = acme.invites(THIRD).unwrap();
    acme.does(THIRD, "DeclineHandshake", &[("HandshakeId", &second)]);
    assert_eq!(
        accept(THIRD, &second),
        Err("InvalidHandshakeTransitionException".to_owned())
    );
    let third = acme.invites(THIRD).unwrap();
    assert_eq!(accept(THIRD, &third), Ok(()));
    assert_eq!(
        accept(THIRD, &third),
        Err("HandshakeAlreadyInStateException".to_owned())
    );
    let seen = acme.does(THIRD, "ListHandshakesForAccount", &[]);
    assert_eq!(
        texts(&seen, "Handshakes", "State"),
        ["EXPIRED", "DECLINED", "ACCEPTED"]
    );
}

/// Each account may manage an organization of its own.
#[test]
fn two_organizations_know_nothing_of_each_other() {
    let acme = Acme::joined();
    acme.does(THIRD, "CreateOrganization", &[]);

    let accounts =
        |account: &str| texts(&acme.does(account, "ListAccounts", &[]), "Accounts", "Id");
    assert_eq!(accounts(MAIN), [MAIN, OTHER]);
    assert_eq!(accounts(THIRD), [THIRD]);
    acme.does(
        MAIN,
        "RemoveAccountFromOrganization",
        &[("AccountId", OTHER)],
    );
    acme.does(MAIN, "DeleteOrganization", &[]);
    assert_eq!(accounts(THIRD), [THIRD]);
    assert_eq!(
        acme.refused(OTHER, "DescribeOrganization", &[])[0],
        "AWSOrganizationsNotInUseException"
    );
}

/// AWS: Organizations User Guide, accessing member accounts: a new account has a role that its management account may
/// assume.
#[test]
fn a_new_account_comes_with_a_role_for_the_management_account() {
    let acme = Acme::joined();
    let input = [("AccountName", "sandbox"), ("Email", "sandbox@example.com")];
    let made = acme.does(MAIN, "CreateAccount", &input);
    assert_eq!(
        inner(&made, &["CreateAccountStatus", "State"]),
        "IN_PROGRESS"
    );
    let request = inner(&made, &["CreateAccountStatus", "Id"]);
    acme.mock.clock().advance(SignedDuration::from_secs(5));

    let status = [("CreateAccountRequestId", request.as_str())];
    let made = acme.does(MAIN, "DescribeCreateAccountStatus", &status);

    assert_eq!(inner(&made, &["CreateAccountStatus", "State"]), "SUCCEEDED");
    let account = inner(&made, &["CreateAccountStatus", "AccountId"]);
    let seen = acme.does(MAIN, "DescribeAccount", &[("AccountId", &account)]);
    assert_eq!(inner(&seen, &["Account", "Email"]), "sandbox@example.com");
    let role = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
    let input = with(&[("RoleArn", &role), ("RoleSessionName", "in")]);
    let admin = acme.admin(MAIN);
    let session = admin.session(&admin.call("sts:AssumeRole", &input).unwrap());
    session.call("iam:ListUsers", &Structure::new()).unwrap();
}

/// AWS: Service Authorization Reference: policies and targets are asked about both.
#[test]
fn attaching_needs_permission_on_the_policy_and_on_the_target() {
    let acme = Acme::joined();
    let policy = acme.policy(SERVICE, "no-listing", NO_LISTING);
    let on_policies = allow(
        "organizations:AttachPolicy",
        "arn:aws:organizations::*:policy/*",
    );
    acme.mock
        .update(|world| world.add_user(user("half", vec![on_policies])))
        .unwrap();
    let half = Client::user(&acme.mock, "half");

    let input = with(&[("PolicyId", &policy), ("TargetId", OTHER)]);
    let (code, text) = half.refused("organizations:AttachPolicy", &input);

    assert_eq!(code, "AccessDeniedException");
    assert!(text.contains(":account/o-"), "{text}");
}

/// A world that is saved and built again decides alike.
#[test]
fn an_organization_that_was_made_over_the_api_is_saved() {
    let acme = Acme::joined();
    let closed = acme.unit(&acme.root(), "Closed");
    let policy = acme.policy(SERVICE, "no-listing", NO_LISTING);
    acme.attach(&policy, &closed);
    let relocation = [
        ("AccountId", OTHER),
        ("SourceParentId", &acme.root()),
        ("DestinationParentId", &closed),
    ];
    acme.does(MAIN, "MoveAccount", &relocation);
    acme.does(THIRD, "CreateOrganization", &[]);

    let spec = acme.mock.read(rolecall_mock::World::export);

    let organization = spec.organization.as_ref().unwrap();
    let again = Acme::alone();
    again
        .mock
        .update(|world| world.set_organization(Some(organization)))
        .unwrap();
    assert!(acme.listing(OTHER).is_some());
    assert!(again.listing(OTHER).is_some());
    assert_eq!(again.listing(MAIN), None);
    assert!(
        spec.lost
            .iter()
            .any(|lost| lost.starts_with("the organization o-")),
        "{:?}",
        spec.lost
    );
}
