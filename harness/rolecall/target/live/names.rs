//! What a scenario's names and account numbers become on a target, and back.
//!
//! Every user, role, group, policy and bucket gets a prefix of the run and the test, so that runs don't meet; every
//! account number becomes the target's. The mapping is a renaming: it is applied to every text of the scenario that
//! reaches the target (policies, parameters, object keys, session names, tag values), so that what was equal stays
//! equal (`${aws:username}` against a folder's name, say), and undone in every answer.

use rolecall_mock::saml_name_qualifier;
use rolecall_wire::{ServiceError, Structure, Value};

use crate::scenario::model::SamlProvider;

/// IAM's shortest limit on a name, which holds for users and roles; 63 for buckets.
const LONGEST_NAME: usize = 63;

/// The entities whose ARN ends in a name that gets the prefix (AWS: IAM identifiers).
const NAMED: [&str; 7] = [
    "user",
    "role",
    "group",
    "policy",
    "instance-profile",
    "mfa",
    "saml-provider",
];

/// Parameters that are the name of such an entity or of a bucket, whether or not the scenario defines it.
const NAME_MEMBERS: [&str; 5] = [
    "UserName",
    "RoleName",
    "GroupName",
    "VirtualMFADeviceName",
    "Bucket",
];

/// Parameters that are a policy's text.
const POLICY_MEMBERS: [&str; 3] = ["Policy", "PolicyDocument", "AssumeRolePolicyDocument"];

/// A renaming, and its inverse.
#[derive(Clone, Debug)]
pub(super) struct Names {
    prefix: String,
    /// The scenario's account numbers and the target's.
    accounts: Vec<(String, String)>,
    /// Names that the scenario defines, the longest first.
    known: Vec<String>,
    /// Ids that the target gives, and what stands for each in the scenario: the scenario's first.
    ids: Vec<(String, String)>,
}

impl Names {
    /// A renaming by a prefix, of accounts (the scenario's number, the target's) and of the names that the scenario
    /// defines.
    pub(super) fn new(
        prefix: String,
        accounts: Vec<(String, String)>,
        mut known: Vec<String>,
    ) -> Self {
        known.sort_by_key(|name| std::cmp::Reverse(name.len()));
        known.dedup();
        Self {
            prefix,
            accounts,
            known,
            ids: Vec::new(),
        }
    }

    /// From now on an id of the scenario is the target's.
    pub(super) fn learn(&mut self, ours: &str, theirs: &str) {
        self.ids.retain(|(known, _)| known != ours);
        self.ids.push((ours.to_owned(), theirs.to_owned()));
    }

    /// From now on the name qualifier of a SAML provider is the target's: its name and its account are hidden in it.
    pub(super) fn learn_saml_provider(&mut self, provider: &SamlProvider) {
        let name = provider.name.value.as_str();
        let ours = saml_name_qualifier(&provider.issuer, &provider.account, name);
        let account = self.account(&provider.account);
        let theirs = saml_name_qualifier(&self.text(&provider.issuer), account, &self.name(name));
        self.learn(&ours, &theirs);
    }

    /// What the names of the run and the test begin with.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The target's number for an account of the scenario.
    pub(super) fn account<'a>(&'a self, number: &'a str) -> &'a str {
        let found = self.accounts.iter().find(|(ours, _)| ours == number);
        found.map_or(number, |(_, theirs)| theirs)
    }

    /// An entity's name on the target. One that is too long keeps its beginning and a number that tells it from others.
    pub(super) fn name(&self, name: &str) -> String {
        if name.starts_with(&self.prefix) {
            return name.to_owned();
        }
        let longest = LONGEST_NAME.saturating_sub(self.prefix.len());
        if name.len() <= longest || !self.known.iter().any(|known| known == name) {
            return format!("{}{name}", self.prefix);
        }
        let tail = base36(fingerprint(name.as_bytes()), 6);
        let mut kept = longest.saturating_sub(tail.len());
        while !name.is_char_boundary(kept) {
            kept -= 1;
        }
        let head = name.get(..kept).unwrap_or_default();
        format!("{}{head}{tail}", self.prefix)
    }

    /// A pattern for a name: a variable or a leading wildcard covers the prefix by itself.
    fn pattern(&self, name: &str) -> String {
        if name.is_empty() || name.starts_with(['*', '?', '$']) {
            name.to_owned()
        } else {
            self.name(name)
        }
    }

    /// A text of the scenario as the target must have it.
    pub(super) fn text(&self, text: &str) -> String {
        if let Some(mapped) = self.arn(text) {
            return mapped;
        }
        self.words(text)
    }

    /// An ARN: the name in it gets the prefix even where the scenario doesn't define it.
    fn arn(&self, text: &str) -> Option<String> {
        let mut fields = text.strip_prefix("arn:")?.splitn(5, ':');
        let mut field = || fields.next();
        let (partition, service, region, account, resource) =
            (field()?, field()?, field()?, field()?, field()?);
        if account == "aws" {
            return Some(text.to_owned());
        }
        let resource = match service {
            "iam" | "sts" => self.identity(resource),
            "s3" => self.object(resource),
            _ => self.words(resource),
        };
        let account = self.digits(account);
        Some(format!(
            "arn:{partition}:{service}:{region}:{account}:{resource}"
        ))
    }

    /// `role/path/NAME`, or `assumed-role/NAME/session`.
    fn identity(&self, resource: &str) -> String {
        let Some((kind, rest)) = resource.split_once('/') else {
            return self.words(resource);
        };
        if kind == "assumed-role" {
            return match rest.split_once('/') {
                Some((role, session)) => {
                    format!("{kind}/{}/{}", self.pattern(role), self.words(session))
                }
                None => format!("{kind}/{}", self.pattern(rest)),
            };
        }
        // The name of an OIDC provider is its URL, which is the issuer's.
        if kind == "oidc-provider" {
            return resource.to_owned();
        }
        if !NAMED.contains(&kind) {
            return self.words(resource);
        }
        match rest.rsplit_once('/') {
            Some((path, name)) => format!("{kind}/{path}/{}", self.pattern(name)),
            None => format!("{kind}/{}", self.pattern(rest)),
        }
    }

    /// `BUCKET/key`.
    fn object(&self, resource: &str) -> String {
        match resource.split_once('/') {
            Some((bucket, key)) => format!("{}/{}", self.pattern(bucket), self.words(key)),
            None => self.pattern(resource),
        }
    }

    /// Replaces known names and account numbers that stand for themselves.
    fn words(&self, text: &str) -> String {
        let mut mapped = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(character) = rest.chars().next() {
            let starts = !before.is_some_and(is_word);
            let found = starts.then(|| self.known_at(rest)).flatten();
            let id = starts.then(|| self.id_at(rest)).flatten();
            let taken = if let Some((ours, theirs)) = id {
                mapped.push_str(theirs);
                ours.len()
            } else if let Some(name) = found {
                mapped.push_str(&self.name(name));
                name.len()
            } else {
                mapped.push(character);
                character.len_utf8()
            };
            let (done, left) = rest.split_at_checked(taken).unwrap_or((rest, ""));
            before = done.chars().next_back();
            rest = left;
        }
        self.digits(&mapped)
    }

    fn known_at(&self, text: &str) -> Option<&str> {
        let names = self.known.iter().map(String::as_str);
        names.into_iter().find(|name| starts_with_word(text, name))
    }

    fn id_at(&self, text: &str) -> Option<(&str, &str)> {
        let mut ids = self.ids.iter();
        let (ours, theirs) = ids.find(|(ours, _)| starts_with_word(text, ours))?;
        Some((ours, theirs))
    }

    /// Replaces account numbers.
    fn digits(&self, text: &str) -> String {
        replace_numbers(text, |number| {
            let found = self.accounts.iter().find(|(ours, _)| ours == number);
            found.map(|(_, theirs)| theirs.as_str())
        })
    }

    /// A policy's text: names in its resources, principals and conditions; the actions stay as they are.
    pub(super) fn policy(&self, json: &str) -> String {
        let Ok(mut document) = serde_json::from_str::<serde_json::Value>(json) else {
            return self.words(json);
        };
        match document.get_mut("Statement") {
            Some(serde_json::Value::Array(statements)) => {
                for statement in statements {
                    self.statement(statement);
                }
            }
            Some(statement) => self.statement(statement),
            None => {}
        }
        document.to_string()
    }

    fn statement(&self, statement: &mut serde_json::Value) {
        let Some(members) = statement.as_object_mut() else {
            return;
        };
        for (name, value) in members {
            match name.as_str() {
                "Resource" | "NotResource" | "Principal" | "NotPrincipal" => {
                    map_strings(value, &|text| self.text(text));
                }
                "Condition" => self.conditions(value),
                _ => {}
            }
        }
    }

    /// `{operator: {key: value}}`.
    fn conditions(&self, operators: &mut serde_json::Value) {
        let operators = operators.as_object_mut().into_iter().flatten();
        for (key, value) in operators
            .filter_map(|(_, keys)| keys.as_object_mut())
            .flatten()
        {
            if key.eq_ignore_ascii_case("aws:username") {
                map_strings(value, &|name| self.pattern(name));
            } else if key.eq_ignore_ascii_case("saml:doc") {
                map_strings(value, &|text| self.saml_doc(text));
            } else {
                map_strings(value, &|text| self.text(text));
            }
        }
    }

    /// `ACCOUNT/PROVIDER`.
    fn saml_doc(&self, text: &str) -> String {
        match text.split_once('/') {
            Some((account, name)) => format!("{}/{}", self.digits(account), self.pattern(name)),
            None => self.words(text),
        }
    }

    /// All texts in a JSON value.
    pub(super) fn json(&self, value: &mut serde_json::Value) {
        map_strings(value, &|text| self.text(text));
    }

    /// An operation's parameters as the target must have them.
    pub(super) fn input(&self, operation: &str, input: &Structure) -> Structure {
        let mut mapped = self.members(input);
        // Elsewhere a member of this name is its holder's own affair.
        let members: &[&str] = match operation {
            "CreatePolicy" => &["PolicyName", "Name"],
            "CreateSAMLProvider"
            | "UpdatePolicy"
            | "CreateOrganizationalUnit"
            | "UpdateOrganizationalUnit" => &["Name"],
            _ => return mapped,
        };
        for member in members {
            if let Some(name) = input.string(member) {
                mapped.set(member, self.name(name));
            }
        }
        if let Some(content) = input.string("Content") {
            mapped.set("Content", self.policy(content));
        }
        mapped
    }

    fn members(&self, input: &Structure) -> Structure {
        let mut mapped = Structure::new();
        for (name, value) in input.iter() {
            let value = match value {
                Value::String(text) if NAME_MEMBERS.contains(&name) => self.name(text).into(),
                Value::String(text) if POLICY_MEMBERS.contains(&name) => self.policy(text).into(),
                Value::Structure(config) if name == "DistributionConfig" => {
                    self.distribution(config).into()
                }
                other => self.value(other),
            };
            mapped.set(name, value);
        }
        mapped
    }

    /// A distribution's configuration: its caller reference is unique in the account, its comment marks it as the run's.
    fn distribution(&self, config: &Structure) -> Structure {
        let mut mapped = self.members(config);
        for member in ["CallerReference", "Comment"] {
            if let Some(text) = config.string(member) {
                mapped.set(member, self.name(text));
            }
        }
        mapped
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::List(values) => {
                Value::List(values.iter().map(|value| self.value(value)).collect())
            }
            Value::Structure(members) => self.members(members).into(),
            Value::Map(entries) => {
                let mapped = entries.iter().map(|(name, value)| {
                    let value = match value {
                        Value::String(text) if POLICY_MEMBERS.contains(&name.as_str()) => {
                            self.policy(text).into()
                        }
                        other => self.value(other),
                    };
                    (name.clone(), value)
                });
                Value::Map(mapped.collect())
            }
            other => other.clone(),
        }
    }

    /// A text of the target as the scenario has it.
    pub(super) fn back(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for name in &self.known {
            let renamed = self.name(name);
            if renamed.len() != self.prefix.len() + name.len() {
                text = text.replace(&renamed, name);
            }
        }
        for (ours, theirs) in &self.ids {
            text = text.replace(theirs, ours);
        }
        let text = text.replace(&self.prefix, "");
        replace_numbers(&text, |number| {
            let found = self.accounts.iter().find(|(_, theirs)| theirs == number);
            found.map(|(ours, _)| ours.as_str())
        })
    }

    /// An answer's fields as the scenario has them.
    pub(super) fn output(&self, output: &Structure) -> Structure {
        let mut mapped = Structure::new();
        for (name, value) in output.iter() {
            mapped.set(name, self.value_back(value));
        }
        mapped
    }

    fn value_back(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.back(text).into(),
            Value::List(values) => {
                Value::List(values.iter().map(|value| self.value_back(value)).collect())
            }
            Value::Map(members) => Value::Map(
                members
                    .iter()
                    .map(|(name, value)| (self.back(name), self.value_back(value)))
                    .collect(),
            ),
            Value::Structure(members) => self.output(members).into(),
            other => other.clone(),
        }
    }

    /// An error as the scenario has it.
    pub(super) fn error(&self, error: &ServiceError) -> ServiceError {
        let mut mapped = error.clone();
        mapped.message = error.message.as_deref().map(|message| self.back(message));
        for (_, text) in &mut mapped.extra {
            *text = self.back(text);
        }
        mapped
    }
}

/// Maps every text in a JSON value.
fn map_strings(value: &mut serde_json::Value, map: &dyn Fn(&str) -> String) {
    match value {
        serde_json::Value::String(text) => *text = map(text),
        serde_json::Value::Array(values) => {
            for value in values {
                map_strings(value, map);
            }
        }
        serde_json::Value::Object(members) => {
            for value in members.values_mut() {
                map_strings(value, map);
            }
        }
        _ => {}
    }
}

/// Whether a text begins with a word, and that word is over then.
fn starts_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|rest| !rest.starts_with(is_word))
}

/// What continues a name in running text. A dot doesn't: `alice` is a word of `alice.txt`.
fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

/// Replaces numbers of twelve digits; longer ones are something else.
fn replace_numbers<'a>(text: &str, replacement: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut mapped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (plain, tail) = rest.split_at_checked(start).unwrap_or((rest, ""));
        let end = tail
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(tail.len());
        let (number, after) = tail.split_at_checked(end).unwrap_or((tail, ""));
        mapped.push_str(plain);
        let replaced = (number.len() == 12).then(|| replacement(number)).flatten();
        mapped.push_str(replaced.unwrap_or(number));
        rest = after;
    }
    mapped.push_str(rest);
    mapped
}

/// A number that follows from bytes and nothing else (FNV-1a).
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The last digits of a number, in digits and small letters, which every AWS name may have.
pub(super) fn base36(mut number: u64, digits: usize) -> String {
    let mut text = Vec::with_capacity(digits);
    for _ in 0..digits {
        let digit = u32::try_from(number % 36).unwrap_or(0);
        text.push(char::from_digit(digit, 36).unwrap_or('0'));
        number /= 36;
    }
    text.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn names() -> Names {
        let known = ["alice", "al", "S3-CloudFront-Access", "home", "HomeFolder"];
        Names::new(
            "rc-r1-t1-".to_owned(),
            vec![
                ("123456789012".to_owned(), "000000000000".to_owned()),
                ("000000000000".to_owned(), "123456789012".to_owned()),
            ],
            known.map(str::to_owned).to_vec(),
        )
    }

    #[rstest]
    #[case::user(
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:iam::000000000000:user/rc-r1-t1-alice"
    )]
    #[case::path(
        "arn:aws:iam::123456789012:role/ci/Deploy",
        "arn:aws:iam::000000000000:role/ci/rc-r1-t1-Deploy"
    )]
    #[case::nobody_defines_it(
        "arn:aws:iam::123456789012:role/Missing",
        "arn:aws:iam::000000000000:role/rc-r1-t1-Missing"
    )]
    #[case::wildcard("arn:aws:iam::*:role/dev-*", "arn:aws:iam::*:role/rc-r1-t1-dev-*")]
    #[case::every("arn:aws:iam::123456789012:role/*", "arn:aws:iam::000000000000:role/*")]
    #[case::session(
        "arn:aws:sts::123456789012:assumed-role/S3-CloudFront-Access/alice",
        "arn:aws:sts::000000000000:assumed-role/rc-r1-t1-S3-CloudFront-Access/rc-r1-t1-alice"
    )]
    #[case::of_aws(
        "arn:aws:iam::aws:policy/HomeFolder",
        "arn:aws:iam::aws:policy/HomeFolder"
    )]
    #[case::saml_provider(
        "arn:aws:iam::123456789012:saml-provider/ADFS",
        "arn:aws:iam::000000000000:saml-provider/rc-r1-t1-ADFS"
    )]
    #[case::oidc_provider(
        "arn:aws:iam::123456789012:oidc-provider/alice.example.com/home",
        "arn:aws:iam::000000000000:oidc-provider/alice.example.com/home"
    )]
    #[case::root("arn:aws:iam::123456789012:root", "arn:aws:iam::000000000000:root")]
    #[case::bucket("arn:aws:s3:::home", "arn:aws:s3:::rc-r1-t1-home")]
    #[case::object(
        "arn:aws:s3:::home/${aws:username}/*",
        "arn:aws:s3:::rc-r1-t1-home/${aws:username}/*"
    )]
    #[case::object_of_alice(
        "arn:aws:s3:::home/alice/*",
        "arn:aws:s3:::rc-r1-t1-home/rc-r1-t1-alice/*"
    )]
    #[case::key("alice/diary.txt", "rc-r1-t1-alice/diary.txt")]
    #[case::no_part_of_a_word("malice and alice-b", "malice and alice-b")]
    #[case::account("123456789012", "000000000000")]
    #[case::the_other("000000000000", "123456789012")]
    #[case::longer_number("1234567890123", "1234567890123")]
    fn a_text_becomes_the_targets_and_comes_back(#[case] ours: &str, #[case] theirs: &str) {
        assert_eq!(names().text(ours), theirs);
        assert_eq!(names().back(theirs), ours);
    }

    #[test]
    fn an_id_that_the_target_gives_stands_for_the_scenarios() {
        let mut names = names();
        names.learn("E1SITE", "E2QWRUHAPOMQZL");

        for (ours, theirs) in [
            ("E1SITE", "E2QWRUHAPOMQZL"),
            (
                "arn:aws:cloudfront::123456789012:distribution/E1SITE",
                "arn:aws:cloudfront::000000000000:distribution/E2QWRUHAPOMQZL",
            ),
            ("E1SITES", "E1SITES"),
            ("/alice/E1SITE", "/rc-r1-t1-alice/E2QWRUHAPOMQZL"),
        ] {
            assert_eq!(names.text(ours), theirs);
            assert_eq!(names.back(theirs), ours);
        }
    }

    #[test]
    fn a_policy_is_renamed_where_it_names_things_and_nowhere_else() {
        let policy = r#"{"Statement": [{"Sid": "alice", "Effect": "Allow", "Action": "home:alice",
            "Resource": ["arn:aws:s3:::home/*"], "Principal": {"AWS": "123456789012"},
            "Condition": {"StringLike": {"aws:username": "dev-*", "aws:PrincipalTag/alice": "alice"}}}]}"#;

        let mapped: serde_json::Value = serde_json::from_str(&names().policy(policy)).unwrap();

        let statement = &mapped["Statement"][0];
        assert_eq!(statement["Sid"], "alice");
        assert_eq!(statement["Action"], "home:alice");
        assert_eq!(statement["Resource"][0], "arn:aws:s3:::rc-r1-t1-home/*");
        assert_eq!(statement["Principal"]["AWS"], "000000000000");
        let condition = &statement["Condition"]["StringLike"];
        assert_eq!(condition["aws:username"], "rc-r1-t1-dev-*");
        assert_eq!(condition["aws:PrincipalTag/alice"], "rc-r1-t1-alice");
    }

    #[test]
    fn a_name_that_is_too_long_is_cut_and_still_comes_back() {
        let long = "a-very-long-name-that-aws-takes-but-not-with-a-prefix-before-it";
        let names = Names::new("rc-r1-t1-".to_owned(), Vec::new(), vec![long.to_owned()]);

        let renamed = names.name(long);

        assert_eq!(renamed.len(), LONGEST_NAME);
        assert_eq!(names.back(&renamed), long);
    }

    #[test]
    fn accounts_in_percent_encoded_text_come_back_too() {
        assert_eq!(
            names().back("arn%3Aaws%3Aiam%3A%3A000000000000%3Auser%2Frc-r1-t1-alice"),
            "arn%3Aaws%3Aiam%3A%3A123456789012%3Auser%2Falice"
        );
    }
}
