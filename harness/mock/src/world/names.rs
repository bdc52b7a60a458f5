//! AWS's rules for names, paths and tags.

use super::WorldError;

/// Names in IAM that differ only in case are the same name.
pub(crate) fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

const NAME_RULE: &str = "letters, digits and _+=,.@- only, 1 to 64 of them";
const POLICY_NAME_RULE: &str = "letters, digits and _+=,.@- only, 1 to 128 of them";

/// AWS: IAM User Guide, IAM and AWS STS quotas: 64 characters for users and roles, 128 for policies.
pub(super) fn check_name(kind: &'static str, name: &str) -> Result<(), WorldError> {
    let (limit, rule) = match kind {
        "policy" => (128, POLICY_NAME_RULE),
        _ => (64, NAME_RULE),
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    if (1..=limit).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        let name = name.to_owned();
        Err(WorldError::InvalidName { kind, name, rule })
    }
}

/// AWS: IAM API Reference, `Path`: `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, up to 512 characters.
pub(super) fn check_path(path: &str) -> Result<(), WorldError> {
    let printable = path.bytes().all(|b| (0x21..=0x7e).contains(&b));
    let slashes = path == "/" || (path.len() > 2 && path.starts_with('/') && path.ends_with('/'));
    if printable && slashes && path.len() <= 512 {
        Ok(())
    } else {
        Err(WorldError::InvalidPath(path.to_owned()))
    }
}

/// AWS: IAM User Guide, Tags for IAM resources: 50 at most, keys that differ by case alone are the same.
pub(crate) fn check_tags(tags: &[(String, String)]) -> Result<(), WorldError> {
    let refuse = |text: String| Err(WorldError::InvalidTags(text));
    if tags.len() > 50 {
        return refuse(format!("{} tags are more than 50", tags.len()));
    }
    for (index, (key, value)) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return refuse(format!("the tag `{key}` is empty or too long"));
        }
        if fold(key).starts_with("aws:") {
            return refuse(format!(
                "the tag `{key}` has a prefix that is reserved for AWS"
            ));
        }
        let same = |(other, _): &(String, String)| fold(other) == fold(key);
        if tags.iter().take(index).any(same) {
            return refuse(format!("the tag `{key}` is there twice"));
        }
    }
    Ok(())
}

/// AWS: S3 User Guide, General purpose bucket naming rules.
pub(crate) fn bucket_name_problem(name: &str) -> Option<&'static str> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let alphanumeric = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    if !(3..=63).contains(&name.len()) {
        Some("3 to 63 characters")
    } else if !name.bytes().all(allowed) {
        Some("lower-case letters, digits, dots and hyphens only")
    } else if !alphanumeric(name.bytes().next()) || !alphanumeric(name.bytes().last()) {
        Some("it begins and ends with a letter or digit")
    } else if name.contains("..") {
        Some("no two dots side by side")
    } else if name.parse::<std::net::Ipv4Addr>().is_ok() {
        Some("not in the form of an IP address")
    } else if ["xn--", "sthree-", "amzn-s3-demo-"]
        .iter()
        .any(|p| name.starts_with(p))
        || ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|s| name.ends_with(s))
    {
        Some("a prefix or suffix that is reserved for AWS")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: S3 User Guide, General purpose bucket naming rules.
    #[test]
    fn bucket_names_follow_the_naming_rules() {
        for name in ["spa-site", "abc", "my.bucket-1", "0a0"] {
            assert_eq!(bucket_name_problem(name), None, "{name}");
        }
        for name in [
            "ab",
            "Spa",
            "a_b",
            "-abc",
            "abc-",
            "a..b",
            "192.168.5.4",
            "xn--abc",
            "abc-s3alias",
            "ä-bucket",
        ] {
            assert!(bucket_name_problem(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_path_begins_and_ends_with_a_slash() {
        for path in ["/", "/a/", "/a/b/"] {
            assert!(check_path(path).is_ok(), "{path}");
        }
        for path in ["", "a", "/a", "a/", "//", "/ä/", "/a b/"] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }

    #[test]
    fn tag_keys_that_differ_by_case_are_the_same() {
        let tag = |key: &str| (key.to_owned(), String::new());
        assert!(check_tags(&[tag("Dept"), tag("dept")]).is_err());
        assert!(check_tags(&[tag("AWS:x")]).is_err());
        assert!(check_tags(&[tag("Dept"), tag("Team")]).is_ok());
    }
}
