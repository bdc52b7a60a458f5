//! The AWS SDK's HTTP client, in process: no socket is opened, no port taken, no name resolved.
//!
//! The client is the SDK's own for tests ([`infallible_client_fn`]), which answers from memory. Bodies that stream
//! (a file, say) are read to their end first.

use std::time::SystemTime;

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use jiff::Timestamp;

use crate::{Clock, Mock};

/// An HTTP client for the AWS SDK whose every request the mock answers.
///
/// A [`RequestContext`](crate::RequestContext) that an interceptor adds to a request's extensions arrives.
pub fn http_client(mock: &Mock) -> SharedHttpClient {
    let mock = mock.clone();
    let in_memory = infallible_client_fn(move |request| {
        let bytes = |body: SdkBody| body.bytes().map(Bytes::copy_from_slice).unwrap_or_default();
        mock.handle(request.map(bytes)).map(SdkBody::from)
    });
    SharedHttpClient::new(Client { in_memory })
}

/// The time of the mock's world, for the AWS SDK: requests are signed, and sessions expire, by it.
///
/// With a manual clock the SDK's view of time moves only when the clock is advanced.
pub fn time_source(mock: &Mock) -> SharedTimeSource {
    SharedTimeSource::new(WorldTime(mock.clock()))
}

#[derive(Debug)]
struct WorldTime(Clock);

impl TimeSource for WorldTime {
    fn now(&self) -> SystemTime {
        let since_epoch = self.0.now().duration_since(Timestamp::UNIX_EPOCH);
        SystemTime::UNIX_EPOCH + since_epoch.unsigned_abs()
    }
}

/// The SDK's client for tests, behind a look at the body.
#[derive(Clone, Debug)]
struct Client {
    in_memory: SharedHttpClient,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            in_memory: self.in_memory.http_connector(settings, components),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("rolecall-mock", None))
    }
}

#[derive(Clone, Debug)]
struct Connector {
    in_memory: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if request.body().bytes().is_some() {
            return self.in_memory.call(request);
        }
        let in_memory = self.in_memory.clone();
        HttpConnectorFuture::new(async move {
            let body = request.take_body().collect().await;
            let body = body.map_err(ConnectorError::user)?;
            *request.body_mut() = SdkBody::from(body.to_bytes());
            in_memory.call(request).await
        })
    }
}
