//! Models as a `botocore` installation has them, of every protocol: what requests are made from them, and how answers are
//! read.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may panic")]

use std::io::Write as _;

use bytes::Bytes;
use http::{Request, Response};
use rolecall_wire::model::{self, LoadError, Protocol, Service};
use rolecall_wire::{Structure, Value, codec};

/// A model with one operation, written as `botocore` writes its own: with documentation, and errors as references.
fn model_of(metadata: &str, http: &str) -> String {
    format!(
        r#"{{
  "version": "2.0",
  "metadata": {{
    "apiVersion": "2020-01-02", "endpointPrefix": "states", "serviceFullName": "Shelf", "signatureVersion": "v4",
    {metadata}
  }},
  "operations": {{
    "PutBox": {{
      "name": "PutBox",
      "http": {http},
      "input": {{ "shape": "PutBoxInput" }},
      "output": {{ "shape": "PutBoxOutput" }},
      "errors": [{{ "shape": "NoShelf" }}],
      "documentation": "<p>Puts a \"box\".</p>"
    }}
  }},
  "shapes": {{
    "PutBoxInput": {{
      "type": "structure", "required": ["Name"],
      "members": {{
        "Name": {{ "shape": "Text", "documentation": "<p>Its name.</p>" }},
        "Labels": {{ "shape": "Labels" }},
        "FlatLabels": {{ "shape": "FlatLabels", "locationName": "Flat" }},
        "Made": {{ "shape": "Day" }}
      }}
    }},
    "PutBoxOutput": {{
      "type": "structure",
      "members": {{
        "Names": {{ "shape": "Names", "locationName": "nameSet" }},
        "Labels": {{ "shape": "FlatLabels", "locationName": "Flat" }}
      }}
    }},
    "NoShelf": {{ "type": "structure", "members": {{}}, "exception": true }},
    "Names": {{ "type": "list", "member": {{ "shape": "Text", "locationName": "item" }} }},
    "Labels": {{ "type": "map", "key": {{ "shape": "Text" }}, "value": {{ "shape": "Text" }} }},
    "FlatLabels": {{
      "type": "map", "flattened": true,
      "key": {{ "shape": "Text", "locationName": "k" }}, "value": {{ "shape": "Text", "locationName": "v" }}
    }},
    "Day": {{ "type": "timestamp", "timestampFormat": "iso8601" }},
    "Text": {{ "type": "string", "max": 9 }}
  }}
}}"#
    )
}

const POST: &str = r#"{ "method": "POST", "requestUri": "/" }"#;

fn service(metadata: &str, http: &str) -> &'static Service {
    model::parse("shelf", model_of(metadata, http).as_bytes()).unwrap()
}

fn box_of_books() -> Structure {
    Structure::new()
        .with("Name", "a b")
        .with("Labels", labels())
        .with("FlatLabels", labels())
        .with(
            "Made",
            Value::Timestamp("2026-01-02T03:04:05Z".parse().unwrap()),
        )
}

fn labels() -> Value {
    Value::Map([("k1".to_owned(), Value::from("v1"))].into())
}

fn request(service: &Service) -> Request<Bytes> {
    let operation = service.operation("PutBox").unwrap();
    let endpoint = "http://127.0.0.1:4566".parse().unwrap();
    codec::encode_input(service, operation, &box_of_books(), &endpoint).unwrap()
}

fn answer(service: &Service, status: u16, body: &str) -> Result<Structure, String> {
    let operation = service.operation("PutBox").unwrap();
    let body = Bytes::from(body.to_owned());
    let response = Response::builder().status(status).body(body).unwrap();
    codec::decode_output(service, operation, &response).map_err(|error| error.code)
}

/// The specifications are those of Smithy: the AWS query, EC2 query, JSON 1.0, JSON 1.1, REST-JSON and REST-XML protocols.
#[test]
fn every_protocol_spells_the_same_input_in_its_way() {
    let rest = r#"{ "method": "PUT", "requestUri": "/boxes/" }"#;
    #[rustfmt::skip]
    let rows = [
        (r#""protocol": "query""#, POST, "/", "application/x-www-form-urlencoded",
         "Action=PutBox&Version=2020-01-02&Name=a%20b&Labels.entry.1.key=k1&Labels.entry.1.value=v1\
          &Flat.1.k=k1&Flat.1.v=v1&Made=2026-01-02T03%3A04%3A05Z"),
        (r#""protocol": "ec2""#, POST, "/", "application/x-www-form-urlencoded",
         "Action=PutBox&Version=2020-01-02&Name=a%20b&Labels.1.key=k1&Labels.1.value=v1\
          &Flat.1.k=k1&Flat.1.v=v1&Made=2026-01-02T03%3A04%3A05Z"),
        (r#""protocol": "json", "jsonVersion": "1.0", "targetPrefix": "Shelf_2020""#, POST, "/", "application/x-amz-json-1.0",
         r#"{"Flat":{"k1":"v1"},"Labels":{"k1":"v1"},"Made":"2026-01-02T03:04:05Z","Name":"a b"}"#),
        (r#""protocol": "json", "jsonVersion": "1.1", "targetPrefix": "Shelf_2020""#, POST, "/", "application/x-amz-json-1.1",
         r#"{"Flat":{"k1":"v1"},"Labels":{"k1":"v1"},"Made":"2026-01-02T03:04:05Z","Name":"a b"}"#),
        (r#""protocol": "rest-json""#, rest, "/boxes/", "application/json",
         r#"{"Flat":{"k1":"v1"},"Labels":{"k1":"v1"},"Made":"2026-01-02T03:04:05Z","Name":"a b"}"#),
        // A protocol of tomorrow, and one of today that the service speaks as well.
        (r#""protocol": "smithy-rpc-v2-cbor", "protocols": ["smithy-rpc-v2-cbor", "rest-json"]"#, rest, "/boxes/", "application/json",
         r#"{"Flat":{"k1":"v1"},"Labels":{"k1":"v1"},"Made":"2026-01-02T03:04:05Z","Name":"a b"}"#),
    ];
    for (metadata, http, path, content_type, body) in rows {
        let sent = request(service(metadata, http));
        assert_eq!(sent.uri().path(), path, "{metadata}");
        assert_eq!(sent.headers()["content-type"], content_type, "{metadata}");
        let text = String::from_utf8_lossy(sent.body());
        // The order of an object's members means nothing.
        match serde_json::from_str::<serde_json::Value>(body) {
            Ok(json) => assert_eq!(serde_json::from_str(&text).ok(), Some(json), "{metadata}"),
            Err(_) => assert_eq!(text, body, "{metadata}"),
        }
        let target = sent.headers().get("x-amz-target");
        assert_eq!(
            target.map(|target| target.to_str().unwrap()),
            metadata
                .contains("targetPrefix")
                .then_some("Shelf_2020.PutBox")
        );
    }
}

#[test]
fn every_protocol_s_answer_is_the_same_output() {
    let expected = Structure::new()
        .with("Names", Value::List(vec!["a".into(), "b".into()]))
        .with("Labels", labels());
    let json = r#"{"nameSet":["a","b"],"Flat":{"k1":"v1"}}"#;
    let members = "<nameSet><item>a</item><item>b</item></nameSet><Flat><k>k1</k><v>v1</v></Flat>";
    let xml = format!("<PutBoxResponse>{members}<requestId>r</requestId></PutBoxResponse>");
    let rows = [
        (r#""protocol": "query""#, xml.as_str()),
        (r#""protocol": "ec2""#, &xml),
        (r#""protocol": "rest-xml""#, &xml),
        (r#""protocol": "rest-json""#, json),
        (r#""protocol": "json", "targetPrefix": "S""#, json),
    ];
    for (metadata, body) in rows {
        let output = answer(service(metadata, POST), 200, body);
        assert_eq!(output, Ok(expected.clone()), "{metadata}");
    }
}

/// AWS: EC2 API Reference, "Error codes": the envelope has several errors, the code is that of the first.
#[test]
fn an_error_of_ec2_has_an_envelope_of_its_own() {
    let body = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors>\
                <RequestID>r</RequestID></Response>";
    let refused = answer(service(r#""protocol": "ec2""#, POST), 403, body);
    assert_eq!(refused, Err("UnauthorizedOperation".to_owned()));
}

#[test]
fn a_packed_model_is_read_as_a_plain_one_is() {
    let text = model_of(r#""protocol": "json", "targetPrefix": "S""#, POST);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();

    let service = model::parse("shelf", &packed.finish().unwrap()).unwrap();

    assert_eq!(service.name(), "shelf", "the folder's name");
    assert_eq!(service.endpoint_prefix(), "states");
    assert_eq!(service.signing_name(), "states");
    assert_eq!(service.protocol(), Protocol::Json);
    assert_eq!(service.operation("PutBox").unwrap().errors().len(), 1);
}

#[test]
fn what_is_no_model_says_why() {
    let unknown = model_of(r#""protocol": "telepathy""#, POST);
    let told = |file: &[u8]| model::parse("shelf", file).map_err(|error| error.to_string());

    assert_eq!(
        told(unknown.as_bytes()).unwrap_err(),
        "the model has `telepathy`, which this version doesn't know"
    );
    assert!(matches!(
        model::parse("shelf", b"{}"),
        Err(LoadError::Json(_))
    ));
    assert!(matches!(
        model::parse("shelf", &[0x1f, 0x8b]),
        Err(LoadError::Unpack(_))
    ));
    assert!(matches!(
        model::parse("shelf", &[0xff]),
        Err(LoadError::Unpack(_))
    ));
    let dangling = model_of(r#""protocol": "query""#, POST)
        .replace("\"shape\": \"Day\"", "\"shape\": \"Night\"");
    assert_eq!(
        told(dangling.as_bytes()).unwrap_err(),
        "the model names the shape `Night`, which it doesn't have"
    );
}
