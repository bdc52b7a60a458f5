//! Actions and condition keys that AWS doesn't have: policies take them, and they never match.

use rolecall_policy::catalog::{
    Service, global_keys, is_global_key, is_session_key, misfit, prefixes,
};
use rolecall_policy::{Entry, Span};

use super::{Lower, action};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::nearest::did_you_mean;
use crate::scenario::tree::{one_or_many, scalar};

impl Lower<'_, '_, '_> {
    /// Warns of an action that the service doesn't have.
    pub(super) fn check_known_action(&mut self, action: &str, span: Span) {
        let (prefix, _) = action.split_once(':').unwrap_or((action, ""));
        let service = self.library.service(prefix);
        if let Some((message, help)) = unknown_action(action, service.as_deref()) {
            self.unknown_action(message, span, help);
        }
    }

    fn unknown_action(&mut self, message: String, span: Span, help: Option<String>) {
        let warning = Diagnostic::warning("unknown-action", message)
            .at(span, "no policy allows it by its name");
        let help = help
            .unwrap_or_else(|| "use a name of AWS's Service Authorization Reference".to_owned());
        self.report(warning.help(help));
    }

    /// A value that no request can have in a key makes the step answer about nothing.
    pub(super) fn check_condition_values(&mut self, entry: &Entry) {
        for node in one_or_many(&entry.value) {
            let Some(value) = scalar(node) else { continue };
            if let Some(wanted) = misfit(&entry.key, value) {
                let message = format!("`{}` is `{value}`, not {wanted}", entry.key);
                let error = Diagnostic::error("scenario::condition-value", message)
                    .at(node.span, format!("expected {wanted}"))
                    .help(example(wanted));
                self.report(error);
            }
        }
    }

    /// Warns of a condition key that AWS doesn't have.
    pub(super) fn check_condition_key(&mut self, key: &str, span: Span) {
        let Some((prefix, _)) = key.split_once(':') else {
            let error = Diagnostic::error(
                "scenario::condition-key",
                format!("`{key}` is no condition key"),
            )
            .at(span, "a key has a prefix")
            .help("write it as in a policy: `sts:ExternalId`, `aws:SourceIp`");
            return self.report(error);
        };
        // The keys of identity providers begin with their hosts.
        if prefix.contains('.') || is_global_key(key) || is_session_key(key) {
            return;
        }
        let services: Vec<_> = [prefix, "sts"]
            .into_iter()
            .filter_map(|prefix| self.library.service(prefix))
            .collect();
        if services.iter().any(|service| service.key(key).is_some()) {
            return;
        }
        let keys = services.iter().flat_map(|service| &service.keys);
        let keys = keys.map(|key| key.name.as_str());
        let known = keys.chain(global_keys().map(|key| -> &str { key }));
        let help = did_you_mean(key, known);
        let warning = Diagnostic::warning(
            "unknown-condition-key",
            format!("AWS has no condition key `{key}`"),
        )
        .at(span, "never in a request to AWS")
        .help(
            help.unwrap_or_else(|| "use a key of AWS's Service Authorization Reference".to_owned()),
        );
        self.report(warning);
    }
}

/// What to write for a value of a global key.
fn example(wanted: &str) -> String {
    match wanted {
        "an IP address" => "write one address: `203.0.113.7`".to_owned(),
        "a point in time" => "write `2026-01-31T12:00:00Z`, or seconds since 1970".to_owned(),
        "an ARN" => "write all six parts: `arn:aws:s3:::site`".to_owned(),
        "a number" => "write digits: `3600`".to_owned(),
        _ => format!("write {wanted}"),
    }
}

/// What to say of an action that its service, found by its prefix, doesn't have: that, and the remedy if there is one.
pub(crate) fn unknown_action(
    action: &str,
    service: Option<&Service>,
) -> Option<(String, Option<String>)> {
    let (prefix, name) = action.split_once(':')?;
    let Some(service) = service else {
        let help = did_you_mean(prefix, prefixes());
        return Some((format!("no service has actions `{prefix}:…`"), help));
    };
    if service.action(name).is_some() {
        return None;
    }
    let actions = service.actions.iter().map(|action| action.name.as_str());
    let help = match action::of_operation(prefix, name) {
        Some(action) => Some(format!(
            "that is an operation; the action is `{prefix}:{action}`"
        )),
        None => did_you_mean(name, actions),
    };
    Some((format!("{prefix} has no action `{name}`"), help))
}
