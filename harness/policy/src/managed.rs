//! AWS's managed policies, bundled.
//!
//! The documents are AWS's as of [`DATE`]; `data/refresh.py` renews them. Looking one up inflates a few dozen
//! kilobytes, not all.

use crate::arn::Arn;
use crate::pack::{Pack, varint, words};

/// The day the bundled data was taken from AWS, as `2026-11-02`.
pub const DATE: &str = include_str!("../data/managed/date.txt");

const POLICIES: &str = include_str!("../data/managed/policies.txt");
const DOCUMENTS: Pack = Pack(include_bytes!("../data/managed/documents.bin"));
const ACTIONS: Pack = Pack(include_bytes!("../data/managed/actions.bin"));

/// A managed policy of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// `AmazonS3FullAccess`.
    pub name: String,
    /// `arn:aws:iam::aws:policy/AmazonS3FullAccess`, in the partition asked for.
    pub arn: String,
    /// The default version's id: `v2`.
    pub version: String,
    /// The document, as JSON text.
    pub document: String,
}

/// Finds a policy by its name or ARN.
///
/// ```
/// use rolecall_policy::managed;
///
/// let policy = managed::find("AmazonS3FullAccess").unwrap();
/// assert_eq!(policy.arn, "arn:aws:iam::aws:policy/AmazonS3FullAccess");
/// assert!(policy.document.contains(r#""Action":["s3:*","s3-object-lambda:*"]"#));
///
/// let china = managed::find("arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess").unwrap();
/// assert_eq!(china.name, "ViewOnlyAccess");
/// ```
pub fn find(name_or_arn: &str) -> Option<ManagedPolicy> {
    let (partition, name) = match Arn::parse(name_or_arn) {
        Some(arn) => (arn.partition, arn.resource.rsplit_once('/')?.1),
        None => ("aws", name_or_arn),
    };
    let (place, entry) = entries()
        .enumerate()
        .find(|(_, entry)| entry.name == name)?;
    let arn = entry.arn(partition);
    if name_or_arn != name && name_or_arn != arn {
        return None;
    }
    Some(ManagedPolicy {
        name: name.to_owned(),
        arn,
        version: entry.version.to_owned(),
        document: document(place)?,
    })
}

/// The names of all, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    entries().map(|entry| entry.name)
}

/// The ARNs of all in the partition `aws`, in the order of their names.
///
/// ```
/// use rolecall_policy::managed;
///
/// assert!(managed::arns().any(|arn| arn == "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"));
/// ```
pub fn arns() -> impl Iterator<Item = String> {
    entries().map(|entry| entry.arn("aws"))
}

/// A line of the list of policies.
struct Entry {
    name: &'static str,
    path: &'static str,
    version: &'static str,
}

impl Entry {
    fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }
}

fn entries() -> impl Iterator<Item = Entry> {
    POLICIES.lines().filter_map(|line| {
        let (name, rest) = line.split_once('\t')?;
        let (path, version) = rest.split_once('\t')?;
        Some(Entry {
            name,
            path,
            version,
        })
    })
}

/// The document of the policy at this place of the list.
fn document(place: usize) -> Option<String> {
    let (block, before) = DOCUMENTS.block_with(place)?;
    let mut rest = block.as_slice();
    for _ in 0..before {
        let length = varint(&mut rest)?;
        rest = rest.get(length..)?;
    }
    let length = varint(&mut rest)?;
    decode(rest.get(..length)?)
}

/// Puts the actions' names back in the place of their numbers.
fn decode(mut coded: &[u8]) -> Option<String> {
    let mut text = Vec::with_capacity(coded.len() * 2);
    let mut actions = Actions::default();
    while let Some((byte, rest)) = coded.split_first() {
        coded = rest;
        match byte {
            1 => {
                text.push(b'[');
                let count = varint(&mut coded)?;
                let mut number = 0_usize;
                for place in 0..count {
                    if place > 0 {
                        text.push(b',');
                    }
                    let step = varint(&mut coded)?;
                    number = match step & 1 {
                        0 => number.checked_add(step >> 1)?,
                        _ => number.checked_sub(step >> 1)?,
                    };
                    actions.write(number, &mut text)?;
                }
                text.push(b']');
            }
            2 => actions.write(varint(&mut coded)?, &mut text)?,
            _ => text.push(*byte),
        }
    }
    String::from_utf8(text).ok()
}

/// The names of the actions met so far and of their neighbours.
#[derive(Default)]
struct Actions {
    /// The first number and the names of each block.
    blocks: Vec<(usize, Vec<String>)>,
}

impl Actions {
    fn write(&mut self, number: usize, text: &mut Vec<u8>) -> Option<()> {
        let known = |(first, names): &(usize, Vec<String>)| {
            (*first..*first + names.len()).contains(&number)
        };
        if !self.blocks.last().is_some_and(known) {
            if let Some(place) = self.blocks.iter().position(known) {
                let block = self.blocks.remove(place);
                self.blocks.push(block);
            } else {
                let (block, place) = ACTIONS.block_with(number)?;
                self.blocks.push((number - place, words(&block)));
            }
        }
        let (first, names) = self.blocks.last()?;
        text.push(b'"');
        text.extend_from_slice(names.get(number - first)?.as_bytes());
        text.push(b'"');
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksum is made from the package's own text when the data is refreshed.
    #[test]
    fn every_policy_is_found_as_it_was_packed() {
        let mut checksum = 0xcbf2_9ce4_8422_2325_u64;
        let mut count = 0;
        for name in names() {
            let document = find(name).expect(name).document + "\n";
            for byte in document.bytes() {
                checksum = (checksum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            count += 1;
        }
        let expected = include_str!("../data/managed/checksum.txt");
        assert_eq!(format!("{checksum:016x}"), expected);
        assert!(count >= 1485, "{count}");
    }

    #[test]
    fn names_are_sorted() {
        assert!(names().is_sorted());
    }

    #[test]
    fn what_isnt_a_policy_of_aws_isnt_found() {
        for wrong in [
            "",
            "amazons3fullaccess",
            "arn:aws:iam::123456789012:policy/AmazonS3FullAccess",
            "arn:aws:iam::aws:policy/job-function/AmazonS3FullAccess",
            "arn:aws:iam::aws:policy/ViewOnlyAccess",
            "arn:aws:s3:::aws",
        ] {
            assert_eq!(find(wrong), None, "{wrong}");
        }
    }

    /// AWS: AWS Managed Policy Reference.
    #[test]
    fn documents_are_as_aws_has_them() {
        let everything = find("AdministratorAccess").unwrap();
        assert_eq!(
            everything.document,
            r#"{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}"#
        );
    }
}
