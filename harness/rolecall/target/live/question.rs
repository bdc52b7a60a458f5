//! `can` and `cannot` on a live target: AWS's policy simulator, and for assuming roles, which the simulator doesn't
//! answer, the assume itself.

use rolecall_wire::{Structure, Value};

use super::admin::Failure;
use super::order::{Order, strings};
use super::stage::LiveStage;
use crate::scenario::model::{Question, Step};
use crate::target::answer::{Got, is_denial};
use crate::target::stage::{Asked, Unasked, Who};

impl LiveStage {
    /// Asks whether someone may do something.
    pub(in crate::target) async fn ask(
        &mut self,
        _step: &Step,
        who: Who<'_>,
        question: &Question,
    ) -> Result<Asked, Unasked> {
        let resource = question
            .resource
            .as_deref()
            .map(|text| self.names.text(text));
        if question.action.eq_ignore_ascii_case("sts:AssumeRole") {
            return self.really_assume(who, resource.as_deref()).await;
        }
        if let Some(lack) = self.lacks_simulator() {
            return Err(Unasked::Skip(lack));
        }
        let order = self.simulation(who, &question.action, resource.as_deref())?;
        match self.admins.send(&order).await {
            Ok(output) => decision(&output),
            Err(failure) => Err(unanswered(&failure)),
        }
    }

    /// The simulator ignores trust policies (AWS: reported as aws/aws-cli#10314), so the role is assumed.
    async fn really_assume(&self, who: Who<'_>, role: Option<&str>) -> Result<Asked, Unasked> {
        let Some(role) = role.filter(|role| !role.contains(['*', '?'])) else {
            let reason = "without a role's ARN there is nothing to assume, and the simulator ignores trust policies";
            return Err(Unasked::Skip(reason.to_owned()));
        };
        let credentials = self.credentials(who)?;
        let input = Structure::new()
            .with("RoleArn", role)
            .with("RoleSessionName", "rolecall");
        let client = &self.admins.client;
        let answer = client
            .request(credentials.as_ref(), "sts", "AssumeRole", None, &input)
            .await;
        let allowed = match answer.got {
            Got::Allowed(_) => true,
            Got::Refused(error) if is_denial(&error) => false,
            Got::Refused(error) => return Err(Unasked::Error(error.to_string())),
            Got::Unreachable(reason) => return Err(Unasked::Error(reason)),
        };
        Ok(Asked {
            allowed,
            caller: None,
            evaluations: Vec::new(),
        })
    }

    fn simulation(
        &self,
        who: Who<'_>,
        action: &str,
        resource: Option<&str>,
    ) -> Result<Order, Unasked> {
        let skip = |reason: &str| Err(Unasked::Skip(reason.to_owned()));
        let principal = match who {
            Who::User(name) => self.user_arn(name),
            Who::Session(credentials) => match self.session(credentials.access_key_id()) {
                Some(session) if session.limited => {
                    return skip("the policy simulator doesn't know session policies");
                }
                Some(session) => session.role_arn.clone(),
                None => return skip("the policy simulator doesn't know such sessions"),
            },
            Who::Root(_) | Who::Service(_) | Who::Token(_) | Who::Saml(_) | Who::Anonymous => {
                return skip("the policy simulator answers for users and roles alone");
            }
        };
        if resource.is_some_and(|resource| self.has_policy(resource)) {
            return skip("the policy simulator doesn't fetch the resource's own policy");
        }
        let account = principal.split(':').nth(4).unwrap_or_default().to_owned();
        let mut input = Structure::new()
            .with("PolicySourceArn", principal.as_str())
            .with("ActionNames", strings([action]));
        if let Some(resource) = resource {
            input.set("ResourceArns", strings([resource]));
        }
        Ok(Order::iam(&account, "SimulatePrincipalPolicy", input))
    }

    fn user_arn(&self, name: &str) -> String {
        let user = self.world.users.iter().find(|user| user.name.value == name);
        let path = user.map_or("/", |user| user.path.as_str());
        let account = self.account_of(Who::User(name));
        format!("arn:aws:iam::{account}:user{path}{}", self.names.name(name))
    }

    /// Whether a bucket's policy has a say.
    fn has_policy(&self, resource: &str) -> bool {
        self.world.buckets.iter().any(|bucket| {
            let arn = format!("arn:aws:s3:::{}", self.names.name(&bucket.name.value));
            let inside = resource.strip_prefix(&arn);
            bucket.policy.is_some()
                && inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

fn decision(output: &Structure) -> Result<Asked, Unasked> {
    let results = output.list("EvaluationResults");
    let Some(Value::Structure(result)) = results.first() else {
        return Err(Unasked::Error(
            "the policy simulator answered without a result".to_owned(),
        ));
    };
    let allowed = result.string("EvalDecision") == Some("allowed");
    let missing = result.list("MissingContextValues");
    if !missing.is_empty() && !allowed {
        let keys: Vec<&str> = missing
            .iter()
            .filter_map(|key| match key {
                Value::String(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let reason = format!(
            "the policy simulator would have to be told {}",
            keys.join(", ")
        );
        return Err(Unasked::Skip(reason));
    }
    Ok(Asked {
        allowed,
        caller: None,
        evaluations: Vec::new(),
    })
}

fn unanswered(failure: &Failure) -> Unasked {
    match failure {
        _ if failure.is_not_implemented() => {
            Unasked::Skip("the target has no policy simulator".to_owned())
        }
        other => Unasked::Error(other.to_string()),
    }
}
