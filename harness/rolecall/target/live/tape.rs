//! Recording a run's traffic, and running against the record.
//!
//! A cassette is a folder with a YAML file for each test and one, `_run.yaml`, for what goes before the tests. Secrets are
//! removed as they are written: signatures, secret keys, session tokens, web identity tokens. When it is replayed, nothing
//! leaves this process; a request must be one of the record's (who signs, method, address, body), whereas signatures are
//! not compared, and one that isn't in it is a clear error.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;

use super::exchange::{Exchange, read_exchanges, write_exchange};
use super::names::{base36, fingerprint};

/// The file of what goes before the tests.
const OF_RUN: &str = "_run";

/// What becomes of a run's traffic.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Tape {
    /// It is recorded into a folder, whose former record goes.
    Record(PathBuf),
    /// It comes from a folder that was recorded; nothing leaves this process.
    Replay(PathBuf),
}

/// Where a run's traffic goes, or comes from.
#[derive(Clone, Debug)]
pub(super) struct Cassette(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    mode: Mode,
    /// Exchanges that were not replayed yet, by file.
    left: Mutex<BTreeMap<PathBuf, Vec<Exchange>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Record,
    Replay,
}

impl Cassette {
    /// Records into a folder, which is made anew.
    ///
    /// # Errors
    ///
    /// When the folder can't be made, or has something in it that is no part of a cassette: nothing is removed then.
    pub(super) fn record(folder: &Path, run: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let cassette = Self::new(folder, Mode::Record);
        let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let paths = entries.collect::<io::Result<Vec<_>>>()?;
        let is_record = cassette.run().is_ok();
        for path in &paths {
            if !is_record || path.extension().is_none_or(|extension| extension != "yaml") {
                let reason = format!("{} is no part of a record", path.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
            }
        }
        for path in paths {
            std::fs::remove_file(path)?;
        }
        let text = format!("# Recorded by rolecall; secrets are removed.\n# run: {run}\n");
        std::fs::write(cassette.path(OF_RUN), text)?;
        Ok(cassette)
    }

    /// Replays a folder.
    ///
    /// # Errors
    ///
    /// When it is no cassette.
    pub(super) fn replay(folder: &Path) -> io::Result<Self> {
        let cassette = Self::new(folder, Mode::Replay);
        cassette.run()?;
        Ok(cassette)
    }

    fn new(folder: &Path, mode: Mode) -> Self {
        Self(Arc::new(Inner {
            folder: folder.to_owned(),
            mode,
            left: Mutex::default(),
        }))
    }

    pub(super) fn is_replayed(&self) -> bool {
        self.0.mode == Mode::Replay
    }

    /// The run's id.
    pub(super) fn run(&self) -> io::Result<String> {
        let path = self.path(OF_RUN);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        let run = text.lines().find_map(|line| line.strip_prefix("# run: "));
        run.map(str::to_owned).ok_or_else(|| {
            let reason = format!("{} doesn't say which run it is of", path.display());
            io::Error::new(io::ErrorKind::InvalidData, reason)
        })
    }

    /// On replay, the access key of the administrator whom the record has next: nobody's own keys are needed.
    pub(super) fn next_key(&self) -> Option<String> {
        if !self.is_replayed() {
            return None;
        }
        let path = self.path(OF_RUN);
        let mut files = self.0.left.lock().unwrap_or_else(PoisonError::into_inner);
        let left = loaded(&mut files, &path).ok();
        let mut asked = left.iter().flat_map(|left| left.iter());
        let next = asked.find(|exchange| exchange.calls("GetCallerIdentity"));
        Some(
            next.and_then(|exchange| exchange.key.clone())
                .unwrap_or_else(|| "none".to_owned()),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.folder.join(format!("{name}.yaml"))
    }

    /// The HTTP client of a test (`None`: of what goes before): what `inner` sends is recorded, or nothing is sent.
    pub(super) fn http_client(
        &self,
        test: Option<&str>,
        inner: SharedHttpClient,
    ) -> SharedHttpClient {
        let name = test.map_or_else(|| OF_RUN.to_owned(), file_name);
        SharedHttpClient::new(Taped {
            cassette: self.clone(),
            path: self.path(&name),
            inner,
        })
    }
}

/// A test's name as a file's, and a number that tells alike ones apart.
fn file_name(test: &str) -> String {
    let plain: String = test
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect();
    format!("{plain}-{}", base36(fingerprint(test.as_bytes()), 4))
}

#[derive(Clone, Debug)]
struct Taped {
    cassette: Cassette,
    path: PathBuf,
    inner: SharedHttpClient,
}

impl HttpClient for Taped {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(TapedConnector {
            taped: self.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }
}

#[derive(Clone, Debug)]
struct TapedConnector {
    taped: Taped,
    inner: SharedHttpConnector,
}

impl HttpConnector for TapedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = Exchange::asked(&request);
        let taped = self.taped.clone();
        if taped.cassette.is_replayed() {
            return HttpConnectorFuture::ready(taped.replay(&asked));
        }
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            let response = inner.call(request).await?;
            taped.record(asked, response).await
        })
    }
}

impl Taped {
    async fn record(
        &self,
        asked: Exchange,
        mut response: HttpResponse,
    ) -> Result<HttpResponse, ConnectorError> {
        let body = response.take_body().collect().await;
        let body = body.map_err(ConnectorError::io)?.to_bytes();
        let exchange = asked.answered(&response, &body);
        write_exchange(&self.path, &exchange)
            .map_err(|error| ConnectorError::other(error.into(), None))?;
        *response.body_mut() = SdkBody::from(body);
        Ok(response)
    }

    /// The first exchange of the record with this request that was not replayed yet.
    fn replay(&self, asked: &Exchange) -> Result<HttpResponse, ConnectorError> {
        let mut left = self
            .cassette
            .0
            .left
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let left = loaded(&mut left, &self.path).map_err(|error| {
            not_recorded(format!(
                "{asked} isn't in the record ({error}); record the run again with --record"
            ))
        })?;
        let place = left.iter().position(|exchange| exchange.asks(asked));
        let Some(place) = place else {
            let next = left.first();
            let next = next.map_or("nothing".to_owned(), Exchange::to_string);
            return Err(not_recorded(format!(
                "{asked} isn't in the record {}, whose next is {next}; record the run again with --record",
                self.path.display()
            )));
        };
        let exchange = left.remove(place);
        let status = StatusCode::try_from(exchange.status)
            .map_err(|error| not_recorded(error.to_string()))?;
        let mut response = HttpResponse::new(status, SdkBody::from(exchange.answer));
        for (name, value) in exchange.headers {
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }
}

fn loaded<'a>(
    files: &'a mut BTreeMap<PathBuf, Vec<Exchange>>,
    path: &Path,
) -> io::Result<&'a mut Vec<Exchange>> {
    if !files.contains_key(path) {
        files.insert(path.to_owned(), read_exchanges(path)?);
    }
    files
        .get_mut(path)
        .ok_or_else(|| io::Error::other("the record is gone"))
}

fn not_recorded(reason: String) -> ConnectorError {
    ConnectorError::user(reason.into())
}
