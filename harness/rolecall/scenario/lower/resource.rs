//! Buckets, distributions and other resources.

use rolecall_policy::arn::{Arn, is_account};
use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Entry, Node};

use super::Lower;
use super::world::name;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Bucket, Distribution, Entity, Resource};
use crate::scenario::tree::{flag, pairs, section, spanned, texts};

impl Lower<'_, '_, '_> {
    pub(super) fn bucket(&mut self, entry: &Entry) -> Bucket {
        let node = &entry.value;
        let account = self.account_of(node, false);
        Bucket {
            name: name(entry),
            policy: self.member_policy(node, "policy", PolicyKind::Bucket(&entry.key), &account),
            objects: pairs(node, "objects"),
            tags: pairs(node, "tags"),
            block_public_access: flag(node, "block-public-access").unwrap_or(true),
            account,
        }
    }

    pub(super) fn distributions(&mut self, root: &Node) -> Vec<Distribution> {
        let entries = section(root, "distributions").iter();
        entries.map(|entry| self.distribution(entry)).collect()
    }

    fn distribution(&mut self, entry: &Entry) -> Distribution {
        let node = &entry.value;
        let origin = spanned(node, "origin");
        if let Some(origin) = origin
            .as_ref()
            .filter(|origin| !self.names.has(Entity::Bucket, &origin.value))
        {
            self.unknown(
                Entity::Bucket,
                &origin.value,
                origin.span,
                "define it under `buckets`",
            );
        }
        Distribution {
            name: name(entry),
            account: self.account_of(node, false),
            origin: origin.map(|origin| origin.value),
            aliases: texts(node, "aliases"),
            tags: self.tags_of(node),
        }
    }

    pub(super) fn resource(&mut self, entry: &Entry) -> Resource {
        let node = &entry.value;
        let account = self.resource_account(entry);
        Resource {
            arn: name(entry),
            policy: self.member_policy(node, "policy", PolicyKind::Resource, &account),
            tags: pairs(node, "tags"),
            account,
        }
    }

    /// The account in the ARN; where it has none, the one given.
    fn resource_account(&mut self, entry: &Entry) -> String {
        let given = self.account_of(&entry.value, false);
        let Some(Arn {
            service, account, ..
        }) = Arn::parse(&entry.key)
        else {
            self.not_an_arn(entry);
            return given;
        };
        if service == "s3" {
            self.report(
                Diagnostic::error("scenario::resource", "a bucket among the `resources`")
                    .at(entry.key_span, "buckets have a section of their own")
                    .help("move it to `buckets`"),
            );
        }
        if !is_account(account) {
            return given;
        }
        let stated = entry.value.get("account");
        if let Some(stated) = stated.filter(|_| given != account) {
            let message = format!("the ARN is in account {account}, `account` says {given}");
            self.report(
                Diagnostic::error("scenario::resource", message)
                    .at(stated.span, "another account")
                    .related(entry.key_span, "the ARN")
                    .help("remove `account`: the ARN says it"),
            );
        }
        account.to_owned()
    }

    fn not_an_arn(&mut self, entry: &Entry) {
        let message = format!("the resource `{}` is no ARN", entry.key);
        self.report(
            Diagnostic::error("scenario::resource", message)
                .at(
                    entry.key_span,
                    "expected `arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME`",
                )
                .help("write the whole ARN: `arn:aws:kms:us-east-1:123456789012:key/main`"),
        );
    }
}
