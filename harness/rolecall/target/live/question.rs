//! `can` and `cannot` on a live target: AWS's policy simulator, and for assuming roles, which the simulator doesn't
//! answer, the assume itself.

use std::collections::BTreeSet;
use std::iter;

use rolecall_policy::arn;
use rolecall_wire::{Structure, Value};
use serde_json::json;

use super::admin::Failure;
use super::order::{Order, strings};
use super::organization::controls_of;
use super::resources::Guard;
use super::simulated::{Principal, entries};
use super::stage::LiveStage;
use crate::scenario::model::{ContextEntry, Question, Step};
use crate::target::answer::{Got, is_denial};
use crate::target::stage::{Asked, Unasked, Who};

/// What the policy simulator is asked.
struct Simulation<'a> {
    principal: &'a Principal,
    action: &'a str,
    resource: Option<&'a str>,
    guard: Option<&'a Guard>,
}

impl LiveStage {
    /// Asks whether someone may do something.
    pub(in crate::target) async fn ask(
        &mut self,
        step: &Step,
        who: Who<'_>,
        question: &Question,
    ) -> Result<Asked, Unasked> {
        let resource = question
            .resource
            .as_deref()
            .map(|text| self.names.text(text));
        let (action, resource) = (question.action.as_str(), resource.as_deref());
        if let Some(allowed) = self.asked_of_server(step, who, action, resource).await {
            return allowed.map(answered).map_err(Unasked::Error);
        }
        if action.eq_ignore_ascii_case("sts:AssumeRole") {
            return self.really_assume(step, who, resource).await;
        }
        if let Some(lack) = self.lacks_simulator() {
            return Err(Unasked::Skip(lack));
        }
        let principal = self.simulated(who)?;
        if let Some(reason) = self.leaves_out(who, resource) {
            return Err(Unasked::Skip(reason.to_owned()));
        }
        let mut keys = self.keys_of(step);
        let guard = self.guard(&principal, action, resource, &keys).await?;
        let asked = Simulation {
            principal: &principal,
            action,
            resource,
            guard: guard.as_ref(),
        };
        let result = self.simulate(&asked, &keys).await?;
        let more = missing(&result).into_iter();
        let more: Vec<ContextEntry> = more
            .filter_map(|key| principal.key(key, resource))
            .collect();
        if more.is_empty() {
            return decision(&result);
        }
        keys.extend(more);
        decision(&self.simulate(&asked, &keys).await?)
    }

    /// A rolecall server is asked for those whom neither the policy simulator knows nor a request can be made as.
    async fn asked_of_server(
        &self,
        step: &Step,
        who: Who<'_>,
        action: &str,
        resource: Option<&str>,
    ) -> Option<Result<bool, String>> {
        let control = self.control().filter(|_| !self.is_unmade(resource))?;
        let principal = match who {
            Who::Service(host) => json!({ "service": host }),
            Who::Anonymous => json!("anonymous"),
            Who::Root(account) => {
                json!({ "arn": format!("arn:aws:iam::{}:root", self.names.account(account)) })
            }
            Who::User(_) | Who::Session(_) | Who::Token(_) | Who::Saml(_) => return None,
        };
        let keys = self.keys_of(step);
        Some(control.can(&principal, action, resource, &keys).await)
    }

    /// The simulator ignores trust policies (AWS: reported as aws/aws-cli#10314), so the role is assumed.
    async fn really_assume(
        &mut self,
        step: &Step,
        who: Who<'_>,
        role: Option<&str>,
    ) -> Result<Asked, Unasked> {
        let Some(role) = role.filter(|role| !role.contains(['*', '?'])) else {
            let reason = "without a role's ARN there is nothing to assume, and the simulator ignores trust policies";
            return Err(Unasked::Skip(reason.to_owned()));
        };
        let credentials = self.credentials(who)?;
        let carried = self.carried(step, who)?;
        let input = Structure::new()
            .with("RoleArn", role)
            .with("RoleSessionName", "rolecall");
        self.give(carried.as_ref()).await?;
        let client = &self.admins.client;
        let answer = client
            .request(credentials.as_ref(), "sts", "AssumeRole", None, &input)
            .await;
        self.take_back(carried).await?;
        let allowed = match answer.got {
            Got::Allowed(_) => true,
            Got::Refused(error) if is_denial(&error) => false,
            Got::Refused(error) => return Err(Unasked::Error(error.to_string())),
            Got::Unreachable(reason) => return Err(Unasked::Error(reason)),
        };
        Ok(answered(allowed))
    }

    /// Whose policies the simulator is asked for.
    fn simulated(&self, who: Who<'_>) -> Result<Principal, Unasked> {
        let skip = |reason: &str| Err(Unasked::Skip(reason.to_owned()));
        let principal = match who {
            Who::User(name) => Principal {
                arn: self.user_arn(name),
                user: Some(self.names.name(name)),
                tags: self.tags_of(name),
            },
            Who::Session(credentials) => match self.session(credentials.access_key_id()) {
                Some(session) if session.limited => {
                    return skip("the policy simulator doesn't know session policies");
                }
                Some(session) => Principal {
                    arn: session.role_arn.clone(),
                    user: None,
                    tags: None,
                },
                None => return skip("the policy simulator doesn't know such sessions"),
            },
            Who::Root(_) | Who::Service(_) | Who::Token(_) | Who::Saml(_) | Who::Anonymous => {
                return skip("the policy simulator answers for users and roles alone");
            }
        };
        Ok(principal)
    }

    async fn simulate(
        &self,
        asked: &Simulation<'_>,
        keys: &[ContextEntry],
    ) -> Result<Structure, Unasked> {
        let principal = &asked.principal.arn;
        let account = arn::account(principal).unwrap_or_default();
        let mut input = Structure::new()
            .with("PolicySourceArn", principal.as_str())
            .with("ActionNames", strings([asked.action]));
        if let Some(resource) = asked.resource {
            input.set("ResourceArns", strings([resource]));
        }
        if let Some(guard) = asked.guard {
            guard.add_to(&mut input);
        }
        if !keys.is_empty() {
            input.set("ContextEntries", entries(keys));
        }
        let order = Order::iam(account, "SimulatePrincipalPolicy", input);
        let output = self.admins.send(&order).await;
        let output = output.map_err(|failure| unanswered(&failure))?;
        result(&output).ok_or_else(|| {
            Unasked::Error("the policy simulator answered without a result".to_owned())
        })
    }

    fn tags_of(&self, name: &str) -> Option<Vec<(String, String)>> {
        let user = self
            .world
            .users
            .iter()
            .find(|user| user.name.value == name)?;
        let tag = |(key, value): &(String, String)| (key.clone(), self.names.text(value));
        Some(user.tags.iter().map(tag).collect())
    }

    /// What the policy simulator leaves out of the organization's policies, if that may matter.
    ///
    /// AWS: IAM User Guide, Testing IAM policies with the IAM policy simulator.
    fn leaves_out(&self, who: Who<'_>, resource: Option<&str>) -> Option<&'static str> {
        let of = |target: &str| {
            let mut accounts = self.world.accounts.iter();
            let account = accounts.find(|one| self.names.account(&one.id) == target)?;
            Some(controls_of(&self.world, &account.id))
        };
        let caller = self.account_of(who);
        let owner = resource.and_then(|resource| self.owner(resource));
        let (services, _) = of(&caller)?;
        let (_, resources) = of(owner.unwrap_or(&caller))?;
        let mut services = services.iter();
        if services.any(|policy| !policy.document.document.context_keys().is_empty()) {
            return Some(
                "the policy simulator evaluates no service control policy with conditions",
            );
        }
        (!resources.is_empty())
            .then_some("the policy simulator doesn't know resource control policies")
    }

    /// The target's account that a resource is in, as far as its ARN or the world tells.
    fn owner<'s>(&'s self, resource: &'s str) -> Option<&'s str> {
        let named = resource.strip_prefix("arn:aws:s3:::");
        let named = named.and_then(|named| named.split('/').next());
        let mut buckets = self.world.buckets.iter();
        let is_it = |name: &str| Some(self.names.name(name).as_str()) == named;
        let bucket = buckets.find(|bucket| is_it(&bucket.name.value));
        let of_bucket = bucket.map(|bucket| self.names.account(&bucket.account));
        of_bucket.or_else(|| arn::account(resource))
    }

    fn user_arn(&self, name: &str) -> String {
        let user = self.world.users.iter().find(|user| user.name.value == name);
        let path = user.map_or("/", |user| user.path.as_str());
        let account = self.account_of(Who::User(name));
        format!("arn:aws:iam::{account}:user{path}{}", self.names.name(name))
    }
}

/// The simulator's result for the one action and resource that were asked.
fn result(output: &Structure) -> Option<Structure> {
    match output.list("EvaluationResults").first() {
        Some(Value::Structure(result)) => Some(result.clone()),
        _ => None,
    }
}

/// The keys that the simulator was not told.
///
/// AWS: IAM API Reference, `EvaluationResult` and `ResourceSpecificResult`: they stand with the result where `*` was asked, and
/// with the resource's own result where a resource was.
fn missing(result: &Structure) -> BTreeSet<&str> {
    let of_resources = result.structures("ResourceSpecificResults");
    let lists = iter::once(result).chain(of_resources);
    let missing = lists.flat_map(|result| result.list("MissingContextValues"));
    let keys = missing.filter_map(|key| match key {
        Value::String(key) => Some(key.as_str()),
        _ => None,
    });
    keys.collect()
}

fn decision(result: &Structure) -> Result<Asked, Unasked> {
    let missing: Vec<&str> = missing(result).into_iter().collect();
    if missing.is_empty() {
        return Ok(answered(result.string("EvalDecision") == Some("allowed")));
    }
    Err(Unasked::Skip(format!(
        "the policy simulator would have to be told {}",
        missing.join(", ")
    )))
}

fn answered(allowed: bool) -> Asked {
    Asked {
        allowed,
        caller: None,
        evaluations: Vec::new(),
    }
}

fn unanswered(failure: &Failure) -> Unasked {
    match failure {
        _ if failure.is_not_implemented() => {
            Unasked::Skip("the target has no policy simulator".to_owned())
        }
        _ if failure.is_by_control() => Unasked::Skip(
            "the policy simulator can't be asked: the scenario's control policies bind the account's administrator"
                .to_owned(),
        ),
        other => Unasked::Error(other.to_string()),
    }
}
