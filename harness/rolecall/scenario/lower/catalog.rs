//! Actions and condition keys that AWS doesn't have: policies take them, and they never match.

use rolecall_policy::Span;
use rolecall_policy::catalog::{Service, global_keys, is_global_key, is_session_key, prefixes};

use super::{Lower, action};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::nearest::did_you_mean;

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
