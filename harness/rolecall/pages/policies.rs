//! The policies of a world, each document once, long ones folded.

use std::fmt::Write as _;

use super::json::Json;
use super::markdown::{block, capitalized, code};
use super::page::Links;
use crate::scenario::model::{PolicyOrigin, PolicyReference, Unit, World};

/// Documents of more lines than this are folded.
const LONG: usize = 14;

/// A policy and what it is there for.
struct Held<'w> {
    /// `Trust policy`.
    kind: &'static str,
    /// ``the role `Deploy` ``.
    owner: String,
    policy: &'w PolicyReference,
}

/// The documents and the names of AWS's own policies; empty where there are none.
pub(super) fn policies(world: &World, links: &Links<'_>) -> String {
    let held = held(world);
    let mut documents: Vec<(&PolicyReference, Vec<String>)> = Vec::new();
    let mut managed: Vec<(&str, Vec<String>)> = Vec::new();
    for held in &held {
        if let PolicyOrigin::Aws(arn) = &held.policy.origin {
            let role = if held.kind == BOUNDARY {
                " as a boundary"
            } else {
                ""
            };
            add(
                &mut managed,
                arn,
                format!("{}{role}", held.owner),
                |known| known == arn,
            );
        } else {
            let json = &held.policy.document.json;
            let title = format!("{} of {}", held.kind, held.owner);
            add(&mut documents, held.policy, title, |known| {
                known.document.json == *json
            });
        }
    }
    let mut shown = String::new();
    for (policy, titles) in documents {
        document(&mut shown, policy, &titles.join(" and "), links);
    }
    for (arn, owners) in managed {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let link =
            format!("https://docs.aws.amazon.com/aws-managed-policy/latest/reference/{name}.html");
        let verb = if owners.len() == 1 { "has" } else { "have" };
        let owners = capitalized(&owners.join(" and "));
        let _ = writeln!(shown, "- {owners} {verb} AWS's own [{name}]({link}).");
    }
    shown
}

const BOUNDARY: &str = "Boundary";

fn add<T>(known: &mut Vec<(T, Vec<String>)>, new: T, title: String, same: impl Fn(&T) -> bool) {
    match known.iter_mut().find(|(known, _)| same(known)) {
        Some((_, titles)) => titles.push(title),
        None => known.push((new, vec![title])),
    }
}

fn document(shown: &mut String, policy: &PolicyReference, title: &str, links: &Links<'_>) {
    let json = Json::from(&*policy.document.node).fitted();
    let origin = match &policy.origin {
        PolicyOrigin::File(_) => format!(" ({})", links.place_of(policy)),
        PolicyOrigin::Customer(name) => format!(", the managed policy {}", code(name)),
        PolicyOrigin::Plan { file, address } => {
            format!(", {} of the Terraform plan {}", code(address), code(file))
        }
        PolicyOrigin::Inline | PolicyOrigin::Aws(_) => String::new(),
    };
    let block = block("json", &json);
    let _ = if json.lines().count() > LONG {
        // Inside HTML, Markdown is read again only after an empty line, so that the summary is HTML.
        let title = title.split('`').enumerate();
        let title = title.map(|(index, part)| {
            if index % 2 == 1 {
                format!("<code>{part}</code>")
            } else {
                part.to_owned()
            }
        });
        let title = title.collect::<String>();
        writeln!(
            shown,
            "<details><summary><b>{title}</b></summary>\n\n{block}\n</details>\n"
        )
    } else {
        writeln!(shown, "**{title}**{origin}:\n\n{block}")
    };
}

fn held(world: &World) -> Vec<Held<'_>> {
    let mut held = Holdings::default();
    for role in &world.roles {
        let owner = format!("the role {}", code(&role.name.value));
        held.add("Trust policy", &owner, [&role.trust]);
        held.add("Policy", &owner, &role.policies);
        held.add(BOUNDARY, &owner, &role.boundary);
    }
    for user in &world.users {
        let owner = format!("the user {}", code(&user.name.value));
        held.add("Policy", &owner, &user.policies);
        held.add(BOUNDARY, &owner, &user.boundary);
    }
    for group in &world.groups {
        let owner = format!("the group {}", code(&group.name.value));
        held.add("Policy", &owner, &group.policies);
    }
    for bucket in &world.buckets {
        let owner = format!("the bucket {}", code(&bucket.name.value));
        held.add("Policy", &owner, &bucket.policy);
    }
    for resource in &world.resources {
        held.add("Policy", &code(&resource.arn.value), &resource.policy);
    }
    if let Some(organization) = &world.organization {
        held.add_control(&organization.root);
    }
    held.0
}

#[derive(Default)]
struct Holdings<'w>(Vec<Held<'w>>);

impl<'w> Holdings<'w> {
    fn add(
        &mut self,
        kind: &'static str,
        owner: &str,
        policies: impl IntoIterator<Item = &'w PolicyReference>,
    ) {
        let policies = policies.into_iter();
        self.0.extend(policies.map(|policy| Held {
            kind,
            owner: owner.to_owned(),
            policy,
        }));
    }

    /// The control policies of a unit and of all below it, but for AWS's own, which allow everything.
    fn add_control(&mut self, unit: &'w Unit) {
        let levels = std::iter::once((
            &unit.name.value,
            &unit.service_control,
            &unit.resource_control,
        ));
        let accounts = unit.accounts.iter();
        let accounts = accounts.map(|member| {
            (
                &member.name.value,
                &member.service_control,
                &member.resource_control,
            )
        });
        for (name, service, resource) in levels.chain(accounts) {
            let written =
                |policy: &&PolicyReference| !matches!(policy.origin, PolicyOrigin::Aws(_));
            self.add(
                "Service control policy",
                &code(name),
                service.iter().filter(written),
            );
            self.add(
                "Resource control policy",
                &code(name),
                resource.iter().filter(written),
            );
        }
        for unit in &unit.units {
            self.add_control(unit);
        }
    }
}
