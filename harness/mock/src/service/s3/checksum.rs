//! Checksums of bodies: `Content-MD5` and `x-amz-checksum-…`, checked on the way in and kept with objects.
//!
//! AWS: S3 User Guide, Checking object integrity.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use rolecall_wire::{ServiceError, Structure};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::error::{invalid_request, not_implemented};
use crate::ids::hex;
use crate::service::call::Call;
use crate::world::{Checksum, ChecksumKind};

/// An algorithm: its name, the member of inputs and outputs that carries it, and its length in bytes.
#[derive(Debug)]
pub(super) struct Algorithm {
    pub(super) name: &'static str,
    pub(super) member: &'static str,
    /// Whether the checksum of a whole can be had from those of its parts: then it may be over the full object.
    is_linear: bool,
    length: usize,
    digest: fn(&[u8]) -> Vec<u8>,
}

static ALGORITHMS: [Algorithm; 7] = [
    Algorithm {
        name: "CRC32",
        member: "ChecksumCRC32",
        is_linear: true,
        length: 4,
        digest: |body| crc(CrcAlgorithm::Crc32IsoHdlc, 4, body),
    },
    Algorithm {
        name: "CRC32C",
        member: "ChecksumCRC32C",
        is_linear: true,
        length: 4,
        digest: |body| crc(CrcAlgorithm::Crc32Iscsi, 4, body),
    },
    CRC64NVME,
    Algorithm {
        name: "SHA1",
        member: "ChecksumSHA1",
        is_linear: false,
        length: 20,
        digest: |body| Sha1::digest(body).to_vec(),
    },
    Algorithm {
        name: "SHA256",
        member: "ChecksumSHA256",
        is_linear: false,
        length: 32,
        digest: |body| Sha256::digest(body).to_vec(),
    },
    Algorithm {
        name: "SHA512",
        member: "ChecksumSHA512",
        is_linear: false,
        length: 64,
        digest: |body| Sha512::digest(body).to_vec(),
    },
    MD5,
];

/// What entity tags are made of.
const MD5: Algorithm = Algorithm {
    name: "MD5",
    member: "ChecksumMD5",
    is_linear: false,
    length: 16,
    digest: |body| Md5::digest(body).to_vec(),
};

/// What S3 computes where a client sends none.
const CRC64NVME: Algorithm = Algorithm {
    name: "CRC64NVME",
    member: "ChecksumCRC64NVME",
    is_linear: true,
    length: 8,
    digest: |body| crc(CrcAlgorithm::Crc64Nvme, 8, body),
};

const PREFIX: &str = "x-amz-checksum-";
/// Headers that begin so and carry no checksum.
const NO_CHECKSUMS: [&str; 3] = ["algorithm", "mode", "type"];

/// Makes the digests that `PutObject` needs.
pub(super) fn prepare_object(call: &Call) {
    prepare_part(call);
    if let Ok(None) = sent(call) {
        CRC64NVME.digest_of_body(call);
    }
}

/// Makes the digests that `UploadPart` needs.
pub(super) fn prepare_part(call: &Call) {
    MD5.digest_of_body(call);
    if let Ok(Some((algorithm, _))) = sent(call) {
        algorithm.digest_of_body(call);
    }
}

/// Checks the body against what the request's headers say of it; the answer is its checksum.
///
/// Operations whose bodies matter are refused without any.
pub(super) fn verify(call: &Call, required: bool) -> Result<Option<Checksum>, ServiceError> {
    let md5 = verify_md5(call)?;
    let Some((algorithm, value)) = sent(call)? else {
        if required && !md5 {
            let message = "Missing required header for this request: Content-MD5";
            return Err(invalid_request(message));
        }
        return Ok(None);
    };
    let named = call.header("x-amz-sdk-checksum-algorithm");
    if named.is_some_and(|named| !named.eq_ignore_ascii_case(algorithm.name)) {
        let message = "Value for x-amz-sdk-checksum-algorithm header is invalid.";
        return Err(invalid_request(message));
    }
    let decoded = BASE64
        .decode(value)
        .ok()
        .filter(|d| d.len() == algorithm.length);
    let Some(decoded) = decoded else {
        let name = algorithm.name.to_ascii_lowercase();
        return Err(invalid_request(format!(
            "Value for {PREFIX}{name} header is invalid."
        )));
    };
    if decoded != algorithm.digest_of_body(call) {
        return Err(mismatch(algorithm));
    }
    Ok(Some(Checksum {
        algorithm: algorithm.name,
        value: value.to_owned(),
        kind: ChecksumKind::FullObject,
    }))
}

fn mismatch(algorithm: &Algorithm) -> ServiceError {
    let name = algorithm.name;
    let message = format!("The {name} you specified did not match the calculated checksum.");
    ServiceError::new(400, "BadDigest", message)
}

/// Compares what the headers say of a whole object with its checksum, where they speak of its algorithm.
pub(super) fn verify_whole(call: &Call, checksum: &Checksum) -> Result<(), ServiceError> {
    match sent(call)? {
        Some((algorithm, value))
            if algorithm.name == checksum.algorithm && value != checksum.value =>
        {
            Err(mismatch(algorithm))
        }
        _ => Ok(()),
    }
}

/// The checksum header of the request, of which there may be one.
fn sent(call: &Call) -> Result<Option<(&'static Algorithm, &str)>, ServiceError> {
    let mut found = None;
    for (header, value) in &call.headers {
        let name = header.as_str().strip_prefix(PREFIX);
        let Some(name) = name.filter(|name| !NO_CHECKSUMS.contains(name)) else {
            continue;
        };
        if name.starts_with("xxhash") {
            return Err(not_implemented(header.as_str()));
        }
        let Some(algorithm) = find(name) else {
            let message = "The algorithm type you specified in x-amz-checksum- header is invalid.";
            return Err(invalid_request(message));
        };
        if found.is_some() {
            let message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
            return Err(invalid_request(message));
        }
        found = Some((algorithm, value.to_str().unwrap_or_default()));
    }
    Ok(found)
}

/// Whether there is a `Content-MD5`, and it is right.
fn verify_md5(call: &Call) -> Result<bool, ServiceError> {
    let Some(value) = call.header("content-md5") else {
        return Ok(false);
    };
    let Some(expected) = BASE64
        .decode(value)
        .ok()
        .filter(|digest| digest.len() == 16)
    else {
        let message = "The Content-MD5 you specified was invalid.";
        return Err(ServiceError::new(400, "InvalidDigest", message).with("Content-MD5", value));
    };
    let calculated = MD5.digest_of_body(call);
    if calculated != expected {
        let message = "The Content-MD5 you specified did not match what we received.";
        return Err(ServiceError::new(400, "BadDigest", message)
            .with("ExpectedDigest", value)
            .with("CalculatedDigest", BASE64.encode(calculated)));
    }
    Ok(true)
}

/// The checksum that S3 gives an object whose client sent none.
pub(super) fn default(body: &[u8]) -> Checksum {
    CRC64NVME.of(body)
}

/// The same of the object that is the request's body.
pub(super) fn default_of_body(call: &Call) -> Checksum {
    CRC64NVME.of_body(call)
}

/// The entity tag of the request's body.
pub(super) fn etag_of_body(call: &Call) -> String {
    quoted(&MD5.digest_of_body(call))
}

/// The entity tag of what came in one piece, with its quotes.
pub(super) fn etag(body: &[u8]) -> String {
    quoted(&(MD5.digest)(body))
}

fn quoted(digest: &[u8]) -> String {
    format!("\"{}\"", hex(digest))
}

impl Algorithm {
    /// The checksum of a body.
    pub(super) fn of(&self, body: &[u8]) -> Checksum {
        self.with_digest(&(self.digest)(body))
    }

    /// The checksum of the request's body.
    pub(super) fn of_body(&self, call: &Call) -> Checksum {
        self.with_digest(&self.digest_of_body(call))
    }

    fn with_digest(&self, digest: &[u8]) -> Checksum {
        Checksum {
            algorithm: self.name,
            value: BASE64.encode(digest),
            kind: ChecksumKind::FullObject,
        }
    }

    fn digest_of_body(&self, call: &Call) -> Vec<u8> {
        call.digest(self.name, self.digest)
    }

    /// The checksum over the checksums of parts, with their number behind it.
    pub(super) fn composite<'c>(&self, parts: impl Iterator<Item = &'c Checksum>) -> Checksum {
        let decoded: Vec<_> = parts
            .map(|part| BASE64.decode(&part.value).unwrap_or_default())
            .collect();
        let value = BASE64.encode((self.digest)(&decoded.concat()));
        Checksum {
            algorithm: self.name,
            value: format!("{value}-{}", decoded.len()),
            kind: ChecksumKind::Composite,
        }
    }

    /// The kind of checksum that an upload in parts has if it doesn't say.
    pub(super) fn default_kind(&self) -> ChecksumKind {
        if self.name == CRC64NVME.name {
            ChecksumKind::FullObject
        } else {
            ChecksumKind::Composite
        }
    }

    /// Whether an upload in parts may have this kind.
    pub(super) fn allows(&self, kind: ChecksumKind) -> bool {
        match kind {
            ChecksumKind::FullObject => self.is_linear,
            ChecksumKind::Composite => self.name != CRC64NVME.name,
        }
    }
}

/// Adds a checksum to what is said of an object or a part.
pub(super) fn describe(checksum: &Checksum, output: &mut Structure) {
    if let Some(algorithm) = find(checksum.algorithm) {
        output.set(algorithm.member, checksum.value.as_str());
    }
}

/// Adds a checksum and its type to what is said of an object.
pub(super) fn describe_with_type(checksum: &Checksum, output: &mut Structure) {
    describe(checksum, output);
    output.set("ChecksumType", checksum.kind.name());
}

/// The checksums that a structure has: a part of a list of parts, say.
pub(super) fn members(structure: &Structure) -> impl Iterator<Item = (&'static Algorithm, &str)> {
    ALGORITHMS
        .iter()
        .filter_map(|algorithm| Some((algorithm, structure.string(algorithm.member)?)))
}

/// The error of a name that is no algorithm's.
pub(super) fn unknown(name: &str) -> ServiceError {
    if name.to_ascii_lowercase().starts_with("xxhash") {
        return not_implemented("x-amz-checksum-algorithm");
    }
    let message = "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, \
                   CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5]";
    invalid_request(message)
}

/// The algorithm of a name, in whatever case.
pub(super) fn find(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS
        .iter()
        .find(|algorithm| algorithm.name.eq_ignore_ascii_case(name))
}

fn crc(algorithm: CrcAlgorithm, length: usize, body: &[u8]) -> Vec<u8> {
    let bytes = crc_fast::checksum(algorithm, body).to_be_bytes();
    bytes.iter().skip(bytes.len() - length).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the CRC catalogue (of `123456789`) and FIPS 180's (of `abc`).
    #[test]
    fn digests_have_their_published_check_values() {
        let rows = [
            ("CRC32", "123456789", "cbf43926"),
            ("CRC32C", "123456789", "e3069283"),
            ("CRC64NVME", "123456789", "ae8b14860a799888"),
            ("SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"),
        ];
        for (name, text, wanted) in rows {
            let digest = (find(name).unwrap().digest)(text.as_bytes());
            assert_eq!(hex(&digest), wanted, "{name}");
        }
    }

    #[test]
    fn every_algorithm_gives_as_many_bytes_as_it_says() {
        for algorithm in &ALGORITHMS {
            assert_eq!(
                (algorithm.digest)(b"x").len(),
                algorithm.length,
                "{}",
                algorithm.name
            );
        }
    }
}
