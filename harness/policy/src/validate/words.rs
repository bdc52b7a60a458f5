//! AWS's words for what is wrong, and the order in which it would notice.
//!
//! There are three parsers: IAM's for policies of principals, an older one for trust policies and buckets, and
//! Organizations', which gives one text for everything. A finding without words is no problem for that kind.

use super::resources::IAM_PATHS;
use super::size::limits;
use super::{Finding, Findings, PolicyKind, Problem, Rule};

/// When AWS notices, its code and its text.
struct Words {
    stage: u8,
    code: &'static str,
    text: String,
}

/// The problems for this kind of policy, AWS's first at the front.
pub(super) fn problems(findings: Findings, kind: PolicyKind<'_>) -> Vec<Problem> {
    let mut staged: Vec<(u8, Problem)> = findings
        .list
        .into_iter()
        .filter_map(|finding| {
            let words = words(&finding, kind)?;
            let problem = Problem {
                id: finding.rule.id(),
                code: words.code,
                message: words.text,
                label: finding.label,
                span: finding.span,
                help: finding.help,
            };
            Some((words.stage, problem))
        })
        .collect();
    staged.sort_by_key(|(stage, _)| *stage);
    staged.into_iter().map(|(_, problem)| problem).collect()
}

fn words(finding: &Finding, kind: PolicyKind<'_>) -> Option<Words> {
    match kind {
        PolicyKind::Identity | PolicyKind::Boundary | PolicyKind::Session => identity(finding),
        PolicyKind::Trust => trust(finding),
        PolicyKind::Bucket(_) => bucket(finding),
        PolicyKind::Resource => resource(finding),
        PolicyKind::ServiceControl => control(finding, is_refused_in_service_control(finding.rule)),
        PolicyKind::ResourceControl => {
            control(finding, is_refused_in_resource_control(finding.rule))
        }
    }
}

const MALFORMED: &str = "MalformedPolicyDocument";

/// AWS: what `CreatePolicy`, `PutUserPolicy` and their siblings answer.
fn identity(finding: &Finding) -> Option<Words> {
    let text = finding.text.as_str();
    let (stage, text) = match finding.rule {
        Rule::NotAnObject
        | Rule::UnknownField
        | Rule::DuplicateKey
        | Rule::WrongType
        | Rule::UnknownVersion
        | Rule::NoStatement
        | Rule::EffectMissing
        | Rule::EffectUnknown
        | Rule::ActionExcluded
        | Rule::ResourceExcluded
        | Rule::OperatorUnknown => (1, "Syntax errors in policy.".to_owned()),
        Rule::OldVersion => (
            2,
            "Policy document must be version 2012-10-17 or greater.".to_owned(),
        ),
        Rule::EffectCase
        | Rule::DateMalformed
        | Rule::ResourceLegacy
        // That a variable without an end is refused is documented, the text isn't (unverified).
        | Rule::VariableMalformed => (3, "The policy failed legacy parsing".to_owned()),
        Rule::SidNotUnique => (
            4,
            "Statement IDs (SID) in a single policy must be unique.".to_owned(),
        ),
        Rule::SidCharacters => (
            5,
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the \
             regular expression [0-9A-Za-z]*"
                .to_owned(),
        ),
        Rule::ActionMissing => (6, "Policy statement must contain actions.".to_owned()),
        Rule::ResourceArn => (7, format!("Resource {text} must be in ARN format or \"*\".")),
        Rule::ResourcePartition => (7, text.to_owned()),
        Rule::ResourceVendor => (
            7,
            "Resource vendor must be fully qualified and cannot contain regexes.".to_owned(),
        ),
        Rule::ResourceRegionOfIam => (
            7,
            format!("IAM resource {text} cannot contain region information."),
        ),
        Rule::ResourceRegionOfS3 => (
            7,
            format!("Resource {text} can not contain region information."),
        ),
        Rule::ResourcePathOfIam => (
            7,
            format!(
                "IAM resource path must either be \"*\" or start with {}.",
                IAM_PATHS.join(", ")
            ),
        ),
        Rule::ActionVendorMissing => (
            8,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned(),
        ),
        Rule::ActionColons => (8, "Actions/Condition can contain only one colon.".to_owned()),
        Rule::ActionVendor => (8, format!("Vendor {text} is not valid")),
        Rule::PrincipalGiven => (
            9,
            "Policy document should not specify a principal.".to_owned(),
        ),
        Rule::ResourceMissing => (10, "Policy statement must contain resources.".to_owned()),
        Rule::TooLong => {
            return Some(Words {
                stage: 11,
                code: "LimitExceeded",
                text: format!("Cannot exceed quota for PolicySize: {}", limits::MANAGED),
            });
        }
        _ => return None,
    };
    Some(Words {
        stage,
        code: MALFORMED,
        text,
    })
}

/// What the older parser says, for all it reads.
fn older(finding: &Finding) -> Option<(u8, String)> {
    let text = finding.text.as_str();
    Some(match finding.rule {
        Rule::NotAnObject
        | Rule::DuplicateKey
        | Rule::WrongType
        | Rule::ActionExcluded
        | Rule::ResourceExcluded
        | Rule::PrincipalExcluded
        | Rule::OperatorUnknown
        | Rule::DateMalformed
        | Rule::VariableMalformed
        | Rule::UnknownField
        | Rule::PrincipalType => (1, "Syntax error in policy.".to_owned()),
        Rule::UnknownVersion => (
            2,
            "The policy must contain a valid version string".to_owned(),
        ),
        Rule::NoStatement => (
            3,
            "Could not parse the policy: Statement is empty!".to_owned(),
        ),
        Rule::EffectMissing => (4, "Missing required field Effect".to_owned()),
        Rule::EffectUnknown | Rule::EffectCase => (4, format!("Invalid effect: {text}")),
        Rule::PrincipalMissing => (5, "Missing required field Principal".to_owned()),
        Rule::PrincipalEmpty => (
            5,
            "Missing required field Principal cannot be empty!".to_owned(),
        ),
        Rule::NotPrincipalAllowed => (5, "Allow with NotPrincipal is not allowed.".to_owned()),
        Rule::ActionMissing => (6, "Missing required field Action".to_owned()),
        Rule::SidNotUnique => (
            8,
            "The Statement Ids in the policy are not unique".to_owned(),
        ),
        _ => return None,
    })
}

/// AWS: what `CreateRole` and `UpdateAssumeRolePolicy` answer.
fn trust(finding: &Finding) -> Option<Words> {
    let text = finding.text.as_str();
    let (stage, text) = match finding.rule {
        Rule::PrincipalText => (5, "Principal must be a JSON object.".to_owned()),
        Rule::NotPrincipalGiven => (
            5,
            "AssumeRole policy must not contain NotPrincipal field.".to_owned(),
        ),
        Rule::ResourceGiven => (7, "Has prohibited field Resource".to_owned()),
        Rule::NotResourceGiven => (
            7,
            "AssumeRole policy must not contain resources.".to_owned(),
        ),
        Rule::TrustAction => (
            9,
            "AssumeRole policy may only specify STS AssumeRole actions.".to_owned(),
        ),
        Rule::PrincipalUnknown => (10, format!("Invalid principal in policy: {text}")),
        Rule::SharedProvider => (11, text.to_owned()),
        Rule::CognitoProvider => (
            11,
            "A condition block must be present for the Cognito provider".to_owned(),
        ),
        Rule::TooLong => {
            return Some(Words {
                stage: 12,
                code: "LimitExceeded",
                text: format!("Cannot exceed quota for ACLSizePerRole: {}", limits::TRUST),
            });
        }
        _ => older(finding)?,
    };
    Some(Words {
        stage,
        code: MALFORMED,
        text,
    })
}

/// AWS: what `PutBucketPolicy` answers.
fn bucket(finding: &Finding) -> Option<Words> {
    let text = finding.text.as_str();
    let (stage, text) = match finding.rule {
        Rule::NotAnObject => (
            0,
            "Policies must be valid JSON and the first byte must be '{'".to_owned(),
        ),
        Rule::UnknownField => (1, format!("Unknown field {text}")),
        Rule::PrincipalText if text == "*" => return None,
        Rule::ActionMissing | Rule::ResourceMissing => {
            (6, "Statement is missing required element".to_owned())
        }
        Rule::BucketAction => (8, "Policy has invalid action".to_owned()),
        Rule::BucketResource => (9, "Policy has invalid resource".to_owned()),
        Rule::PrincipalText | Rule::PrincipalUnknown | Rule::PrincipalType => {
            (10, "Invalid principal in policy".to_owned())
        }
        Rule::BucketKey => (11, "Policy has an invalid condition key".to_owned()),
        Rule::BucketActionUnfit => (
            12,
            "Action does not apply to any resource(s) in statement".to_owned(),
        ),
        Rule::BucketKeyUnfit => (
            13,
            "Conditions do not apply to combination of actions and resources in statement"
                .to_owned(),
        ),
        Rule::TooLong => {
            return Some(Words {
                stage: 14,
                code: "PolicyTooLarge",
                // The code and the text are not documented (unverified).
                text: "Policy exceeds the maximum allowed document size.".to_owned(),
            });
        }
        _ => older(finding)?,
    };
    Some(Words {
        stage,
        code: "MalformedPolicy",
        text,
    })
}

/// Other services' texts differ from one to the next; these are the older parser's.
fn resource(finding: &Finding) -> Option<Words> {
    let text = finding.text.as_str();
    let (stage, text) = match finding.rule {
        Rule::PrincipalText if text == "*" => return None,
        Rule::PrincipalText => (
            10,
            format!("Invalid principal in policy: \"AWS\":\"{text}\""),
        ),
        Rule::PrincipalUnknown => (10, format!("Invalid principal in policy: {text}")),
        Rule::ActionVendorMissing | Rule::ActionColons | Rule::ActionVendor => {
            (8, "Policy has invalid action".to_owned())
        }
        _ => older(finding)?,
    };
    Some(Words {
        stage,
        code: MALFORMED,
        text,
    })
}

/// AWS: what Organizations' `CreatePolicy` and `UpdatePolicy` answer.
fn control(finding: &Finding, is_refused: bool) -> Option<Words> {
    if finding.rule == Rule::TooLong {
        return Some(Words {
            stage: 2,
            code: "ConstraintViolationException",
            text: "You have exceeded the maximum policy size.".to_owned(),
        });
    }
    is_refused.then(|| Words {
        stage: 1,
        code: "MalformedPolicyDocumentException",
        text: "The provided policy document does not meet the requirements of the specified \
               policy type."
            .to_owned(),
    })
}

/// AWS: Organizations User Guide, SCP syntax.
fn is_refused_in_service_control(rule: Rule) -> bool {
    is_unsound(rule) || rule == Rule::PrincipalGiven
}

/// AWS: Organizations User Guide, RCP syntax.
fn is_refused_in_resource_control(rule: Rule) -> bool {
    is_unsound(rule)
        || matches!(
            rule,
            Rule::PrincipalMissing
                | Rule::NotPrincipalGiven
                | Rule::NotPrincipalAllowed
                | Rule::ControlEffect
                | Rule::ControlPrincipal
                | Rule::ControlAction
        )
}

/// What no control policy may be.
fn is_unsound(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::NotAnObject
            | Rule::UnknownField
            | Rule::DuplicateKey
            | Rule::WrongType
            | Rule::UnknownVersion
            | Rule::OldVersion
            | Rule::NoStatement
            | Rule::SidNotUnique
            | Rule::SidCharacters
            | Rule::EffectMissing
            | Rule::EffectUnknown
            | Rule::EffectCase
            | Rule::ActionMissing
            | Rule::ActionExcluded
            | Rule::ActionVendorMissing
            | Rule::ActionColons
            | Rule::ActionVendor
            | Rule::ResourceMissing
            | Rule::ResourceExcluded
            | Rule::ResourceArn
            | Rule::ResourcePartition
            | Rule::ResourceVendor
            | Rule::ResourceLegacy
            | Rule::OperatorUnknown
            | Rule::DateMalformed
            | Rule::VariableMalformed
    )
}

impl Rule {
    /// Our stable name.
    fn id(self) -> &'static str {
        match self {
            Self::NotAnObject => "policy::not-an-object",
            Self::UnknownField => "policy::unknown-element",
            Self::DuplicateKey => "policy::duplicate-key",
            Self::WrongType => "policy::wrong-type",
            Self::UnknownVersion => "policy::unknown-version",
            Self::OldVersion => "policy::old-version",
            Self::NoStatement => "policy::no-statement",
            Self::SidNotUnique => "policy::duplicate-sid",
            Self::SidCharacters => "policy::sid-characters",
            Self::EffectMissing => "policy::no-effect",
            Self::EffectUnknown => "policy::unknown-effect",
            Self::EffectCase => "policy::effect-case",
            Self::ActionMissing => "policy::no-action",
            Self::ActionExcluded => "policy::action-and-not-action",
            Self::ActionVendorMissing => "policy::action-without-service",
            Self::ActionColons => "policy::action-colons",
            Self::ActionVendor => "policy::action-service",
            Self::ResourceMissing => "policy::no-resource",
            Self::ResourceExcluded => "policy::resource-and-not-resource",
            Self::ResourceArn => "policy::resource-not-an-arn",
            Self::ResourcePartition => "policy::resource-partition",
            Self::ResourceVendor => "policy::resource-service",
            Self::ResourceRegionOfIam | Self::ResourceRegionOfS3 => "policy::resource-region",
            Self::ResourcePathOfIam => "policy::resource-type",
            Self::ResourceLegacy => "policy::resource-parts",
            Self::ResourceGiven | Self::NotResourceGiven => "policy::resource-in-trust",
            Self::PrincipalGiven => "policy::principal-not-allowed",
            Self::PrincipalMissing => "policy::no-principal",
            Self::PrincipalExcluded => "policy::principal-and-not-principal",
            Self::PrincipalText => "policy::principal-without-type",
            Self::PrincipalEmpty => "policy::empty-principal",
            Self::PrincipalType => "policy::unknown-principal-type",
            Self::PrincipalUnknown => "policy::invalid-principal",
            Self::NotPrincipalGiven | Self::NotPrincipalAllowed => "policy::not-principal",
            Self::OperatorUnknown => "policy::unknown-operator",
            Self::DateMalformed => "policy::malformed-date",
            Self::VariableMalformed => "policy::malformed-variable",
            Self::TrustAction => "policy::trust-action",
            Self::SharedProvider | Self::CognitoProvider => "policy::shared-provider",
            Self::BucketResource => "policy::other-bucket",
            Self::BucketAction => "policy::unknown-action",
            Self::BucketActionUnfit => "policy::action-without-resource",
            Self::BucketKey => "policy::unknown-condition-key",
            Self::BucketKeyUnfit => "policy::condition-without-action",
            Self::ControlEffect => "policy::control-effect",
            Self::ControlPrincipal => "policy::control-principal",
            Self::ControlAction => "policy::control-action",
            Self::TooLong => "policy::too-long",
        }
    }
}
