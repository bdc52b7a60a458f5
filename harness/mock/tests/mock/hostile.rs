//! What nobody should send, over a socket: the server answers with a status of AWS's kind or closes the connection, and
//! lives on. Time is paused, so that timeouts pass at once.

#![expect(clippy::too_many_lines, reason = "a table is as long as it is")]

use std::net::SocketAddr;

use rolecall_mock::Mock;
use rolecall_mock::carrier::server::{Limits, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::*;

fn mock(enforce: bool) -> Mock {
    let mut world = world();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    Mock::builder(world).enforce(enforce).build()
}

pub(crate) fn limits() -> Limits {
    Limits {
        head: 8192,
        headers: 32,
        body: 100_000,
        connections: 8,
        ..Limits::default()
    }
}

pub(crate) async fn start(mock: &Mock, limits: Limits) -> SocketAddr {
    let loopback = "127.0.0.1:0".parse().unwrap();
    let server = Server::with_limits(mock, loopback, limits).await.unwrap();
    let address = server.address().unwrap();
    tokio::spawn(server.run(std::future::pending()));
    address
}

/// How a client goes on after it has sent what it has to say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    /// It waits, and says no more.
    Waits,
    /// It says that no more will come.
    Ends,
}

/// What comes back until the server closes the connection.
pub(crate) async fn exchange(address: SocketAddr, text: &[u8], then: Then) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have answered, and closed, before it has read all.
    let _ = stream.write_all(text).await;
    if then == Then::Ends {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn put(headers: &str, body: &str) -> Vec<u8> {
    format!("PUT /spa-site/key HTTP/1.1\r\nhost: x\r\n{headers}\r\n{body}").into_bytes()
}

fn with_line(line: &[u8]) -> Vec<u8> {
    [line, b"\r\nhost: x\r\nconnection: close\r\n\r\n"].concat()
}

async fn is_well(address: SocketAddr) -> bool {
    let answer = exchange(
        address,
        &with_line(b"GET /_rolecall/health HTTP/1.1"),
        Then::Waits,
    )
    .await;
    answer.starts_with("HTTP/1.1 200 ")
}

/// RFC 9112 for the framing; the limits are the server's own.
#[tokio::test(start_paused = true)]
async fn broken_http_is_refused_or_cut_off() {
    let address = start(&mock(true), limits()).await;
    let long = "a".repeat(20_000);
    let header = |text: &str| put(text, "");
    let rows: Vec<(&str, Vec<u8>, Then, &str)> = vec![
        ("nothing", vec![], Then::Waits, ""),
        ("nothing at all", vec![], Then::Ends, ""),
        ("a silent head", b"GET / HT".to_vec(), Then::Waits, ""),
        (
            "half a head",
            b"GET / HTTP/1.1\r\nhost: x\r\n".to_vec(),
            Then::Ends,
            "",
        ),
        (
            "TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n".to_vec(),
            Then::Waits,
            "400",
        ),
        ("no version", b"GET /\r\n\r\n".to_vec(), Then::Waits, "400"),
        (
            "another version",
            with_line(b"GET / HTTP/3.0"),
            Then::Waits,
            "400",
        ),
        (
            "half of HTTP/2",
            b"PRI * HTTP/2.0\r\n".to_vec(),
            Then::Waits,
            "",
        ),
        (
            "a method of symbols",
            with_line(b"G(T / HTTP/1.1"),
            Then::Waits,
            "400",
        ),
        (
            "a path with a space",
            with_line(b"GET /a b HTTP/1.1"),
            Then::Waits,
            "400",
        ),
        (
            "a path with a zero",
            with_line(b"GET /\0 HTTP/1.1"),
            Then::Waits,
            "400",
        ),
        (
            "a long path",
            with_line(format!("GET /{long} HTTP/1.1").as_bytes()),
            Then::Waits,
            "431",
        ),
        (
            "a long header",
            header(&format!("x-long: {long}\r\n")),
            Then::Waits,
            "431",
        ),
        (
            "many headers",
            header(&"a: b\r\n".repeat(100)),
            Then::Waits,
            "431",
        ),
        (
            "a header with a zero",
            header("a: b\0c\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a header's name with a space",
            header("a b: c\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a folded header",
            header("a: b\r\n c\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a length that is no number",
            header("content-length: ten\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a negative length",
            header("content-length: -1\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a length with a sign",
            header("content-length: +1\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a length beyond numbers",
            header("content-length: 99999999999999999999\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "two lengths",
            header("content-length: 1\r\ncontent-length: 2\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a gigabyte",
            header("content-length: 1073741824\r\n"),
            Then::Waits,
            "413",
        ),
        (
            "chunks and a length",
            put(
                "transfer-encoding: chunked\r\ncontent-length: 3\r\n",
                "0\r\n\r\n",
            ),
            Then::Waits,
            "403",
        ),
        (
            "an encoding that isn't known",
            header("transfer-encoding: gzip\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a silent body",
            put("content-length: 10\r\n", "abc"),
            Then::Waits,
            "408",
        ),
        (
            "a body cut short",
            put("content-length: 10\r\n", "abc"),
            Then::Ends,
            "400",
        ),
        (
            "chunks without a size",
            put("transfer-encoding: chunked\r\n", "zz\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a chunk beyond numbers",
            put("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n"),
            Then::Waits,
            "400",
        ),
        (
            "a silent chunk",
            put("transfer-encoding: chunked\r\n", "800\r\nabc"),
            Then::Waits,
            "408",
        ),
        (
            "chunks cut short",
            put("transfer-encoding: chunked\r\n", "800\r\nabc"),
            Then::Ends,
            "400",
        ),
        (
            "chunks of too much",
            put(
                "transfer-encoding: chunked\r\n",
                &format!("1ffff\r\n{}\r\n", "a".repeat(0x1ffff)),
            ),
            Then::Waits,
            "413",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, text, then, wanted) in rows {
        let answer = exchange(address, &text, then).await;
        let status = answer
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3));
        if status.unwrap_or_default() != wanted {
            wrong.push(format!("{what}: {answer:?}, and not {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(is_well(address).await);
}

/// A request that nobody signed, to a mock that enforces nothing: what is wrong is the request itself.
fn form(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A signature that is nothing but its scope.
const STS: &str = "content-type: application/x-www-form-urlencoded\r\nauthorization: AWS4-HMAC-SHA256 \
                   Credential=a/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0\r\n";

fn s3(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[tokio::test(start_paused = true)]
async fn requests_that_make_no_sense_get_awss_errors() {
    let address = start(&mock(false), limits()).await;
    let deep = "<a>".repeat(30_000);
    let sts = |rest: &str| form(&format!("Version=2011-06-15&{rest}"));
    let chunked = "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 3\r\n";
    let rows: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        (
            "an unknown action",
            sts("Action=AssumeRoll"),
            "400",
            "<Code>InvalidAction</Code>",
        ),
        (
            "an unknown version",
            s3(
                "POST",
                "/",
                STS,
                "Version=2001-01-01&Action=GetCallerIdentity",
            ),
            "400",
            "<Code>InvalidAction</Code>",
        ),
        (
            "an action of another service",
            sts("Action=ListUsers"),
            "400",
            "<Code>InvalidAction</Code>",
        ),
        (
            "no required parameter",
            sts("Action=AssumeRole"),
            "400",
            "<Code>ValidationError</Code>",
        ),
        (
            "a broken escape",
            sts("Action=AssumeRole&RoleArn=%zz"),
            "400",
            "<Code>",
        ),
        (
            "a broken character",
            sts("Action=AssumeRole&RoleArn=%ff"),
            "400",
            "<Code>",
        ),
        (
            "a parameter twice",
            sts("Action=AssumeRole&Action=AssumeRole&RoleArn=a&RoleArn=b"),
            "400",
            "<Code>",
        ),
        (
            "a list of four thousand millions",
            sts("Action=AssumeRole&Tags.member.4294967296.Key=a"),
            "400",
            "<Code>",
        ),
        (
            "a member of a text",
            sts("Action=AssumeRole&RoleArn.member.1=a"),
            "400",
            "<Code>",
        ),
        (
            "XML that isn't any",
            s3("PUT", "/spa-site?tagging", "", "<Delete><Object>"),
            "400",
            "<Code>MalformedXML</Code>",
        ),
        (
            "XML of another kind",
            s3("PUT", "/spa-site?tagging", "", "<Delete/>"),
            "400",
            "<Code>MalformedXML</Code>",
        ),
        (
            "XML without an end",
            s3("PUT", "/spa-site?tagging", "", &deep),
            "400",
            "<Code>MalformedXML</Code>",
        ),
        (
            "XML with entities of its own",
            s3(
                "PUT",
                "/spa-site?tagging",
                "",
                "<!DOCTYPE a [<!ENTITY b \"c\">]><Tagging>&b;</Tagging>",
            ),
            "400",
            "<Code>MalformedXML</Code>",
        ),
        (
            "a key that isn't text",
            s3("PUT", "/spa-site/%80", "", ""),
            "400",
            "<Code>InvalidURI</Code>",
        ),
        (
            "a key with a broken escape",
            s3("PUT", "/spa-site/%zz", "", ""),
            "400",
            "<Code>InvalidURI</Code>",
        ),
        (
            "a key beyond 1024 bytes",
            s3("PUT", &format!("/spa-site/{}", "a".repeat(1025)), "", ""),
            "400",
            "<Code>KeyTooLongError</Code>",
        ),
        (
            "a key that climbs",
            s3("GET", "/spa-site/../../etc/passwd", "", ""),
            "404",
            "<Code>NoSuchKey</Code>",
        ),
        (
            "an escaped key that climbs",
            s3("GET", "/spa-site/..%2f..%2fetc%2fpasswd", "", ""),
            "404",
            "<Code>NoSuchKey</Code>",
        ),
        (
            "a bucket that climbs",
            s3("GET", "/..%2fspa-site", "", ""),
            "4",
            "<Code>",
        ),
        (
            "a method that S3 hasn't",
            s3("PATCH", "/spa-site/a", "", ""),
            "405",
            "<Code>MethodNotAllowed</Code>",
        ),
        (
            "a sub-resource that nobody knows",
            s3("PUT", "/spa-site?nonsense", "", "x"),
            "501",
            "<Code>",
        ),
        (
            "a range that is none",
            s3("GET", "/spa-site/a", "range: bytes=z-\r\n", ""),
            "404",
            "<Code>NoSuchKey</Code>",
        ),
        (
            "chunks without their length",
            s3(
                "PUT",
                "/spa-site/a",
                "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n",
                "0\r\n\r\n",
            ),
            "411",
            "<Code>MissingContentLength</Code>",
        ),
        (
            "chunks that are none",
            s3("PUT", "/spa-site/a", chunked, "abc"),
            "400",
            "<Code>IncompleteBody</Code>",
        ),
        (
            "a chunk that is cut short",
            s3("PUT", "/spa-site/a", chunked, "3\r\nab"),
            "400",
            "<Code>IncompleteBody</Code>",
        ),
        (
            "a chunk of more than there is",
            s3(
                "PUT",
                "/spa-site/a",
                chunked,
                "ffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            ),
            "400",
            "<Code>IncompleteBody</Code>",
        ),
        (
            "a length that lies",
            s3("PUT", "/spa-site/a", chunked, "2\r\nab\r\n0\r\n\r\n"),
            "400",
            "<Code>IncompleteBody</Code>",
        ),
        (
            "a trailer that nobody announced",
            s3(
                "PUT",
                "/spa-site/a",
                chunked,
                "3\r\nabc\r\n0\r\nx-amz-checksum-crc32: a\r\n\r\n",
            ),
            "400",
            "<Code>MalformedTrailerError</Code>",
        ),
        (
            "a checksum that is none",
            s3("PUT", "/spa-site/a", "x-amz-checksum-crc32: zz\r\n", "abc"),
            "400",
            "<Code>InvalidRequest</Code>",
        ),
        (
            "a digest of another body",
            s3(
                "PUT",
                "/spa-site/a",
                "content-md5: 1B2M2Y8AsgTpgAmY7PhCfg==\r\n",
                "abc",
            ),
            "400",
            "<Code>BadDigest</Code>",
        ),
        (
            "a digest that is none",
            s3("PUT", "/spa-site/a", "content-md5: abc\r\n", "abc"),
            "400",
            "<Code>InvalidDigest</Code>",
        ),
        (
            "a service that nobody knows",
            s3(
                "GET",
                "/",
                "authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/nonsense/aws4_request, SignedHeaders=host, Signature=0\r\n",
                "",
            ),
            "501",
            "<Code>NotImplemented</Code>",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, text, status, code) in rows {
        let answer = exchange(address, &text, Then::Waits).await;
        let is_right = answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(code);
        if !is_right {
            wrong.push(format!("{what}: {answer:?}, and not {status} {code}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(is_well(address).await);
}

#[tokio::test(start_paused = true)]
async fn whoever_only_holds_connections_gives_way_in_time() {
    let address = start(&mock(true), limits()).await;
    let mut held = Vec::new();
    for number in 0..32 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if number % 2 == 0 {
            let start = b"PUT /spa-site/key HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nabc";
            stream.write_all(start).await.unwrap();
        }
        held.push(stream);
    }

    assert!(is_well(address).await);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_has_an_end() {
    let address = start(&mock(true), limits()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(&put("content-length: 99999\r\n", ""))
        .await
        .unwrap();
    let begin = tokio::time::Instant::now();
    let (mut reader, mut writer) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while writer.write_all(b"a").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_secs(20)).await;
        }
    });

    let mut answer = vec![0; 64];
    let length = reader.read(&mut answer).await.unwrap();

    assert!(
        answer[..length].starts_with(b"HTTP/1.1 408 "),
        "no byte was 30 seconds late"
    );
    assert!(begin.elapsed() >= limits().whole_body_time);
    trickle.abort();
}

#[tokio::test(start_paused = true)]
async fn all_bodies_together_have_a_limit() {
    let limits = Limits {
        bodies: 50_000,
        ..limits()
    };
    let address = start(&mock(true), limits).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    let most = "a".repeat(40_000);
    first
        .write_all(&put("content-length: 40001\r\n", &most))
        .await
        .unwrap();
    tokio::task::yield_now().await;

    let second = exchange(
        address,
        &put("content-length: 40000\r\n", &most),
        Then::Waits,
    )
    .await;
    first.write_all(b"a").await.unwrap();
    let mut answer = vec![0; 64];
    let length = first.read(&mut answer).await.unwrap();
    let third = exchange(
        address,
        &put("connection: close\r\ncontent-length: 40000\r\n", &most),
        Then::Waits,
    )
    .await;

    assert!(second.starts_with("HTTP/1.1 503 "), "{second}");
    assert!(
        answer[..length].starts_with(b"HTTP/1.1 403 "),
        "the first is answered"
    );
    assert!(
        third.starts_with("HTTP/1.1 403 "),
        "and makes room: {third}"
    );
}
