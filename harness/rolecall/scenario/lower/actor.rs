//! `as`: who takes a step.

use rolecall_policy::{Node, Value};

use super::names::near;
use super::{Lower, spanned};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::language::conform::scalar_text;
use crate::scenario::model::{Actor, Spanned};
use crate::scenario::text;

impl Lower<'_, '_> {
    /// Who `as` names.
    pub(super) fn actor(&mut self, node: &Node) -> Option<Spanned<Actor>> {
        let value = match (&node.value, scalar_text(node)) {
            (_, Some("root")) => Actor::Root(self.names.default_account()),
            (_, Some("anonymous")) => Actor::Anonymous,
            (_, Some(name)) if self.names.users.contains_key(name) => Actor::User(name.to_owned()),
            (_, Some(name)) => {
                self.unknown_user(name, node);
                return None;
            }
            (Value::Map(_), None) => self.actor_map(node)?,
            _ => return None,
        };
        Some(Spanned {
            value,
            span: node.span,
        })
    }

    fn actor_map(&mut self, node: &Node) -> Option<Actor> {
        let account = spanned(node, "root")?;
        match self.names.account(&account.value) {
            Some(number) => Some(Actor::Root(number.to_owned())),
            None => {
                self.unknown_account(&account);
                None
            }
        }
    }

    fn unknown_user(&mut self, name: &str, node: &Node) {
        let (message, help) = if self.names.roles.contains_key(name) {
            let help = format!(
                "a user assumes it: write `assume: {name}` with the step inside its `then`"
            );
            (format!("`{name}` is a role, not a user"), help)
        } else {
            let users = self.names.users.keys().map(String::as_str);
            let help = near(name, &self.names.users).unwrap_or_else(|| {
                if self.names.users.is_empty() {
                    format!("define the user: `users: {{ {name}: {{}} }}`")
                } else {
                    format!("`users` has {}", text::list(users))
                }
            });
            (format!("no user is named `{name}`"), help)
        };
        self.report(
            Diagnostic::error("scenario::unknown-user", message)
                .at(node.span, "used here")
                .help(help),
        );
    }
}
