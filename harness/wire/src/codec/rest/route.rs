//! Which operation a method, a path and a query stand for.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Method, Request};

use super::query::Query;
use super::s3;
use crate::codec::answer::header;
use crate::model::{Location, Protocol, Segment, UriTemplate};
use crate::{Operation, Service, ServiceError};

/// The operation that a request asks for.
pub(in crate::codec) fn route<'s>(
    service: &'s Service,
    request: &Request<Bytes>,
    bucket: Option<&str>,
) -> Result<&'s Operation, ServiceError> {
    if service.protocol() == Protocol::Json {
        return by_target(service, request);
    }
    let path = path(request, bucket);
    let query = Query::of(request.uri()).map_err(|_| s3::invalid_uri())?;
    let candidates = candidates(service, request.method(), &path);
    if service.name() == "s3" {
        return s3::choose(service, candidates, &query, request, &path);
    }
    candidates
        .filter(|operation| literals_hold(operation, &query))
        .max_by_key(|operation| specificity(operation))
        .ok_or_else(|| ServiceError::without_message(404, "UnknownOperationException"))
}

/// The path, with the bucket that the host named in front.
pub(super) fn path<'r>(request: &'r Request<Bytes>, bucket: Option<&str>) -> Cow<'r, str> {
    let path = request.uri().path();
    match bucket {
        Some(bucket) => format!("/{bucket}{path}").into(),
        None => path.into(),
    }
}

fn candidates<'s>(
    service: &'s Service,
    method: &Method,
    path: &str,
) -> impl Iterator<Item = &'s Operation> {
    let of_method = service
        .operations()
        .iter()
        .filter(move |operation| operation.method() == method);
    of_method.filter(move |operation| labels(operation.uri(), path).is_some())
}

/// Whether the query has the fixed parameters of the operation's URI.
pub(super) fn literals_hold(operation: &Operation, query: &Query) -> bool {
    operation
        .uri()
        .query()
        .iter()
        .all(|(name, value)| match value {
            Some(value) => query.get(name) == Some(value),
            None => query.contains(name),
        })
}

/// Fixed path segments count most, then fixed parameters.
fn specificity(operation: &Operation) -> (usize, usize) {
    let segments = operation.uri().segments().iter();
    (
        segments
            .filter(|segment| matches!(segment, Segment::Literal(_)))
            .count(),
        operation.uri().query().len(),
    )
}

/// The labels of a path, still escaped; none if the path is not of this form. A slash at the end makes no difference
/// where no label takes it.
pub(super) fn labels<'p>(
    template: &UriTemplate,
    path: &'p str,
) -> Option<Vec<(&'static str, &'p str)>> {
    let mut rest = path.strip_prefix('/')?;
    let mut labels = Vec::new();
    for segment in template.segments() {
        let (part, after) = rest.split_once('/').unwrap_or((rest, ""));
        match segment {
            Segment::Literal(literal) if part == *literal => rest = after,
            Segment::Label(label) if !part.is_empty() => {
                labels.push((*label, part));
                rest = after;
            }
            Segment::Greedy(label) if !rest.is_empty() => {
                labels.push((*label, rest));
                rest = "";
            }
            Segment::Literal(_) | Segment::Label(_) | Segment::Greedy(_) => return None,
        }
    }
    rest.is_empty().then_some(labels)
}

fn by_target<'s>(
    service: &'s Service,
    request: &Request<Bytes>,
) -> Result<&'s Operation, ServiceError> {
    let target = header(request.headers(), "x-amz-target").unwrap_or_default();
    let prefixed = target
        .split_once('.')
        .filter(|(prefix, _)| Some(*prefix) == service.target_prefix());
    prefixed
        .and_then(|(_, name)| service.operation(name))
        .ok_or_else(|| ServiceError::without_message(400, "UnknownOperationException"))
}

/// How many of the query parameters that the operation requires are there; none if one is missing.
pub(super) fn required_parameters(operation: &Operation, query: &Query) -> Option<usize> {
    let members = operation
        .input()
        .into_iter()
        .flat_map(crate::model::Shape::members);
    let required =
        members.filter(|member| member.is_required() && member.location() == Location::QueryString);
    let mut found = 0;
    for member in required {
        query.get(member.wire_name())?;
        found += 1;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn a_path_is_taken_apart_as_the_template_says() {
        let s3 = model::service("s3").unwrap();
        let bucket = s3.operation("HeadBucket").unwrap().uri();
        let object = s3.operation("GetObject").unwrap().uri();
        assert_eq!(labels(bucket, "/b"), Some(vec![("Bucket", "b")]));
        assert_eq!(labels(bucket, "/b/"), Some(vec![("Bucket", "b")]));
        assert_eq!(labels(bucket, "/b/k"), None);
        assert_eq!(labels(object, "/b/"), None);
        assert_eq!(
            labels(object, "/b/k/../%2F"),
            Some(vec![("Bucket", "b"), ("Key", "k/../%2F")])
        );
        assert_eq!(
            labels(object, "/b//k"),
            Some(vec![("Bucket", "b"), ("Key", "/k")])
        );
        assert_eq!(labels(object, "//k"), None);
    }
}
