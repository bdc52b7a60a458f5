//! `ContextEntries`: the condition keys of a simulation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure};

use super::invalid;
use crate::service::call::Call;

/// The condition keys that a request gives; there are no others.
pub(super) fn read(call: &Call) -> Result<Context, ServiceError> {
    let mut context = Context::new();
    for entry in call.input.structures("ContextEntries") {
        add(entry, &mut context)?;
    }
    Ok(context)
}

/// AWS's texts for entries that contradict themselves aren't known.
fn add(entry: &Structure, context: &mut Context) -> Result<(), ServiceError> {
    let key = entry
        .string("ContextKeyName")
        .ok_or_else(|| invalid("A context entry must have a ContextKeyName."))?;
    let value_type = entry.string("ContextKeyType").unwrap_or("string");
    let values: Vec<String> = entry
        .strings("ContextKeyValues")
        .map(str::to_owned)
        .collect();
    let (single_type, is_list) = match value_type.strip_suffix("List") {
        Some(single) => (single, true),
        None => (value_type, false),
    };
    if let Some(wrong) = values.iter().find(|value| !is_of_type(value, single_type)) {
        return Err(invalid(format!(
            "The value {wrong} of context key {key} is not of type {single_type}."
        )));
    }
    match (values.as_slice(), is_list) {
        (_, true) => context.set_list(key, values),
        ([value], false) => context.set(key, value.as_str()),
        ([], false) => context.remove(key),
        (_, false) => {
            return Err(invalid(format!(
                "Context key {key} of type {value_type} can have one value only."
            )));
        }
    }
    Ok(())
}

fn is_of_type(value: &str, value_type: &str) -> bool {
    let is_number = || value.parse::<f64>().is_ok_and(f64::is_finite);
    match value_type {
        "numeric" => is_number(),
        "boolean" => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        "ip" => is_network(value),
        "binary" => BASE64.decode(value).is_ok(),
        // Times without their time of day or zone are as good as full ones.
        "date" => {
            is_number()
                || value.parse::<jiff::Timestamp>().is_ok()
                || value.parse::<jiff::civil::DateTime>().is_ok()
        }
        _ => true,
    }
}

fn is_network(value: &str) -> bool {
    let (address, length) = value.split_once('/').unwrap_or((value, "0"));
    let address = address.parse::<std::net::IpAddr>();
    let most = match address {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= most)
}
