//! The one way of every request: read → verify → caller → decode and validate → authorize → handle → encode.

mod answer;
mod dispatch;
mod issuer;
mod verify;

use std::borrow::Cow;
use std::cell::RefCell;

use bytes::Bytes;
use http::header::{REFERER, USER_AGENT};
use http::{HeaderValue, Request, Response};
use rolecall_wire::{Operation as Model, Service, ServiceError, Structure, codec, model, validate};

use self::answer::Ids;
use self::dispatch::Destination;
use self::verify::Verified;
use crate::authorization::Authorization;
use crate::caller::Caller;
use crate::context::{Circumstances, RequestContext};
use crate::discovery::FetchError;
use crate::mock::State;
use crate::service::call::Call;
use crate::service::{self, Answer, Handler, Operation, Rest, ServiceTable};
use crate::trail::{About, Draft};
use crate::world::{AccountId, Partition, World};

/// Where services that have one endpoint for all regions are.
const GLOBAL_SERVICES: [&str; 4] = ["iam", "iam-toolbox", "cloudfront", "organizations"];

/// Answers a request.
pub(crate) fn answer(state: &State, mut request: Request<Bytes>) -> Response<Bytes> {
    dispatch::set_host(&mut request);
    if let Some(published) = issuer::answer(state, &request) {
        return published;
    }
    let destination = dispatch::destination(&request);
    let ids = Ids::draw(state, &destination.service);
    let mut draft = Draft::new(&request, destination.region.as_deref());
    let mut response = if let Some(model) = model::service(&destination.service) {
        let exchange = Exchange {
            state,
            model,
            destination: &destination,
            ids: &ids,
        };
        exchange.answer(request, &mut draft)
    } else {
        let error = answer::unknown_service(&destination.service);
        draft.refused(&error);
        answer::encode_unknown(&error, &ids)
    };
    answer::set_date(&mut response, state.clock.signing_now());
    state.tell(draft.finish(about(state, &destination, &ids), state.enforce, &response));
    response
}

fn about<'a>(state: &State, destination: &'a Destination, ids: &'a Ids) -> About<'a> {
    About {
        service: &destination.service,
        event_id: &ids.authorization,
        request_id: &ids.request,
        extended_request_id: &ids.extended,
        time: state.clock.now(),
    }
}

/// One request and its answer.
struct Exchange<'a> {
    state: &'a State,
    model: &'static Service,
    destination: &'a Destination,
    ids: &'a Ids,
}

impl Exchange<'_> {
    fn answer(&self, request: Request<Bytes>, draft: &mut Draft) -> Response<Bytes> {
        let metadata = self.ids.metadata(&request);
        let (head, path) = (
            request.method() == http::Method::HEAD,
            request.uri().path().to_owned(),
        );
        let mut response = match self.proceed(request, draft) {
            Ok((operation, answered)) => {
                match &answered.answer {
                    Ok(reply) => draft.answered(self.model, operation, &reply.output),
                    Err(error) => draft.refused(error),
                }
                answer::encode(self.model, operation, answered, &metadata)
            }
            Err(error) => {
                draft.refused(&error);
                codec::encode_error(self.model, &error, &metadata, head)
            }
        };
        if self.model.name() == "s3" {
            let bucket = answer::bucket_of(self.destination.bucket.as_deref(), &path);
            answer::set_bucket_region(&mut response, &self.state.read(), bucket);
        }
        response
    }

    /// Reads, verifies, decodes and validates, in the order in which AWS finds faults; then runs the operation.
    fn proceed(
        &self,
        request: Request<Bytes>,
        draft: &mut Draft,
    ) -> Result<(&'static Model, answer::Answered), ServiceError> {
        let bucket = self.destination.bucket.as_deref();
        if self.model.protocol() == model::Protocol::Query
            && request.body().len() > codec::MAX_QUERY_BODY
        {
            return Err(ServiceError::without_body(413));
        }
        let operation = codec::route(self.model, &request, bucket)?;
        draft.routed(self.model, operation, &request);
        let verified = self.verify(operation, request)?;
        draft.verified(&verified.caller, &verified.region);
        let table = service::find(self.model.name());
        let row = table.and_then(|table| table.operation(operation.name()));
        let (Some(table), Some(row)) = (table, row) else {
            return Err(not_implemented(self.model, operation));
        };
        let input = codec::decode_input(self.model, operation, &verified.request, bucket)?;
        draft.decoded(self.model, operation, &input);
        self.check_constraints(operation, &input)?;
        let mut call = self.call(table, verified, input);
        let answer = self.run(row, &mut call);
        self.record(row, &call, draft);
        let id = self.ids.authorization.clone();
        Ok((operation, answer::Answered { answer, id }))
    }

    fn verify(&self, operation: &Model, request: Request<Bytes>) -> Result<Verified, ServiceError> {
        if operation.is_unsigned() {
            return Ok(Verified::unsigned(request, self.destination));
        }
        verify::verify(self.state, self.model, self.destination, request)
    }

    /// S3 has texts of its own for every fault, Organizations a reason.
    fn check_constraints(&self, operation: &Model, input: &Structure) -> Result<(), ServiceError> {
        let found = validate::violations(self.model, operation, input);
        if self.model.name() == "s3" {
            return service::s3::check_schema(&found);
        }
        if self.model.name() == "organizations" {
            return service::organizations::check_schema(&found);
        }
        validate::error(self.model, &found).map_or(Ok(()), Err)
    }

    fn call(&self, table: &'static ServiceTable, verified: Verified, input: Structure) -> Call {
        let partition = Partition::of_region(&verified.region);
        let (parts, body) = verified.request.into_parts();
        let given = parts.extensions.get::<RequestContext>().cloned();
        let given = given.unwrap_or_default();
        // Those of this request come after those that were given before.
        let mut given_keys = self.state.given().of(verified.access_key.as_deref());
        given_keys.extend(given.keys);
        let text = |name| {
            let value: Option<&HeaderValue> = parts.headers.get(name);
            value.and_then(|value| Some(value.to_str().ok()?.to_owned()))
        };
        Call {
            service: table,
            caller: verified.caller,
            circumstances: Circumstances {
                now: self.state.clock.now(),
                partition,
                region: self
                    .requested_region(&verified.region, partition)
                    .to_owned(),
                source_ip: given.source_ip,
                user_agent: text(USER_AGENT),
                referer: text(REFERER),
            },
            region: verified.region,
            headers: parts.headers,
            signature: verified.facts,
            input,
            body,
            given_keys,
            enforce: self.state.enforce,
            told_id: self
                .state
                .authorization_id_in_messages
                .then(|| self.ids.authorization.clone()),
            ledger: self.state.ledger.clone(),
            questions: RefCell::default(),
            digests: RefCell::default(),
        }
    }

    /// AWS: IAM User Guide, AWS global condition context keys, `aws:RequestedRegion`.
    fn requested_region<'r>(&self, region: &'r str, partition: Partition) -> &'r str {
        if GLOBAL_SERVICES.contains(&self.model.name()) {
            partition.global_region()
        } else {
            region
        }
    }

    fn run(&self, operation: &Operation, call: &mut Call) -> Answer {
        if let Some(wanted) = operation.wanted_keys {
            let issuer = wanted(&self.state.read(), call);
            discover_keys(self.state, issuer.as_deref())?;
        }
        if let Some(prepare) = operation.prepare {
            prepare(call);
        }
        match operation.handler {
            Handler::Read(handle) => {
                let world = self.state.read();
                authorize(&world, operation, call)?;
                handle(&world, call)
            }
            Handler::Write(handle) => {
                let mut world = self.state.write();
                authorize(&world, operation, call)?;
                handle(&mut world, call)
            }
            Handler::Begin(begin) => {
                let rest = self.begin(begin, operation, call)?;
                rest(call)
            }
        }
    }

    /// Does what needs the world, and gives it back.
    fn begin(
        &self,
        begin: fn(&World, &Call) -> Rest,
        operation: &Operation,
        call: &mut Call,
    ) -> Result<Rest, ServiceError> {
        let world = self.state.read();
        authorize(&world, operation, call)?;
        Ok(begin(&world, call))
    }

    fn record(&self, operation: &Operation, call: &Call, draft: &mut Draft) {
        let Caller { account, .. } = &call.caller;
        let arn = call.caller.arn();
        let authorization = self.state.ledger.lock().add(Authorization {
            id: self.ids.authorization.clone(),
            time: call.circumstances.now,
            service: Cow::Borrowed(self.model.name()),
            operation: Cow::Borrowed(operation.name),
            caller_arn: (!arn.is_empty()).then(|| arn.to_owned()),
            caller_account: account.as_ref().map(AccountId::to_string),
            questions: call.questions.take(),
        });
        draft.authorized(&call.caller, authorization);
    }
}

fn authorize(world: &World, operation: &Operation, call: &mut Call) -> Result<(), ServiceError> {
    if let Some(identify) = operation.identify {
        call.caller = identify(world, call)?;
    }
    (call.service.admits)(call, operation)?;
    if let Some(check) = operation.check {
        check(world, call)?;
    }
    call.authorize(world, operation)
}

/// Where the keys can't be had, the token is refused for want of them; only a silence may be over soon.
///
/// AWS: API Reference, `AssumeRoleWithWebIdentity`, errors. The text isn't known.
fn discover_keys(state: &State, issuer: Option<&str>) -> Result<(), ServiceError> {
    match issuer.map(|issuer| state.discover_keys(issuer)) {
        Some(Err(FetchError::Timeout)) => Err(ServiceError::new(
            400,
            "IDPCommunicationError",
            "The identity provider that was asked to verify the token couldn't be reached",
        )),
        Some(Err(FetchError::Failed(_)) | Ok(())) | None => Ok(()),
    }
}

/// Nothing that looks like success, and nothing that AWS would say either.
fn not_implemented(service: &Service, operation: &Model) -> ServiceError {
    let name = format!("{}:{}", service.name(), operation.name());
    ServiceError::new(
        501,
        "NotImplemented",
        format!("{name} is not implemented by this mock"),
    )
}
