//! IAM Toolbox on a live target: why AWS denied, asked with the administrator's credentials.
//!
//! AWS: IAM Toolbox API Reference, `GetRequestAuthorizationDetails`. The caller must be in the account of whoever was
//! denied, or in its organization. Not every denial has an id, and a target may have no such service: then nobody knows
//! more than that it denied.

use std::borrow::Cow;

use rolecall_policy::Evaluation;
use rolecall_wire::Structure;

use super::admin::{Admins, Failure};
use super::capability::{Capability, Finding};
use super::comparison::Compared;
use super::explanation::{Explained, caller};
use super::order::Order;
use super::stage::LiveStage;
use crate::scenario::model::{Because, Step};
use crate::target::answer::{Answer, Got, is_denial};
use crate::target::stage::Who;

/// How many pages of an explanation are asked for.
const MOST_PAGES: usize = 20;

/// An id that no request ever had.
const NO_ID: &str = "0";

/// What AWS said of a denial.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The authorization's id.
    id: String,
    caller: Option<String>,
    compared: Compared,
    /// Whether the mock was asked the same, and knows what kept an Allow from matching.
    rehearsed: bool,
}

impl LiveStage {
    /// Asks why a step was denied, where the target tells.
    pub(super) async fn explain(
        &mut self,
        step: &Step,
        who: Who<'_>,
        region: Option<&str>,
        answer: &Answer,
    ) {
        let explains = self
            .live
            .profile()
            .is_some_and(|profile| profile.finding(Capability::Explanations) == Finding::Enforced);
        let denied = matches!(&answer.got, Got::Refused(error) if is_denial(error));
        let Some(id) = answer.authorization_id.as_deref() else {
            return;
        };
        if !explains || !denied {
            return;
        }
        let account = self.account_of(who);
        let Ok(pages) = details(&self.admins, &account, region, id).await else {
            return;
        };
        let told = pages
            .iter()
            .flat_map(|page| Explained::read(page, &self.names));
        let told: Vec<Explained> = told.collect();
        let rehearsed = self.rehearsed.iter().find(|one| one.number == step.number);
        let mock: &[Evaluation] = rehearsed.map_or(&[], |rehearsed| &rehearsed.evaluations);
        self.told.push(Told {
            id: id.to_owned(),
            caller: pages.first().and_then(|page| caller(page, &self.names)),
            compared: Compared::new(&told, mock),
            rehearsed: !mock.is_empty(),
        });
    }

    fn told(&self, authorization_id: Option<&str>) -> Option<&Told> {
        let id = authorization_id?;
        self.told.iter().find(|told| told.id == id)
    }

    /// AWS's evaluation of each action that a denied request needed.
    pub(in crate::target) fn evaluations(&self, authorization_id: Option<&str>) -> Vec<Evaluation> {
        let told = self.told(authorization_id);
        told.map(|told| told.compared.evaluations.clone())
            .unwrap_or_default()
    }

    /// Where the target explains a denial otherwise than the mock.
    pub(in crate::target) fn notes(&self, authorization_id: Option<&str>) -> Vec<String> {
        let told = self.told(authorization_id);
        told.map(|told| told.compared.notes.clone())
            .unwrap_or_default()
    }

    /// The ARN whose policies bound whoever was denied.
    pub(in crate::target) fn caller(&self, authorization_id: Option<&str>) -> Option<String> {
        self.told(authorization_id)?.caller.clone()
    }

    /// What of a step's `because` can be judged by what the target said; AWS tells of no statement that didn't match.
    pub(in crate::target) fn judged<'s>(
        &self,
        because: &'s Because,
        authorization_id: Option<&str>,
    ) -> Option<Cow<'s, Because>> {
        let told = self.told(authorization_id)?;
        if told.compared.evaluations.is_empty() {
            None
        } else if told.rehearsed {
            Some(Cow::Borrowed(because))
        } else {
            Some(Cow::Owned(Because {
                statement: None,
                condition: None,
                ..because.clone()
            }))
        }
    }
}

/// The pages of an explanation.
async fn details(
    admins: &Admins,
    account: &str,
    region: Option<&str>,
    id: &str,
) -> Result<Vec<Structure>, Failure> {
    let input = Structure::new().with("authorizationId", id);
    let mut order = Order::new(
        account,
        "iam-toolbox",
        "GetRequestAuthorizationDetails",
        input,
    );
    order.region = region.map(str::to_owned);
    let mut pages = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = admins.send(&order).await?;
        let next = page.string("nextToken").map(str::to_owned);
        pages.push(page);
        let Some(next) = next else { break };
        order.input.set("nextToken", next);
    }
    Ok(pages)
}

/// Whether a target explains its denials to an administrator: it says of an id that nobody has that it isn't there.
pub(super) async fn put_explanation(admins: &Admins, account: &str) -> Finding {
    match details(admins, account, None, NO_ID).await {
        Err(Failure::Refused { error, .. }) if error.code == "ResourceNotFoundException" => {
            Finding::Enforced
        }
        Err(Failure::Refused { error, .. }) if is_denial(&error) => Finding::Unknown(
            "the administrator may not ask (iam:GetRequestAuthorizationDetails)".to_owned(),
        ),
        Ok(_) | Err(Failure::Refused { .. }) => Finding::NotEnforced,
        Err(failure) => Finding::Unknown(failure.to_string()),
    }
}
