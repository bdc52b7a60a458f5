//! A second evaluator, as plain as it can be: it reads the documents of AWS sentence by sentence, copies strings
//! freely, has no index and no shortcuts. Where it and the crate disagree, one of them is wrong.
//!
//! Source: AWS, IAM User Guide: policy evaluation logic, JSON policy elements, condition operators, policy variables.

use serde_json::{Map, Value};

/// A question with everything spelled out.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) caller: Caller,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) owner: String,
    /// Key, values, whether it is multivalued.
    pub(crate) context: Vec<(String, Vec<String>, bool)>,
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Option<Vec<Value>>,
    pub(crate) session: Option<Vec<Value>>,
    pub(crate) resource_policy: Option<Value>,
    pub(crate) scps: Vec<Vec<Value>>,
    pub(crate) rcps: Vec<Vec<Value>>,
    pub(crate) endpoint: Option<Vec<Value>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Caller {
    Root(String),
    User { arn: String },
    Session { arn: String, role: String },
    Federated { arn: String, user: String },
    Service(String),
    Anonymous,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Allow,
    ExplicitDeny,
    ImplicitDeny,
}

/// How a resource's policy names the caller, from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    Nobody,
    Account,
    RoleOrUserBehind,
    User,
    Itself,
}

impl Caller {
    fn account(&self) -> Option<String> {
        match self {
            Caller::Root(arn)
            | Caller::User { arn }
            | Caller::Session { arn, .. }
            | Caller::Federated { arn, .. } => Some(arn.split(':').nth(4).unwrap().to_owned()),
            Caller::Service(_) | Caller::Anonymous => None,
        }
    }
}

pub(crate) fn answer(question: &Question) -> Answer {
    let action = question.action.to_lowercase();
    if ["sts:getcalleridentity", "sts:getsessiontoken"].contains(&action.as_str()) {
        return Answer::Allow;
    }
    let layers = Layers::of(question, &action);
    if layers.deny(question) {
        return Answer::ExplicitDeny;
    }
    if layers.allow(question, &action) {
        return Answer::Allow;
    }
    Answer::ImplicitDeny
}

/// The policies that apply to this caller.
struct Layers {
    is_root: bool,
    has_account: bool,
    same_account: bool,
    identity: Vec<Value>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    of_resource: Vec<Value>,
    scps: Vec<Vec<Value>>,
    rcps: Vec<Vec<Value>>,
    endpoint: Option<Vec<Value>>,
}

impl Layers {
    fn of(question: &Question, action: &str) -> Self {
        let is_root = matches!(question.caller, Caller::Root(_));
        let account = question.caller.account();
        let has_account = account.is_some();
        let same_account = account.is_none_or(|own| own == question.owner);
        let rescue = [
            "s3:getbucketpolicy",
            "s3:putbucketpolicy",
            "s3:deletebucketpolicy",
        ];
        let is_rescued = is_root && same_account && rescue.contains(&action);
        let mut layers = Self {
            is_root,
            has_account,
            same_account,
            identity: question.identity.clone(),
            boundary: question.boundary.clone(),
            session: question.session.clone(),
            of_resource: question.resource_policy.iter().cloned().collect(),
            scps: question.scps.clone(),
            rcps: question.rcps.clone(),
            endpoint: question.endpoint.clone(),
        };
        if is_rescued {
            layers.of_resource.clear();
        }
        if action.starts_with("iam:") {
            layers.rcps.clear();
        }
        if !has_account {
            layers.scps.clear();
            layers.session = None;
        }
        if is_root || !has_account {
            layers.identity.clear();
            layers.boundary = None;
        }
        layers
    }

    /// An explicit deny anywhere.
    fn deny(&self, question: &Question) -> bool {
        let any =
            |documents: &[Value], kind| best(documents, "Deny", kind, question) != Naming::Nobody;
        self.scps.iter().any(|level| any(level, Kind::Principals))
            || self.rcps.iter().any(|level| any(level, Kind::Resources))
            || self
                .endpoint
                .iter()
                .any(|documents| any(documents, Kind::Resources))
            || any(&self.of_resource, Kind::Optional)
            || any(&self.identity, Kind::Principals)
            || self
                .boundary
                .iter()
                .any(|documents| any(documents, Kind::Principals))
            || self
                .session
                .iter()
                .any(|documents| any(documents, Kind::Principals))
    }

    /// Every filter, the owner and the caller's own side must allow.
    fn allow(&self, question: &Question, action: &str) -> bool {
        let any =
            |documents: &[Value], kind| best(documents, "Allow", kind, question) != Naming::Nobody;
        if !self.rcps.iter().all(|level| any(level, Kind::Resources))
            || !self.scps.iter().all(|level| any(level, Kind::Principals))
            || !self
                .endpoint
                .iter()
                .all(|documents| any(documents, Kind::Resources))
        {
            return false;
        }
        let naming = best(&self.of_resource, "Allow", Kind::Optional, question);
        let must_own = !self.has_account || !self.same_account || is_mandatory(question, action);
        if must_own && naming == Naming::Nobody {
            return false;
        }
        !self.has_account || self.own_side_allows(question, action, naming)
    }

    fn own_side_allows(&self, question: &Question, action: &str, naming: Naming) -> bool {
        let any = |documents: &[Value]| {
            best(documents, "Allow", Kind::Principals, question) != Naming::Nobody
        };
        let naming = if self.same_account {
            naming
        } else {
            Naming::Nobody
        };
        let session_needed = naming < Naming::User;
        let is_federated = matches!(question.caller, Caller::Federated { .. });
        let session_allows = match &self.session {
            Some(documents) => any(documents),
            None => !is_federated,
        };
        if session_needed && !session_allows {
            return false;
        }
        if self.is_root {
            return action != "sts:assumerole";
        }
        let boundary_needed = match naming {
            Naming::Itself => false,
            Naming::User => is_trust(action),
            _ => true,
        };
        let boundary_allows = self.boundary.iter().all(|documents| any(documents));
        let identity_needed = naming < Naming::RoleOrUserBehind;
        (!boundary_needed || boundary_allows) && (!identity_needed || any(&self.identity))
    }
}

fn is_trust(action: &str) -> bool {
    ["sts:assumerole", "sts:tagsession"].contains(&action)
}

/// Roles and keys open to nobody without their own policy.
fn is_mandatory(question: &Question, action: &str) -> bool {
    let part = question.resource.splitn(6, ':').nth(5).unwrap_or("");
    let has_policy = question.resource_policy.is_some();
    match action {
        "sts:assumerole" => true,
        _ if is_trust(action) => part.starts_with("role/") || has_policy,
        _ => action.starts_with("kms:") && (part.starts_with("key/") || has_policy),
    }
}

/// What a statement must have.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// No principal, a resource.
    Principals,
    /// A principal and a resource.
    Resources,
    /// A principal; the resource may be left out.
    Optional,
}

/// The best naming among the statements with this effect that match.
fn best(documents: &[Value], effect: &str, kind: Kind, question: &Question) -> Naming {
    let mut best = Naming::Nobody;
    for document in documents {
        let variables = document["Version"] == "2012-10-17";
        let statements = match &document["Statement"] {
            Value::Array(list) => list.clone(),
            other => vec![other.clone()],
        };
        for statement in statements {
            let Value::Object(statement) = statement else {
                continue;
            };
            if statement.get("Effect") == Some(&Value::from(effect)) {
                best = best.max(matches(&statement, kind, variables, question));
            }
        }
    }
    best
}

fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    Some(match value? {
        Value::Array(list) => list
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect(),
        other => vec![other.as_str().unwrap().to_owned()],
    })
}

fn matches(
    statement: &Map<String, Value>,
    kind: Kind,
    variables: bool,
    question: &Question,
) -> Naming {
    let action = match (
        strings(statement.get("Action")),
        strings(statement.get("NotAction")),
    ) {
        (Some(list), None) => list
            .iter()
            .any(|pattern| action_matches(pattern, &question.action)),
        (None, Some(list)) => !list
            .iter()
            .any(|pattern| action_matches(pattern, &question.action)),
        _ => false,
    };
    let covers = |pattern: &String| resource_matches(pattern, variables, question);
    let resource = match (
        strings(statement.get("Resource")),
        strings(statement.get("NotResource")),
    ) {
        (Some(list), None) => list.iter().any(covers),
        (None, Some(list)) => !list.iter().any(covers),
        _ => kind == Kind::Optional,
    };
    let conditions = statement.get("Condition").is_none_or(|condition| {
        condition
            .as_object()
            .unwrap()
            .iter()
            .all(|(operator, keys)| {
                keys.as_object().unwrap().iter().all(|(key, values)| {
                    let values = strings(Some(values)).unwrap();
                    condition_holds(operator, key, &values, variables, question)
                })
            })
    });
    if !(action && resource && conditions) {
        return Naming::Nobody;
    }
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (None, None) if kind == Kind::Principals => Naming::Itself,
        (Some(principal), None) => named(principal, &question.caller),
        (None, Some(principal)) => {
            let denies = statement["Effect"] == "Deny";
            let bounded =
                question.boundary.is_some() && !matches!(question.caller, Caller::Root(_));
            if !(denies && bounded) && exempt(principal, &question.caller) {
                Naming::Nobody
            } else {
                Naming::Itself
            }
        }
        _ => Naming::Nobody,
    }
}

fn action_matches(pattern: &str, action: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let parts: Vec<_> = pattern.split(':').collect();
    let [service, _] = parts.as_slice() else {
        return false;
    };
    let sound = |character: char| character.is_ascii_alphanumeric() || "-.".contains(character);
    let pattern: Vec<_> = pattern.to_lowercase().chars().map(Symbol::of).collect();
    let action: Vec<_> = action.to_lowercase().chars().collect();
    !service.is_empty() && service.chars().all(sound) && glob(&pattern, &action)
}

/// A character of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Symbol {
    Literal(char),
    One,
    Any,
}

impl Symbol {
    fn of(character: char) -> Self {
        match character {
            '*' => Symbol::Any,
            '?' => Symbol::One,
            other => Symbol::Literal(other),
        }
    }
}

/// Matches by the table of all prefixes.
fn glob(pattern: &[Symbol], text: &[char]) -> bool {
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match symbol {
                Symbol::Any => row[at] || at > 0 && next[at - 1],
                Symbol::One => at > 0 && row[at - 1],
                Symbol::Literal(literal) => at > 0 && row[at - 1] && text[at - 1] == *literal,
            };
        }
        row = next;
    }
    row[text.len()]
}

/// The pattern with variables filled in; `None` when one has no value.
fn symbols(
    written: &str,
    wildcards: bool,
    variables: bool,
    question: &Question,
) -> Option<Vec<Symbol>> {
    let mut out = Vec::new();
    let mut rest = written;
    while let Some(character) = rest.chars().next() {
        if variables && rest.starts_with("${") {
            let end = rest.find('}').unwrap();
            let inner = &rest[2..end];
            rest = &rest[end + 1..];
            match inner {
                "*" | "?" | "$" => out.push(Symbol::Literal(inner.chars().next().unwrap())),
                _ => {
                    let (key, default) = match inner.split_once(", ") {
                        Some((key, default)) => (key, Some(default.trim_matches('\'').to_owned())),
                        None => (inner, None),
                    };
                    let value = question
                        .context
                        .iter()
                        .find(|(name, _, _)| name.to_lowercase() == key.to_lowercase())
                        .filter(|(_, _, multivalued)| !multivalued)
                        .map(|(_, values, _)| values[0].clone());
                    out.extend(value.or(default)?.chars().map(Symbol::Literal));
                }
            }
            continue;
        }
        out.push(if wildcards {
            Symbol::of(character)
        } else {
            Symbol::Literal(character)
        });
        rest = &rest[character.len_utf8()..];
    }
    Some(out)
}

fn resource_matches(pattern: &str, variables: bool, question: &Question) -> bool {
    if pattern == "*" {
        return true;
    }
    if question.resource == "*" {
        return false;
    }
    let mut pattern = pattern.to_owned();
    while pattern.starts_with("arn:") && pattern.split(':').count() < 6 {
        pattern.push_str(":*");
    }
    let text: Vec<_> = question.resource.chars().collect();
    let parts: Vec<_> = pattern.splitn(6, ':').collect();
    let [first @ .., last] = parts.as_slice() else {
        return false;
    };
    if first.len() < 5 {
        let all: Vec<_> = pattern.chars().map(Symbol::of).collect();
        return glob(&all, &text);
    }
    let Some(last) = symbols(last, true, variables, question) else {
        return false;
    };
    parts_match(first, &last, &text)
}

/// The first five parts one by one, each of which may run past its colon when it ends in `*`, then the rest.
fn parts_match(parts: &[&str], last: &[Symbol], text: &[char]) -> bool {
    let Some((part, others)) = parts.split_first() else {
        return glob(last, text);
    };
    let pattern: Vec<_> = part.chars().map(Symbol::of).collect();
    let Some(own) = text.iter().position(|character| *character == ':') else {
        return false;
    };
    if !glob(&pattern, &text[..own]) {
        return false;
    }
    let runs_on = part.ends_with('*');
    (own..text.len())
        .filter(|at| text[*at] == ':' && (*at == own || runs_on))
        .any(|at| parts_match(others, last, &text[at + 1..]))
}

fn named(principal: &Value, caller: &Caller) -> Naming {
    let mut best = Naming::Nobody;
    for (kind, name) in names(principal) {
        best = best.max(named_by(&kind, &name, caller));
    }
    best
}

/// Type and name; a bare `*` has no type.
fn names(principal: &Value) -> Vec<(String, String)> {
    match principal {
        Value::String(name) => vec![(String::new(), name.clone())],
        Value::Object(types) => types
            .iter()
            .flat_map(|(kind, names)| {
                let names = strings(Some(names)).unwrap();
                names.into_iter().map(move |name| (kind.clone(), name))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn is_account(name: &str, caller: &Caller) -> bool {
    caller
        .account()
        .is_some_and(|own| name == own || name == format!("arn:aws:iam::{own}:root"))
}

fn named_by(kind: &str, name: &str, caller: &Caller) -> Naming {
    let is_service = matches!(caller, Caller::Service(_));
    match (kind, name) {
        ("", "*") => return Naming::Itself,
        ("AWS", "*") if !is_service => return Naming::Itself,
        ("Service", _) => {
            let is_it = matches!(caller, Caller::Service(host) if host == name);
            return if is_it {
                Naming::Itself
            } else {
                Naming::Nobody
            };
        }
        ("AWS", _) => {}
        _ => return Naming::Nobody,
    }
    match caller {
        Caller::User { arn } if arn == name => Naming::User,
        Caller::Session { arn, .. } | Caller::Federated { arn, .. } if arn == name => {
            Naming::Itself
        }
        Caller::Session { role, .. } if role == name => Naming::RoleOrUserBehind,
        Caller::Federated { user, .. } if user == name => Naming::RoleOrUserBehind,
        _ if is_account(name, caller) => Naming::Account,
        _ => Naming::Nobody,
    }
}

fn exempt(principal: &Value, caller: &Caller) -> bool {
    let listed = names(principal);
    let has = |wanted: &str| {
        listed
            .iter()
            .any(|(kind, name)| kind == "AWS" && name == wanted)
    };
    let has_account = listed
        .iter()
        .any(|(kind, name)| kind == "AWS" && is_account(name, caller));
    let everyone = listed.iter().any(|(kind, name)| {
        name == "*" && (kind.is_empty() || kind == "AWS" && !matches!(caller, Caller::Service(_)))
    });
    everyone
        || match caller {
            Caller::Root(_) => has_account,
            Caller::User { arn } | Caller::Federated { arn, .. } => has_account && has(arn),
            Caller::Session { arn, role } => has_account && has(role) && has(arn),
            Caller::Service(host) => listed.contains(&("Service".to_owned(), host.clone())),
            Caller::Anonymous => false,
        }
}

fn condition_holds(
    operator: &str,
    key: &str,
    wanted: &[String],
    variables: bool,
    question: &Question,
) -> bool {
    let had = question
        .context
        .iter()
        .find(|(name, _, _)| name.to_lowercase() == key.to_lowercase())
        .map(|(_, values, _)| values.clone())
        .filter(|values| !values.is_empty());
    if operator == "Null" {
        let absent = if had.is_none() { "true" } else { "false" };
        return wanted.iter().any(|value| value.to_lowercase() == absent);
    }
    let (set, name) = operator
        .split_once(':')
        .map_or(("", operator), |(set, name)| (set, name));
    let (name, if_exists) = match name.strip_suffix("IfExists") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let positive = name.replace("Not", "");
    let is_known = ["String", "Numeric", "Date", "Bool", "IpAddress", "Arn"]
        .iter()
        .any(|family| positive.starts_with(family));
    if !is_known || positive == "StringMatches" {
        return false;
    }
    let negated = positive != name;
    let Some(had) = had else {
        return if_exists || set == "ForAllValues" || set.is_empty() && negated;
    };
    let fits = |value: &String| {
        let found = wanted
            .iter()
            .any(|wanted| compare(&positive, wanted, value, variables, question));
        found != negated
    };
    match set {
        "ForAllValues" => had.iter().all(String::is_empty) || had.iter().all(fits),
        "" if negated => had.iter().all(fits),
        _ => had.iter().any(fits),
    }
}

fn compare(operator: &str, wanted: &str, had: &str, variables: bool, question: &Question) -> bool {
    let text: Vec<_> = had.chars().collect();
    // The generator's numbers have one digit after the point at most.
    let number = |text: &str| {
        let number = text.parse::<f64>().ok().map(|number| number * 10.0);
        #[expect(clippy::cast_possible_truncation, reason = "they are small")]
        number.map(|number| number as i64)
    };
    let numbers = number(wanted).zip(number(had));
    let dates = seconds(wanted).zip(seconds(had));
    match operator {
        "StringEquals" => {
            symbols(wanted, false, variables, question).is_some_and(|pattern| glob(&pattern, &text))
        }
        "StringEqualsIgnoreCase" => {
            symbols(wanted, false, variables, question).is_some_and(|pattern| {
                let lower = pattern.iter().map(|symbol| match symbol {
                    Symbol::Literal(literal) => Symbol::Literal(literal.to_ascii_lowercase()),
                    other => *other,
                });
                let text: Vec<_> = had.to_ascii_lowercase().chars().collect();
                glob(&lower.collect::<Vec<_>>(), &text)
            })
        }
        "StringLike" => {
            symbols(wanted, true, variables, question).is_some_and(|pattern| glob(&pattern, &text))
        }
        "ArnLike" | "ArnEquals" => arn_matches(wanted, had, variables, question),
        // The operators' page lets its values have variables, the variables' page doesn't.
        "Bool" => {
            ["true", "false"].contains(&had.to_lowercase().as_str())
                && compare("StringEqualsIgnoreCase", wanted, had, variables, question)
        }
        "NumericEquals" => numbers.is_some_and(|(wanted, had)| had == wanted),
        "NumericLessThan" => numbers.is_some_and(|(wanted, had)| had < wanted),
        "NumericLessThanEquals" => numbers.is_some_and(|(wanted, had)| had <= wanted),
        "NumericGreaterThan" => numbers.is_some_and(|(wanted, had)| had > wanted),
        "NumericGreaterThanEquals" => numbers.is_some_and(|(wanted, had)| had >= wanted),
        "DateEquals" => dates.is_some_and(|(wanted, had)| had == wanted),
        "DateLessThan" => dates.is_some_and(|(wanted, had)| had < wanted),
        "DateLessThanEquals" => dates.is_some_and(|(wanted, had)| had <= wanted),
        "DateGreaterThan" => dates.is_some_and(|(wanted, had)| had > wanted),
        "DateGreaterThanEquals" => dates.is_some_and(|(wanted, had)| had >= wanted),
        "IpAddress" => in_network(wanted, had),
        _ => false,
    }
}

/// The dates that the generator knows, and epoch time; what begins with a sign is a year.
fn seconds(text: &str) -> Option<i64> {
    match text {
        "2026-01-01T00:00:00Z" => Some(1_767_225_600),
        "2026-06-01T00:00:00Z" => Some(1_780_272_000),
        "-3" => Some(-62_261_827_200),
        _ => text.parse().ok(),
    }
}

fn arn_matches(wanted: &str, had: &str, variables: bool, question: &Question) -> bool {
    let mut wanted = wanted.to_owned();
    while !wanted.contains("${") && wanted.split(':').count() < 6 {
        wanted.push_str(":*");
    }
    let Some(pattern) = symbols(&wanted, true, variables, question) else {
        return false;
    };
    let mut parts = vec![Vec::new()];
    for symbol in pattern {
        if symbol == Symbol::Literal(':') && parts.len() < 6 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().unwrap().push(symbol);
        }
    }
    let had: Vec<Vec<char>> = had
        .splitn(6, ':')
        .map(|part| part.chars().collect())
        .collect();
    parts.len() == 6
        && had.len() == 6
        && parts
            .iter()
            .zip(&had)
            .all(|(pattern, text)| glob(pattern, text))
}

fn in_network(wanted: &str, had: &str) -> bool {
    let (network, prefix) = wanted.split_once('/').unwrap_or((wanted, "32"));
    let bits = |text: &str| {
        let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        let parts = parts.filter(|parts| parts.len() == 4)?;
        Some(
            parts
                .iter()
                .fold(0_u64, |sum, part| sum * 256 + u64::from(*part)),
        )
    };
    let width = prefix
        .parse::<u32>()
        .ok()
        .map(|prefix| 2_u64.pow(32 - prefix));
    match (bits(network), bits(had), width) {
        (Some(network), Some(had), Some(width)) => network / width == had / width,
        _ => false,
    }
}
