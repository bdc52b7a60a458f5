//! Nothing panics or hangs, whatever comes in.
//!
//! Requests and answers from `tests/corpus` and `tests/vectors` are changed at random and read with everything there
//! is. `ROLECALL_FUZZ_SECONDS` says how long; a second without it. Each round has a number of its own, which a failure
//! names; the same number makes the same input.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fuzzer panics where it finds something, and knows its own corpus"
)]

use std::panic::catch_unwind;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use rolecall_wire::codec::{self, AnswerFormat, ResponseMetadata};
use rolecall_wire::sigv4::{self, Endpoint};
use rolecall_wire::{Service, model, validate};

use crate::random::Random;

/// A single input must be done with after this long, in a debug build on a busy machine.
const TOO_LONG: Duration = Duration::from_secs(5);

/// Pieces that mean something to a parser.
const TOKENS: [&[u8]; 34] = [
    b"%",
    b"%2",
    b"%00",
    b"%80",
    b"&",
    b"=",
    b";",
    b",",
    b"/",
    b"//",
    b"..",
    b"?",
    b"+",
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\xff",
    b"<",
    b">",
    b"</",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"&b;",
    b"&#0;",
    b"&#xFFFFFFFF;",
    b"<![CDATA[",
    b"<a>",
    b"{",
    b"[[[[",
    b"null",
    b"-9223372036854775809",
    b"1e999",
    b"ffffffffffffffff",
    b".member.4294967296",
    b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
];

fn seconds() -> Duration {
    let seconds = std::env::var("ROLECALL_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(folder);
    let mut files: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

fn fuzz(corpus: &[Vec<u8>], target: fn(&[u8], &mut Random)) {
    let end = Instant::now() + seconds();
    for round in 0_u64.. {
        if Instant::now() >= end {
            break;
        }
        let mut random = Random::new(round, "fuzz");
        let input = mutated(corpus, &mut random);
        let start = Instant::now();
        let done = catch_unwind(|| target(&input, &mut Random::new(round, "target")));
        let shown = String::from_utf8_lossy(&input);
        assert!(done.is_ok(), "round {round} panics: {shown:?}");
        assert!(
            start.elapsed() < TOO_LONG,
            "round {round} takes {:?}: {shown:?}",
            start.elapsed()
        );
    }
}

fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = corpus[random.below(corpus.len())].clone();
    for _ in 0..random.below(6) {
        let place = random.below(input.len() + 1);
        let end = (place + random.below(24)).min(input.len());
        match random.below(6) {
            0 => drop(input.drain(place..end)),
            1 => drop(input.splice(
                place..place,
                TOKENS[random.below(TOKENS.len())].iter().copied(),
            )),
            2 => drop(input.splice(
                place..end,
                TOKENS[random.below(TOKENS.len())].iter().copied(),
            )),
            3 => input
                .iter_mut()
                .skip(place)
                .take(1)
                .for_each(|byte| *byte ^= 1 << (place % 8)),
            4 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                let until = (from + random.below(64)).min(other.len());
                drop(input.splice(place..place, other[from..until].iter().copied()));
            }
            _ => {
                let piece = input[place..end].repeat(1 + random.below(200));
                drop(input.splice(place..place, piece));
            }
        }
    }
    input
}

/// Reads a request as far as HTTP itself lets it through.
fn request(input: &[u8]) -> Option<Request<Bytes>> {
    let head = input
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .unwrap_or(input.len());
    let body = Bytes::copy_from_slice(input.get(head + 2..).unwrap_or_default());
    let mut lines = input[..head].split(|byte| *byte == b'\n');
    let line = lines.next()?;
    let mut parts = line.splitn(2, |byte| *byte == b' ');
    let (method, rest) = (parts.next()?, parts.next()?);
    let uri = rest.strip_suffix(b" HTTP/1.1").unwrap_or(rest);
    let mut request = Request::builder().method(method).uri(uri).body(body).ok()?;
    for line in lines {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next()?).ok()?;
        let value = HeaderValue::from_bytes(parts.next()?.trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

fn read_request(input: &[u8], _: &mut Random) {
    let Some(request) = request(input) else {
        return;
    };
    let _ = sigv4::credential(&request);
    for name in model::service_names() {
        let service = model::service(name).unwrap();
        verify(service, &request);
        for bucket in [None, Some("bucket")] {
            read_input(service, &request, bucket);
        }
    }
}

fn read_input(service: &Service, request: &Request<Bytes>, bucket: Option<&str>) {
    let read = codec::route(service, request, bucket).and_then(|operation| {
        let input = codec::decode_input(service, operation, request, bucket)?;
        let violations = validate::violations(service, operation, &input);
        let endpoint = "http://127.0.0.1:4566".parse().unwrap();
        // What was read can be written again, but for a path without its label.
        let _ = codec::encode_input(service, operation, &input, &endpoint);
        validate::error(service, &violations).map_or(Ok(()), Err)
    });
    for format in [AnswerFormat::Native, AnswerFormat::Json] {
        let metadata = ResponseMetadata {
            request_id: "1".into(),
            extended_request_id: "2".into(),
            format,
        };
        if let Err(error) = &read {
            codec::encode_error(service, error, &metadata, false);
        }
    }
}

fn verify(service: &Service, request: &Request<Bytes>) {
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let endpoint = Endpoint {
        service: service.signing_name(),
        region: Some("us-east-1"),
    };
    let signed = sigv4::read(request, endpoint, now);
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into();
    if let Ok(Some(signed)) = &signed {
        let key = signed.derive_key(&secret);
        let _ = signed
            .verify(request, &key)
            .map_err(|error| error.answer(service));
        let _ = sigv4::decode_body(request.clone(), Some((signed, &key)))
            .map_err(|error| error.answer(service));
    }
    let _ = signed.map_err(|error| error.answer(service));
    let _ = sigv4::decode_body(request.clone(), None).map_err(|error| error.answer(service));
}

fn read_answer(input: &[u8], random: &mut Random) {
    for name in model::service_names() {
        let service = model::service(name).unwrap();
        for _ in 0..8 {
            let operation = &service.operations()[random.below(service.operations().len())];
            for status in [200, 403] {
                let body = Bytes::copy_from_slice(input);
                let answer = Response::builder().status(status).body(body).unwrap();
                let _ = codec::decode_output(service, operation, &answer);
            }
        }
    }
}

#[test]
fn no_request_makes_the_readers_panic() {
    let mut requests = corpus("requests");
    for vectors in [
        include_str!("../vectors/suite.txt"),
        include_str!("../vectors/botocore.txt"),
    ] {
        let blocks = vectors.split("\n=== ").skip(1);
        requests.extend(blocks.map(|block| {
            block
                .split_once('\n')
                .expect("a title")
                .1
                .as_bytes()
                .to_vec()
        }));
    }
    let readable = requests
        .iter()
        .filter(|input| request(input).is_some())
        .count();
    assert!(readable > 60, "the corpus is read: {readable}");
    fuzz(&requests, read_request);
}

#[test]
fn no_answer_makes_the_readers_panic() {
    fuzz(&corpus("answers"), read_answer);
}
