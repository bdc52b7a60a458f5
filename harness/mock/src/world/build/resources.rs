//! Buckets and other resources: added, changed, removed.

use std::sync::Arc;

use bytes::Bytes;

use super::super::bucket::{Bucket, BucketPolicy, PublicAccessBlock};
use super::super::resource::OtherResource;
use super::super::spec::{BucketSpec, ResourceSpec};
use super::super::{World, WorldError, bucket_name_problem};
use super::{exists, unknown};
use crate::service::s3::new_object;

impl World {
    /// Adds a bucket.
    ///
    /// Its policy may be public although public policies are blocked: AWS restricts such a bucket to its own
    /// account, and so does the mock.
    pub fn add_bucket(&mut self, spec: BucketSpec) -> Result<(), WorldError> {
        if self.bucket(&spec.name).is_some() {
            return Err(exists("bucket", spec.name));
        }
        if let Some(rule) = bucket_name_problem(&spec.name) {
            let (kind, name) = ("bucket", spec.name);
            return Err(WorldError::InvalidName { kind, name, rule });
        }
        let account = self.known_account(&spec.account)?;
        let bucket = Bucket {
            policy: bucket_policy(&spec),
            public_access: Some(PublicAccessBlock::all(spec.block_public_access)),
            tags: spec.tags,
            ..Bucket::new(&spec.name, account, &spec.region, self.start)
        };
        self.insert_bucket(bucket);
        self.set_objects(&spec.name, spec.objects)
    }

    /// Gives a bucket other members; its objects stay.
    pub fn update_bucket(&mut self, spec: BucketSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        let policy = bucket_policy(&spec);
        let bucket = self.bucket_mut(&spec.name);
        let bucket = bucket.ok_or_else(|| unknown("bucket", &spec.name))?;
        bucket.account = account;
        bucket.region = spec.region;
        bucket.policy = policy;
        bucket.public_access = Some(PublicAccessBlock::all(spec.block_public_access));
        bucket.tags = spec.tags;
        Ok(())
    }

    /// Gives a bucket other objects in the place of all it has.
    pub fn set_objects(
        &mut self,
        bucket: &str,
        objects: Vec<(String, Bytes)>,
    ) -> Result<(), WorldError> {
        let now = self.start;
        let bucket = self
            .bucket_mut(bucket)
            .ok_or_else(|| unknown("bucket", bucket))?;
        let object = |(key, body)| (key, new_object(body, now));
        bucket.objects = objects.into_iter().map(object).collect();
        Ok(())
    }

    /// Removes a bucket and all that is in it.
    pub fn remove_bucket(&mut self, name: &str) -> Result<(), WorldError> {
        let removed = self.buckets.remove(name);
        removed.map(drop).ok_or_else(|| unknown("bucket", name))
    }

    /// Adds a resource that is no role and no bucket, or puts it in the place of one with the same ARN.
    pub fn put_resource(&mut self, spec: ResourceSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        if rolecall_policy::arn::Arn::parse(&spec.arn).is_none() {
            return Err(WorldError::InvalidArn(spec.arn));
        }
        let resource = OtherResource::new(account, &spec);
        self.resources.insert(spec.arn, Arc::new(resource));
        Ok(())
    }

    /// Removes such a resource.
    pub fn remove_resource(&mut self, arn: &str) -> Result<(), WorldError> {
        let removed = self.resources.remove(arn);
        removed.map(drop).ok_or_else(|| unknown("resource", arn))
    }
}

fn bucket_policy(spec: &BucketSpec) -> Option<BucketPolicy> {
    let policy = spec.policy.clone()?;
    Some(BucketPolicy::new(&spec.name, policy))
}
