//! What goes with an `assume`, which depends on who assumes.

use rolecall_policy::Node;

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::Actor;
use crate::scenario::tree::entries;

/// What the parameters of `AssumeRole` become where something else is called: the key, why it isn't sent, and the remedy.
type Without = (&'static str, &'static str, &'static str);

/// AWS: STS API, `AssumeRoleWithSAML`: beside role, provider and assertion it has `PolicyArns`, `Policy` and
/// `DurationSeconds`; IAM User Guide, Configure SAML assertions for the authentication response: what comes in attributes.
const SAML: &[Without] = &[
    ("external-id", NOT_WITH_SAML, OF_ASSUME_ROLE),
    ("mfa", NOT_WITH_SAML, OF_ASSUME_ROLE),
    (
        "tags",
        IN_ASSERTION,
        "give the assertion the attribute `\"PrincipalTag:KEY\": VALUE`",
    ),
    (
        "transitive-tags",
        IN_ASSERTION,
        "give the assertion the attribute `TransitiveTagKeys: [KEY]`",
    ),
    (
        "source-identity",
        IN_ASSERTION,
        "give the assertion the attribute `SourceIdentity: NAME`",
    ),
];

/// AWS: STS API, `AssumeRoleWithWebIdentity`: beside role and token it has `RoleSessionName`, `PolicyArns`, `Policy` and
/// `DurationSeconds`; IAM User Guide, Pass session tags in AWS STS, and Monitor and control actions taken with
/// assumed roles: what comes in claims.
const TOKEN: &[Without] = &[
    ("external-id", NOT_WITH_TOKEN, OF_ASSUME_ROLE),
    ("mfa", NOT_WITH_TOKEN, OF_ASSUME_ROLE),
    (
        "tags",
        IN_TOKEN,
        "give the token the claim `\"https://aws.amazon.com/tags\": { principal_tags: { KEY: [VALUE] } }`",
    ),
    (
        "transitive-tags",
        IN_TOKEN,
        "give the token the claim `\"https://aws.amazon.com/tags\": { principal_tags: …, transitive_tag_keys: [KEY] }`",
    ),
    (
        "source-identity",
        IN_TOKEN,
        "give the token the claim `\"https://aws.amazon.com/source_identity\": NAME`",
    ),
];

/// A service takes on its role out of sight: only whether it may is asked.
const SERVICE: &[Without] = &[
    ("session", NOT_WITH_SERVICE, ONLY_ASKED),
    ("external-id", NOT_WITH_SERVICE, ONLY_ASKED),
    ("duration", NOT_WITH_SERVICE, ONLY_ASKED),
    ("session-policy", NOT_WITH_SERVICE, ONLY_ASKED),
    ("session-policy-arns", NOT_WITH_SERVICE, ONLY_ASKED),
    ("tags", NOT_WITH_SERVICE, ONLY_ASKED),
    ("transitive-tags", NOT_WITH_SERVICE, ONLY_ASKED),
    ("source-identity", NOT_WITH_SERVICE, ONLY_ASKED),
    ("mfa", NOT_WITH_SERVICE, ONLY_ASKED),
    (
        "then",
        "nobody gets a service's credentials",
        "let a user that the role trusts assume it, and take these steps in its `then`",
    ),
];

const NOT_WITH_SAML: &str = "AssumeRoleWithSAML has no such parameter";
const IN_ASSERTION: &str = "AssumeRoleWithSAML takes it from the assertion";
const NOT_WITH_TOKEN: &str = "AssumeRoleWithWebIdentity has no such parameter";
const IN_TOKEN: &str = "AssumeRoleWithWebIdentity takes it from the token";
const NOT_WITH_SERVICE: &str = "no request is sent that could have it";
const OF_ASSUME_ROLE: &str = "remove it, or let a user assume the role: only AssumeRole has it";
const ONLY_ASKED: &str =
    "remove it; a condition key that the service sends goes under `context`: `aws:SourceAccount`";

impl Lower<'_, '_, '_> {
    /// What would never be sent is refused: a step that passes without it would say too much.
    pub(super) fn check_assume(&mut self, step: &Node, actor: &Actor) {
        let (who, without) = match actor {
            Actor::Saml(_) => ("the bearer of an assertion", SAML),
            Actor::Token(_) => ("the bearer of a token", TOKEN),
            Actor::Service(_) => ("a service", SERVICE),
            Actor::User(_) | Actor::Root(_) | Actor::Anonymous => return,
        };
        for (key, why, remedy) in without {
            let Some(entry) = entries(step).iter().find(|entry| entry.key == *key) else {
                continue;
            };
            let message = format!("`{key}` doesn't go with an `assume` by {who}");
            let error = Diagnostic::error("scenario::misplaced-key", message);
            self.report(error.at(entry.key_span, *why).help(*remedy));
        }
    }
}
