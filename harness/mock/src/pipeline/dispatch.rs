//! Which service a request is for, told by its host, its signature's scope, or its form.

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request};
use rolecall_wire::sigv4;

/// The host names of AWS's own endpoints and of those that stand in for them.
const AWS_DOMAINS: [&str; 2] = [".amazonaws.com", ".amazonaws.com.cn"];

/// The services, by the versions that query requests carry.
const VERSIONS: [(&str, &str); 2] = [("2011-06-15", "sts"), ("2010-05-08", "iam")];

/// Where a request is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    /// The service's name in the models.
    pub(super) service: String,
    /// The bucket that the host names (virtual-hosted S3).
    pub(super) bucket: Option<String>,
    /// The region of the endpoint, where the host has one of AWS's names.
    pub(super) region: Option<String>,
}

/// Tells where a request is to go. On a port that all services share the scope's service counts; an unsigned form is
/// told by its version; everything else is S3's.
pub(super) fn destination(request: &Request<Bytes>) -> Destination {
    let host = host(request);
    let named = Host::parse(&host);
    let service = named
        .service
        .map(str::to_owned)
        .or_else(|| Some(sigv4::credential(request)?.scope.service))
        .or_else(|| version(request).map(str::to_owned))
        .unwrap_or_else(|| "s3".to_owned());
    let toolbox = service == "iam" && request.uri().path().starts_with("/authorization-details/");
    Destination {
        service: if toolbox {
            "iam-toolbox".to_owned()
        } else {
            service
        },
        bucket: named.bucket.map(str::to_owned),
        region: named.region.map(str::to_owned),
    }
}

/// Gives a request that has no `host` header the one of its URI, which is what the client signed.
pub(super) fn set_host(request: &mut Request<Bytes>) {
    let authority = request.uri().authority();
    let host = authority.and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host.filter(|_| !request.headers().contains_key(HOST)) {
        request.headers_mut().insert(HOST, host);
    }
}

/// The host that the client called, without its port.
fn host(request: &Request<Bytes>) -> String {
    let header = request.headers().get(HOST);
    let host = header
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let is_port = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let without_port = host.rsplit_once(':').filter(|(_, port)| is_port(port));
    without_port
        .map_or(host, |(host, _)| host)
        .to_ascii_lowercase()
}

/// What a host name tells.
#[derive(Debug, Default, PartialEq, Eq)]
struct Host<'h> {
    service: Option<&'h str>,
    region: Option<&'h str>,
    bucket: Option<&'h str>,
}

impl<'h> Host<'h> {
    fn parse(host: &'h str) -> Self {
        if let Some(bucket) = host.strip_suffix(".localhost") {
            return match bucket.rsplit_once(".s3") {
                Some((bucket, "")) => Self::bucket(bucket, None),
                _ if ["s3", "sts", "iam", "cloudfront"].contains(&bucket) => Self::default(),
                _ => Self::bucket(bucket, None),
            };
        }
        if let Some(found) = Self::virtual_host(host) {
            return found;
        }
        let Some(name) = AWS_DOMAINS
            .iter()
            .find_map(|domain| host.strip_suffix(domain))
        else {
            return Self::default();
        };
        let mut labels = name.split('.');
        Self {
            service: labels.next(),
            region: region_of(labels.next()),
            bucket: None,
        }
    }

    /// `BUCKET.s3[.REGION].ANY-DOMAIN`; a bucket's name may have dots, and `s3` among them.
    fn virtual_host(host: &'h str) -> Option<Self> {
        let at = host.rfind(".s3.")?;
        let (bucket, rest) = (host.get(..at)?, host.get(at + ".s3.".len()..)?);
        let is_aws = AWS_DOMAINS.iter().any(|domain| host.ends_with(domain));
        let region = is_aws.then(|| region_of(rest.split('.').next())).flatten();
        Some(Self::bucket(bucket, region))
    }

    fn bucket(bucket: &'h str, region: Option<&'h str>) -> Self {
        Self {
            service: Some("s3"),
            region,
            bucket: Some(bucket),
        }
    }
}

/// The region of an endpoint of AWS; the global ones are us-east-1's.
fn region_of(label: Option<&str>) -> Option<&str> {
    match label {
        None | Some("amazonaws") => Some("us-east-1"),
        Some(label) => {
            let looks_like_region = label.ends_with(|c: char| c.is_ascii_digit());
            looks_like_region.then_some(label)
        }
    }
}

/// The service of a query request's `Version`, in the form or in the query.
fn version(request: &Request<Bytes>) -> Option<&'static str> {
    let query = request.uri().query().unwrap_or_default();
    let form = std::str::from_utf8(request.body()).unwrap_or_default();
    let has_action = |text: &str| text.split('&').any(|p| p.starts_with("Action="));
    [query, form]
        .into_iter()
        .filter(|text| has_action(text))
        .find_map(|text| {
            let version = text.split('&').find_map(|p| p.strip_prefix("Version="))?;
            VERSIONS
                .iter()
                .find(|(known, _)| *known == version)
                .map(|(_, service)| *service)
        })
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;

    use super::*;

    fn told(host: &str, authorization: Option<&str>, uri: &str, body: &str) -> Destination {
        let mut request = Request::builder().uri(uri).header(HOST, host);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        destination(&request.body(Bytes::from(body.to_owned())).unwrap())
    }

    const STS: &str = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0";

    #[test]
    fn on_a_shared_port_the_scope_tells_the_service() {
        assert_eq!(told("127.0.0.1:4566", Some(STS), "/", "").service, "sts");
        assert_eq!(told("127.0.0.1:4566", None, "/", "").service, "s3");
        let presigned = "/?X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fsts%2Faws4_request";
        assert_eq!(told("127.0.0.1:4566", None, presigned, "").service, "sts");
        let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15";
        assert_eq!(told("127.0.0.1:4566", None, "/", form).service, "sts");
    }

    #[test]
    fn a_host_of_aws_tells_the_service_and_the_region() {
        let rows = [
            ("sts.amazonaws.com", "sts", Some("us-east-1"), None),
            (
                "sts.eu-west-1.amazonaws.com",
                "sts",
                Some("eu-west-1"),
                None,
            ),
            ("iam.amazonaws.com", "iam", Some("us-east-1"), None),
            ("s3.us-east-1.amazonaws.com", "s3", Some("us-east-1"), None),
            (
                "sts.cn-north-1.amazonaws.com.cn",
                "sts",
                Some("cn-north-1"),
                None,
            ),
            (
                "spa-site.s3.amazonaws.com",
                "s3",
                Some("us-east-1"),
                Some("spa-site"),
            ),
            (
                "x.s3.s3.amazonaws.com",
                "s3",
                Some("us-east-1"),
                Some("x.s3"),
            ),
            ("iam.us-gov.amazonaws.com", "iam", None, None),
            (
                "a.b.s3.eu-west-1.amazonaws.com",
                "s3",
                Some("eu-west-1"),
                Some("a.b"),
            ),
            ("spa-site.localhost:4566", "s3", None, Some("spa-site")),
            (
                "spa-site.s3.localhost.example:4566",
                "s3",
                None,
                Some("spa-site"),
            ),
            ("localhost:4566", "s3", None, None),
        ];
        for (host, service, region, bucket) in rows {
            let wanted = Destination {
                service: service.to_owned(),
                region: region.map(str::to_owned),
                bucket: bucket.map(str::to_owned),
            };
            assert_eq!(told(host, None, "/", ""), wanted, "{host}");
        }
    }
}
