//! ARNs as far as a scenario must understand them.

use rolecall_policy::arn::Arn;

/// An ARN of IAM or STS, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IdentityArn<'a> {
    /// `iam` or `sts`.
    pub(super) service: &'a str,
    /// The account's number.
    pub(super) account: &'a str,
    /// `user`, `role`, `policy`, `assumed-role` …
    pub(super) kind: &'a str,
    /// Path and name, without the slash before them: `teams/web/Deploy`.
    pub(super) rest: &'a str,
}

impl<'a> IdentityArn<'a> {
    /// Takes an ARN apart; `None` for any other text.
    pub(super) fn parse(arn: &'a str) -> Option<Self> {
        let arn = Arn::parse(arn)?;
        let (kind, rest) = arn.resource.split_once('/')?;
        let plain = matches!(arn.service, "iam" | "sts") && arn.region.is_empty();
        plain.then_some(Self {
            service: arn.service,
            account: arn.account,
            kind,
            rest,
        })
    }

    /// The name, without the path.
    pub(super) fn name(self) -> &'a str {
        self.rest.rsplit('/').next().unwrap_or(self.rest)
    }

    /// The path with slashes around it: `/` or `/teams/web/`.
    pub(super) fn path(self) -> String {
        let path = self.rest.strip_suffix(self.name()).unwrap_or_default();
        format!("/{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_arn_has_account_kind_path_and_name() {
        for (text, parts) in [
            (
                "arn:aws:iam::123456789012:role/Deploy",
                Some(("123456789012", "role", "/", "Deploy")),
            ),
            (
                "arn:aws:iam::123456789012:user/teams/web/ann",
                Some(("123456789012", "user", "/teams/web/", "ann")),
            ),
            (
                "arn:aws-cn:iam::123456789012:role/x",
                Some(("123456789012", "role", "/", "x")),
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/R/s",
                Some(("123456789012", "assumed-role", "/R/", "s")),
            ),
            ("arn:aws:s3:::bucket/key", None),
            ("arn:aws:iam::123456789012:root", None),
            ("Deploy", None),
        ] {
            let parsed = IdentityArn::parse(text);
            let found = parsed.map(|arn| (arn.account, arn.kind, arn.path(), arn.name()));
            assert_eq!(
                found,
                parts.map(|(a, k, p, n)| (a, k, p.to_owned(), n)),
                "{text}"
            );
        }
    }
}
