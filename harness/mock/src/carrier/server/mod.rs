//! An HTTP server for a mock: all services on one port.
//!
//! Clients may be slow, silent or out to do harm: heads and bodies have limits in size and time, and connections in
//! number. Beside AWS's services the server answers `/_rolecall/…` for test suites.

mod body;
mod control;
mod json;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use self::body::Read;
use crate::{Mock, RequestContext};

/// What a server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a request's line and headers.
    pub head: usize,
    /// Headers of a request.
    pub headers: usize,
    /// Bytes of a body.
    pub body: usize,
    /// How long a request's head may take, and how long a connection may be idle.
    pub head_time: Duration,
    /// How long a body may be silent.
    pub body_time: Duration,
    /// Connections at a time; others wait.
    pub connections: usize,
    /// How long a shutdown waits for requests under way.
    pub shutdown_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 64 * 1024,
            headers: 256,
            body: 512 * 1024 * 1024,
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            connections: 1024,
            shutdown_time: Duration::from_secs(5),
        }
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    service: Service,
}

impl Server {
    /// Listens on an address; port 0 takes any that is free.
    pub async fn bind(mock: &Mock, address: SocketAddr) -> io::Result<Self> {
        Self::with_limits(mock, address, Limits::default()).await
    }

    /// The same with limits of one's own.
    pub async fn with_limits(mock: &Mock, address: SocketAddr, limits: Limits) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            service: Service {
                mock: mock.clone(),
                limits,
            },
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is ready, then lets the requests under way come to their end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let limits = self.service.limits;
        let (graceful, slots) = (
            GracefulShutdown::new(),
            Arc::new(Semaphore::new(limits.connections)),
        );
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept(&slots) => accepted,
            };
            match accepted {
                Ok((stream, slot)) => {
                    let connection =
                        self.service
                            .clone()
                            .connection(stream, graceful.watcher(), slot);
                    tokio::spawn(connection);
                }
                // The machine is out of file descriptors, say: connections that end will free some.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        drop(self.listener);
        // Whoever isn't done in time is cut off with the process.
        let _ = timeout(limits.shutdown_time, graceful.shutdown()).await;
    }

    async fn accept(
        &self,
        slots: &Arc<Semaphore>,
    ) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
        let slot = Arc::clone(slots)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let (stream, _) = self.listener.accept().await?;
        Ok((stream, slot))
    }
}

/// What connections share.
#[derive(Clone, Debug)]
struct Service {
    mock: Mock,
    limits: Limits,
}

impl Service {
    async fn connection(self, stream: TcpStream, watcher: Watcher, slot: OwnedSemaphorePermit) {
        let Ok(peer) = stream.peer_addr() else {
            return;
        };
        // Answers are written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let limits = self.limits;
        let answer = service_fn(move |request| {
            let service = self.clone();
            async move { Ok::<_, Infallible>(service.answer(request, peer).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_headers(limits.headers)
            .max_header_size(limits.head)
            .serve_connection(TokioIo::new(stream), answer);
        // A connection that breaks concerns nobody but its client.
        let _ = watcher.watch(connection).await;
        drop(slot);
    }

    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let (mut head, body) = request.into_parts();
        let host = head
            .uri
            .host()
            .and_then(|host| HeaderValue::from_str(host).ok());
        if let Some(host) = host.filter(|_| !head.headers.contains_key(HOST)) {
            head.headers.insert(HOST, host);
        }
        let response = match body::read(body, &self.limits).await {
            Read::Whole(body) if control::is_for(&head) => {
                control::answer(&self.mock, &head, &body)
            }
            Read::Whole(body) => {
                head.extensions.insert(RequestContext {
                    source_ip: peer.ip().to_canonical(),
                    keys: Vec::new(),
                });
                self.mock.handle(Request::from_parts(head, body))
            }
            Read::TooLarge => closing(413),
            Read::TooSlow => closing(408),
            Read::Broken => closing(400),
        };
        response.map(Full::new)
    }
}

/// An answer without a body, after which the connection is closed.
fn closing(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
