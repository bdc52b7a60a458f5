//! HTTP/1.1 and HTTP/2, with TLS and without: the same answers.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rolecall_mock::Mock;
use rolecall_mock::carrier::server::{Certificate, Server};
use rolecall_wire::Structure;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::client::*;

async fn start(mock: &Mock, certificate: Option<&Certificate>) -> SocketAddr {
    let mut server = Server::bind(mock, "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    if let Some(certificate) = certificate {
        server = server.with_tls(certificate);
    }
    let address = server.address().unwrap();
    tokio::spawn(server.run(std::future::pending()));
    address
}

fn mock() -> Mock {
    let mut world = world();
    world
        .add_user(user("ci", vec![allow("s3:*", "*")]))
        .unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    Mock::new(world)
}

/// Two signed requests, one after the other on the same connection.
async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    client: &Client,
    http2: bool,
) -> Vec<Response<Bytes>> {
    let put = object("spa-site", "a").with("Body", Bytes::from(vec![7; 300_000]));
    let requests = [
        client.request("s3:PutObject", &put),
        client.request("sts:GetCallerIdentity", &Structure::new()),
    ];
    let io = TokioIo::new(stream);
    let mut answers = Vec::new();
    if http2 {
        let shake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
        let (mut sender, connection) = shake.await.unwrap();
        tokio::spawn(connection);
        for request in requests {
            let mut request = request.map(Full::new);
            request.headers_mut().remove("host");
            let answer = sender.send_request(request).await.unwrap();
            answers.push(whole(answer).await);
        }
    } else {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        for request in requests {
            let answer = sender.send_request(relative(request)).await.unwrap();
            answers.push(whole(answer).await);
        }
    }
    answers
}

/// A client of HTTP/1.1 sends the path alone.
fn relative(mut request: Request<Bytes>) -> Request<Full<Bytes>> {
    let path = request.uri().path_and_query().unwrap().clone();
    *request.uri_mut() = path.as_str().parse().unwrap();
    request.map(Full::new)
}

async fn whole(answer: Response<hyper::body::Incoming>) -> Response<Bytes> {
    let (head, body) = answer.into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}

async fn encrypted(
    address: SocketAddr,
    certificate: &Certificate,
    name: &str,
    protocols: &[&str],
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let authority = certificate.authority().unwrap().as_bytes();
    roots
        .add(CertificateDer::from_pem_slice(authority).unwrap())
        .unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let protocols = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = protocols.collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

fn assert_right(answers: &[Response<Bytes>], version: Version) {
    for answer in answers {
        let body = String::from_utf8_lossy(answer.body());
        assert_eq!(answer.status(), 200, "{body}");
        assert_eq!(answer.version(), version);
    }
    let last = answers.last().unwrap();
    let body = String::from_utf8_lossy(last.body());
    assert!(body.contains(":user/ci"), "{body}");
}

#[tokio::test]
async fn a_client_speaks_http1_or_http2_as_it_likes() {
    let mock = mock();
    let address = start(&mock, None).await;
    let client = Client {
        endpoint: format!("http://{address}"),
        ..Client::user(&mock, "ci")
    };
    for (http2, version) in [(false, Version::HTTP_11), (true, Version::HTTP_2)] {
        let stream = TcpStream::connect(address).await.unwrap();
        assert_right(&speak(stream, &client, http2).await, version);
    }
}

#[tokio::test]
async fn under_tls_the_client_chooses_by_alpn() {
    let mock = mock();
    let certificate = Certificate::generate([127, 0, 0, 1].into()).unwrap();
    let address = start(&mock, Some(&certificate)).await;
    let rows: [(&[&str], bool, Version); 4] = [
        (&["h2", "http/1.1"], true, Version::HTTP_2),
        (&["h2"], true, Version::HTTP_2),
        (&["http/1.1"], false, Version::HTTP_11),
        (&[], false, Version::HTTP_11),
    ];
    for (protocols, http2, version) in rows {
        let port = address.port();
        for name in ["127.0.0.1", "localhost", "spa-site.s3.localhost"] {
            let stream = encrypted(address, &certificate, name, protocols)
                .await
                .unwrap();
            // The bucket's own host would be another style of request.
            let host = name.strip_prefix("spa-site.s3.").unwrap_or(name);
            let client = Client {
                endpoint: format!("https://{host}:{port}"),
                ..Client::user(&mock, "ci")
            };
            assert_right(&speak(stream, &client, http2).await, version);
        }
    }
    let other = encrypted(address, &certificate, "example.com", &[]).await;
    assert!(other.is_err(), "the certificate is for this machine alone");
}
