//! From files to tests.
pub mod diagnostic;
pub mod model;
