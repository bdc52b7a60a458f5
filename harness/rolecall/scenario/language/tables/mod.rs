//! The keys of a scenario file.

// Macros, for only an expression written out in a constant lives as long as the constant.

macro_rules! field {
    ($name:literal, $shape:expr, $doc:expr $(,)?) => {
        Field {
            name: $name,
            shape: $shape,
            required: false,
            doc: $doc,
        }
    };
}

macro_rules! required {
    ($name:literal, $shape:expr, $doc:expr $(,)?) => {
        Field {
            name: $name,
            shape: $shape,
            required: true,
            doc: $doc,
        }
    };
}

macro_rules! named {
    ($what:literal, $value:expr $(,)?) => {
        Shape::Named {
            what: $what,
            value: $value,
        }
    };
}

macro_rules! table {
    ($what:literal, $fields:expr $(,)?) => {
        Table {
            what: $what,
            fields: $fields,
            rest: None,
        }
    };
}

#[cfg(feature = "cli")]
mod config;
mod file;
mod step;
mod value;
mod world;

#[cfg(feature = "cli")]
pub(crate) use config::CONFIG;
pub(crate) use file::{SCENARIO, WORLD_FILE};
