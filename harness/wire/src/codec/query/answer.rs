//! Answers of query services: pretty-printed XML without a declaration, or JSON where it was asked for.

use bytes::Bytes;
use http::Response;
use serde_json::{Map, json};

use crate::codec::answer::{AnswerFormat, ResponseMetadata, response};
use crate::codec::scalar::Precision;
use crate::codec::{json_body, xml_body};
use crate::model::{Member, Shape};
use crate::xml::{self, Writer};
use crate::{Operation, Service, ServiceError, Structure, Value};

/// The code of the answer to a path that no action came with.
pub(super) const UNKNOWN_OPERATION: &str = "UnknownOperationException";

/// The namespace of the answer to an unknown action, which no service has answered.
const FAULT_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// Members whose order on the wire is not the model's. Captured from live STS.
const LIVE_ORDER: [(&str, &[&str]); 2] = [
    (
        "AssumeRole",
        &[
            "AssumedRoleUser",
            "Credentials",
            "PackedPolicySize",
            "SourceIdentity",
        ],
    ),
    ("GetCallerIdentity", &["Arn", "UserId", "Account"]),
];

/// The answer for an output.
pub(in crate::codec) fn encode_output(
    service: &Service,
    operation: &Operation,
    output: &Structure,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let body = match metadata.format {
        AnswerFormat::Native => xml_output(service, operation, output, metadata),
        AnswerFormat::Json => json_output(operation, output, metadata),
    };
    answer(service, 200, body, metadata)
}

fn xml_output(
    service: &Service,
    operation: &Operation,
    output: &Structure,
    metadata: &ResponseMetadata,
) -> String {
    let mut writer = Writer::pretty();
    let root = format!("{}Response", operation.name());
    writer.start(
        &root,
        &xml::attribute("xmlns", service.xml_namespace().unwrap_or_default()),
    );
    if let (Some(shape), Some(wrapper)) = (operation.output(), operation.result_wrapper()) {
        write_result(&mut writer, operation, shape, wrapper, output);
    }
    writer.start("ResponseMetadata", "");
    writer.text("RequestId", "", &metadata.request_id);
    writer.end("ResponseMetadata");
    writer.end(&root);
    writer.finish()
}

fn write_result(
    writer: &mut Writer,
    operation: &Operation,
    shape: Shape,
    wrapper: &str,
    output: &Structure,
) {
    let present = in_live_order(operation, shape)
        .filter_map(|member| Some((member, output.get(member.name())?)));
    let present: Vec<(Member, &Value)> = present.collect();
    if present.is_empty() {
        return writer.empty(wrapper, "");
    }
    writer.start(wrapper, "");
    for (member, value) in present {
        xml_body::write_member(
            writer,
            member,
            member.wire_name(),
            value,
            Precision::Seconds,
        );
    }
    writer.end(wrapper);
}

fn in_live_order(operation: &Operation, shape: Shape) -> impl Iterator<Item = Member> {
    let known = LIVE_ORDER
        .iter()
        .find(|(name, _)| *name == operation.name())
        .map_or(&[][..], |(_, order)| *order);
    let first = known.iter().filter_map(move |name| shape.member(name));
    first.chain(
        shape
            .members()
            .filter(|member| !known.contains(&member.name())),
    )
}

fn json_output(operation: &Operation, output: &Structure, metadata: &ResponseMetadata) -> String {
    let mut answer = Map::new();
    if let (Some(shape), Some(wrapper)) = (operation.output(), operation.result_wrapper()) {
        answer.insert(
            wrapper.to_owned(),
            json_body::write_members(shape, output).into(),
        );
    }
    answer.insert(
        "ResponseMetadata".to_owned(),
        json!({ "RequestId": metadata.request_id }),
    );
    json!({ format!("{}Response", operation.name()): answer }).to_string()
}

/// The answer for an error.
pub(in crate::codec) fn encode_error(
    service: &Service,
    error: &ServiceError,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    if error.code.is_empty() {
        let headers = error
            .extra
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        return response(error.status, headers.collect(), String::new());
    }
    let body = match metadata.format {
        _ if error.code == UNKNOWN_OPERATION => format!("<{UNKNOWN_OPERATION}/>\n"),
        AnswerFormat::Native => xml_error(service, error, metadata),
        AnswerFormat::Json => json_error(error, metadata),
    };
    answer(service, error.status, body, metadata)
}

fn xml_error(service: &Service, error: &ServiceError, metadata: &ResponseMetadata) -> String {
    let own = service.xml_namespace().unwrap_or_default();
    let namespace = if error.code == "InvalidAction" {
        FAULT_NAMESPACE
    } else {
        own
    };
    let mut writer = Writer::pretty();
    write_error_response(&mut writer, namespace, error, &metadata.request_id);
    writer.finish()
}

/// Writes the envelope that query services and CloudFront share.
pub(in crate::codec) fn write_error_response(
    writer: &mut Writer,
    namespace: &str,
    error: &ServiceError,
    request_id: &str,
) {
    writer.start("ErrorResponse", &xml::attribute("xmlns", namespace));
    writer.start("Error", "");
    writer.text("Type", "", blame(error));
    writer.text("Code", "", &error.code);
    match error.message.as_deref() {
        None => {}
        Some("") => writer.empty("Message", ""),
        Some(message) => writer.text("Message", "", message),
    }
    writer.end("Error");
    writer.text("RequestId", "", request_id);
    writer.end("ErrorResponse");
}

fn blame(error: &ServiceError) -> &'static str {
    if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    }
}

fn json_error(error: &ServiceError, metadata: &ResponseMetadata) -> String {
    let mut inside = Map::new();
    inside.insert("Code".to_owned(), error.code.as_str().into());
    inside.extend(
        error
            .message
            .as_deref()
            .map(|message| ("Message".to_owned(), message.into())),
    );
    inside.insert("Type".to_owned(), blame(error).into());
    json!({ "Error": inside, "RequestId": metadata.request_id }).to_string()
}

fn answer(
    service: &Service,
    status: u16,
    body: String,
    metadata: &ResponseMetadata,
) -> Response<Bytes> {
    let content_type = match metadata.format {
        AnswerFormat::Native => "text/xml",
        AnswerFormat::Json => "application/json",
    };
    let mut headers = vec![
        ("x-amzn-requestid", metadata.request_id.as_str()),
        ("content-type", content_type),
    ];
    if service.name() == "sts" {
        headers.push((
            "x-amz-sts-extended-request-id",
            &metadata.extended_request_id,
        ));
    }
    response(status, headers, body)
}
