//! Who makes a request.

/// Who makes a request, with the forms a `Principal` element can name it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {}

impl Principal {
    /// The root user of an account: `arn:aws:iam::123456789012:root`.
    pub fn root(arn: &str) -> Self {
        todo!()
    }
    /// An IAM user (also with `GetSessionToken` credentials). `id` is the unique id (`AIDA…`), if known.
    pub fn user(arn: &str, id: Option<&str>) -> Self {
        todo!()
    }
    /// A session of a role. `arn` is the session's (`arn:aws:sts::…:assumed-role/NAME/SESSION`), `role_arn` the
    /// role's with its path, `role_id` its unique id (`AROA…`).
    pub fn role_session(arn: &str, role_arn: &str, role_id: Option<&str>) -> Self {
        todo!()
    }
    /// A federated user and the IAM user (or root) that called `GetFederationToken`.
    pub fn federated_user(arn: &str, user_arn: Option<&str>) -> Self {
        todo!()
    }
    /// Whoever an OIDC or SAML provider vouches for (`AssumeRoleWithWebIdentity`, `AssumeRoleWithSAML`).
    pub fn provider(arn: &str) -> Self {
        todo!()
    }
    /// An AWS service: `ec2.amazonaws.com`.
    pub fn service(host: &str) -> Self {
        todo!()
    }
    /// An unsigned request.
    pub fn anonymous() -> Self {
        todo!()
    }
    /// The ARN in AWS's messages and `aws:PrincipalArn`'s origin; none for services and anonymous callers.
    pub fn arn(&self) -> Option<&str> {
        todo!()
    }
    /// The account, where the principal has one.
    pub fn account(&self) -> Option<&str> {
        todo!()
    }
}
