//! The mock on a wiremock `MockServer`, for Rust tests that have one.

use bytes::Bytes;
use http::Request;
use wiremock::matchers::any;
use wiremock::{MockServer, Respond, ResponseTemplate};

use crate::Mock;

/// Answers wiremock's requests.
///
/// wiremock normalizes dot segments in paths, so object keys with `.` and `..` between slashes are for the other
/// carriers.
#[derive(Clone, Debug)]
pub struct MockResponder {
    mock: Mock,
}

impl MockResponder {
    /// A responder for a mock.
    pub fn new(mock: &Mock) -> Self {
        Self { mock: mock.clone() }
    }

    /// Mounts the mock on a server, for any request.
    pub async fn mount(self, server: &MockServer) {
        wiremock::Mock::given(any())
            .respond_with(self)
            .mount(server)
            .await;
    }
}

impl Respond for MockResponder {
    fn respond(&self, received: &wiremock::Request) -> ResponseTemplate {
        let mut request = Request::new(Bytes::from(received.body.clone()));
        *request.method_mut() = received.method.clone();
        *request.headers_mut() = received.headers.clone();
        let url = &received.url;
        let path_and_query = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if let Ok(uri) = path_and_query.parse() {
            *request.uri_mut() = uri;
        }
        let response = self.mock.handle(request);
        let template = ResponseTemplate::new(response.status());
        let headers = response.headers().iter();
        headers
            .fold(template, |template, (name, value)| {
                template.append_header(name, value)
            })
            .set_body_raw(response.body().to_vec(), "")
    }
}
