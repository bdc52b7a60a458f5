//! What a scenario file says, with every name resolved and every place kept.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rolecall_policy::{Document, Node, Span};
use rolecall_wire::Structure;

/// One test: a scenario, or one case of it, with the case's variables filled in.
#[derive(Clone, Debug)]
pub struct Test {
    /// The path below PATH without extension, plus `/CASE`: `external-id/right id`.
    pub name: String,
    /// The file, as the user would type it.
    pub path: String,
    /// `scenario:`.
    pub title: String,
    /// `description:`, Markdown.
    pub description: Option<String>,
    /// `tags:`.
    pub tags: Vec<String>,
    /// The identities, policies and resources before the first step.
    pub world: World,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// The world before the first step.
#[derive(Clone, Debug)]
pub struct World {
    /// `clock:`, else 2026-01-01T00:00:00Z.
    pub clock: Timestamp,
    /// At least one; the first is the default account.
    pub accounts: Vec<Account>,
    /// Users of all accounts.
    pub users: Vec<User>,
    /// Roles of all accounts.
    pub roles: Vec<Role>,
    /// Customer managed policies.
    pub policies: Vec<CustomerPolicy>,
    /// S3 buckets.
    pub buckets: Vec<Bucket>,
    /// Condition keys for every request: name, values, whether it was written as a list.
    pub context: Vec<ContextEntry>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The scenario's name for it: `main`.
    pub name: String,
    /// Twelve digits.
    pub id: String,
}

/// A condition key given by the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextEntry {
    /// The key's name.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// Whether it is multivalued (written as a list).
    pub multivalued: bool,
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Identity policies, attached and inline.
    pub policies: Vec<PolicyReference>,
    /// The permissions boundary.
    pub boundary: Option<PolicyReference>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// Whether its access key is active.
    pub access_key_active: bool,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// The trust policy.
    pub trust: PolicyReference,
    /// Identity policies, attached and inline.
    pub policies: Vec<PolicyReference>,
    /// The permissions boundary.
    pub boundary: Option<PolicyReference>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// `max-session`, in seconds: 3600 to 43200, default 3600.
    pub max_session: i64,
}

/// A customer managed policy.
#[derive(Clone, Debug)]
pub struct CustomerPolicy {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The document.
    pub document: PolicyDocument,
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The bucket policy.
    pub policy: Option<PolicyReference>,
    /// Keys and their contents.
    pub objects: Vec<(String, String)>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// Block public access, all four settings (AWS's default: on).
    pub block_public_access: bool,
}

/// A policy named or written somewhere in a scenario, resolved to its document.
#[derive(Clone, Debug)]
pub struct PolicyReference {
    /// Where the scenario refers to it (the name, the file's name, or the whole inline document).
    pub span: Span,
    /// How it was given.
    pub origin: PolicyOrigin,
    /// The document.
    pub document: PolicyDocument,
}

/// How a policy was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyOrigin {
    /// A file, by its path as written.
    File(String),
    /// Written in the scenario itself.
    Inline,
    /// A customer managed policy of the scenario, by name.
    Customer(String),
    /// A policy of AWS, by ARN.
    Aws(String),
}

/// A document as a value with places, and prepared for evaluation.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// The text as JSON: a file's own text, or what an inline document comes to.
    pub json: Arc<str>,
    /// The value with its places.
    pub node: Arc<Node>,
    /// The document.
    pub document: Arc<Document>,
}

/// A step. Steps inside `then` are numbered within it.
#[derive(Clone, Debug)]
pub struct Step {
    /// `3`, or `3.1` inside `then`.
    pub number: String,
    /// The whole step.
    pub span: Span,
    /// `name:`.
    pub name: Option<String>,
    /// `description:`.
    pub description: Option<String>,
    /// `skip-on:`: target → reason.
    pub skip_on: Vec<(String, String)>,
    /// `as:`; `None` inside `then`, meaning the session just obtained.
    pub actor: Option<Spanned<Actor>>,
    /// What is done.
    pub verb: Verb,
    /// `expect:`, `allowed` where it is left out.
    pub expect: Expect,
    /// Where the expectation stands (the verb where there is none).
    pub expect_span: Span,
    /// `because:`.
    pub because: Option<Because>,
    /// `context:`.
    pub context: Vec<ContextEntry>,
}

/// Who takes a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A user of the world, by name.
    User(String),
    /// The root user of an account, by its number.
    Root(String),
    /// An unsigned caller.
    Anonymous,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Verb {
    /// One API operation.
    Call(Call),
    /// AssumeRole.
    Assume(Box<Assume>),
    /// The clock moves.
    Wait(SignedDuration),
}

/// An API operation with its parameters.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service: `s3`.
    pub service: String,
    /// The operation by its real name: `PutObject`.
    pub operation: String,
    /// Where the operation is named.
    pub span: Span,
    /// The region, else us-east-1.
    pub region: Option<String>,
    /// The parameters (`on` and `with` taken together), by the service model's names.
    pub input: Structure,
}

/// AssumeRole with its parameters.
#[derive(Clone, Debug)]
pub struct Assume {
    /// The role's ARN (the world's role of that name, or the ARN as written).
    pub role_arn: String,
    /// Where the role is named.
    pub span: Span,
    /// `session:`, default `rolecall`.
    pub session: String,
    /// `external-id:`.
    pub external_id: Option<String>,
    /// `duration:`, in seconds.
    pub duration: Option<i64>,
    /// `session-policy:`.
    pub session_policy: Option<PolicyReference>,
    /// `session-policy-arns:`.
    pub session_policy_arns: Vec<String>,
    /// `tags:`.
    pub tags: Vec<(String, String)>,
    /// `transitive-tags:`.
    pub transitive_tags: Vec<String>,
    /// `source-identity:`.
    pub source_identity: Option<String>,
    /// Steps that run with the credentials obtained.
    pub then: Vec<Step>,
}

/// What a step expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The call succeeded.
    Allowed,
    /// An authorization refusal.
    Denied,
    /// An error with this code, and more of its details where given.
    Error {
        /// The code.
        code: String,
        /// A pattern for the message; `*` is a wildcard.
        message: Option<String>,
        /// The HTTP status.
        status: Option<u16>,
    },
    /// Fields that the answer must have.
    Fields(Node),
}

/// The reason a denial must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The whole value.
    pub span: Span,
    /// `policy:`.
    pub policy: Option<BecausePolicy>,
    /// `effect:`; `Some(true)` for explicit.
    pub explicit: Option<bool>,
    /// `statement:`, a Sid.
    pub statement: Option<String>,
    /// `condition:`, a key.
    pub condition: Option<String>,
    /// `only: true`.
    pub only: bool,
}

/// The layer a denial is put down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BecausePolicy {
    /// The caller's own policies.
    Identity,
    /// The resource's policy.
    Resource,
    /// The role's trust policy.
    Trust,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The VPC endpoint's policy.
    Endpoint,
}
