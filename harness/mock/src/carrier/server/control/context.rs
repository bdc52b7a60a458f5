//! `PUT /_rolecall/context?access_key=KEY`: the condition keys of whoever signs with an access key.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use rolecall_policy::Value;

use super::read;
use crate::mock::State;
use crate::world::AccountId;
use crate::{ContextKey, Mock};

/// Gives requests the condition keys of the body: those that are signed with the access key of the query, without a query
/// those that are not signed.
pub(super) fn give(mock: &Mock, query: Option<&str>, body: &[u8]) -> Result<(), String> {
    let access_key = access_key(query)?;
    let keys = keys(body)?;
    if let Some(unknown) = access_key
        .as_deref()
        .filter(|key| !keys.is_empty() && !is_known(mock.state(), key))
    {
        return Err(format!(
            "nobody has the access key `{unknown}`: give the AccessKeyId of the answer that made it, or of the file that --credentials wrote"
        ));
    }
    mock.set_context_of(access_key.as_deref(), keys);
    Ok(())
}

/// `access_key=KEY`, or nothing.
fn access_key(query: Option<&str>) -> Result<Option<String>, String> {
    let Some(query) = query.filter(|query| !query.is_empty()) else {
        return Ok(None);
    };
    let value = query
        .strip_prefix("access_key=")
        .filter(|value| !value.contains('&'));
    let value = value.and_then(|value| percent_decode_str(value).decode_utf8().ok());
    match value.filter(|value| !value.is_empty()) {
        Some(value) => Ok(Some(value.into_owned())),
        None => Err("the query is to be like access_key=AKIAIOSFODNN7EXAMPLE; without a query, the condition keys are those of unsigned requests".to_owned()),
    }
}

fn keys(body: &[u8]) -> Result<Vec<ContextKey>, String> {
    let object = read(body)?;
    if !matches!(object.value, Value::Map(_)) {
        return Err(r#"the body is to be like {"aws:SourceIp": "203.0.113.7"}; {} takes back what was given"#.to_owned());
    }
    let keys = ContextKey::read_all(&object)?;
    let mut seen = HashSet::new();
    for ContextKey { key, .. } in &keys {
        if !key.contains(':') {
            return Err(format!(
                "`{key}` is no condition key: write it as in a policy, such as aws:SourceIp"
            ));
        }
        if !seen.insert(key.to_ascii_lowercase()) {
            return Err(format!("the context key `{key}` is given twice"));
        }
    }
    Ok(keys)
}

/// Whether requests that are signed with this key could be let in.
fn is_known(state: &State, access_key: &str) -> bool {
    let is_test_key = || access_key == "test" || AccountId::parse(access_key).is_ok();
    !state.enforce
        || state.read().access_key(access_key).is_some()
        || (state.test_credentials && is_test_key())
}
