//! The world as a picture: who trusts whom, across which accounts, on which conditions. Mermaid, which GitHub draws.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::trust::{Grant, Named, grants, lets_assume};
use crate::scenario::model::{PolicyOrigin, PolicyReference, Unit, World};

/// The picture; `None` for a world in which nobody is.
pub(super) fn picture(world: &World) -> Option<String> {
    let mut drawing = Drawing::new(world);
    drawing.people();
    drawing.things();
    drawing.trust();
    drawing.permits();
    (!drawing.boxes.is_empty()).then(|| drawing.finish())
}

/// Strokes alone, which show on light and on dark pages.
const CLASSES: &str = "  classDef frame fill:none,stroke:#8b949e
  classDef user stroke:#2f6fde,stroke-width:2px
  classDef role stroke:#1a7f4b,stroke-width:2px
  classDef thing stroke:#b3541e,stroke-width:2px
  classDef stranger stroke:#8b949e,stroke-dasharray:4 3
";

struct Drawing<'w> {
    world: &'w World,
    /// Shapes by account number; those of no account of the world under an empty one.
    boxes: BTreeMap<String, Vec<String>>,
    /// What was drawn, by what it stands for: an ARN, a service, everyone.
    drawn: BTreeMap<Named, String>,
    arrows: Vec<String>,
    /// The ids of accounts and units, once drawn.
    frames: Vec<String>,
}

impl<'w> Drawing<'w> {
    fn new(world: &'w World) -> Self {
        Self {
            world,
            boxes: BTreeMap::new(),
            drawn: BTreeMap::new(),
            arrows: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// Draws a shape, once for each that it stands for.
    fn draw(
        &mut self,
        account: &str,
        named: Named,
        text: &str,
        brackets: (&str, &str),
        class: &str,
    ) -> String {
        if let Some(id) = self.drawn.get(&named) {
            return id.clone();
        }
        let id = format!("n{}", self.drawn.len() + 1);
        let (open, close) = brackets;
        let text = format!("{id}{open}\"{text}\"{close}:::{class}");
        let account = if self.world.accounts.iter().any(|known| known.id == account) {
            account
        } else {
            ""
        };
        self.boxes.entry(account.to_owned()).or_default().push(text);
        self.drawn.insert(named, id.clone());
        id
    }

    fn people(&mut self) {
        for user in &self.world.users {
            let arn = arn(
                "iam",
                &user.account,
                &format!("user{}{}", user.path, user.name.value),
            );
            let text = with_policies(&user.name.value, &user.policies, user.boundary.is_some());
            let id = self.draw(&user.account, Named::Aws(arn), &text, ("([", "])"), "user");
            for group in &user.groups {
                let group = self.group(group);
                self.arrows
                    .extend(group.map(|group| format!("{id} -. \"in\" .-> {group}")));
            }
        }
        for role in &self.world.roles {
            let arn = arn(
                "iam",
                &role.account,
                &format!("role{}{}", role.path, role.name.value),
            );
            let text = with_policies(&role.name.value, &role.policies, role.boundary.is_some());
            self.draw(&role.account, Named::Aws(arn), &text, ("[[", "]]"), "role");
        }
    }

    fn group(&mut self, name: &str) -> Option<String> {
        let group = self
            .world
            .groups
            .iter()
            .find(|group| group.name.value == name)?;
        let arn = arn("iam", &group.account, &format!("group{}{name}", group.path));
        let text = with_policies(name, &group.policies, false);
        Some(self.draw(&group.account, Named::Aws(arn), &text, ("[/", "/]"), "user"))
    }

    fn things(&mut self) {
        for bucket in &self.world.buckets {
            let arn = arn("s3", "", &bucket.name.value);
            self.draw(
                &bucket.account,
                Named::Aws(arn),
                &label(&bucket.name.value),
                ("[(", ")]"),
                "thing",
            );
        }
        for resource in &self.world.resources {
            let arn = resource.arn.value.clone();
            let short = arn.splitn(6, ':').collect::<Vec<_>>();
            let short = match short.as_slice() {
                [_, _, service, _, _, name] => format!("{service}: {name}"),
                _ => arn.clone(),
            };
            self.draw(
                &resource.account,
                Named::Aws(arn),
                &label(&short),
                ("[(", ")]"),
                "thing",
            );
        }
    }

    /// Arrows to roles, from those whom their trust policies name.
    fn trust(&mut self) {
        for role in &self.world.roles {
            let arn = arn(
                "iam",
                &role.account,
                &format!("role{}{}", role.path, role.name.value),
            );
            for grant in grants(&role.trust.document.node) {
                let says = trust_label(&grant);
                self.arrow(&grant, &Named::Aws(arn.clone()), &says, "-->");
            }
        }
    }

    /// Arrows to what has a policy of its own, from those whom it names.
    fn permits(&mut self) {
        let buckets = self.world.buckets.iter();
        let buckets = buckets.map(|bucket| (arn("s3", "", &bucket.name.value), &bucket.policy));
        let resources = self.world.resources.iter();
        let resources = resources.map(|resource| (resource.arn.value.clone(), &resource.policy));
        let policies: Vec<_> = buckets.chain(resources).collect();
        for (arn, policy) in policies {
            let statements = policy.as_ref().map(|policy| grants(&policy.document.node));
            for grant in statements.unwrap_or_default() {
                let says = permit_label(&grant);
                self.arrow(&grant, &Named::Aws(arn.clone()), &says, "-.->");
            }
        }
    }

    fn arrow(&mut self, grant: &Grant, to: &Named, says: &str, allows: &str) {
        let Some(to) = self.drawn.get(to).cloned() else {
            return;
        };
        let line = if grant.allows { allows } else { "--x" };
        let from: Vec<String> = if grant.all_but {
            let spared: Vec<String> = grant.principals.iter().map(name_of).collect();
            let text = label(&format!("everyone but {}", spared.join(", ")));
            let named = Named::Aws(text.clone());
            vec![self.draw("", named, &text, ("(", ")"), "stranger")]
        } else {
            grant
                .principals
                .iter()
                .map(|named| self.principal(named))
                .collect()
        };
        for from in from {
            self.arrows.push(format!("{from} {line}|\"{says}\"| {to}"));
        }
    }

    /// The shape of a principal: one of the world's own, or one drawn for it.
    fn principal(&mut self, named: &Named) -> String {
        let text = label(&name_of(named));
        match named {
            Named::Aws(written) => match account_of(written) {
                Some(account) if written == account || written.ends_with(":root") => {
                    self.whole_account(account)
                }
                account => {
                    let account = account.unwrap_or_default().to_owned();
                    self.draw(&account, named.clone(), &text, ("(", ")"), "stranger")
                }
            },
            Named::Federated(provider) => {
                let account = account_of(provider).unwrap_or_default().to_owned();
                self.draw(&account, named.clone(), &text, ("{{", "}}"), "stranger")
            }
            Named::Service(_) | Named::Everyone => {
                self.draw("", named.clone(), &text, ("{{", "}}"), "stranger")
            }
        }
    }

    /// An account stands for those in it whom its own policies let: arrows come from those whose policies say so.
    fn whole_account(&mut self, account: &str) -> String {
        let named = Named::Aws(arn("iam", account, "root"));
        let known = self.world.accounts.iter().find(|known| known.id == account);
        let Some(known) = known else {
            return self.draw(
                "",
                named,
                &format!("account {account}"),
                ("(", ")"),
                "stranger",
            );
        };
        if let Some(id) = self.drawn.get(&named) {
            return id.clone();
        }
        let text = label(&format!("whoever may, says {}", known.name));
        let id = self.draw(&known.id, named, &text, ("(", ")"), "stranger");
        for arn in self.those_let_by(account) {
            let from = self.drawn.get(&Named::Aws(arn)).cloned();
            self.arrows
                .extend(from.map(|from| format!("{from} -. \"its own policy\" .-> {id}")));
        }
        id
    }

    /// The users and roles of an account whose own policies allow actions of STS in so many words.
    fn those_let_by(&self, account: &str) -> Vec<String> {
        let users = self.world.users.iter();
        let users = users.map(|user| {
            (
                &user.account,
                &user.policies,
                "user",
                &user.path,
                &user.name,
            )
        });
        let roles = self.world.roles.iter();
        let roles = roles.map(|role| {
            (
                &role.account,
                &role.policies,
                "role",
                &role.path,
                &role.name,
            )
        });
        users
            .chain(roles)
            .filter(|(own, policies, ..)| {
                *own == account
                    && policies
                        .iter()
                        .any(|policy| lets_assume(&policy.document.node))
            })
            .map(|(own, _, kind, path, name)| {
                arn("iam", own, &format!("{kind}{path}{}", name.value))
            })
            .collect()
    }

    fn finish(mut self) -> String {
        let mut text = "flowchart LR\n".to_owned();
        for shape in self.boxes.remove("").unwrap_or_default() {
            let _ = writeln!(text, "  {shape}");
        }
        match &self.world.organization {
            Some(organization) => self.unit(&mut text, &organization.root, 1),
            None => {
                for account in &self.world.accounts {
                    self.account(&mut text, &account.id, 1);
                }
            }
        }
        // Accounts outside the organization.
        for account in &self.world.accounts {
            self.account(&mut text, &account.id, 1);
        }
        for arrow in &self.arrows {
            let _ = writeln!(text, "  {arrow}");
        }
        if !self.frames.is_empty() {
            let _ = writeln!(text, "  class {} frame", self.frames.join(","));
        }
        text.push_str(CLASSES);
        text
    }

    fn unit(&mut self, text: &mut String, unit: &Unit, depth: usize) {
        let indent = "  ".repeat(depth);
        let id = format!("u{}", unit.name.span.start);
        let title = label(&unit_title(unit));
        let _ = writeln!(text, "{indent}subgraph {id}[\"{title}\"]");
        self.frames.push(id);
        for member in &unit.accounts {
            self.account(text, &member.account, depth + 1);
        }
        for unit in &unit.units {
            self.unit(text, unit, depth + 1);
        }
        let _ = writeln!(text, "{indent}end");
    }

    fn account(&mut self, text: &mut String, id: &str, depth: usize) {
        let Some(shapes) = self.boxes.remove(id) else {
            return;
        };
        let indent = "  ".repeat(depth);
        let name = self.world.accounts.iter().find(|account| account.id == id);
        let name = name.map_or("", |account| account.name.as_str());
        let _ = writeln!(text, "{indent}subgraph a{id}[\"{} · {id}\"]", label(name));
        self.frames.push(format!("a{id}"));
        for shape in shapes {
            let _ = writeln!(text, "{indent}  {shape}");
        }
        let _ = writeln!(text, "{indent}end");
    }
}

/// A unit's name, and whether it has control policies but AWS's own.
fn unit_title(unit: &Unit) -> String {
    let written = |policies: &[PolicyReference]| {
        let mut origins = policies.iter().map(|policy| &policy.origin);
        origins.any(|origin| !matches!(origin, PolicyOrigin::Aws(_)))
    };
    let mut title = unit.name.value.clone();
    if written(&unit.service_control) {
        title.push_str(" · SCP");
    }
    if written(&unit.resource_control) {
        title.push_str(" · RCP");
    }
    title
}

fn arn(service: &str, account: &str, resource: &str) -> String {
    format!("arn:aws:{service}::{account}:{resource}")
}

/// The account in an ARN, or an account number itself.
fn account_of(written: &str) -> Option<&str> {
    let is_account =
        |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = written.split(':').nth(4).unwrap_or(written);
    Some(number).filter(is_account)
}

/// A name with the policies that its holder has, smaller, below it.
fn with_policies(name: &str, policies: &[PolicyReference], bounded: bool) -> String {
    let mut lines: Vec<String> = policies.iter().map(policy_name).collect();
    lines.dedup();
    if bounded {
        lines.push("within a boundary".to_owned());
    }
    let below: Vec<String> = lines
        .iter()
        .map(|line| format!("<br><small>{}</small>", label(line)))
        .collect();
    format!("<b>{}</b>{}", label(name), below.concat())
}

fn policy_name(policy: &PolicyReference) -> String {
    match &policy.origin {
        PolicyOrigin::Aws(arn) => arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        PolicyOrigin::Customer(name) => name.clone(),
        PolicyOrigin::File(path) => path.rsplit('/').next().unwrap_or(path).to_owned(),
        PolicyOrigin::Inline => "a policy of its own".to_owned(),
        PolicyOrigin::Plan { address, .. } => address.clone(),
    }
}

fn name_of(named: &Named) -> String {
    match named {
        Named::Everyone => "everyone".to_owned(),
        Named::Service(host) => host.clone(),
        Named::Federated(provider) => provider
            .rsplit_once("-provider/")
            .map_or(provider.clone(), |(_, name)| name.to_owned()),
        Named::Aws(arn) => match arn.rsplit_once(":assumed-role/") {
            Some((_, session)) => format!("session {session}"),
            None => match arn.rsplit_once(':') {
                Some((_, "root")) => format!("account {}", account_of(arn).unwrap_or_default()),
                Some((_, name)) => name
                    .rsplit_once('/')
                    .map_or(name, |(_, name)| name)
                    .to_owned(),
                None => arn.clone(),
            },
        },
    }
}

/// What an arrow to a role says: nothing but the conditions where it is plainly about assuming the role.
fn trust_label(grant: &Grant) -> String {
    let plain = |action: &String| action.starts_with("sts:AssumeRole");
    let others: Vec<String> = grant
        .actions
        .iter()
        .filter(|action| !plain(action))
        .cloned()
        .collect();
    let mut lines = vec![match (grant.allows, grant.actions.iter().any(plain)) {
        (true, true) => "may assume".to_owned(),
        (false, true) => "may not assume".to_owned(),
        (true, false) => "may".to_owned(),
        (false, false) => "may not".to_owned(),
    }];
    lines.extend(others);
    lines.extend(conditions(grant));
    lines
        .iter()
        .map(|line| label(line))
        .collect::<Vec<_>>()
        .join("<br>")
}

fn permit_label(grant: &Grant) -> String {
    let word = if grant.allows { "may" } else { "may not" };
    let mut lines = vec![format!("{word} {}", grant.actions.join(", "))];
    lines.extend(conditions(grant));
    lines
        .iter()
        .map(|line| label(line))
        .collect::<Vec<_>>()
        .join("<br>")
}

fn conditions(grant: &Grant) -> impl Iterator<Item = String> {
    let words = grant.conditions.iter().enumerate();
    words.map(|(index, condition)| {
        let word = if index == 0 { "if" } else { "and" };
        format!("{word} {condition}")
    })
}

/// Text inside Mermaid's quotes.
fn label(text: &str) -> String {
    text.replace('#', "#35;")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
        .replace(['\n', '\r'], " ")
}
