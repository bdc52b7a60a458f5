//! An AWS in memory: it verifies signatures, evaluates policies and answers as AWS does.
//!
//! A [`World`] holds accounts, users, roles and buckets; a [`Mock`] answers requests about it.
//! [`Mock::handle`] takes an HTTP request and gives an HTTP response, whatever carries them; the module [`carrier`]
//! has the carriers: the AWS SDK's HTTP client in process (feature `connector`), an HTTP server (feature `server`) and
//! wiremock (feature `wiremock`).
//!
//! Time is a [`Clock`], which starts where the world does and moves only when it is told to. Ids, keys and tokens
//! follow from the world's seed, so that two runs give the same text.
//!
//! Every answer to a verified request has a header ([`AUTHORIZATION_ID_HEADER`]) that names its [`Authorization`]: who
//! called, which actions were asked on which resources, and AWS's explanation of each. [`Mock::events`] tells of all
//! requests as CloudTrail does.

mod ask;
mod authorization;
mod caller;
pub mod carrier;
mod clock;
mod context;
mod discovery;
mod ids;
mod jwt;
mod mock;
mod pipeline;
mod saml;
mod service;
pub mod totp;
mod trail;
mod world;

pub use ask::{AskError, Asker};
pub use authorization::{AUTHORIZATION_ID_HEADER, Authorization, Question};
pub use clock::{Clock, duration};
pub use context::{ContextKey, RequestContext};
pub use discovery::FetchError;
pub use mock::{Mock, MockBuilder};
pub use rolecall_wire::sigv4::{Credentials, Secret};
pub use saml::{AssertionSpec, SamlKey, saml_name_qualifier};
pub use service::operations;
pub use trail::{Event, Verdict};
pub use world::{
    API_SOURCE, AccountId, BucketSpec, ControlPolicySpec, CustomerPolicySpec, DistributionSpec,
    GroupSpec, MemberSpec, OidcProviderSpec, OrganizationSpec, Partition, PolicyDocument,
    PolicySpec, ProviderKeysSpec, ResourceSpec, RoleSpec, SamlMetadataSpec, SamlProviderSpec,
    UnitSpec, UserSpec, World, WorldError, WorldSpec,
};
