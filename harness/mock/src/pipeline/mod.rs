//! The one way of every request: read → verify → caller → decode and validate → authorize → handle → encode.

mod answer;
mod dispatch;
mod verify;

use bytes::Bytes;
use http::{Request, Response};

use crate::mock::State;

pub(crate) fn answer(_: &State, request: Request<Bytes>) -> Response<Bytes> {
    let _ = dispatch::destination(&request);
    Response::new(Bytes::new())
}
