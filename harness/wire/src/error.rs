//! An error as AWS puts it on the wire.

/// An error answer: what a handler returns and what a client reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", if code.is_empty() { "(no code)" } else { code }, message.as_deref().unwrap_or("(no message)"))]
pub struct ServiceError {
    /// The wire code: `AccessDenied`, not the shape name `AccessDeniedException` (unless the wire has it so). Empty
    /// where the answer is a status alone.
    pub code: String,
    /// The text; some errors have none (`MalformedInput`).
    pub message: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Further elements of the error's XML, in order: S3's `BucketName`, `Key`, `Token-0` …
    pub extra: Vec<(String, String)>,
    /// Headers of the answer that only this error has, in lower case: S3's `x-amz-delete-marker`.
    pub headers: Box<[(&'static str, String)]>,
    /// The request id, when read from an answer.
    pub request_id: Option<String>,
}

impl ServiceError {
    /// An error with a message.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: Some(message.into()),
            status,
            extra: Vec::new(),
            headers: Box::default(),
            request_id: None,
        }
    }

    /// An error without a `Message` element.
    pub fn without_message(status: u16, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: None,
            status,
            extra: Vec::new(),
            headers: Box::default(),
            request_id: None,
        }
    }

    /// A status alone, as front ends answer what never reaches a service. `with("Location", …)` is a header then.
    pub fn without_body(status: u16) -> Self {
        Self::without_message(status, "")
    }

    /// The text of a further element.
    pub fn element(&self, name: &str) -> Option<&str> {
        let found = self.extra.iter().find(|(element, _)| element == name);
        found.map(|(_, text)| text.as_str())
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let mut headers = self.headers.into_vec();
        headers.push((name, value.into()));
        self.headers = headers.into_boxed_slice();
        self
    }

    /// The same with one more element.
    #[must_use]
    pub fn with(mut self, element: &str, text: impl Into<String>) -> Self {
        self.extra.push((element.to_owned(), text.into()));
        self
    }
}
