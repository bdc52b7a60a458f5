//! From files to tests.
//!
//! [`load`] reads scenario files and everything they name, and gives [`Test`](model::Test)s and
//! [`Diagnostic`]s: all mistakes of all files at once. On the way a file's text becomes a tree of values with places
//! (`yaml`), the variables of each case are filled in (`variables`), the tree is held against the tables of the
//! language (`language`), and names, files and parameters are resolved (`lower`). [`render`] turns diagnostics
//! into text.

pub mod diagnostic;
mod discover;
mod files;
mod language;
mod library;
mod lint;
mod load;
mod lower;
mod merge;
pub mod model;
mod mute;
mod nearest;
mod plan;
pub mod render;
mod source;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod variables;
mod yaml;

pub use diagnostic::{Diagnostic, Severity};
#[cfg(feature = "cli")]
pub(crate) use discover::{display, is_yaml, normal};
pub use files::{Disk, FileKind, Files};
pub use language::schema;
#[cfg(feature = "cli")]
pub(crate) use language::{
    Notation, config_schema, conform::in_notation as conform, tables::CONFIG,
};
pub use load::{Loaded, load, load_world};
#[cfg(feature = "cli")]
pub(crate) use lower::{Fault, action_fault, resource_fault, unknown_action};
pub(crate) use nearest::did_you_mean;
#[cfg(feature = "cli")]
pub(crate) use source::narrow;
pub use source::{Source, Sources};
pub(crate) use text::to_json;
#[cfg(feature = "cli")]
pub(crate) use text::{list, signed_duration};
pub(crate) use tree::{entries, scalar};
#[cfg(feature = "cli")]
pub(crate) use tree::{flag, section, texts};
#[cfg(feature = "live")]
pub(crate) use yaml::read as read_yaml;
