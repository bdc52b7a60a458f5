//! How AWS services talk.

pub mod codec;
pub mod error;
pub mod model;
mod percent;
pub mod sigv4;
mod time;
pub mod validate;
pub mod value;
mod xml;

pub use error::ServiceError;
pub use model::{Operation, Service};
pub use value::{Structure, Value};
