//! Control policies: attached once everything is built, detached before anything is changed or removed.

use std::collections::HashMap;

use serde_json::json;

use super::super::admin::{Admin, Failure};
use super::super::journal::{Kind, Thing};
use super::super::removal;
use super::super::stage::LiveStage;
use super::{Chart, Control, Level, is_awss, order};
use crate::scenario::model::{Actor, PolicyReference, Step, Verb};
use crate::target::world::policy_name;

/// The policies that were made so far, by type and document.
type Made = HashMap<(Control, String), String>;

impl LiveStage {
    /// Attaches what the scenario attaches.
    pub(in crate::target::live) async fn bind(&mut self) -> Result<(), Failure> {
        let Some(chart) = self.chart.take() else {
            return Ok(());
        };
        let bound = self.bind_all(&chart).await;
        self.chart = Some(chart);
        bound
    }

    async fn bind_all(&mut self, chart: &Chart) -> Result<(), Failure> {
        let mut made = Made::new();
        for level in &chart.levels {
            let is_full = level.service.iter().any(is_awss);
            let has_own = (level.service.iter())
                .chain(&level.resource)
                .any(|policy| !is_awss(policy));
            if level.stays && (has_own || !is_full) {
                let target = level.target.as_str();
                self.note(Thing::new(Kind::Controls, &chart.management, target))?;
            }
            self.attach_all(chart, level, &mut made).await?;
            if !is_full {
                self.let_administrators_in(chart, level, &mut made).await?;
                let full = Control::Service.full_access();
                self.detach(chart, full, &level.target).await?;
            }
        }
        Ok(())
    }

    async fn attach_all(
        &mut self,
        chart: &Chart,
        level: &Level,
        made: &mut Made,
    ) -> Result<(), Failure> {
        let lists = [
            (Control::Service, &level.service),
            (Control::Resource, &level.resource),
        ];
        for (control, policies) in lists {
            for (index, policy) in policies.iter().enumerate() {
                if !is_awss(policy) {
                    let id = self.policy(chart, control, policy, index, made).await?;
                    self.attach(chart, &id, &level.target).await?;
                }
            }
        }
        Ok(())
    }

    /// The id of a policy, made once for each document.
    async fn policy(
        &mut self,
        chart: &Chart,
        control: Control,
        policy: &PolicyReference,
        index: usize,
        made: &mut Made,
    ) -> Result<String, Failure> {
        let content = self.names.policy(&policy.document.json);
        let name = policy_name(&policy.origin, index);
        self.make_policy(chart, control, &name, content, made).await
    }

    async fn make_policy(
        &mut self,
        chart: &Chart,
        control: Control,
        name: &str,
        content: String,
        made: &mut Made,
    ) -> Result<String, Failure> {
        let key = (control, content);
        if let Some(id) = made.get(&key) {
            return Ok(id.clone());
        }
        let number = made.len() + 1;
        let name = self.names.name(&format!("{name}-{number}"));
        self.note(Thing::new(
            Kind::ControlPolicy,
            &chart.management,
            name.as_str(),
        ))?;
        let input = [
            ("Name", name.as_str()),
            ("Description", "Of a run of rolecall"),
            ("Type", control.api_name()),
            ("Content", &key.1),
        ];
        let mut creation = order(&chart.management, "CreatePolicy", &input);
        creation.input.set("Tags", self.run_tags());
        let output = self.admins.send(&creation).await?;
        let policy = output.structure("Policy");
        let summary = policy.and_then(|policy| policy.structure("PolicySummary"));
        let id = summary.and_then(|summary| summary.string("Id"));
        let id = id.ok_or_else(|| Failure::Unreachable {
            order: creation.to_string(),
            reason: "the answer has no policy".to_owned(),
        })?;
        made.insert(key, id.to_owned());
        Ok(id.to_owned())
    }

    /// What a level that doesn't allow everything needs so that the administrators can go on: a policy of its own, as the
    /// policy simulator evaluates none that has a condition.
    async fn let_administrators_in(
        &mut self,
        chart: &Chart,
        level: &Level,
        made: &mut Made,
    ) -> Result<(), Failure> {
        let admins = self.admins.all.iter();
        let exempt =
            admins.filter(|admin| !admin.is_root() || !self.roots.contains(&admin.account));
        let patterns: Vec<String> = exempt.flat_map(patterns).collect();
        let content = json!({
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "Administrators",
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": { "ArnLike": { "aws:PrincipalArn": patterns } }
            }
        });
        let control = Control::Service;
        let content = content.to_string();
        let name = "administrators";
        let id = self
            .make_policy(chart, control, name, content, made)
            .await?;
        self.attach(chart, &id, &level.target).await
    }

    async fn attach(&self, chart: &Chart, policy: &str, target: &str) -> Result<(), Failure> {
        let input = [("PolicyId", policy), ("TargetId", target)];
        let attach = order(&chart.management, "AttachPolicy", &input);
        self.admins.send(&attach).await.map(drop)
    }

    async fn detach(&self, chart: &Chart, policy: &str, target: &str) -> Result<(), Failure> {
        let input = [("PolicyId", policy), ("TargetId", target)];
        let detach = order(&chart.management, "DetachPolicy", &input);
        self.admins.send(&detach).await.map(drop)
    }

    /// Puts the organization back as it was before [`LiveStage::organize`]; one of the run's own stays where another
    /// follows.
    pub(in crate::target::live) async fn unbind(&mut self, another: bool) -> Result<(), Failure> {
        let kinds = [
            Kind::Controls,
            Kind::Placement,
            Kind::Unit,
            Kind::ControlPolicy,
            Kind::Member,
            Kind::Organization,
        ];
        let stays = |kind| another && kind == Kind::Organization;
        let made = self.made.iter();
        let of_organization =
            made.filter(|thing| kinds.contains(&thing.kind) && !stays(thing.kind));
        let mut things: Vec<Thing> = of_organization.cloned().collect();
        things.sort();
        for thing in things {
            removal::remove(&self.admins, &self.live.0.journal, &thing).await?;
            self.made.retain(|other| *other != thing);
        }
        self.chart = None;
        Ok(())
    }

    /// Whether the test has made something of a kind.
    pub(super) fn has_made(&self, kind: Kind) -> bool {
        self.made.iter().any(|thing| thing.kind == kind)
    }
}

/// The patterns of an administrator's ARN, as `aws:PrincipalArn` has it: of a session that is its role's, with its path, of
/// which the session says nothing.
fn patterns(admin: &Admin) -> Vec<String> {
    let account = &admin.account;
    let session = admin.arn.split_once(":assumed-role/");
    match session.and_then(|(_, session)| session.split('/').next()) {
        Some(role) => vec![
            format!("arn:aws:iam::{account}:role/{role}"),
            format!("arn:aws:iam::{account}:role/*/{role}"),
        ],
        None => vec![admin.arn.clone()],
    }
}

/// The accounts, by the scenario's numbers, whose root users act in steps.
pub(in crate::target::live) fn roots(steps: &[Step]) -> Vec<String> {
    let mut found = Vec::new();
    for step in steps {
        if let Some(Actor::Root(account)) = step.actor.as_ref().map(|actor| &actor.value) {
            found.push(account.clone());
        }
        if let Verb::Assume(assume) = &step.verb {
            found.extend(roots(&assume.then));
        }
    }
    found
}
