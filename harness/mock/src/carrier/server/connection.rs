//! One connection: TLS if it is asked for, then HTTP/1.1 or HTTP/2.
//!
//! Which of the two is told by ALPN under TLS, and by the first bytes without (HTTP/2 with prior knowledge).

use std::convert::Infallible;
use std::io::Cursor;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, join};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{Limits, Service};

/// What a client with prior knowledge of HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Requests at a time on one connection of HTTP/2.
const STREAMS: u32 = 128;

/// Serves one client until it goes, is too slow, or the server stops; one that has said nothing so far is left at once.
pub(super) async fn serve(
    service: Service,
    stream: TcpStream,
    watcher: Watcher,
    mut stopping: watch::Receiver<()>,
) {
    let Ok(peer) = stream.peer_addr() else {
        return;
    };
    // Answers are written whole; waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let limits = service.limits;
    #[cfg(feature = "tls")]
    if let Some(acceptor) = service.tls.clone() {
        let accepted = timeout(limits.head_time, acceptor.accept(stream));
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            _ = stopping.changed() => return,
        };
        let Ok(Ok(stream)) = accepted else {
            return;
        };
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        return speak(service, stream, peer, watcher, is_http2).await;
    }
    let told = tokio::select! {
        told = told_apart(stream, limits) => told,
        _ = stopping.changed() => return,
    };
    let Some((stream, is_http2)) = told else {
        return;
    };
    speak(service, stream, peer, watcher, is_http2).await;
}

/// Looks at the first bytes, and puts them back.
async fn told_apart(
    mut stream: TcpStream,
    limits: Limits,
) -> Option<(impl AsyncRead + AsyncWrite + Unpin, bool)> {
    let mut start = Vec::with_capacity(PREFACE.len());
    let read = async {
        while start.len() < PREFACE.len() && PREFACE.starts_with(&start) {
            let rest = PREFACE.len() - start.len();
            let mut some = (&mut stream).take(u64::try_from(rest).unwrap_or_default());
            if some.read_buf(&mut start).await.ok()? == 0 {
                break;
            }
        }
        Some(())
    };
    timeout(limits.head_time, read).await.ok()??;
    let is_http2 = start == PREFACE;
    let (reader, writer) = stream.into_split();
    Some((join(Cursor::new(start).chain(reader), writer), is_http2))
}

async fn speak(
    service: Service,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    watcher: Watcher,
    is_http2: bool,
) {
    let limits = service.limits;
    let answer = service_fn(move |request| answer(service.clone(), request, peer));
    let io = TokioIo::new(stream);
    // A connection that breaks concerns nobody but its client.
    if is_http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
            .max_concurrent_streams(STREAMS)
            .keep_alive_interval(limits.head_time)
            .keep_alive_timeout(limits.head_time)
            .serve_connection(io, answer);
        let _ = watcher.watch(connection).await;
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_headers(limits.headers)
            .max_header_size(limits.head)
            .serve_connection(io, answer);
        let _ = watcher.watch(connection).await;
    }
}

async fn answer(
    service: Service,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(service.answer(request, peer).await)
}
