//! A Terraform plan in JSON: its resources, the policies in them, and what refers to what.
//!
//! Terraform documentation, JSON output format: `planned_values` and `prior_state.values` hold the values that are known,
//! module by module, `configuration` what each argument refers to.

use serde_json::Value;

/// Resource type and the attribute that holds its policy.
///
/// The Terraform AWS provider's documentation of each resource.
const ATTRIBUTES: [(&str, &str); 16] = [
    ("aws_iam_role", "assume_role_policy"),
    ("aws_iam_policy", "policy"),
    ("aws_iam_role_policy", "policy"),
    ("aws_iam_user_policy", "policy"),
    ("aws_iam_group_policy", "policy"),
    ("aws_iam_policy_document", "json"),
    ("aws_s3_bucket_policy", "policy"),
    ("aws_kms_key", "policy"),
    ("aws_kms_key_policy", "policy"),
    ("aws_sqs_queue", "policy"),
    ("aws_sqs_queue_policy", "policy"),
    ("aws_sns_topic", "policy"),
    ("aws_sns_topic_policy", "policy"),
    ("aws_secretsmanager_secret_policy", "policy"),
    ("aws_ecr_repository_policy", "policy"),
    ("aws_organizations_policy", "content"),
];

/// The types of identities, and the argument by which their policies name them.
const IDENTITIES: [(&str, &str); 3] = [
    ("aws_iam_role", "role"),
    ("aws_iam_user", "user"),
    ("aws_iam_group", "group"),
];

/// Modules are in modules, but not in more than so many.
const DEEPEST: usize = 32;

/// A plan, read.
#[derive(Clone, Copy)]
pub(super) struct Plan<'p>(pub(super) &'p Value);

/// A resource of a plan, or data that was read for it.
#[derive(Clone, Copy)]
pub(super) struct Resource<'p> {
    plan: Plan<'p>,
    value: &'p Value,
}

/// A policy that an identity would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held<'p> {
    /// The document of the resource with this address.
    Document { address: String, json: &'p str },
    /// A managed policy outside the plan, by its ARN.
    Managed(&'p str),
    /// What the resource with this address attaches is known only after the apply.
    Unknown {
        address: String,
        attribute: &'static str,
    },
}

impl<'p> Plan<'p> {
    /// All resources, and the data that was read.
    pub(super) fn resources(self) -> Vec<Resource<'p>> {
        let prior = self
            .0
            .get("prior_state")
            .and_then(|state| state.get("values"));
        let mut found = Vec::new();
        for values in [self.0.get("planned_values"), prior].into_iter().flatten() {
            if let Some(module) = values.get("root_module") {
                self.collect(module, &mut found);
            }
        }
        found
    }

    fn collect(self, module: &'p Value, found: &mut Vec<Resource<'p>>) {
        let resources = list(module, "resources").iter();
        found.extend(resources.map(|value| Resource { plan: self, value }));
        for child in list(module, "child_modules") {
            self.collect(child, found);
        }
    }

    /// The resource with an address. Data that could not be read yet stands in the planned values without any, and data of
    /// the state before in the prior state: the one with a value is meant.
    pub(super) fn resource(self, address: &str) -> Option<Resource<'p>> {
        let mut found: Vec<_> = self.resources();
        found.retain(|resource| resource.address() == address);
        found.sort_by_key(|resource| resource.value.get("values").is_none());
        found.into_iter().next()
    }

    /// The addresses that are `address` but for their indexes: `aws_iam_role.deploy[0]`.
    pub(super) fn instances(self, address: &str) -> Vec<&'p str> {
        let wanted = parts(address);
        let resources = self.resources().into_iter();
        let addresses = resources.map(Resource::address);
        addresses.filter(|known| parts(known) == wanted).collect()
    }

    /// What an argument of a resource refers to, in the words of its module: `aws_iam_policy.look.arn`. Without an
    /// argument: what any of them does.
    pub(super) fn references(self, address: &str, argument: Option<&str>) -> Vec<&'p str> {
        let Some(configuration) = self.configuration(address) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        match (configuration.get("expressions"), argument) {
            (Some(expressions), Some(argument)) => {
                expressions
                    .get(argument)
                    .inspect(|value| references(value, &mut found));
            }
            (Some(expressions), None) => references(expressions, &mut found),
            (None, _) => {}
        }
        if found
            .iter()
            .any(|reference| reference.starts_with("each.value"))
        {
            configuration
                .get("for_each_expression")
                .inspect(|value| references(value, &mut found));
        }
        // `aws_iam_policy.look.arn` comes with `aws_iam_policy.look`, which says less.
        let all = found.clone();
        found.retain(|one| {
            !all.iter().any(|other| {
                other
                    .strip_prefix(*one)
                    .is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        });
        found
    }

    /// What the configuration says of a resource.
    fn configuration(self, address: &str) -> Option<&'p Value> {
        let (module, local) = split_module(address);
        let local = parts(local).join(".");
        list(self.module(module)?, "resources")
            .iter()
            .find(|resource| text(resource, "address") == Some(&local))
    }

    /// What the configuration says of a module.
    fn module(self, module: &str) -> Option<&'p Value> {
        let root = self.0.get("configuration")?.get("root_module")?;
        let mut names = parts(module).into_iter().skip(1).step_by(2);
        names.try_fold(root, |module, name| {
            module.get("module_calls")?.get(name)?.get("module")
        })
    }

    /// Where a reference in a module leads, each with the module whose words it is in: a variable to what the module was
    /// called with, a module's output to what it is made of. No further than `steps`, as a plan may be forged.
    fn origins(self, module: &str, reference: &'p str, steps: usize) -> Vec<(String, &'p str)> {
        let (first, rest) = split_part(reference);
        let (name, rest) = split_part(rest);
        let found = match first {
            "var" => self.argument_of(module, name),
            "module" => self.output_of(&format!("{module}module.{name}."), rest),
            _ => None,
        };
        let (Some((there, expression)), Some(steps)) = (found, steps.checked_sub(1)) else {
            return vec![(module.to_owned(), reference)];
        };
        let mut named = Vec::new();
        references(expression, &mut named);
        let named = named.into_iter();
        named
            .flat_map(|reference| self.origins(&there, reference, steps))
            .collect()
    }

    /// What a module was called with, and the module that calls it.
    fn argument_of(self, module: &str, name: &str) -> Option<(String, &'p Value)> {
        let (parent, called) = split_last(module)?;
        let calls = self.module(parent)?.get("module_calls")?;
        let expressions = calls.get(called)?.get("expressions")?;
        Some((parent.to_owned(), expressions.get(name)?))
    }

    /// What a module's output is made of, in that module.
    fn output_of(self, module: &str, output: &str) -> Option<(String, &'p Value)> {
        let name = split_part(output).0.split('[').next()?;
        let outputs = self.module(module)?.get("outputs")?;
        Some((module.to_owned(), outputs.get(name)?.get("expression")?))
    }
}

impl<'p> Resource<'p> {
    pub(super) fn address(self) -> &'p str {
        text(self.value, "address").unwrap_or_default()
    }

    pub(super) fn kind(self) -> &'p str {
        text(self.value, "type").unwrap_or_default()
    }

    /// The attribute that holds its policy.
    pub(super) fn policy_attribute(self) -> Option<&'static str> {
        let found = ATTRIBUTES.iter().find(|(known, _)| *known == self.kind());
        found.map(|(_, attribute)| *attribute)
    }

    /// The value of an attribute, where the plan knows it.
    pub(super) fn text(self, attribute: &str) -> Option<&'p str> {
        text(self.value.get("values")?, attribute)
    }

    /// Whether the plan says of an attribute that it has no value.
    pub(super) fn lacks(self, attribute: &str) -> bool {
        let values = self.value.get("values");
        values
            .and_then(|values| values.get(attribute))
            .is_some_and(Value::is_null)
    }

    /// Whether it is a role, a user or a group, or attaches a policy to one.
    pub(super) fn has_permissions(self) -> bool {
        self.argument().is_some() || self.attaches()
    }

    /// The argument by which policies name identities of this type.
    fn argument(self) -> Option<&'static str> {
        let found = IDENTITIES.iter().find(|(kind, _)| *kind == self.kind());
        found.map(|(_, argument)| *argument)
    }

    fn attaches(self) -> bool {
        self.kind().ends_with("_policy_attachment")
    }

    /// The policies that a role, a user or a group would have; of an attachment, the one that it attaches.
    pub(super) fn permissions(self) -> Vec<Held<'p>> {
        let Some(argument) = self.argument() else {
            return vec![self.attached()];
        };
        let mut held = self.own_permissions();
        let inline = format!("{}_policy", self.kind());
        let attachments = [
            format!("{inline}_attachment"),
            "aws_iam_policy_attachment".to_owned(),
        ];
        for other in self.plan.resources() {
            if !other.names(argument, self) {
                continue;
            }
            if other.kind() == inline {
                held.push(other.document("policy"));
            } else if attachments.iter().any(|kind| kind == other.kind()) {
                held.push(other.attached());
            }
        }
        held
    }

    /// What an identity's own arguments give it: `inline_policy` and `managed_policy_arns`.
    fn own_permissions(self) -> Vec<Held<'p>> {
        let Some(values) = self.value.get("values") else {
            return Vec::new();
        };
        let inline = list(values, "inline_policy").iter();
        let inline = inline
            .filter_map(|policy| text(policy, "policy"))
            .map(|json| Held::Document {
                address: self.address().to_owned(),
                json,
            });
        let managed = list(values, "managed_policy_arns")
            .iter()
            .filter_map(Value::as_str);
        inline.chain(managed.map(Held::Managed)).collect()
    }

    /// Whether it names an identity: by its name, or, where that is known only later, by a reference.
    fn names(self, argument: &str, identity: Self) -> bool {
        let plural = format!("{argument}s");
        let named = |value: Option<&Value>| {
            let items = value.and_then(Value::as_array).map(Vec::as_slice);
            let one = value.map(std::slice::from_ref);
            let mut texts = items
                .or(one)
                .unwrap_or_default()
                .iter()
                .filter_map(Value::as_str);
            texts.any(|text| Some(text) == identity.text("name"))
        };
        let values = self.value.get("values");
        let value = |key: &str| values.and_then(|values| values.get(key));
        match value(argument).or(value(&plural)) {
            known @ Some(_) => named(known),
            None => self.refers_to(argument, identity) || self.refers_to(&plural, identity),
        }
    }

    /// Whether an argument refers to a resource, perhaps through variables and outputs of modules; of one with an index, to
    /// the one with its own.
    fn refers_to(self, argument: &str, other: Self) -> bool {
        let (module, own) = split_module(self.address());
        let (other_module, target) = split_module(other.address());
        let base = parts(target).join(".");
        let index = target.get(base.len()..).unwrap_or_default();
        let same_index = index.is_empty() || own.ends_with(index);
        let refers = |reference: &str| {
            let rest = reference.strip_prefix(base.as_str());
            let whole = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
            whole
                && (same_index
                    || rest.is_some_and(|rest| !index.is_empty() && rest.starts_with(index)))
        };
        let references = self.plan.references(self.address(), Some(argument));
        references
            .into_iter()
            .flat_map(|reference| self.plan.origins(module, reference, DEEPEST))
            .any(|(module, reference)| module == other_module && refers(reference))
    }

    /// What an attachment attaches.
    fn attached(self) -> Held<'p> {
        let policies = self.plan.resources().into_iter();
        let mut policies = policies.filter(|policy| policy.kind() == "aws_iam_policy");
        let arn = self.text("policy_arn");
        let found = policies.find(|policy| match arn {
            Some(arn) => policy.text("arn") == Some(arn),
            None => self.refers_to("policy_arn", *policy),
        });
        match (found, arn) {
            (Some(policy), _) => policy.document("policy"),
            (None, Some(arn)) => Held::Managed(arn),
            (None, None) => self.unknown("policy_arn"),
        }
    }

    fn document(self, attribute: &'static str) -> Held<'p> {
        match self.text(attribute) {
            Some(json) => Held::Document {
                address: self.address().to_owned(),
                json,
            },
            None => self.unknown(attribute),
        }
    }

    fn unknown(self, attribute: &'static str) -> Held<'p> {
        Held::Unknown {
            address: self.address().to_owned(),
            attribute,
        }
    }
}

/// An address's parts without indexes: `module`, `deployer`, `aws_iam_role`, `this`.
fn parts(address: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = address;
    while !rest.is_empty() {
        let (part, after) = split_part(rest);
        parts.push(part.split('[').next().unwrap_or_default());
        rest = after;
    }
    parts
}

/// The module that a resource is in, with its indexes, and the resource's address within it.
fn split_module(address: &str) -> (&str, &str) {
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        rest = split_part(after).1;
    }
    address.split_at(address.len() - rest.len())
}

/// The module that a module is in, and its name there: of `module.a["x"].module.b[0].` that is `b` in `module.a["x"].`.
fn split_last(module: &str) -> Option<(&str, &str)> {
    let mut rest = module;
    let mut last = None;
    while let Some(after) = rest.strip_prefix("module.") {
        last = Some((module.len() - rest.len(), after));
        rest = split_part(after).1;
    }
    let (at, name) = last?;
    let name = split_part(name).0.split('[').next()?;
    Some((module.get(..at)?, name))
}

/// The first part with its index, and what comes after the dot. In an index, which may be a quoted string, a dot is a
/// letter.
fn split_part(address: &str) -> (&str, &str) {
    let (mut inside, mut quoted, mut escaped) = (false, false, false);
    for (at, character) in address.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            '.' if !inside => {
                let (part, rest) = address.split_at(at);
                return (part, rest.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (address, "")
}

/// All `references` in an expression, at any depth.
fn references<'p>(value: &'p Value, found: &mut Vec<&'p str>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if key == "references" {
                    let names = value.as_array().into_iter().flatten();
                    found.extend(names.filter_map(Value::as_str));
                } else {
                    references(value, found);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    let list = value.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("aws_iam_role.site", "", "aws_iam_role.site")]
    #[case(
        "data.aws_iam_policy_document.x[0]",
        "",
        "data.aws_iam_policy_document.x[0]"
    )]
    #[case("module.a.aws_iam_role.b", "module.a.", "aws_iam_role.b")]
    #[case(
        r#"module.a["x.y]"].module.b[0].aws_iam_role.c["d.e"]"#,
        r#"module.a["x.y]"].module.b[0]."#,
        r#"aws_iam_role.c["d.e"]"#
    )]
    #[case(r#"module.a["\"."].r.s"#, r#"module.a["\"."]."#, "r.s")]
    #[case("module.", "module.", "")]
    fn an_address_is_a_modules_and_a_resources(
        #[case] address: &str,
        #[case] module: &str,
        #[case] resource: &str,
    ) {
        assert_eq!(split_module(address), (module, resource));
    }

    #[rstest]
    #[case("", None)]
    #[case("module.a.", Some(("", "a")))]
    #[case(r#"module.a["x"].module.b[0]."#, Some((r#"module.a["x"]."#, "b")))]
    fn a_module_is_in_another(#[case] module: &str, #[case] expected: Option<(&str, &str)>) {
        assert_eq!(split_last(module), expected);
    }

    #[test]
    fn indexes_are_no_part_of_a_name() {
        let address = r#"module.a["x.y]"].aws_iam_role.c[0]"#;

        assert_eq!(parts(address), ["module", "a", "aws_iam_role", "c"]);
    }
}
