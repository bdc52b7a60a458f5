//! Nothing panics or hangs, whatever comes in.
//!
//! Requests and answers from `tests/corpus` and `tests/vectors` are changed at random and read with everything there
//! is.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fuzzer panics where it finds something"
)]

use std::path::PathBuf;

use bytes::Bytes;
use http::{Request, Response};
use rolecall_wire::codec::{self, AnswerFormat, ResponseMetadata};
use rolecall_wire::sigv4::{self, Endpoint};
use rolecall_wire::{Service, model, validate};

use crate::runner::{self, Random, fuzz, request};

fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    runner::corpus(&tests.join(folder))
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
