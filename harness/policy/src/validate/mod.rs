//! What AWS refuses to save, with AWS's code and text, and the place in the user's file.
//!
//! [`validate`] finds everything that is wrong and puts first what AWS would name. Finding is the same for all
//! kinds of policy (`shape`, `conditions`, `principals`, `resources` and so on give findings); which findings a kind
//! refuses, in which order and in which words is for `words`.
//!
//! Whether a principal exists only a world can tell: [`named_principals`] lists them.
//!
//! Source: AWS, IAM User Guide, grammar of the IAM JSON policy language, IAM and STS quotas; and, for the order
//! and the texts, what AWS's own answers have shown.

mod actions;
mod bucket;
mod conditions;
mod control;
mod principals;
mod providers;
mod resources;
pub(crate) mod shape;
mod size;
mod trust;
mod words;

pub use principals::{NamedPrincipal, named_principals};
pub use size::{characters, limits};

use crate::node::{Node, Span};

/// The kind of policy, each with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind<'a> {
    /// For a user, group or role, inline or managed.
    Identity,
    /// A role's trust policy.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of this bucket.
    Bucket(&'a str),
    /// Another resource's policy.
    Resource,
}

/// A reason why AWS refuses a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Our own stable name: `policy::unknown-operator`.
    pub id: &'static str,
    /// AWS's error code: `MalformedPolicyDocument`, `MalformedPolicy`, `LimitExceeded`, or for control policies
    /// `MalformedPolicyDocumentException`.
    pub code: &'static str,
    /// AWS's text, to the letter.
    pub message: String,
    /// What is wrong, in our words, short: the underline's label.
    pub label: String,
    /// Where.
    pub span: Span,
    /// The remedy.
    pub help: Option<String>,
}

/// All that AWS would refuse, the problem AWS would name first at the front; empty when it would save.
///
/// ```
/// use rolecall_policy::json;
/// use rolecall_policy::validate::{PolicyKind, validate};
///
/// let text = r#"{"Version": "2012-10-17",
///     "Statement": [{"Effect": "Allow", "Action": "GetObject", "Resource": "*"}]}"#;
/// let problems = validate(&json::read(text, Default::default())?, PolicyKind::Identity);
///
/// assert_eq!(problems.len(), 1);
/// assert_eq!(problems[0].code, "MalformedPolicyDocument");
/// assert_eq!(
///     problems[0].message,
///     "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
/// );
/// # Ok::<(), rolecall_policy::json::JsonError>(())
/// ```
pub fn validate(node: &Node, kind: PolicyKind<'_>) -> Vec<Problem> {
    let mut findings = Findings::default();
    if let Some(outline) = shape::outline(node, &mut findings) {
        for statement in &outline.statements {
            actions::check(statement, &mut findings);
            resources::check(statement, &mut findings);
            conditions::check(statement, outline.has_variables, &mut findings);
            principals::check(statement, &mut findings);
            match kind {
                PolicyKind::Trust => trust::check(statement, &mut findings),
                PolicyKind::Bucket(name) => bucket::check(statement, name, &mut findings),
                PolicyKind::ResourceControl => control::check(statement, &mut findings),
                PolicyKind::Identity
                | PolicyKind::Boundary
                | PolicyKind::Session
                | PolicyKind::ServiceControl
                | PolicyKind::Resource => {}
            }
        }
        size::check(node, kind, &mut findings);
    }
    words::problems(findings, kind)
}

/// Something that is wrong at least for some kind of policy.
#[derive(Clone, Debug)]
struct Finding {
    rule: Rule,
    /// The offending text, or what else the rule's message needs.
    text: String,
    label: String,
    span: Span,
    help: Option<String>,
}

/// What can be wrong, whatever the words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    NotAnObject,
    UnknownField,
    DuplicateKey,
    WrongType,
    UnknownVersion,
    OldVersion,
    NoStatement,
    SidNotUnique,
    SidCharacters,
    EffectMissing,
    EffectUnknown,
    EffectCase,
    ActionMissing,
    ActionExcluded,
    ActionVendorMissing,
    ActionColons,
    ActionVendor,
    ResourceMissing,
    ResourceExcluded,
    ResourceArn,
    ResourcePartition,
    ResourceVendor,
    ResourceRegionOfIam,
    ResourceRegionOfS3,
    ResourcePathOfIam,
    ResourceLegacy,
    ResourceGiven,
    NotResourceGiven,
    PrincipalGiven,
    PrincipalMissing,
    PrincipalExcluded,
    PrincipalText,
    PrincipalEmpty,
    PrincipalType,
    PrincipalUnknown,
    NotPrincipalGiven,
    NotPrincipalAllowed,
    OperatorUnknown,
    DateMalformed,
    VariableMalformed,
    TrustAction,
    SharedProvider,
    CognitoProvider,
    BucketResource,
    BucketAction,
    BucketActionUnfit,
    BucketKey,
    BucketKeyUnfit,
    ControlEffect,
    ControlPrincipal,
    ControlAction,
    TooLong,
}

/// Collects what is found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    fn add(
        &mut self,
        rule: Rule,
        span: Span,
        text: &str,
        label: impl Into<String>,
    ) -> &mut Finding {
        self.list.push(Finding {
            rule,
            text: text.to_owned(),
            label: label.into(),
            span,
            help: None,
        });
        let last = self.list.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "it was pushed just now")]
        &mut self.list[last]
    }
}

impl Finding {
    fn help(&mut self, remedy: impl Into<String>) {
        self.help = Some(remedy.into());
    }
}
