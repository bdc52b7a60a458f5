//! How AWS services talk.

pub mod codec;
pub mod error;
pub mod model;
pub mod sigv4;
pub mod validate;
pub mod value;

pub use error::ServiceError;
pub use model::{Operation, Service};
pub use value::{Structure, Value};
