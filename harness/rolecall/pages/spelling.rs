//! How the AWS CLI spells what the service models name, and how a shell reads words.

/// The CLI's command for a service: `s3api` for the operations of S3, else the service's own name.
pub(super) fn service(name: &str) -> &str {
    if name == "s3" { "s3api" } else { name }
}

/// `AssumeRoleWithSAML` as `assume-role-with-saml`, `ListObjectsV2` as `list-objects-v2`.
///
/// AWS: botocore, `xform_name`: a hyphen goes before a capital that lower-case letters follow, then between a small
/// letter or digit and a capital; a plural of capitals at the end (`ARNs`) is one word.
pub(super) fn kebab(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let plural = plural_of_capitals(&characters);
    let (head, tail) = characters.split_at(characters.len() - plural);
    let mut spelt = between_small_and_capital(&before_words(head));
    if !tail.is_empty() {
        spelt.push('-');
        spelt.extend(tail);
    }
    spelt.to_lowercase()
}

/// How many characters at the end are two or more capitals and an `s`.
fn plural_of_capitals(characters: &[char]) -> usize {
    let Some((&'s', before)) = characters.split_last() else {
        return 0;
    };
    let capitals = before
        .iter()
        .rev()
        .take_while(|character| character.is_ascii_uppercase())
        .count();
    if capitals >= 2 { capitals + 1 } else { 0 }
}

/// A hyphen before each capital that lower-case letters follow, but for the first character.
fn before_words(characters: &[char]) -> Vec<char> {
    let at = |index: usize| characters.get(index).copied().unwrap_or_default();
    let mut spelt = Vec::new();
    let mut index = 0;
    while index < characters.len() {
        spelt.push(at(index));
        index += 1;
        if at(index).is_ascii_uppercase() && at(index + 1).is_ascii_lowercase() {
            spelt.extend(['-', at(index)]);
            index += 1;
            while at(index).is_ascii_lowercase() {
                spelt.push(at(index));
                index += 1;
            }
        }
    }
    spelt
}

fn between_small_and_capital(characters: &[char]) -> String {
    let mut spelt = String::new();
    let mut small = false;
    for character in characters {
        if small && character.is_ascii_uppercase() {
            spelt.push('-');
        }
        spelt.push(*character);
        small = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    spelt
}

/// A word that a POSIX shell reads back as it is.
pub(super) fn quoted(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "@%+=:,./_-".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// AWS: AWS CLI Command Reference, the commands and options of these operations and parameters.
    #[rstest]
    #[case("GetCallerIdentity", "get-caller-identity")]
    #[case("AssumeRoleWithSAML", "assume-role-with-saml")]
    #[case("ListObjectsV2", "list-objects-v2")]
    #[case("ListMFADevices", "list-mfa-devices")]
    #[case("CreateOpenIDConnectProvider", "create-open-id-connect-provider")]
    #[case("SAMLAssertion", "saml-assertion")]
    #[case("PolicyArns", "policy-arns")]
    #[case("ACL", "acl")]
    #[case("SSECustomerKeyMD5", "sse-customer-key-md5")]
    #[case("SSEKMSKeyId", "ssekms-key-id")]
    #[case("ContentMD5", "content-md5")]
    #[case("IfNoneMatch", "if-none-match")]
    #[case("TargetARNs", "target-arns")]
    #[case("arn", "arn")]
    #[case("", "")]
    fn names_are_spelt_as_the_cli_spells_them(#[case] name: &str, #[case] spelt: &str) {
        assert_eq!(kebab(name), spelt);
    }

    #[rstest]
    #[case(
        "arn:aws:iam::123456789012:role/Deploy",
        "arn:aws:iam::123456789012:role/Deploy"
    )]
    #[case("right id", "'right id'")]
    #[case("", "''")]
    #[case("it's", r"'it'\''s'")]
    #[case("$HOME", "'$HOME'")]
    fn a_shell_reads_a_word_as_it_is(#[case] word: &str, #[case] quoted_word: &str) {
        assert_eq!(quoted(word), quoted_word);
    }
}
