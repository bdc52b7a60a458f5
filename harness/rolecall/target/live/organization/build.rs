//! The organization itself: made or found, its accounts where the scenario has them.

use rolecall_wire::{Structure, Value};

use super::super::admin::Failure;
use super::super::journal::{Kind, Thing};
use super::super::order::tags;
use super::super::plan::RUN_TAG;
use super::super::stage::LiveStage;
use super::{
    Chart, Control, Level, OURS, all_members, all_policies, all_units, attached, is_awss, list,
    order, parent, root, unsuited,
};
use crate::scenario::model::{Organization, Unit, World};

/// What a test knows of the organization while it builds.
struct Site {
    management: String,
    root: String,
    /// Whether the run has made the organization.
    is_ours: bool,
}

impl LiveStage {
    /// Makes the world's organization or finds the one that is there, and puts the accounts where the scenario has them.
    /// Nothing is bound yet.
    pub(in crate::target::live) async fn organize(&mut self, world: &World) -> Result<(), Failure> {
        self.chart = None;
        let Some(organization) = &world.organization else {
            return Ok(());
        };
        let management = organization.management.as_deref().unwrap_or_default();
        let management = self.names.account(management).to_owned();
        let site = self.found(organization, management).await?;
        self.join(organization, &site).await?;
        self.enable_controls(organization, &site).await?;
        if !site.is_ours {
            self.check_root(organization, &site).await?;
            self.check_accounts(world, organization, &site).await?;
        }
        let mut levels = Vec::new();
        if site.is_ours {
            levels.push(Level {
                target: site.root.clone(),
                stays: false,
                service: organization.root.service_control.clone(),
                resource: organization.root.resource_control.clone(),
            });
        }
        Box::pin(self.settle(&organization.root, &site.root, &site, &mut levels)).await?;
        let management = site.management;
        self.chart = Some(Chart { management, levels });
        Ok(())
    }

    /// The organization of the management account, made if there is none.
    async fn found(
        &mut self,
        organization: &Organization,
        management: String,
    ) -> Result<Site, Failure> {
        let is_ours = self.has_made(Kind::Organization);
        let found = self.describe(&management).await?;
        let (id, manager) = match found {
            Some(found) => found,
            None if self.live.is_real() => {
                return Err(unsuited(format!(
                    "account {management} manages no organization: a run makes none on AWS"
                )));
            }
            None => {
                let name = self.names.prefix().trim_end_matches('-').to_owned();
                self.note(Thing::new(Kind::Organization, &management, name))?;
                let make = order(&management, "CreateOrganization", &[("FeatureSet", "ALL")]);
                self.admins.send(&make).await?;
                return Box::pin(self.found(organization, management)).await;
            }
        };
        if manager != management {
            return Err(unsuited(format!(
                "account {management} doesn't manage the organization that it is in"
            )));
        }
        self.names.learn(&organization.id, &id);
        let (root, _) = root(&self.admins, &management).await?;
        Ok(Site {
            management,
            root,
            is_ours,
        })
    }

    /// The organization that an account is in: its id and its management account.
    async fn describe(&self, account: &str) -> Result<Option<(String, String)>, Failure> {
        let describe = order(account, "DescribeOrganization", &[]);
        let output = match self.admins.send(&describe).await {
            Err(Failure::Refused { error, .. })
                if error.code == "AWSOrganizationsNotInUseException" =>
            {
                return Ok(None);
            }
            output => output?,
        };
        let organization = output.structure("Organization");
        let text = |name| organization.and_then(|one| one.string(name).map(str::to_owned));
        match (text("Id"), text("MasterAccountId")) {
            (Some(id), Some(manager)) => Ok(Some((id, manager))),
            _ => Err(Failure::Unreachable {
                order: describe.to_string(),
                reason: "the answer has no organization".to_owned(),
            }),
        }
    }

    /// Brings the accounts in; none may be missing in an organization that was there before.
    async fn join(&mut self, organization: &Organization, site: &Site) -> Result<(), Failure> {
        let listing = order(&site.management, "ListAccounts", &[]);
        let accounts = list(&self.admins, listing, "Accounts").await?;
        let there: Vec<&str> = accounts.iter().filter_map(|one| one.string("Id")).collect();
        for member in all_members(&organization.root) {
            let number = self.names.account(&member.account).to_owned();
            if there.contains(&number.as_str()) {
                continue;
            }
            if !site.is_ours {
                return Err(unsuited(format!(
                    "account {number} isn't in the organization of account {}",
                    site.management
                )));
            }
            self.invite(&number, site).await?;
        }
        Ok(())
    }

    async fn invite(&mut self, account: &str, site: &Site) -> Result<(), Failure> {
        self.note(Thing::new(Kind::Member, &site.management, account))?;
        let target = Structure::new().with("Type", "ACCOUNT").with("Id", account);
        let mut invite = order(&site.management, "InviteAccountToOrganization", &[]);
        invite.input.set("Target", target);
        let output = self.admins.send(&invite).await?;
        let handshake = output.structure("Handshake");
        let id = handshake.and_then(|handshake| handshake.string("Id"));
        let id = id.ok_or_else(|| Failure::Unreachable {
            order: invite.to_string(),
            reason: "the answer has no invitation".to_owned(),
        })?;
        let accept = order(account, "AcceptHandshake", &[("HandshakeId", id)]);
        self.admins.build(&accept).await.map(drop)
    }

    /// Enables the policy types that the scenario needs, in an organization of the run's own.
    async fn enable_controls(
        &mut self,
        organization: &Organization,
        site: &Site,
    ) -> Result<(), Failure> {
        let (root, enabled) = root(&self.admins, &site.management).await?;
        for control in needed(organization) {
            if enabled.contains(&control) {
                continue;
            }
            if !site.is_ours {
                return Err(unsuited(format!(
                    "{} isn't enabled in the organization of account {}",
                    control.api_name(),
                    site.management
                )));
            }
            let input = [
                ("RootId", root.as_str()),
                ("PolicyType", control.api_name()),
            ];
            let enable = order(&site.management, "EnablePolicyType", &input);
            self.admins.send(&enable).await?;
        }
        Ok(())
    }

    /// The root of an organization that isn't the run's binds everybody in it.
    async fn check_root(&self, organization: &Organization, site: &Site) -> Result<(), Failure> {
        let root = &organization.root;
        let has_full = root.service_control.iter().any(is_awss);
        let has_others = (root.service_control.iter())
            .chain(&root.resource_control)
            .any(|policy| !is_awss(policy));
        if has_others || !has_full {
            return Err(unsuited(
                "the scenario's organization has policies at its root, which would bind everybody in the real one",
            ));
        }
        self.check_full_access(&site.root, "the organization's root", site)
            .await
    }

    /// Accounts come into the run's units as the scenario has them: without policies of their own.
    async fn check_accounts(
        &self,
        world: &World,
        organization: &Organization,
        site: &Site,
    ) -> Result<(), Failure> {
        let placed = all_members(&organization.root);
        for account in &world.accounts {
            let number = self.names.account(&account.id);
            let is_placed = placed.iter().any(|member| member.account == account.id);
            if !is_placed && self.describe(number).await?.is_some() {
                return Err(unsuited(format!(
                    "account {number} is in an organization, and the scenario's `{}` isn't",
                    account.name
                )));
            }
            if !is_placed || number == site.management {
                continue;
            }
            self.check_full_access(number, &format!("account {number}"), site)
                .await?;
            let parent = parent(&self.admins, &site.management, number).await?;
            if self.is_of_a_run(&parent, site).await? {
                return Err(unsuited(format!(
                    "account {number} is in the unit of a run"
                )));
            }
        }
        Ok(())
    }

    async fn check_full_access(
        &self,
        target: &str,
        what: &str,
        site: &Site,
    ) -> Result<(), Failure> {
        for control in Control::ALL {
            let attached = attached(&self.admins, &site.management, target, control).await?;
            let mut others = attached.iter();
            if others.any(|(id, _)| id != control.full_access()) {
                return Err(unsuited(format!(
                    "{what} has control policies already, which would have a say"
                )));
            }
        }
        Ok(())
    }

    async fn is_of_a_run(&self, unit: &str, site: &Site) -> Result<bool, Failure> {
        if unit == site.root {
            return Ok(false);
        }
        let input = [("OrganizationalUnitId", unit)];
        let describe = order(&site.management, "DescribeOrganizationalUnit", &input);
        let output = self.admins.send(&describe).await?;
        let unit = output.structure("OrganizationalUnit");
        let name = unit.and_then(|unit| unit.string("Name"));
        Ok(name.is_some_and(|name| name.starts_with(OURS)))
    }

    /// Makes the units in a unit that is there, and brings the accounts into them.
    async fn settle(
        &mut self,
        unit: &Unit,
        id: &str,
        site: &Site,
        levels: &mut Vec<Level>,
    ) -> Result<(), Failure> {
        for member in &unit.accounts {
            let number = self.names.account(&member.account).to_owned();
            if number == site.management {
                continue;
            }
            self.place(&number, id, site).await?;
            levels.push(Level {
                target: number,
                stays: true,
                service: member.service_control.clone(),
                resource: member.resource_control.clone(),
            });
        }
        for below in &unit.units {
            let made = self.make_unit(below, id, site).await?;
            levels.push(Level {
                target: made.clone(),
                stays: false,
                service: below.service_control.clone(),
                resource: below.resource_control.clone(),
            });
            Box::pin(self.settle(below, &made, site, levels)).await?;
        }
        Ok(())
    }

    async fn make_unit(
        &mut self,
        unit: &Unit,
        within: &str,
        site: &Site,
    ) -> Result<String, Failure> {
        let name = self.names.name(&unit.name.value);
        self.note(Thing::new(Kind::Unit, &site.management, name.as_str()))?;
        let input = [("ParentId", within), ("Name", name.as_str())];
        let mut make = order(&site.management, "CreateOrganizationalUnit", &input);
        make.input.set("Tags", self.run_tags());
        let output = self.admins.send(&make).await?;
        let unit = output.structure("OrganizationalUnit");
        let id = unit.and_then(|unit| unit.string("Id")).map(str::to_owned);
        id.ok_or_else(|| Failure::Unreachable {
            order: make.to_string(),
            reason: "the answer has no unit".to_owned(),
        })
    }

    /// Moves an account, and writes down where it was.
    async fn place(&mut self, account: &str, to: &str, site: &Site) -> Result<(), Failure> {
        let from = parent(&self.admins, &site.management, account).await?;
        if from == to {
            return Ok(());
        }
        let name = format!("{account} {from}");
        self.note(Thing::new(Kind::Placement, &site.management, name))?;
        let input = [
            ("AccountId", account),
            ("SourceParentId", from.as_str()),
            ("DestinationParentId", to),
        ];
        let relocate = order(&site.management, "MoveAccount", &input);
        self.admins.send(&relocate).await.map(drop)
    }

    /// The tag on all that the run makes.
    pub(super) fn run_tags(&self) -> Value {
        tags(&[(RUN_TAG.to_owned(), self.live.run().to_owned())])
    }
}

/// The policy types that a scenario needs.
fn needed(organization: &Organization) -> Vec<Control> {
    let units = all_units(&organization.root).into_iter();
    let members = all_members(&organization.root).into_iter();
    let of_units = units.map(|unit| &unit.resource_control);
    let mut resource = of_units.chain(members.map(|member| &member.resource_control));
    let has_resource = resource.any(|policies| policies.iter().any(|policy| !is_awss(policy)));
    let has_service = all_policies(organization)
        .iter()
        .any(|policy| !is_awss(policy));
    let controls = [
        (has_service, Control::Service),
        (has_resource, Control::Resource),
    ];
    let controls = controls.into_iter().filter(|(needed, _)| *needed);
    controls.map(|(_, control)| control).collect()
}
