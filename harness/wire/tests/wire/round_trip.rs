//! For every operation of every model: what one side encodes, the other side decodes to the same values.

use bytes::Bytes;
use http::{Response, Uri};
use rolecall_wire::codec::{self, AnswerFormat, ResponseMetadata};
use rolecall_wire::model;
use rolecall_wire::{Operation, Service};

use crate::runner::Random;

const ROUNDS: u64 = 24;

/// The control plane of directory buckets has a host of its own; here the request is one for all buckets.
fn routed_name(operation: &Operation) -> &str {
    if operation.name() == "ListDirectoryBuckets" {
        "ListBuckets"
    } else {
        operation.name()
    }
}

fn all_operations() -> impl Iterator<Item = (&'static Service, &'static Operation)> {
    let services = model::service_names().filter_map(model::service);
    let all = services.flat_map(|service| {
        let operations = service.operations().iter();
        operations.map(move |operation| (service, operation))
    });
    // A deprecated operation looks like the one that took its place.
    all.filter(|(_, operation)| !operation.is_deprecated())
}

#[test]
fn every_input_arrives_as_it_was_sent() {
    let endpoint: Uri = "http://127.0.0.1:4566".parse().unwrap();
    for (service, operation) in all_operations() {
        for seed in 0..ROUNDS {
            let mut random = Random::new(seed, operation.name());
            let input = operation
                .input()
                .map(|shape| random.top(shape, service))
                .unwrap_or_default();
            let context = format!(
                "{} {} seed {seed}: {input:#?}",
                service.name(),
                operation.name()
            );

            let request =
                codec::encode_input(service, operation, &input, &endpoint).expect(&context);
            let routed = codec::route(service, &request, None).map(Operation::name);
            let decoded = codec::decode_input(service, operation, &request, None);

            assert_eq!(
                routed,
                Ok(routed_name(operation)),
                "{context}\n{request:#?}"
            );
            assert_eq!(decoded.as_ref(), Ok(&input), "{context}\n{request:#?}");
        }
    }
}

#[test]
fn every_output_arrives_as_it_was_sent() {
    let metadata = ResponseMetadata {
        request_id: "4442587FB7D0A2F9".to_owned(),
        extended_request_id: "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ".to_owned(),
        format: AnswerFormat::Native,
    };
    for (service, operation) in all_operations() {
        for seed in 0..ROUNDS {
            let mut random = Random::new(seed, operation.name());
            let output = operation
                .output()
                .map(|shape| random.top(shape, service))
                .unwrap_or_default();
            let context = format!(
                "{} {} seed {seed}: {output:#?}",
                service.name(),
                operation.name()
            );

            let response: Response<Bytes> =
                codec::encode_output(service, operation, &output, &metadata);
            let decoded = codec::decode_output(service, operation, &response);

            assert_eq!(decoded.as_ref(), Ok(&output), "{context}\n{response:#?}");
        }
    }
}
