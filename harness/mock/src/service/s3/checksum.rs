//! Checksums of bodies: `Content-MD5` and `x-amz-checksum-…`, checked on the way in and kept with objects.
//!
//! AWS: S3 User Guide, Checking object integrity.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use rolecall_wire::ServiceError;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::error::{invalid_request, not_implemented};
use crate::service::call::Call;
use crate::world::Checksum;

/// An algorithm: its name, the member of inputs and outputs that carries it, and its length in bytes.
#[derive(Debug)]
pub(super) struct Algorithm {
    pub(super) name: &'static str,
    pub(super) member: &'static str,
    length: usize,
    digest: fn(&[u8]) -> Vec<u8>,
}

static ALGORITHMS: [Algorithm; 7] = [
    Algorithm {
        name: "CRC32",
        member: "ChecksumCRC32",
        length: 4,
        digest: |body| crc(CrcAlgorithm::Crc32IsoHdlc, 4, body),
    },
    Algorithm {
        name: "CRC32C",
        member: "ChecksumCRC32C",
        length: 4,
        digest: |body| crc(CrcAlgorithm::Crc32Iscsi, 4, body),
    },
    CRC64NVME,
    Algorithm {
        name: "SHA1",
        member: "ChecksumSHA1",
        length: 20,
        digest: |body| Sha1::digest(body).to_vec(),
    },
    Algorithm {
        name: "SHA256",
        member: "ChecksumSHA256",
        length: 32,
        digest: |body| Sha256::digest(body).to_vec(),
    },
    Algorithm {
        name: "SHA512",
        member: "ChecksumSHA512",
        length: 64,
        digest: |body| Sha512::digest(body).to_vec(),
    },
    Algorithm {
        name: "MD5",
        member: "ChecksumMD5",
        length: 16,
        digest: |body| Md5::digest(body).to_vec(),
    },
];

/// What S3 computes where a client sends none.
const CRC64NVME: Algorithm = Algorithm {
    name: "CRC64NVME",
    member: "ChecksumCRC64NVME",
    length: 8,
    digest: |body| crc(CrcAlgorithm::Crc64Nvme, 8, body),
};

/// The type of a checksum over a whole object, whatever parts it came in.
pub(super) const FULL_OBJECT: &str = "FULL_OBJECT";

const PREFIX: &str = "x-amz-checksum-";
/// Headers that begin so and carry no checksum.
const NO_CHECKSUMS: [&str; 3] = ["algorithm", "mode", "type"];

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
    if decoded != (algorithm.digest)(&call.body) {
        let message = format!(
            "The {} you specified did not match the calculated checksum.",
            algorithm.name
        );
        return Err(ServiceError::new(400, "BadDigest", message));
    }
    Ok(Some(Checksum {
        algorithm: algorithm.name,
        value: value.to_owned(),
    }))
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
    let calculated = Md5::digest(&call.body);
    if calculated.as_slice() != expected {
        let message = "The Content-MD5 you specified did not match what we received.";
        return Err(ServiceError::new(400, "BadDigest", message)
            .with("ExpectedDigest", value)
            .with("CalculatedDigest", BASE64.encode(calculated)));
    }
    Ok(true)
}

/// The checksum that S3 gives an object whose client sent none.
pub(super) fn default(body: &[u8]) -> Checksum {
    Checksum {
        algorithm: CRC64NVME.name,
        value: BASE64.encode((CRC64NVME.digest)(body)),
    }
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
            assert_eq!(crate::ids::hex(&digest), wanted, "{name}");
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
