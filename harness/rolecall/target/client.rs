//! Requests through the AWS SDK: its orchestrator, its signer, its clock.
//!
//! `assume` is the typed `aws-sdk-sts`; any other operation is encoded from AWS's service model and sent through the
//! same orchestrator, so that it is signed and read as the SDK does it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::sigv4::{SCHEME_ID as SIGV4, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sdk_sts::types::PolicyDescriptorType;
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime::client::auth::no_auth::{NO_AUTH_SCHEME_ID, NoAuthScheme};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::identity::no_auth::NoAuthIdentityResolver;
use aws_smithy_runtime::client::orchestrator::operation::{
    Operation as SdkOperation, OperationBuilder,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use bytes::Bytes;
use rolecall_mock::AUTHORIZATION_ID_HEADER;
use rolecall_wire::{Operation, Service, Structure, Value, codec, model};

use super::answer::{Answer, Got};
use crate::scenario::model::{Assume, Call};
use crate::services;

/// The region of a call that names none.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// All services at one URL.
    One(String),
    /// AWS's own, by service and region.
    #[cfg(feature = "live")]
    Aws,
}

/// AWS General Reference: these have one endpoint for all regions.
#[cfg(feature = "live")]
const GLOBAL: [&str; 6] = [
    "budgets",
    "cloudfront",
    "iam",
    "organizations",
    "route53",
    "waf",
];

impl Endpoint {
    /// The URL of a service in a region, and the region that it signs for.
    /// `before` stands before the service's host name.
    #[cfg_attr(
        not(feature = "live"),
        expect(unused_variables, reason = "the mock has all services at one URL")
    )]
    fn of<'a>(&'a self, before: &str, service: &str, region: &'a str) -> (Cow<'a, str>, &'a str) {
        match self {
            Self::One(url) => (url.into(), region),
            #[cfg(feature = "live")]
            Self::Aws if GLOBAL.contains(&service) => (
                format!("https://{before}{service}.amazonaws.com").into(),
                DEFAULT_REGION,
            ),
            #[cfg(feature = "live")]
            Self::Aws => (
                format!("https://{before}{service}.{region}.amazonaws.com").into(),
                region,
            ),
        }
    }
}

/// How long a request may take.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) longest: Duration,
    /// What the time is measured with.
    pub(super) sleep: SharedAsyncSleep,
}

/// Sends requests to one target.
#[derive(Clone, Debug)]
pub struct Client {
    connector: SharedHttpClient,
    endpoint: Endpoint,
    time_source: SharedTimeSource,
    limit: Option<Limit>,
}

impl Client {
    /// A client of `endpoint` that signs with the time of `time_source`.
    pub fn new(
        connector: SharedHttpClient,
        endpoint: String,
        time_source: SharedTimeSource,
    ) -> Self {
        Self {
            connector,
            endpoint: Endpoint::One(endpoint),
            time_source,
            limit: None,
        }
    }

    /// A client of a target that is no mock, with a limit on each request if there is one.
    #[cfg(feature = "live")]
    pub(super) fn live(
        connector: SharedHttpClient,
        endpoint: Endpoint,
        time_source: SharedTimeSource,
        limit: Option<Limit>,
    ) -> Self {
        Self {
            connector,
            endpoint,
            time_source,
            limit,
        }
    }

    /// The time that requests are signed with.
    #[cfg(feature = "live")]
    pub(super) fn now(&self) -> std::time::SystemTime {
        self.time_source.now()
    }

    /// Assumes a role with the typed SDK client; credentials come with a success.
    pub async fn assume(
        &self,
        credentials: Option<&Credentials>,
        assume: &Assume,
        mfa: Option<(String, String)>,
    ) -> (Answer, Option<Credentials>) {
        let seen = SeenAnswer::of("AssumeRole");
        let client = aws_sdk_sts::Client::from_conf(self.sts_config(credentials, seen.clone()));
        let request = assume_request(&client, assume, mfa).send();
        let result = match self.in_time(request).await {
            Ok(result) => result,
            Err(late) => return (Answer::unreachable(late), None),
        };
        let credentials = result.as_ref().ok().and_then(|output| output.credentials());
        let credentials = credentials.map(session_credentials);
        (seen.answer(result), credentials)
    }

    /// Assumes a role with a web identity token; the request is not signed.
    pub async fn assume_with_web_identity(
        &self,
        token: String,
        assume: &Assume,
    ) -> (Answer, Option<Credentials>) {
        let seen = SeenAnswer::of("AssumeRoleWithWebIdentity");
        let client = aws_sdk_sts::Client::from_conf(self.sts_config(None, seen.clone()));
        let request = client
            .assume_role_with_web_identity()
            .role_arn(&assume.role_arn)
            .role_session_name(&assume.session)
            .web_identity_token(token)
            .set_duration_seconds(duration_of(assume))
            .set_policy(session_policy_of(assume))
            .set_policy_arns(session_policy_arns_of(assume))
            .send();
        let result = match self.in_time(request).await {
            Ok(result) => result,
            Err(late) => return (Answer::unreachable(late), None),
        };
        let credentials = result.as_ref().ok().and_then(|output| output.credentials());
        let credentials = credentials.map(session_credentials);
        (seen.answer(result), credentials)
    }

    /// Assumes a role with a SAML assertion; the request is not signed.
    pub async fn assume_with_saml(
        &self,
        assertion: String,
        provider_arn: String,
        assume: &Assume,
    ) -> (Answer, Option<Credentials>) {
        let seen = SeenAnswer::of("AssumeRoleWithSAML");
        let client = aws_sdk_sts::Client::from_conf(self.sts_config(None, seen.clone()));
        let request = client
            .assume_role_with_saml()
            .role_arn(&assume.role_arn)
            .principal_arn(provider_arn)
            .saml_assertion(assertion)
            .set_duration_seconds(duration_of(assume))
            .set_policy(session_policy_of(assume))
            .set_policy_arns(session_policy_arns_of(assume))
            .send();
        let result = match self.in_time(request).await {
            Ok(result) => result,
            Err(late) => return (Answer::unreachable(late), None),
        };
        let credentials = result.as_ref().ok().and_then(|output| output.credentials());
        let credentials = credentials.map(session_credentials);
        (seen.answer(result), credentials)
    }

    fn sts_config(
        &self,
        credentials: Option<&Credentials>,
        seen: SeenAnswer,
    ) -> aws_sdk_sts::Config {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.connector.clone())
            .endpoint_url(&*self.endpoint.of("", "sts", DEFAULT_REGION).0)
            .region(Region::from_static(DEFAULT_REGION))
            .time_source(self.time_source.clone())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .identity_cache(IdentityCache::no_cache())
            .interceptor(seen);
        match credentials {
            Some(credentials) => config.credentials_provider(credentials.clone()).build(),
            None => config.allow_no_auth().build(),
        }
    }

    /// Calls any operation of a bundled service model.
    pub async fn call(&self, credentials: Option<&Credentials>, call: &Call) -> Answer {
        let region = call.region.as_deref();
        self.request(
            credentials,
            &call.service,
            &call.operation,
            region,
            &call.input,
        )
        .await
    }

    /// Sends a request of any operation of a bundled service model.
    pub(super) async fn request(
        &self,
        credentials: Option<&Credentials>,
        service_name: &str,
        operation_name: &str,
        region: Option<&str>,
        input: &Structure,
    ) -> Answer {
        let Some((service, operation)) = find_operation(service_name, operation_name) else {
            return Answer::unreachable(format!(
                "no service model has {service_name}:{operation_name}"
            ));
        };
        let region = region.unwrap_or(DEFAULT_REGION);
        let before = host_prefix(operation, input);
        let (endpoint, region) = self.endpoint.of(&before, service.endpoint_prefix(), region);
        let encode = move |input: Structure| encode(service, operation, &input);
        let decode = move |response: &HttpResponse| decode(service, operation, response);
        let sdk_operation = self
            .sdk_operation(service_name, operation_name, &endpoint)
            .runtime_plugin(authentication(service, region, credentials))
            .serializer(encode)
            .deserializer(decode)
            .build();
        let mut input = input.clone();
        codec::add_client_defaults(operation, &mut input);
        match self.in_time(sdk_operation.invoke(input)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(SdkError::ServiceError(refused))) => *refused.into_err().0,
            Ok(Err(other)) => Answer::unreachable(causes(&other)),
            Err(late) => Answer::unreachable(late),
        }
    }

    /// Sends a request that is no operation of AWS, unsigned; gives the status and the body of the answer.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    #[cfg(feature = "live")]
    pub(super) async fn plain(
        &self,
        request: http::Request<String>,
    ) -> Result<(u16, Bytes), String> {
        let (endpoint, _) = self.endpoint.of("", "", DEFAULT_REGION);
        let encode = |request: http::Request<String>| {
            HttpRequest::try_from(request.map(SdkBody::from)).map_err(BoxError::from)
        };
        let decode = |response: &HttpResponse| {
            let body = response.body().bytes().map(Bytes::copy_from_slice);
            let answer = (response.status().as_u16(), body.unwrap_or_default());
            Ok::<_, OrchestratorError<Refusal>>(answer)
        };
        let sdk_operation = self
            .sdk_operation("rolecall", "plain", &endpoint)
            .runtime_plugin(unsigned())
            .serializer(encode)
            .deserializer(decode)
            .build();
        match self.in_time(sdk_operation.invoke(request)).await {
            Ok(answered) => answered.map_err(|error| causes(&error)),
            Err(late) => Err(late.to_string()),
        }
    }

    /// What all requests have in common.
    fn sdk_operation(&self, service: &str, operation: &str, endpoint: &str) -> OperationBuilder {
        SdkOperation::builder()
            .service_name(service.to_owned())
            .operation_name(operation.to_owned())
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.connector.clone())
            .endpoint_url(endpoint)
            .no_retry()
            .timeout_config(TimeoutConfig::disabled())
            .time_source(self.time_source.clone())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
    }

    /// What a request comes to, unless it takes too long.
    async fn in_time<T>(&self, request: impl Future<Output = T>) -> Result<T, TooLate> {
        let Some(limit) = &self.limit else {
            return Ok(request.await);
        };
        let answer = Timeout::new(request, limit.sleep.sleep(limit.longest)).await;
        answer.map_err(|_| TooLate(limit.longest))
    }
}

/// No answer came in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct TooLate(Duration);

fn find_operation(
    service: &str,
    operation: &str,
) -> Option<(&'static Service, &'static Operation)> {
    let service = services::known(service)?;
    Some((service, service.operation(operation)?))
}

/// What stands before the service's host name, with the parameters that it takes up.
fn host_prefix(operation: &Operation, input: &Structure) -> String {
    let mut prefix = operation.host_prefix().unwrap_or_default().to_owned();
    for (name, value) in input.iter() {
        if let Value::String(text) = value {
            prefix = prefix.replace(&format!("{{{name}}}"), text);
        }
    }
    prefix
}

/// An error answer as the orchestrator's error type.
#[derive(Debug)]
struct Refusal(Box<Answer>);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the service answered with an error")
    }
}

impl std::error::Error for Refusal {}

fn encode(
    service: &Service,
    operation: &Operation,
    input: &Structure,
) -> Result<HttpRequest, BoxError> {
    let endpoint = http::Uri::from_static("http://endpoint.invalid");
    let request = codec::encode_input(service, operation, input, &endpoint)?;
    let (mut parts, body) = request.into_parts();
    // The orchestrator puts the endpoint in front; the request brings the path alone.
    parts.uri = parts
        .uri
        .path_and_query()
        .cloned()
        .map_or_else(|| http::Uri::from_static("/"), http::Uri::from);
    parts.headers.remove(http::header::HOST);
    Ok(HttpRequest::try_from(http::Request::from_parts(
        parts,
        SdkBody::from(body),
    ))?)
}

fn decode(
    service: &Service,
    operation: &Operation,
    response: &HttpResponse,
) -> Result<Answer, OrchestratorError<Refusal>> {
    let answer = read_answer(service, operation, response).map_err(OrchestratorError::other)?;
    match answer.got {
        Got::Refused(_) => Err(OrchestratorError::operation(Refusal(Box::new(answer)))),
        Got::Allowed(_) | Got::Unreachable(_) => Ok(answer),
    }
}

fn read_answer(
    service: &Service,
    operation: &Operation,
    response: &HttpResponse,
) -> Result<Answer, http::Error> {
    let header = response.headers().get(AUTHORIZATION_ID_HEADER);
    let got = match codec::decode_output(service, operation, &plain_response(response)?) {
        Ok(output) => Got::Allowed(output),
        Err(error) => Got::Refused(error),
    };
    let authorization_id = header.or(got.authorization_id()).map(str::to_owned);
    Ok(Answer {
        got,
        authorization_id,
    })
}

/// The SDK's answer as plain HTTP, for the codec.
fn plain_response(response: &HttpResponse) -> Result<http::Response<Bytes>, http::Error> {
    let mut plain = http::Response::builder().status(response.status().as_u16());
    for (name, value) in response.headers() {
        plain = plain.header(name, value);
    }
    plain.body(
        response
            .body()
            .bytes()
            .map(Bytes::copy_from_slice)
            .unwrap_or_default(),
    )
}

/// Signs as the SDK signs for the service; without credentials the request stays unsigned.
fn authentication(
    service: &Service,
    region: &str,
    credentials: Option<&Credentials>,
) -> StaticRuntimePlugin {
    let Some(credentials) = credentials else {
        return unsigned();
    };
    let mut config = Layer::new("rolecall");
    config.store_put(signing_config(service, region));
    let components = RuntimeComponentsBuilder::new("rolecall")
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_auth_scheme_option_resolver(Some(only_scheme(SIGV4)))
        .with_identity_resolver(SIGV4, SharedCredentialsProvider::new(credentials.clone()));
    plugin(config, components)
}

fn unsigned() -> StaticRuntimePlugin {
    let components = RuntimeComponentsBuilder::new("rolecall")
        .with_auth_scheme(SharedAuthScheme::new(NoAuthScheme::default()))
        .with_auth_scheme_option_resolver(Some(only_scheme(NO_AUTH_SCHEME_ID)))
        .with_identity_resolver(
            NO_AUTH_SCHEME_ID,
            SharedIdentityResolver::new(NoAuthIdentityResolver::new()),
        );
    plugin(Layer::new("rolecall"), components)
}

fn plugin(mut config: Layer, components: RuntimeComponentsBuilder) -> StaticRuntimePlugin {
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    StaticRuntimePlugin::new()
        .with_config(config.freeze())
        .with_runtime_components(components.with_identity_cache(Some(IdentityCache::no_cache())))
}

fn only_scheme(
    scheme: aws_smithy_runtime_api::client::auth::AuthSchemeId,
) -> SharedAuthSchemeOptionResolver {
    SharedAuthSchemeOptionResolver::new(StaticAuthSchemeOptionResolver::new(vec![scheme]))
}

/// S3 signs the path encoded once and as it is, and sends the payload's hash (AWS: Signature Version 4 for S3).
fn signing_config(service: &Service, region: &str) -> SigV4OperationSigningConfig {
    let mut options = SigningOptions::default();
    if service.signing_name() == "s3" {
        options.double_uri_encode = false;
        options.normalize_uri_path = false;
        options.content_sha256_header = true;
    }
    SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(region.to_owned()))),
        name: Some(SigningName::from(service.signing_name().to_owned())),
        signing_options: options,
        ..SigV4OperationSigningConfig::default()
    }
}

/// Reads the answer to a typed client's request as every other answer is read, so that all its fields are open to
/// `expect`.
#[derive(Clone, Debug)]
struct SeenAnswer {
    operation: &'static str,
    answer: Arc<Mutex<Option<Answer>>>,
}

impl SeenAnswer {
    fn of(operation: &'static str) -> Self {
        Self {
            operation,
            answer: Arc::default(),
        }
    }

    /// What was seen, or why nothing was.
    fn answer<T, E: std::error::Error + 'static>(
        &self,
        result: Result<T, SdkError<E, HttpResponse>>,
    ) -> Answer {
        let seen = self
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match (seen, result) {
            (Some(answer), _) => answer,
            (None, Ok(_)) => Answer::unreachable("the answer can't be read"),
            (None, Err(error)) => Answer::unreachable(causes(&error)),
        }
    }
}

/// An error and what caused it, in words: `dispatch failure: io error: … Connection refused`.
fn causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_told = cause.to_string();
        if !told.ends_with(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        next = cause.source();
    }
    told
}

impl Intercept for SeenAnswer {
    fn name(&self) -> &'static str {
        "SeenAnswer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let service = model::service("sts").ok_or("no service model of STS")?;
        let operation = service
            .operation(self.operation)
            .ok_or("no service model of the operation")?;
        let mut answer = read_answer(service, operation, context.response())?;
        if let Got::Allowed(output) = &mut answer.got {
            hide_secrets(output);
        }
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok(())
    }
}

/// Reports print what an answer had where another was expected; they must not print secrets.
fn hide_secrets(output: &mut Structure) {
    if let Some(credentials) = output.structure("Credentials") {
        let mut shown = credentials.clone();
        shown.set("SecretAccessKey", "(hidden)");
        shown.set("SessionToken", "(hidden)");
        output.set("Credentials", shown);
    }
}

fn assume_request(
    client: &aws_sdk_sts::Client,
    assume: &Assume,
    mfa: Option<(String, String)>,
) -> aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder {
    use aws_sdk_sts::types::Tag;

    let mut request = client
        .assume_role()
        .role_arn(&assume.role_arn)
        .role_session_name(&assume.session)
        .set_external_id(assume.external_id.clone())
        .set_duration_seconds(duration_of(assume))
        .set_policy(session_policy_of(assume))
        .set_policy_arns(session_policy_arns_of(assume))
        .set_source_identity(assume.source_identity.clone());
    if let Some((serial, code)) = mfa {
        request = request.serial_number(serial).token_code(code);
    }
    for (key, value) in &assume.tags {
        // A tag with key and value is always complete.
        if let Ok(tag) = Tag::builder().key(key).value(value).build() {
            request = request.tags(tag);
        }
    }
    for key in &assume.transitive_tags {
        request = request.transitive_tag_keys(key);
    }
    request
}

/// The duration in seconds; one beyond what the wire can say is cut, for AWS to refuse.
fn duration_of(assume: &Assume) -> Option<i32> {
    let seconds = assume.duration?;
    Some(i32::try_from(seconds).unwrap_or(i32::MAX))
}

fn session_policy_of(assume: &Assume) -> Option<String> {
    let policy = assume.session_policy.as_ref()?;
    Some(policy.document.json.to_string())
}

fn session_policy_arns_of(assume: &Assume) -> Option<Vec<PolicyDescriptorType>> {
    let arns = assume.session_policy_arns.iter();
    let arns: Vec<_> = arns
        .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
        .collect();
    (!arns.is_empty()).then_some(arns)
}

/// The SDK would refuse expired credentials by itself, but it is the service that must be asked: no expiry is given.
fn session_credentials(credentials: &aws_sdk_sts::types::Credentials) -> Credentials {
    Credentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        Some(credentials.session_token().to_owned()),
        None,
        "rolecall",
    )
}

#[cfg(all(test, feature = "live"))]
mod tests {
    use super::*;
    use rstest::rstest;

    /// AWS: AWS General Reference, "Service endpoints and quotas".
    #[rstest]
    #[case::regional("", "sts", "https://sts.eu-west-1.amazonaws.com", "eu-west-1")]
    #[case::global("", "iam", "https://iam.amazonaws.com", "us-east-1")]
    #[case::route_53("", "route53", "https://route53.amazonaws.com", "us-east-1")]
    #[case::of_an_account(
        "111122223333.",
        "s3-control",
        "https://111122223333.s3-control.eu-west-1.amazonaws.com",
        "eu-west-1"
    )]
    fn a_service_of_aws_has_a_host_of_its_own(
        #[case] before: &str,
        #[case] service: &str,
        #[case] url: &str,
        #[case] region: &str,
    ) {
        let (found, scope) = Endpoint::Aws.of(before, service, "eu-west-1");
        assert_eq!((found.as_ref(), scope), (url, region));
    }
}
