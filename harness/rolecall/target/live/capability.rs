//! What a target enforces, and what a step needs of it.
//!
//! A denial that the target can't give proves nothing when it doesn't come, and what the target can't refuse is no
//! failure of the scenario's. So each capability is probed once a run, and a step that needs what isn't there is skipped
//! with that reason.

use std::collections::{BTreeMap, BTreeSet};

use rolecall_policy::evaluation::Element;
use rolecall_policy::{Check, CheckType, Effect, Evaluation, PolicyType};
use rolecall_wire::ServiceError;

use super::devices::is_about_code;

/// Something that AWS enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Capability {
    /// Requests signed with another secret are refused.
    Signatures,
    /// Keys that were never issued are refused.
    UnknownKeys,
    /// Keys that are switched off are refused.
    InactiveKeys,
    /// A session's key without its token is refused.
    SessionTokens,
    /// What no identity policy allows is denied.
    IdentityPolicies,
    /// A `Deny` beats an `Allow`.
    ExplicitDenies,
    /// `Resource` counts in identity policies.
    Resources,
    /// `Condition` counts in identity policies.
    Conditions,
    /// Permissions boundaries limit.
    Boundaries,
    /// A resource's own policy counts.
    ResourcePolicies,
    /// Service control policies limit.
    ServiceControl,
    /// Resource control policies limit.
    ResourceControl,
    /// Session policies limit.
    SessionPolicies,
    /// A role lets in whom its trust policy names.
    TrustPolicies,
    /// Conditions of trust policies count.
    TrustConditions,
    /// A trust policy's external id must be given.
    ExternalIds,
    /// SAML assertions are verified, and trust policies tell whom they let in.
    Assertions,
    /// Tokens of OIDC providers are verified, and trust policies tell whom they let in.
    Tokens,
    /// An MFA device's codes alone are taken.
    MfaCodes,
    /// Parameters out of range are refused.
    Validation,
    /// The policy simulator says what policies say.
    Simulator,
    /// The policy simulator heeds the policy of a resource that it is told.
    SimulatedPolicies,
    /// The policy simulator heeds key policies as KMS does.
    SimulatedKeys,
    /// Sessions end.
    Expiry,
    /// Denials are explained, in IAM Toolbox.
    Explanations,
}

impl Capability {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 25] = [
        Self::Signatures,
        Self::UnknownKeys,
        Self::InactiveKeys,
        Self::SessionTokens,
        Self::IdentityPolicies,
        Self::ExplicitDenies,
        Self::Resources,
        Self::Conditions,
        Self::Boundaries,
        Self::ResourcePolicies,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::SessionPolicies,
        Self::TrustPolicies,
        Self::TrustConditions,
        Self::ExternalIds,
        Self::Assertions,
        Self::Tokens,
        Self::MfaCodes,
        Self::Validation,
        Self::Simulator,
        Self::SimulatedPolicies,
        Self::SimulatedKeys,
        Self::Expiry,
        Self::Explanations,
    ];

    /// What it is called: `trust policies`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signatures => "signatures",
            Self::UnknownKeys => "unknown keys",
            Self::InactiveKeys => "inactive keys",
            Self::SessionTokens => "session tokens",
            Self::IdentityPolicies => "identity policies",
            Self::ExplicitDenies => "explicit denies",
            Self::Resources => "resources",
            Self::Conditions => "conditions",
            Self::Boundaries => "boundaries",
            Self::ResourcePolicies => "resource policies",
            Self::ServiceControl => "service controls",
            Self::ResourceControl => "resource controls",
            Self::SessionPolicies => "session policies",
            Self::TrustPolicies => "trust policies",
            Self::TrustConditions => "trust conditions",
            Self::ExternalIds => "external ids",
            Self::Assertions => "assertions",
            Self::Tokens => "tokens",
            Self::MfaCodes => "mfa codes",
            Self::Validation => "validation",
            Self::Simulator => "simulator",
            Self::SimulatedPolicies => "simulated policies",
            Self::SimulatedKeys => "simulated keys",
            Self::Expiry => "expiry",
            Self::Explanations => "explanations",
        }
    }

    /// What AWS does.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Signatures => "refuses requests signed with another secret",
            Self::UnknownKeys => "refuses keys that were never issued",
            Self::InactiveKeys => "refuses keys that are switched off",
            Self::SessionTokens => "refuses a session's key without its token",
            Self::IdentityPolicies => "denies what no identity policy allows",
            Self::ExplicitDenies => "lets a Deny beat an Allow",
            Self::Resources => "heeds Resource in identity policies",
            Self::Conditions => "heeds Condition in identity policies",
            Self::Boundaries => "limits users by their permissions boundary",
            Self::ResourcePolicies => "heeds bucket policies",
            Self::ServiceControl => "limits an organization's accounts by service control policies",
            Self::ResourceControl => {
                "limits access to their resources by resource control policies"
            }
            Self::SessionPolicies => "limits sessions by their session policy",
            Self::TrustPolicies => "lets nobody assume a role but whom its trust policy names",
            Self::TrustConditions => "heeds Condition in trust policies",
            Self::ExternalIds => "asks for a trust policy's external id",
            Self::Assertions => "lets in with a SAML assertion whom it and the trust policy allow",
            Self::Tokens => "lets in with an OIDC token whom it and the trust policy allow",
            Self::MfaCodes => "takes no MFA code but the device's own",
            Self::Validation => "refuses parameters that are out of range",
            Self::Simulator => "says in its policy simulator what policies say",
            Self::SimulatedPolicies => "heeds a resource's policy in its policy simulator",
            Self::SimulatedKeys => "lets nobody past a key policy in its policy simulator",
            Self::Expiry => "ends sessions in time",
            Self::Explanations => "says in IAM Toolbox why it denies",
        }
    }

    /// Whether it can make a request come out otherwise.
    const fn decides(self) -> bool {
        !matches!(
            self,
            Self::Simulator | Self::SimulatedPolicies | Self::SimulatedKeys | Self::Explanations
        )
    }
}

/// Whether a target has a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// What must be refused was, and its twin succeeded.
    Enforced,
    /// What must be refused was not.
    NotEnforced,
    /// It can't be told, for this reason.
    Unknown(String),
}

/// What a target enforces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile(BTreeMap<Capability, Finding>);

impl Profile {
    /// AWS enforces what AWS enforces.
    pub(super) fn of_aws() -> Self {
        let enforced = |capability| (capability, Finding::Enforced);
        Self(Capability::ALL.into_iter().map(enforced).collect())
    }

    /// What was found of a capability.
    pub fn finding(&self, capability: Capability) -> Finding {
        let found = self.0.get(&capability);
        found
            .cloned()
            .unwrap_or_else(|| Finding::Unknown("it was not probed".to_owned()))
    }

    pub(super) fn set(&mut self, capability: Capability, finding: Finding) {
        self.0.insert(capability, finding);
    }

    /// All findings, in order.
    pub fn findings(&self) -> impl Iterator<Item = (Capability, Finding)> {
        Capability::ALL
            .into_iter()
            .map(|capability| (capability, self.finding(capability)))
    }

    /// Why the target can't answer a step with these needs, if so.
    pub(super) fn lacks(&self, needs: &Needs) -> Option<String> {
        let mut lacks = Vec::new();
        for way in &needs.0 {
            let missing = way.iter().find_map(|capability| self.lack(*capability))?;
            lacks.push(missing);
        }
        lacks.dedup();
        (!lacks.is_empty()).then(|| lacks.join(", and "))
    }

    /// Why it can't be told whether the target has a capability, if so.
    pub(super) fn unknown(&self, capability: Capability) -> Option<String> {
        match self.finding(capability) {
            Finding::Unknown(_) => self.lack(capability),
            Finding::Enforced | Finding::NotEnforced => None,
        }
    }

    /// Why the target can't be relied upon for a capability, if so.
    pub(super) fn lack(&self, capability: Capability) -> Option<String> {
        match self.finding(capability) {
            Finding::Enforced => None,
            Finding::NotEnforced => Some(format!(
                "the target doesn't enforce {} (AWS {})",
                capability.name(),
                capability.description()
            )),
            Finding::Unknown(reason) => Some(format!(
                "whether the target enforces {} can't be told: {reason}",
                capability.name()
            )),
        }
    }
}

/// The ways in which a target may come to a refusal: it must have all capabilities of one of them. None at all is no need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs(pub(super) Vec<BTreeSet<Capability>>);

impl Needs {
    /// All that AWS enforces: what a refusal needs that nobody can foresee.
    pub(super) fn everything() -> Self {
        let all = Capability::ALL.into_iter();
        Self(vec![all.filter(|one| one.decides()).collect()])
    }
}

/// What the mock answered to a test's steps.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal {
    /// The steps that ask something; none where the mock can't have the test's world.
    pub steps: Vec<Rehearsed>,
    /// The levels of the organization that a `because` names, with their ARNs.
    pub levels: Vec<(String, String)>,
}

/// What the mock answered to a step: what is asked of another target.
#[derive(Clone, Debug, Default)]
pub struct Rehearsed {
    /// The step's number.
    pub number: String,
    /// The error; `None` for a success.
    pub refusal: Option<ServiceError>,
    /// AWS's evaluation of each action that was needed.
    pub evaluations: Vec<Evaluation>,
}

impl Rehearsed {
    /// What a target must be able to do to refuse alike a caller who shows something that needs a capability of its own.
    pub(super) fn needs(&self, shown: Option<Capability>) -> Needs {
        let Some(refusal) = &self.refusal else {
            return Needs::default();
        };
        let explicit = self
            .evaluations
            .iter()
            .any(|one| one.effect == Effect::ExplicitDeny);
        let wanted = if explicit {
            Effect::ExplicitDeny
        } else {
            Effect::ImplicitDeny
        };
        let denied = self.evaluations.iter().filter(|one| one.effect == wanted);
        let ways: Vec<BTreeSet<Capability>> = denied
            .flat_map(|evaluation| {
                let checks = evaluation.deciding();
                checks.map(|check| way(check, &evaluation.action))
            })
            .collect();
        if !ways.is_empty() {
            let whole = |way: BTreeSet<_>| way.into_iter().chain(shown).collect();
            return Needs(ways.into_iter().map(whole).collect());
        }
        if let (Some(shown), true) = (shown, is_about_what_is_shown(&refusal.code)) {
            return Needs(vec![BTreeSet::from([shown])]);
        }
        let capability = match refusal.code.as_str() {
            "AccessDenied" if is_about_code(refusal) => Capability::MfaCodes,
            "InvalidClientTokenId" | "InvalidAccessKeyId" => Capability::InactiveKeys,
            "ExpiredToken" | "ExpiredTokenException" => Capability::Expiry,
            // Roles may not be assumed by root accounts, and the like.
            "AccessDenied" => Capability::TrustPolicies,
            // A bucket's policy belongs to the account that owns the bucket.
            "MethodNotAllowed" => Capability::ResourcePolicies,
            "ValidationError" | "InvalidParameterValue" | "PackedPolicyTooLarge" => {
                Capability::Validation
            }
            _ => return Needs::default(),
        };
        Needs(vec![BTreeSet::from([capability])])
    }
}

/// Whether an error is about an assertion or a token (AWS: API Reference, `AssumeRoleWithSAML` and
/// `AssumeRoleWithWebIdentity`, errors). One that doesn't list the role is denied without a policy.
fn is_about_what_is_shown(code: &str) -> bool {
    [
        "AccessDenied",
        "ExpiredTokenException",
        "IDPRejectedClaim",
        "InvalidIdentityToken",
    ]
    .contains(&code)
}

/// What it takes to come to a denial by this check.
fn way(check: &Check, action: &str) -> BTreeSet<Capability> {
    let mut needed: BTreeSet<Capability> = check
        .denied_by()
        .into_iter()
        .map(|policy_type| of_type(policy_type, action))
        .collect();
    if check.effect == Effect::ExplicitDeny && check.check_type == CheckType::Principal {
        needed.insert(Capability::ExplicitDenies);
    }
    let trusts = needed.contains(&Capability::TrustPolicies);
    for element in elements(check) {
        match element {
            Element::Condition { key, .. } if key.eq_ignore_ascii_case("sts:ExternalId") => {
                needed.insert(Capability::ExternalIds);
            }
            Element::Condition { .. } if trusts => {
                needed.insert(Capability::TrustConditions);
            }
            Element::Condition { .. } => {
                needed.insert(Capability::Conditions);
            }
            Element::Resource => {
                needed.insert(Capability::Resources);
            }
            Element::Statement | Element::Principal | Element::Action => {}
        }
    }
    needed
}

/// The elements that an Allow failed on, where it failed on nothing but resource and conditions: without them it would have
/// allowed.
fn elements(check: &Check) -> Vec<&Element> {
    let near = check.statements.iter().filter(|statement| {
        let counts =
            |element: &Element| matches!(element, Element::Condition { .. } | Element::Resource);
        statement.allows
            && !statement.matched()
            && statement
                .mismatches
                .iter()
                .all(|mismatch| counts(&mismatch.element))
    });
    let mismatches = near.flat_map(|statement| &statement.mismatches);
    mismatches.map(|mismatch| &mismatch.element).collect()
}

fn of_type(policy_type: PolicyType, action: &str) -> Capability {
    match policy_type {
        PolicyType::IdentityBased => Capability::IdentityPolicies,
        PolicyType::ServiceControl => Capability::ServiceControl,
        PolicyType::ResourceControl => Capability::ResourceControl,
        PolicyType::ResourceBased if action.to_ascii_lowercase().starts_with("sts:") => {
            Capability::TrustPolicies
        }
        PolicyType::ResourceBased | PolicyType::VpcEndpoint => Capability::ResourcePolicies,
        PolicyType::PermissionsBoundary => Capability::Boundaries,
        PolicyType::Session => Capability::SessionPolicies,
    }
}
