//! The elements `Principal` and `NotPrincipal`.
//!
//! Source: AWS, IAM User Guide, `Principal` element and `NotPrincipal` element.

use crate::arn::{self, Arn};
use crate::evaluation::Reach;
use crate::node::{Node, Span, Value};

/// Who is named, type by type.
#[derive(Clone, Debug)]
pub(crate) struct Principals {
    negated: bool,
    entries: Box<[Entry]>,
    span: Span,
}

#[derive(Clone, Debug)]
struct Entry {
    kind: Kind,
    written: Box<str>,
}

/// What an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `"*"`: everyone, services and the unsigned included.
    Everyone,
    /// `{"AWS": "*"}`: everyone but services.
    EveryoneButServices,
    /// An account, by number or as `…:root`; its number begins at this byte.
    Account(usize),
    /// A user, role, session or federated user by ARN, or a user or role by its unique id.
    Aws,
    Service,
    AnyService,
    Federated,
    AnyFederated,
    /// A type or value AWS doesn't know, or a canonical user, which nobody here has: matches nobody.
    Nobody,
}

/// The forms by which a principal can be named.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Caller<'a> {
    Root {
        account: &'a str,
        arn: &'a str,
    },
    /// An IAM user.
    User {
        account: &'a str,
        arn: &'a str,
        id: Option<&'a str>,
    },
    /// A session; `arn` is missing when any session of the role is meant.
    Session {
        account: &'a str,
        arn: Option<&'a str>,
        role_arn: &'a str,
        role_id: Option<&'a str>,
    },
    Federated {
        account: &'a str,
        arn: &'a str,
        user_arn: Option<&'a str>,
    },
    Provider {
        arn: &'a str,
    },
    Service {
        host: &'a str,
    },
    Anonymous,
}

impl<'a> Caller<'a> {
    /// How a person would name the caller.
    pub(crate) fn shown(self) -> &'a str {
        match self {
            Caller::Session { arn, role_arn, .. } => arn.unwrap_or(role_arn),
            Caller::Root { arn, .. }
            | Caller::User { arn, .. }
            | Caller::Federated { arn, .. }
            | Caller::Provider { arn } => arn,
            Caller::Service { host } => host,
            Caller::Anonymous => "anonymous",
        }
    }
}

impl Principals {
    pub(super) fn new(negated: bool, node: &Node, span: Span) -> Self {
        let entries =
            match &node.value {
                Value::Map(types) => types
                    .iter()
                    .flat_map(|entry| {
                        entry.value.items().iter().map(|value| {
                            Entry::typed(&entry.key, value.as_str().unwrap_or_default())
                        })
                    })
                    .collect(),
                _ => Box::new([Entry::bare(node.as_str().unwrap_or_default())]) as Box<[_]>,
            };
        Self {
            negated,
            entries,
            span,
        }
    }

    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    /// How well the element names `caller`, at best; the class decides how far an Allow reaches.
    pub(crate) fn name(&self, caller: Caller<'_>) -> Reach {
        let reaches = self.entries.iter().map(|entry| entry.names(caller));
        reaches.max().unwrap_or(Reach::None)
    }

    /// Whether, in `NotPrincipal`, `caller` is exempt: each form that applies to it must be listed.
    pub(crate) fn exempt(&self, caller: Caller<'_>) -> bool {
        if self.lists(|entry| entry.is_for_all(caller)) {
            return true;
        }
        match caller {
            Caller::Root { account, .. } => self.lists_account(account),
            Caller::User { account, arn, id } => {
                self.lists_account(account) && self.lists(|entry| entry.is_aws(arn, id))
            }
            Caller::Session {
                account,
                arn,
                role_arn,
                role_id,
            } => {
                self.lists_account(account)
                    && self.lists(|entry| entry.is_aws(role_arn, role_id))
                    && arn.is_some_and(|arn| self.lists(|entry| entry.is(Kind::Aws, arn)))
            }
            Caller::Federated { account, arn, .. } => {
                self.lists_account(account) && self.lists(|entry| entry.is(Kind::Aws, arn))
            }
            Caller::Provider { .. } | Caller::Service { .. } => self.name(caller) != Reach::None,
            Caller::Anonymous => false,
        }
    }

    /// The names as written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.written)
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }

    fn lists_account(&self, number: &str) -> bool {
        self.lists(|entry| entry.is_account(number))
    }

    fn lists(&self, is_meant: impl Fn(&Entry) -> bool) -> bool {
        self.entries.iter().any(is_meant)
    }
}

impl Entry {
    /// A principal that is a string: only `"*"` may be one.
    fn bare(value: &str) -> Self {
        Self {
            kind: match value {
                "*" => Kind::Everyone,
                _ => Kind::Nobody,
            },
            written: value.into(),
        }
    }

    fn typed(kind: &str, value: &str) -> Self {
        let kind = match (kind, value) {
            ("AWS", "*") => Kind::EveryoneButServices,
            ("AWS", value) => account_at(value).map_or(Kind::Aws, Kind::Account),
            ("Service", "*") => Kind::AnyService,
            ("Service", _) => Kind::Service,
            ("Federated", "*") => Kind::AnyFederated,
            ("Federated", _) => Kind::Federated,
            _ => Kind::Nobody,
        };
        Self {
            kind,
            written: value.into(),
        }
    }

    fn names(&self, caller: Caller<'_>) -> Reach {
        if self.is_for_all(caller) {
            return Reach::Direct;
        }
        match caller {
            Caller::Root { account, .. } => self.account(account),
            Caller::User { account, arn, id } => {
                if self.is_aws(arn, id) {
                    Reach::User
                } else {
                    self.account(account)
                }
            }
            Caller::Session {
                account,
                arn,
                role_arn,
                role_id,
            } => {
                if arn.is_some_and(|arn| self.is(Kind::Aws, arn)) {
                    Reach::Direct
                } else if self.is_aws(role_arn, role_id) {
                    Reach::Role
                } else {
                    self.account(account)
                }
            }
            Caller::Federated {
                account,
                arn,
                user_arn,
            } => {
                if self.is(Kind::Aws, arn) {
                    Reach::Direct
                } else if user_arn.is_some_and(|user| self.is(Kind::Aws, user)) {
                    Reach::Role
                } else {
                    self.account(account)
                }
            }
            Caller::Provider { arn } => self.direct(Kind::Federated, arn),
            Caller::Service { host } => self.direct(Kind::Service, host),
            Caller::Anonymous => Reach::None,
        }
    }

    fn is_for_all(&self, caller: Caller<'_>) -> bool {
        match self.kind {
            Kind::Everyone => true,
            Kind::EveryoneButServices => !matches!(caller, Caller::Service { .. }),
            Kind::AnyService => matches!(caller, Caller::Service { .. }),
            Kind::AnyFederated => matches!(caller, Caller::Provider { .. }),
            Kind::Account(_) | Kind::Aws | Kind::Service | Kind::Federated | Kind::Nobody => false,
        }
    }

    fn is(&self, kind: Kind, name: &str) -> bool {
        self.kind == kind && *self.written == *name
    }

    fn is_aws(&self, arn: &str, id: Option<&str>) -> bool {
        self.is(Kind::Aws, arn) || id.is_some_and(|id| self.is(Kind::Aws, id))
    }

    fn is_account(&self, number: &str) -> bool {
        match self.kind {
            Kind::Account(at) => self.written.get(at..at + 12) == Some(number),
            _ => false,
        }
    }

    fn account(&self, number: &str) -> Reach {
        if self.is_account(number) {
            Reach::Account
        } else {
            Reach::None
        }
    }

    fn direct(&self, kind: Kind, name: &str) -> Reach {
        if self.is(kind, name) {
            Reach::Direct
        } else {
            Reach::None
        }
    }
}

/// Where the account's number begins, if the value names an account.
fn account_at(value: &str) -> Option<usize> {
    if arn::is_account(value) {
        return Some(0);
    }
    let arn = Arn::parse(value)?;
    let is_root = arn.service == "iam"
        && arn.region.is_empty()
        && arn.resource == "root"
        && arn::is_account(arn.account);
    is_root.then(|| value.len() - ":root".len() - arn.account.len())
}
