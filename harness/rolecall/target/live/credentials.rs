//! The administrator's own credentials, from the usual AWS configuration: variables, then the profile files.
//!
//! Only live targets read them. A profile with static keys works, and one that assumes a role from another profile;
//! what asks a browser or starts a program is told apart with what to do instead.

use aws_credential_types::Credentials;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_runtime::env_config::section::{EnvConfigSections, Profile};
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};

/// How many profiles may lean on each other.
const LONGEST_CHAIN: usize = 5;

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Neither variables nor a profile.
    #[error("no AWS credentials: AWS_ACCESS_KEY_ID isn't set, and no profile file has a `default`")]
    None,
    /// Half a pair.
    #[error("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY isn't")]
    NoSecret,
    /// The profile isn't there.
    #[error("the AWS configuration has no profile `{0}`")]
    NoProfile(String),
    /// The profile can't be used.
    #[error("the profile `{profile}` {reason}")]
    Profile {
        /// Its name.
        profile: String,
        /// Why not.
        reason: String,
    },
    /// The files can't be read.
    #[error("the AWS configuration files can't be read: {0}")]
    Files(String),
}

/// How to come by credentials: keys, and roles to assume with them in turn.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// The keys.
    pub(super) keys: Credentials,
    /// The roles, the first first.
    pub(super) roles: Vec<RoleToAssume>,
}

/// A role that a profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RoleToAssume {
    pub(super) arn: String,
    pub(super) external_id: Option<String>,
    pub(super) session: String,
}

impl Recipe {
    pub(super) fn keys(id: &str, secret: &str, token: Option<String>) -> Self {
        Self {
            keys: Credentials::new(id, secret, token, None, "rolecall"),
            roles: Vec::new(),
        }
    }
}

/// Reads the usual configuration.
#[derive(Debug)]
pub(super) struct Configuration {
    env: Env,
    fs: Fs,
}

impl Configuration {
    pub(super) fn real() -> Self {
        Self {
            env: Env::real(),
            fs: Fs::real(),
        }
    }

    /// `AWS_ACCESS_KEY_ID` and its companions, if set.
    pub(super) fn variables(&self) -> Result<Option<Recipe>, CredentialsError> {
        let get = |name| self.env.get(name).ok().filter(|text| !text.is_empty());
        let Some(id) = get("AWS_ACCESS_KEY_ID") else {
            return Ok(None);
        };
        let secret = get("AWS_SECRET_ACCESS_KEY").ok_or(CredentialsError::NoSecret)?;
        Ok(Some(Recipe::keys(&id, &secret, get("AWS_SESSION_TOKEN"))))
    }

    /// Whether `AWS_PROFILE` chooses a profile.
    pub(super) fn chooses_profile(&self) -> bool {
        self.env.get("AWS_PROFILE").is_ok()
    }

    /// A profile by name; without a name, `AWS_PROFILE` or `default`.
    pub(super) async fn profile(&self, name: Option<&str>) -> Result<Recipe, CredentialsError> {
        let failed = |error: &dyn std::fmt::Display| CredentialsError::Files(error.to_string());
        let source = source::load(&self.env, &self.fs, &EnvConfigFiles::default())
            .await
            .map_err(|error| failed(&error))?;
        let sections = EnvConfigSections::parse(source).map_err(|error| failed(&error))?;
        let name = name.unwrap_or_else(|| sections.selected_profile());
        if sections.get_profile(name).is_none() && name == "default" {
            return Err(CredentialsError::None);
        }
        recipe(&sections, name, LONGEST_CHAIN)
    }
}

fn recipe(
    sections: &EnvConfigSections,
    name: &str,
    left: usize,
) -> Result<Recipe, CredentialsError> {
    let unusable = |reason: &str| CredentialsError::Profile {
        profile: name.to_owned(),
        reason: reason.to_owned(),
    };
    let profile = sections
        .get_profile(name)
        .ok_or_else(|| CredentialsError::NoProfile(name.to_owned()))?;
    let Some(role) = role_of(profile) else {
        return static_keys(profile).ok_or_else(|| unusable(without_keys(profile)));
    };
    let source = profile
        .get("source_profile")
        .ok_or_else(|| unusable("has a role_arn, but no source_profile to assume it from"))?;
    if profile.get("mfa_serial").is_some() {
        return Err(unusable(
            "asks for an MFA code; put a session's keys into AWS_* variables",
        ));
    }
    let mut recipe = match static_keys(profile) {
        Some(keys) if source == name => keys,
        _ if left == 0 => return Err(unusable("leans on too many other profiles")),
        _ => self::recipe(sections, source, left - 1)?,
    };
    recipe.roles.push(role);
    Ok(recipe)
}

fn role_of(profile: &Profile) -> Option<RoleToAssume> {
    Some(RoleToAssume {
        arn: profile.get("role_arn")?.to_owned(),
        external_id: profile.get("external_id").map(str::to_owned),
        session: profile
            .get("role_session_name")
            .unwrap_or("rolecall")
            .to_owned(),
    })
}

fn static_keys(profile: &Profile) -> Option<Recipe> {
    let id = profile.get("aws_access_key_id")?;
    let secret = profile.get("aws_secret_access_key")?;
    let token = profile.get("aws_session_token").map(str::to_owned);
    Some(Recipe::keys(id, secret, token))
}

fn without_keys(profile: &Profile) -> &'static str {
    if profile.get("sso_session").is_some() || profile.get("sso_start_url").is_some() {
        "signs in with SSO; run `eval \"$(aws configure export-credentials --format env)\"` first"
    } else if profile.get("credential_process").is_some() {
        "starts a program for its keys; run `eval \"$(aws configure export-credentials --format env)\"` first"
    } else {
        "has no aws_access_key_id and aws_secret_access_key"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn configuration(variables: &[(&str, &str)], config: &str) -> Configuration {
        let mut variables = variables.to_vec();
        variables.push(("HOME", "/home"));
        let files: HashMap<String, Vec<u8>> =
            [("/home/.aws/config".to_owned(), config.as_bytes().to_vec())].into();
        Configuration {
            env: Env::from_slice(&variables),
            fs: Fs::from_map(files),
        }
    }

    fn profile(config: &str, name: Option<&str>) -> Result<Recipe, CredentialsError> {
        let configuration = configuration(&[], config);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(configuration.profile(name))
    }

    const KEYS: &str = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";

    #[test]
    fn variables_come_first() {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];

        let found = configuration(&variables, "").variables().unwrap().unwrap();

        assert_eq!(found.keys.access_key_id(), "id");
        assert_eq!(found.keys.session_token(), None);
    }

    #[test]
    fn half_a_pair_of_variables_is_a_mistake() {
        let found = configuration(&[("AWS_ACCESS_KEY_ID", "id")], "").variables();

        assert!(matches!(found, Err(CredentialsError::NoSecret)));
    }

    #[test]
    fn a_profile_may_assume_a_role_from_another() {
        let config = format!(
            "[profile base]\n{KEYS}[profile prod]\nrole_arn = arn:aws:iam::1:role/Admin\nsource_profile = base\nexternal_id = x\n"
        );

        let found = profile(&config, Some("prod")).unwrap();

        assert_eq!(found.keys.access_key_id(), "AKIDEXAMPLE");
        let role = RoleToAssume {
            arn: "arn:aws:iam::1:role/Admin".to_owned(),
            external_id: Some("x".to_owned()),
            session: "rolecall".to_owned(),
        };
        assert_eq!(found.roles, [role]);
    }

    #[test]
    fn what_can_not_be_used_is_told() {
        let rows = [
            (
                "[profile p]\nregion = x\n",
                "the profile `p` has no aws_access_key_id and aws_secret_access_key",
            ),
            (
                "[profile p]\nrole_arn = a\n",
                "the profile `p` has a role_arn, but no source_profile to assume it from",
            ),
            (
                "[profile p]\nrole_arn = a\nsource_profile = q\n",
                "the AWS configuration has no profile `q`",
            ),
            (
                "[profile p]\nrole_arn = a\nsource_profile = p\n",
                "the profile `p` leans on too many other profiles",
            ),
            (
                "[default]\nregion = x\n",
                "the AWS configuration has no profile `p`",
            ),
        ];
        for (config, expected) in rows {
            assert_eq!(
                profile(config, Some("p")).unwrap_err().to_string(),
                expected
            );
        }
    }

    #[test]
    fn no_profile_at_all_is_no_credentials() {
        assert!(matches!(profile("", None), Err(CredentialsError::None)));
    }
}
