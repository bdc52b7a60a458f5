//! Documentation from scenarios: a Markdown page for each, and an index.
//!
//! A page tells its scenario as a story: the world as a picture and its policies, then each step in words, as the AWS
//! CLI commands that a reader would type, with the output they would see, and why each denial happens. Everything on it
//! was run: [`pages`] takes tests and what came out of them.

mod command;
mod index;
mod json;
mod markdown;
mod output;
mod page;
mod picture;
mod policies;
mod reason;
mod spelling;
mod story;
mod trust;

pub use page::{Page, is_page, pages};
