//! Identifiers, keys and tokens from a seed: the same seed gives the same text in the same order.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rolecall_wire::sigv4::Secret;
use sha2::{Digest as _, Sha256};

use crate::world::AccountId;

/// The letters of AWS's identifiers (base32, RFC 4648).
pub(crate) const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Today's session tokens all begin so: base64 of `!\n\torigin_ec`.
const TOKEN_START: &[u8; 12] = b"!\n\torigin_ec";
const TOKEN_RANDOM: usize = 96;
const TOKEN_SEAL: usize = 8;

/// A seeded generator (SplitMix64): not for secrets that guard anything, but for a mock's.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    state: u64,
    seed: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, seed }
    }

    /// A generator for something with a name: the same name gives the same ids, whatever was drawn before.
    pub(crate) fn named(&self, name: &str) -> Self {
        let digest = Sha256::digest(format!("{}/{name}", self.seed));
        let state = digest
            .iter()
            .take(8)
            .fold(0, |state, byte| (state << 8) | u64::from(*byte));
        Self {
            state,
            seed: self.seed,
        }
    }

    /// A unique id such as `AROA…`: 21 characters.
    pub(crate) fn unique_id(&mut self, prefix: &str) -> String {
        let mut id = prefix.to_owned();
        for _ in 0..17 {
            id.push(self.letter());
        }
        id
    }

    /// An access key id of 20 characters that carries the account, as AWS's do.
    pub(crate) fn access_key_id(&mut self, prefix: &str, account: &AccountId) -> String {
        let mut bytes = [0_u8; 10];
        let (first, rest) = bytes.split_at_mut(6);
        // Bit 47 is set in today's keys, bits 46 to 7 are the account's number.
        let carried = (1 << 47) | (account.number() << 7) | (self.next() & 0x7f);
        if let Some(low) = carried.to_be_bytes().get(2..) {
            first.copy_from_slice(low);
        }
        if let Some(random) = self.next().to_be_bytes().get(..4) {
            rest.copy_from_slice(random);
        }
        format!("{prefix}{}", base32(&bytes))
    }

    /// A secret access key: 40 characters.
    pub(crate) fn secret_access_key(&mut self) -> Secret {
        Secret::from(BASE64.encode(self.bytes::<30>()))
    }

    /// A session token, sealed so that a changed one can be told from a foreign one.
    pub(crate) fn session_token(&mut self, access_key_id: &str, expires: i64) -> Secret {
        let mut token = TOKEN_START.to_vec();
        token.extend(expires.to_be_bytes());
        token.extend(access_key_id.as_bytes());
        token.extend(self.bytes::<TOKEN_RANDOM>());
        token.extend(seal(&token));
        Secret::from(BASE64.encode(token))
    }

    /// A request id in the form of a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let b = hex(&self.bytes::<16>());
        let part = |range| b.get(range).unwrap_or_default();
        format!(
            "{}-{}-4{}-a{}-{}",
            part(0..8),
            part(8..12),
            part(13..16),
            part(17..20),
            part(20..32)
        )
    }

    /// `length` letters and digits, in upper case.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        (0..length).map(|_| self.letter()).collect()
    }

    /// `length` letters and digits, in lower case.
    pub(crate) fn lower_case(&mut self, length: usize) -> String {
        self.letters(length).to_ascii_lowercase()
    }

    /// `N` bytes in base64.
    pub(crate) fn base64<const N: usize>(&mut self) -> String {
        BASE64.encode(self.bytes::<N>())
    }

    /// `N` bytes in lower-case hexadecimal digits.
    pub(crate) fn hex<const N: usize>(&mut self) -> String {
        hex(&self.bytes::<N>())
    }

    /// The seed this generator started from.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    fn letter(&mut self) -> char {
        base32_letter(self.next() >> 59)
    }

    /// `N` bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let random = self.next().to_be_bytes();
            for (byte, random) in chunk.iter_mut().zip(random) {
                *byte = random;
            }
        }
        bytes
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.state;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// What a session token says about itself, if it is one of ours and whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenContent {
    pub(crate) access_key_id: String,
    /// Seconds since the epoch.
    pub(crate) expires: i64,
}

/// Reads a session token; `None` if it was altered or never came from here.
pub(crate) fn read_token(token: &str) -> Option<TokenContent> {
    let bytes = BASE64.decode(token).ok()?;
    let (content, sealed) = bytes.split_at_checked(bytes.len().checked_sub(TOKEN_SEAL)?)?;
    if seal(content) != sealed {
        return None;
    }
    let rest = content.strip_prefix(TOKEN_START)?;
    let (expires, rest) = rest.split_first_chunk::<8>()?;
    let (key, _) = rest.split_at_checked(rest.len().checked_sub(TOKEN_RANDOM)?)?;
    Some(TokenContent {
        access_key_id: String::from_utf8(key.to_vec()).ok()?,
        expires: i64::from_be_bytes(*expires),
    })
}

/// The account that an access key id carries; `None` if it isn't formed like one.
pub(crate) fn account_of_key(access_key_id: &str) -> Option<String> {
    let mut number: u64 = 0;
    for letter in access_key_id.bytes().skip(4).take(10) {
        let value = BASE32.iter().position(|l| *l == letter)?;
        number = (number << 5) | value as u64;
    }
    // Ten letters are 50 bits: the first 48 hold bit 47, the account and seven more bits.
    (access_key_id.len() == 20).then(|| format!("{:012}", (number >> 9) & 0xff_ffff_ffff))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| {
        DIGITS
            .get(usize::from(value))
            .map_or('0', |d| char::from(*d))
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn seal(content: &[u8]) -> [u8; TOKEN_SEAL] {
    let digest = Sha256::digest(content);
    let mut seal = [0; TOKEN_SEAL];
    for (byte, digest) in seal.iter_mut().zip(digest) {
        *byte = digest;
    }
    seal
}

/// Bytes as base32 text (RFC 4648); their number is a multiple of five.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut letters = String::with_capacity(bytes.len() / 5 * 8);
    for chunk in bytes.chunks(5) {
        let bits = chunk
            .iter()
            .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for shift in (0..8).rev() {
            letters.push(base32_letter((bits >> (shift * 5)) & 31));
        }
    }
    letters
}

fn base32_letter(value: u64) -> char {
    usize::try_from(value)
        .ok()
        .and_then(|index| BASE32.get(index))
        .map_or('A', |letter| char::from(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let (mut one, mut two, mut other) = (Ids::new(1), Ids::new(1), Ids::new(2));

        assert_eq!(one.unique_id("AROA"), two.unique_id("AROA"));
        assert_ne!(one.unique_id("AROA"), other.unique_id("AROA"));
    }

    #[test]
    fn ids_have_the_lengths_of_todays() {
        let mut ids = Ids::new(7);
        let account = AccountId::parse("123456789012").unwrap();

        assert_eq!(ids.unique_id("AIDA").len(), 21);
        assert_eq!(ids.access_key_id("ASIA", &account).len(), 20);
        assert_eq!(ids.secret_access_key().expose().len(), 40);
        assert_eq!(ids.uuid().len(), 36);
    }

    /// Public examples of key ids whose accounts are known.
    #[test]
    fn an_access_key_id_carries_its_account() {
        assert_eq!(
            account_of_key("ASIAY34FZKBOKMUTVV7A").unwrap(),
            "609629065308"
        );
        assert_eq!(
            account_of_key("ASIAQNZGKIQY56JQ7WML").unwrap(),
            "029608264753"
        );
        let account = AccountId::parse("000000000001").unwrap();
        let id = Ids::new(3).access_key_id("AKIA", &account);
        assert_eq!(account_of_key(&id).unwrap(), "000000000001");
    }

    #[test]
    fn a_changed_token_cannot_be_read() {
        let token = Ids::new(1).session_token("ASIAQNZGKIQY56JQ7WML", 1_767_225_600);
        let content = read_token(token.expose()).unwrap();
        assert_eq!(content.access_key_id, "ASIAQNZGKIQY56JQ7WML");
        assert_eq!(content.expires, 1_767_225_600);

        for at in [0, 20, 60, token.expose().len() - 6] {
            let mut changed = token.expose().to_owned();
            let letter = if changed.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            changed.replace_range(at..=at, letter);
            assert_eq!(read_token(&changed), None, "changed at {at}");
        }
        for text in ["", "x", "IQoJb3JpZ2luX2Vj", "AAAA"] {
            assert_eq!(read_token(text), None);
        }
    }
}
