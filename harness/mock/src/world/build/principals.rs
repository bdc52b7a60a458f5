//! What becomes of a principal's name in policies when the principal is deleted.
//!
//! AWS keeps a principal's unique id in the policies that name it, and shows the id once the principal is gone; one made
//! anew under the name has another. AWS: IAM User Guide, AWS JSON policy elements: Principal, IAM user principals.

use std::sync::Arc;

use rolecall_policy::{Document, Node, Value};

use super::super::bucket::BucketPolicy;
use super::super::identity::Trust;
use super::super::spec::PolicyDocument;
use super::super::{World, split_partition};

impl World {
    /// Puts the unique id in the place of an ARN, of whatever partition, wherever a policy names it as a principal.
    pub(super) fn forget_principal(&mut self, arn: &str, id: &str) {
        self.rename_principal(arn, id);
    }

    /// Names a principal otherwise, wherever a policy names it: it has both ARNs in every partition.
    pub(super) fn rename_principal(&mut self, from: &str, to: &str) {
        if from == to {
            return;
        }
        let rename = |document: &PolicyDocument| renamed(document, from, to);
        for account in self.accounts.values_mut() {
            for role in account.roles.values_mut() {
                if let Some(document) = rename(&role.trust.document) {
                    Arc::make_mut(role).trust = Trust::new(document);
                }
            }
        }
        for bucket in self.buckets.values_mut() {
            let policy = bucket.policy.as_ref();
            if let Some(document) = policy.and_then(|policy| rename(&policy.document)) {
                let policy = BucketPolicy::new(&bucket.name, document);
                Arc::make_mut(bucket).policy = Some(policy);
            }
        }
        for (arn, resource) in &mut self.resources {
            let document = resource.document.as_ref();
            if let Some(document) = document.and_then(rename) {
                Arc::make_mut(resource).set_document(arn, document);
            }
        }
    }
}

/// The document with the new name for the old ARN; `None` if it doesn't name it.
fn renamed(document: &PolicyDocument, from: &str, to: &str) -> Option<PolicyDocument> {
    let mut node = Node::clone(document.node.as_deref()?);
    let statements = match &mut member(&mut node, "Statement")?.value {
        Value::List(statements) => statements.iter_mut().collect(),
        Value::Map(_) => vec![member(&mut node, "Statement")?],
        _ => return None,
    };
    let mut found = false;
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            if let Some(names) = member(statement, element).and_then(|p| member(p, "AWS")) {
                found |= rename(names, from, to);
            }
        }
    }
    found.then_some(PolicyDocument {
        json: json(&node).to_string().into(),
        document: Arc::new(Document::from_node(&node).ok()?),
        node: Some(Arc::new(node)),
    })
}

fn member<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else {
        return None;
    };
    let entry = entries.iter_mut().find(|entry| entry.key == key)?;
    Some(&mut entry.value)
}

fn rename(names: &mut Node, from: &str, to: &str) -> bool {
    match &mut names.value {
        Value::String(name) => match successor(name, from, to) {
            Some(successor) => {
                *name = successor;
                true
            }
            None => false,
        },
        Value::List(names) => names
            .iter_mut()
            .fold(false, |found, name| rename(name, from, to) | found),
        _ => false,
    }
}

/// The new name of a principal, where `name` is its old ARN in some partition: an ARN of that partition, or an id.
fn successor(name: &str, from: &str, to: &str) -> Option<String> {
    let (partition, resource) = split_partition(name)?;
    let (_, old) = split_partition(from)?;
    (resource == old).then(|| match split_partition(to) {
        Some((_, new)) => format!("arn:{partition}:{new}"),
        None => to.to_owned(),
    })
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => serde_json::from_str(number).unwrap_or_default(),
        Value::String(text) => text.as_str().into(),
        Value::List(elements) => elements.iter().map(json).collect(),
        Value::Map(entries) => {
            let members = entries
                .iter()
                .map(|entry| (entry.key.clone(), json(&entry.value)));
            members.collect::<serde_json::Map<_, _>>().into()
        }
    }
}
