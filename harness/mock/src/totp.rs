//! Time-based one-time codes, as virtual MFA devices show them.
//!
//! RFC 6238 with AWS's parameters: HMAC-SHA-1, steps of 30 seconds, six digits.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use crate::ids::BASE32;

/// How many seconds a code is shown.
pub const STEP_SECONDS: i64 = 30;

/// The step that a time is in.
pub fn step(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// The code of a device with this seed in a step.
pub fn code(seed: &[u8], step: i64) -> String {
    format!("{:06}", truncated(seed, step) % 1_000_000)
}

/// RFC 4226, section 5.3: four bytes of the digest, from where its last bits point to.
fn truncated(seed: &[u8], step: i64) -> u32 {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(seed).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = digest.last().map_or(0, |last| usize::from(last & 15));
    let bytes = digest.iter().skip(offset).take(4);
    bytes.fold(0, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff
}

/// A seed from the base32 text (RFC 4648) that `CreateVirtualMFADevice` answers; `None` if it is no such text.
pub fn seed(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut seed) = (0_u32, 0, Vec::new());
    let letters = text.iter().take_while(|letter| **letter != b'=');
    for letter in letters {
        let letter = letter.to_ascii_uppercase();
        let value = BASE32.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            seed.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::base32;

    const SEED: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B; its codes have eight digits, of which ours are the last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let rows = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (second, shown) in rows {
            let now = Timestamp::from_second(second).unwrap();
            assert_eq!(code(SEED, step(now)), shown[2..], "at {second}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn a_seed_is_read_from_base32() {
        let rows: [(&[u8], Option<&[u8]>); 6] = [
            (b"", Some(b"")),
            (b"MY======", Some(b"f")),
            (b"MZXW6YTB", Some(b"fooba")),
            (b"MZXW6YTBOI", Some(b"foobar")),
            (b"mzxw6ytb", Some(b"fooba")),
            (b"(removed)", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seed(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(seed(base32(SEED).as_bytes()).as_deref(), Some(SEED));
    }
}
