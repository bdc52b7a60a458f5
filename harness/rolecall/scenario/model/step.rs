//! Steps and what they expect.

use jiff::SignedDuration;
use rolecall_policy::{Node, Span};
use rolecall_wire::Structure;

use super::{ContextEntry, PolicyReference, Spanned, World};

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
    /// An AWS service, by its principal: `lambda.amazonaws.com`.
    Service(String),
    /// The bearer of a web identity token.
    Token(Token),
    /// The bearer of a SAML assertion.
    Saml(Assertion),
}

/// A web identity token, to be issued when the step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The provider, by the scenario's name for it.
    pub provider: String,
    /// All claims but `iss`; `aud`, `iat` and `exp` also where the scenario leaves them out.
    pub claims: Vec<(String, ClaimValue)>,
}

/// The value of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// As written.
    Value(Node),
    /// A time, this long after (or, negative, before) the moment the token is issued: seconds since the epoch.
    Relative(SignedDuration),
}

/// A SAML assertion, to be issued when the step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The provider, by name.
    pub provider: String,
    /// Who signed in; the session's name where it isn't said.
    pub subject: Option<String>,
    /// Whom it is for; AWS where it isn't said.
    pub audience: Option<String>,
    /// Where it is to be taken; AWS's sign-in endpoint where it isn't said.
    pub recipient: Option<String>,
    /// How long it is good for, from the moment it is issued; a negative one is over already.
    pub expires: SignedDuration,
    /// Attributes and their values; those of AWS by the last part of their names (`Role`, `PrincipalTag:team`).
    pub attributes: Vec<(String, Vec<String>)>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Verb {
    /// One API operation.
    Call(Call),
    /// A role is assumed.
    Assume(Box<Assume>),
    /// Each of these is allowed.
    Can(Vec<Question>),
    /// None of these is allowed.
    Cannot(Vec<Question>),
    /// The clock moves.
    Wait(SignedDuration),
    /// The world changes.
    Change(Box<Change>),
}

/// One question of `can` and `cannot`: authorization only, nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `s3:GetObject`, as written.
    pub action: String,
    /// The resource's ARN; `None` for the action alone.
    pub resource: Option<String>,
    /// Where the question stands.
    pub span: Span,
}

/// A change of the world.
#[derive(Clone, Debug)]
pub struct Change {
    /// The world after it.
    pub world: World,
    /// What changes, in the order written.
    pub touched: Vec<Touched>,
}

/// Something that a [`Change`] changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// What it is.
    pub entity: Entity,
    /// Its name; for a resource its ARN, for `context` the condition key, empty for the organization.
    pub name: String,
    /// What becomes of it.
    pub kind: ChangeKind,
    /// Where the change is written.
    pub span: Span,
}

/// A kind of thing in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// The organization.
    Organization,
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
    /// A customer managed policy.
    Policy,
    /// An OpenID Connect identity provider.
    OidcProvider,
    /// A SAML identity provider.
    SamlProvider,
    /// A bucket.
    Bucket,
    /// A CloudFront distribution.
    Distribution,
    /// Another resource.
    Resource,
    /// A condition key of every request.
    Context,
}

/// What becomes of a thing that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is made (again, with a new unique id, if it was deleted before).
    Created,
    /// These members of it change.
    Updated(Vec<String>),
    /// It is deleted.
    Deleted,
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

/// `AssumeRole` with its parameters; by the actor also `AssumeRoleWithWebIdentity` and `AssumeRoleWithSAML`.
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
    /// `mfa:`.
    pub mfa: Option<Mfa>,
    /// Steps that run with the credentials obtained.
    pub then: Vec<Step>,
}

/// The code of an MFA device that a caller shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mfa {
    /// A valid code of the caller's own device.
    Valid,
    /// This code.
    Code(String),
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
    /// `at:`, the name of an organizational unit (`Root` for the root) or an account.
    pub at: Option<String>,
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

impl Entity {
    /// The key of the world that holds things of this kind.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::User => "users",
            Self::Group => "groups",
            Self::Role => "roles",
            Self::Policy => "policies",
            Self::OidcProvider => "oidc-providers",
            Self::SamlProvider => "saml-providers",
            Self::Bucket => "buckets",
            Self::Distribution => "distributions",
            Self::Resource => "resources",
            Self::Context => "context",
        }
    }

    /// What one is called: `user`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::OidcProvider => "OIDC provider",
            Self::SamlProvider => "SAML provider",
            Self::Bucket => "bucket",
            Self::Distribution => "distribution",
            Self::Resource => "resource",
            Self::Context => "condition key",
        }
    }

    /// All kinds, in the order in which the language shows them.
    pub const ALL: [Self; 11] = [
        Self::Organization,
        Self::User,
        Self::Group,
        Self::Role,
        Self::Policy,
        Self::OidcProvider,
        Self::SamlProvider,
        Self::Bucket,
        Self::Distribution,
        Self::Resource,
        Self::Context,
    ];
}
