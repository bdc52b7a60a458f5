//! The carriers: the same request gets the same answer, whichever carries it; and the server withstands its clients.

use std::net::SocketAddr;
use std::time::Duration;

use crate::client::*;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector as _, HttpConnectorSettings,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use rolecall_mock::carrier::connector::http_client;
use rolecall_mock::carrier::server::{Limits, Server};
use rolecall_mock::carrier::wiremock::MockResponder;
use rolecall_mock::{Mock, RequestContext, World};
use rolecall_wire::Structure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn world() -> World {
    let mut world = crate::client::world();
    world
        .add_user(user("ci", vec![allow("s3:*", "*")]))
        .unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    world
}

/// Requests of all kinds, signed for the server at an address.
fn requests(address: SocketAddr) -> Vec<Request<Bytes>> {
    let client = Client {
        endpoint: format!("http://{address}"),
        ..Client::user(&Mock::new(world()), "ci")
    };
    let anonymous = Client {
        credentials: None,
        ..client.clone()
    };
    let put = object("spa-site", "a b/ü+1.txt")
        .with("Body", Bytes::from(vec![7; 100_000]))
        .with("ContentType", "text/plain");
    let bucket = Structure::new().with("Bucket", "spa-site");
    vec![
        client.request("sts:GetCallerIdentity", &Structure::new()),
        client.request("sts:AssumeRole", &assume(&role_arn("Missing"))),
        client.request("s3:ListBuckets", &Structure::new()),
        client.request("s3:PutObject", &put),
        client.request(
            "s3:GetObject",
            &object("spa-site", "a b/ü+1.txt").with("Range", "bytes=0-9"),
        ),
        client.request("s3:HeadObject", &object("spa-site", "a b/ü+1.txt")),
        client.request("s3:HeadObject", &object("spa-site", "missing")),
        client.request("s3:ListObjectsV2", &bucket),
        client.request("s3:HeadBucket", &bucket),
        client.request("s3:DeleteObject", &object("spa-site", "a b/ü+1.txt")),
        anonymous.request("s3:ListBuckets", &Structure::new()),
        anonymous.request("sts:GetCallerIdentity", &Structure::new()),
    ]
}

/// What must be the same.
fn essence(response: &Response<Bytes>) -> (u16, Vec<(String, String)>, Bytes) {
    let carried = ["date", "connection", "content-length"];
    let mut headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .filter(|(name, _)| !carried.contains(&name.as_str()))
        .collect();
    headers.sort();
    (response.status().as_u16(), headers, response.body().clone())
}

async fn start(mock: &Mock, limits: Limits) -> SocketAddr {
    let server = Server::with_limits(mock, "127.0.0.1:0".parse().unwrap(), limits)
        .await
        .unwrap();
    let address = server.address().unwrap();
    tokio::spawn(server.run(std::future::pending()));
    address
}

#[tokio::test]
async fn all_carriers_give_the_same_answers() {
    let served = start(&Mock::new(world()), Limits::default()).await;
    let mounted = wiremock::MockServer::start().await;
    MockResponder::new(&Mock::new(world()))
        .mount(&mounted)
        .await;
    let (in_process, plain) = (http_client(&Mock::new(world())), Mock::new(world()));
    let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
    let connector = in_process.http_connector(&HttpConnectorSettings::default(), &components);

    // The signature covers the host, so each carrier that has one gets requests of its own.
    let of_served = requests(served);
    let of_mounted = requests(*mounted.address());
    for (request, other) in of_served.into_iter().zip(of_mounted) {
        let what = format!("{} {}", request.method(), request.uri());
        let direct = plain.handle(request.clone());
        let sdk = HttpRequest::try_from(request.clone().map(SdkBody::from)).unwrap();
        let through = connector
            .call(sdk)
            .await
            .unwrap()
            .try_into_http1x()
            .unwrap();
        let through = through.map(|body| Bytes::copy_from_slice(body.bytes().unwrap()));

        assert_eq!(essence(&through), essence(&direct), "{what} in process");
        assert_eq!(
            essence(&over_http(served, &request).await),
            essence(&direct),
            "{what} served"
        );
        let answer = over_http(*mounted.address(), &other).await;
        assert_eq!(essence(&answer), essence(&direct), "{what} on wiremock");
    }
}

#[tokio::test]
async fn a_streaming_body_reaches_the_mock_in_process() {
    let mock = Mock::new(world());
    let client = Client::user(&mock, "ci");
    let put = object("spa-site", "x").with("Body", Bytes::from_static(b"hello"));
    let request = client.request("s3:PutObject", &put);
    let stream = SdkBody::from_body_1_x(http_body_util::Full::new(request.body().clone()));
    let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
    let connector =
        http_client(&mock).http_connector(&HttpConnectorSettings::default(), &components);
    assert!(stream.bytes().is_none(), "the body is no longer in memory");

    let sdk = HttpRequest::try_from(request.map(|_| stream)).unwrap();
    let response = connector.call(sdk).await.unwrap();

    assert_eq!(response.status().as_u16(), 200);
    let got = client
        .call("s3:GetObject", &object("spa-site", "x"))
        .unwrap();
    assert_eq!(got.blob("Body").unwrap(), "hello");
}

#[tokio::test]
async fn the_context_of_a_request_reaches_the_mock_in_process() {
    let mock = Mock::new(world());
    let mut request = Client::user(&mock, "ci").request("s3:ListBuckets", &Structure::new());
    let context = RequestContext {
        source_ip: "203.0.113.7".parse().unwrap(),
        ..RequestContext::default()
    };
    request.extensions_mut().insert(context);
    let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
    let connector =
        http_client(&mock).http_connector(&HttpConnectorSettings::default(), &components);

    connector
        .call(HttpRequest::try_from(request.map(SdkBody::from)).unwrap())
        .await
        .unwrap();

    let authorization = mock.evaluations().pop().unwrap();
    let source = authorization.questions[0]
        .context()
        .get("aws:SourceIp")
        .unwrap()
        .to_vec();
    assert_eq!(source, ["203.0.113.7"]);
}

async fn exchange(address: SocketAddr, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").into_bytes()
}

fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[tokio::test]
async fn a_test_suite_can_ask_the_server_itself() {
    let mock = Mock::new(world());
    let address = start(&mock, Limits::default()).await;
    let begun = mock.clock().now();

    assert!(
        exchange(address, &get("/_rolecall/health"))
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    exchange(address, &get("/")).await;
    let evaluations = exchange(address, &get("/_rolecall/evaluations")).await;
    assert!(
        evaluations.contains(r#""action":"s3:ListAllMyBuckets""#),
        "{evaluations}"
    );
    assert!(
        evaluations.contains(r#""evaluatedEffect":"IMPLICIT_DENY""#),
        "{evaluations}"
    );
    let advanced = exchange(address, &post("/_rolecall/clock", r#"{"advance": "1h"}"#)).await;
    assert!(advanced.starts_with("HTTP/1.1 200 "), "{advanced}");
    assert_eq!(
        mock.clock().now().duration_since(begun),
        jiff::SignedDuration::from_hours(1)
    );
    assert!(
        exchange(address, &post("/_rolecall/reset", ""))
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    assert_eq!(mock.clock().now(), begun);
    assert!(
        exchange(address, &get("/_rolecall/evaluations"))
            .await
            .ends_with("[]")
    );

    for body in ["", "{}", r#"{"advance": "soon"}"#, "1h"] {
        let answer = exchange(address, &post("/_rolecall/clock", body)).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{body}: {answer}");
    }
    assert!(
        exchange(address, &get("/_rolecall/reset"))
            .await
            .starts_with("HTTP/1.1 405 ")
    );
    assert!(
        exchange(address, &get("/_rolecall/nothing"))
            .await
            .starts_with("HTTP/1.1 404 ")
    );
}

#[tokio::test]
async fn the_server_takes_the_keys_of_an_issuer() {
    let address = start(&Mock::new(world()), Limits::default()).await;
    let keys = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    let rows = [
        ("PUT", "?issuer=https%3A%2F%2Fexample.com", keys, "204 "),
        ("PUT", "?issuer=https://example.com", keys, "204 "),
        ("PUT", "?issuer=https://example.com", "{}", "400 "),
        ("PUT", "?issuer=", keys, "400 "),
        ("PUT", "", keys, "400 "),
        ("DELETE", "?issuer=https://example.com", "", "204 "),
        ("DELETE", "?issuer=https://example.com", "", "204 "),
        ("DELETE", "", "", "400 "),
        ("POST", "?issuer=https://example.com", keys, "405 "),
    ];
    for (method, query, body, status) in rows {
        let request = post(&format!("/_rolecall/jwks{query}"), body);
        let request = String::from_utf8(request).unwrap();
        let request = request.replacen("POST", method, 1);
        let answer = exchange(address, request.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{method} {query}: {answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_withstands_its_clients() {
    let limits = Limits {
        head: 8192,
        headers: 32,
        body: 1000,
        head_time: Duration::from_millis(100),
        body_time: Duration::from_millis(100),
        ..Limits::default()
    };
    let address = start(&Mock::new(world()), limits).await;
    let long = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n",
        "a".repeat(20_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(100)
    );
    let rows: [(&str, &[u8], &str); 9] = [
        (
            "no HTTP at all",
            b"\x16\x03\x01hello\r\n\r\n",
            "HTTP/1.1 400",
        ),
        ("a long header", long.as_bytes(), "HTTP/1.1 431"),
        ("many headers", many.as_bytes(), "HTTP/1.1 431"),
        (
            "a large declared body",
            b"PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: 1073741824\r\n\r\n",
            "HTTP/1.1 413",
        ),
        (
            "a wrong length",
            b"PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: ten\r\n\r\n",
            "HTTP/1.1 400",
        ),
        ("a silent head", b"GET / HT", ""),
        (
            "a silent body",
            b"PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
            "HTTP/1.1 408",
        ),
        (
            "broken chunks",
            b"PUT /b/k HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 400",
        ),
        (
            "endless chunks",
            b"PUT /b/k HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n800\r\n",
            "",
        ),
    ];
    for (what, text, wanted) in rows {
        let answer = tokio::time::timeout(Duration::from_secs(5), exchange(address, text)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{what}: the server hangs"));
        assert!(answer.starts_with(wanted), "{what}: {answer}");
    }
    assert!(
        exchange(address, &get("/_rolecall/health"))
            .await
            .starts_with("HTTP/1.1 200 ")
    );
}

#[tokio::test]
async fn a_client_that_expects_100_is_told_to_go_on() {
    let address = start(&Mock::new(world()), Limits::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        b"PUT /spa-site/x HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");

    stream.write_all(b"hello").await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 403");
}

#[tokio::test]
async fn a_server_stops_when_told_and_frees_its_port() {
    let server = Server::bind(&Mock::new(world()), "127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = server.address().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    assert!(
        exchange(address, &get("/_rolecall/health"))
            .await
            .starts_with("HTTP/1.1 200 ")
    );

    stop.send(()).unwrap();

    tokio::time::timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

/// Sends a request on a connection of its own and reads the answer to its end.
async fn over_http(address: SocketAddr, request: &Request<Bytes>) -> Response<Bytes> {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let mut text = format!("{} {path} HTTP/1.1\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let length = request.body().len();
    text.extend(format!("connection: close\r\ncontent-length: {length}\r\n\r\n").into_bytes());
    text.extend(request.body());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&text).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    parse(&answer)
}

fn parse(answer: &[u8]) -> Response<Bytes> {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse::<u16>()
        .unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(
            http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
            value.parse().unwrap(),
        );
    }
    assert!(
        !headers.contains_key("transfer-encoding"),
        "answers have a length"
    );
    let mut response = Response::new(Bytes::copy_from_slice(&answer[end + 4..]));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    *response.headers_mut() = headers;
    response
}
