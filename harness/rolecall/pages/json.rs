//! JSON on a page: in AWS's order, laid out as the AWS CLI lays it out, or so that a policy reads well.

use rolecall_policy::{Node, Value};

/// The widest line that a policy's value is kept on.
const WIDTH: usize = 84;

/// A JSON value whose members keep their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// `null`, a flag, a number or a string, as JSON.
    Scalar(String),
    /// A list.
    List(Vec<Json>),
    /// Members.
    Map(Vec<(String, Json)>),
}

impl Json {
    pub(super) fn string(text: &str) -> Self {
        Self::Scalar(quote(text))
    }

    /// On one line.
    pub(super) fn compact(&self) -> String {
        match self {
            Self::Scalar(json) => json.clone(),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(Self::compact).collect();
                format!("[{}]", values.join(", "))
            }
            Self::Map(members) if members.is_empty() => "{}".to_owned(),
            Self::Map(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("{}: {}", quote(key), value.compact()))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }

    /// Every member on a line of its own, four spaces deeper than what it stands in: the AWS CLI's layout.
    pub(super) fn expanded(&self) -> String {
        self.laid_out(
            0,
            Layout {
                indent: 4,
                width: 0,
            },
        )
    }

    /// What fits on a line stays on it.
    pub(super) fn fitted(&self) -> String {
        let layout = Layout {
            indent: 2,
            width: WIDTH,
        };
        match self {
            // A document's own members always have their lines.
            Self::Map(_) => self.broken(0, layout),
            Self::Scalar(_) | Self::List(_) => self.laid_out(0, layout),
        }
    }

    fn laid_out(&self, depth: usize, layout: Layout) -> String {
        let line = self.compact();
        let empty = matches!(line.as_str(), "[]" | "{}");
        let fits = depth * layout.indent + line.chars().count() <= layout.width;
        if empty || fits || matches!(self, Self::Scalar(_)) {
            return line;
        }
        self.broken(depth, layout)
    }

    fn broken(&self, depth: usize, layout: Layout) -> String {
        let (open, close, lines): (_, _, Vec<String>) = match self {
            Self::Scalar(json) => return json.clone(),
            Self::List(values) => {
                let lines = values.iter().map(|value| value.laid_out(depth + 1, layout));
                ('[', ']', lines.collect())
            }
            Self::Map(members) => {
                let lines = members.iter().map(|(key, value)| {
                    format!("{}: {}", quote(key), value.laid_out(depth + 1, layout))
                });
                ('{', '}', lines.collect())
            }
        };
        let inner = " ".repeat((depth + 1) * layout.indent);
        let outer = " ".repeat(depth * layout.indent);
        let lines = lines.join(&format!(",\n{inner}"));
        format!("{open}\n{inner}{lines}\n{outer}{close}")
    }
}

#[derive(Clone, Copy)]
struct Layout {
    indent: usize,
    width: usize,
}

impl From<&Node> for Json {
    fn from(node: &Node) -> Self {
        match &node.value {
            Value::Null => Self::Scalar("null".to_owned()),
            Value::Bool(flag) => Self::Scalar(flag.to_string()),
            Value::List(nodes) => Self::List(nodes.iter().map(Self::from).collect()),
            Value::Map(entries) => Self::Map(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), Self::from(&entry.value)))
                    .collect(),
            ),
            Value::Number(_) | Value::String(_) => Self::Scalar(crate::scenario::to_json(node)),
        }
    }
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        let node = rolecall_policy::json::read(text, rolecall_policy::SourceId(0)).unwrap();
        Json::from(&node)
    }

    #[test]
    fn the_clis_layout_gives_each_member_a_line() {
        let value = json(r#"{"Buckets": [{"Name": "a"}], "Owner": {}, "Tags": []}"#);

        let laid_out = "{\n    \"Buckets\": [\n        {\n            \"Name\": \"a\"\n        }\n    ],\n    \
                        \"Owner\": {},\n    \"Tags\": []\n}";
        assert_eq!(value.expanded(), laid_out);
    }

    #[test]
    fn a_policy_keeps_together_what_fits_on_a_line() {
        let value = json(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"}, "Action": "sts:AssumeRole"}}"#,
        );

        let laid_out = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \
                        \"Principal\": {\"AWS\": \"arn:aws:iam::123456789012:user/spa-deployment\"},\n    \
                        \"Action\": \"sts:AssumeRole\"\n  }\n}";
        assert_eq!(value.fitted(), laid_out);
    }
}
