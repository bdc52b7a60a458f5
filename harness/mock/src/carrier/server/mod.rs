//! An HTTP server for a mock: all services on one port, over HTTP/1.1 and HTTP/2, with TLS or without.
//!
//! Clients may be slow, silent or out to do harm: heads and bodies have limits in size and time, and connections in
//! number. Beside AWS's services the server answers `/_rolecall/…` for test suites.

mod body;
mod connection;
mod control;
mod json;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use self::body::{Budget, Read};
#[cfg(feature = "tls")]
pub use self::tls::{Certificate, CertificateError};
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
    /// Bytes of all bodies that are under way.
    pub bodies: usize,
    /// How long a request's head may take, and how long a connection may be idle; in HTTP/2 how often a client must show that
    /// it lives.
    pub head_time: Duration,
    /// How long a body may be silent.
    pub body_time: Duration,
    /// How long a body may take in all.
    pub whole_body_time: Duration,
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
            bodies: 1024 * 1024 * 1024,
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            whole_body_time: Duration::from_mins(10),
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
                budget: Budget::new(&limits),
                #[cfg(feature = "tls")]
                tls: None,
            },
        })
    }

    /// Speaks TLS, with this certificate.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, certificate: &Certificate) -> Self {
        self.service.tls = Some(certificate.acceptor());
        self
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
        let (stopping, stopped) = watch::channel(());
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept(&slots) => accepted,
            };
            match accepted {
                Ok((stream, slot)) => {
                    let (service, watcher) = (self.service.clone(), graceful.watcher());
                    let stopped = stopped.clone();
                    tokio::spawn(async move {
                        connection::serve(service, stream, watcher, stopped).await;
                        drop(slot);
                    });
                }
                // The machine is out of file descriptors, say: connections that end will free some.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        drop(self.listener);
        drop(stopping);
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
#[derive(Clone)]
struct Service {
    mock: Mock,
    limits: Limits,
    budget: Budget,
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsAcceptor>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service")
            .field("mock", &self.mock)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Service {
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let (mut head, body) = request.into_parts();
        let response = match body::read(body, &self.limits, &self.budget).await {
            Read::Whole(body, _memory) if control::is_for(&head) => {
                control::answer(&self.mock, &head, &body)
            }
            Read::Whole(body, _memory) => {
                head.extensions.insert(RequestContext {
                    source_ip: peer.ip().to_canonical(),
                    keys: Vec::new(),
                });
                self.mock.handle(Request::from_parts(head, body))
            }
            Read::TooLarge => closing(413),
            Read::TooSlow => closing(408),
            Read::Broken => closing(400),
            Read::Busy => closing(503),
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
