//! What fuzz targets share: a corpus, inputs that are changed at random, and a watch on what comes of them.
//!
//! `ROLECALL_FUZZ_SECONDS` says how long each target runs; a second without it. Each round has a number of its own, which
//! a failure names; the same number makes the same input.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fuzzer panics where it finds something, and knows its own corpus"
)]

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};

/// A single input must be done with after this long, in a debug build on a busy machine.
const TOO_LONG: Duration = Duration::from_secs(5);

/// Pieces that mean something to a parser.
const TOKENS: [&[u8]; 34] = [
    b"%",
    b"%2",
    b"%00",
    b"%80",
    b"&",
    b"=",
    b";",
    b",",
    b"/",
    b"//",
    b"..",
    b"?",
    b"+",
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\xff",
    b"<",
    b">",
    b"</",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"&b;",
    b"&#0;",
    b"&#xFFFFFFFF;",
    b"<![CDATA[",
    b"<a>",
    b"{",
    b"[[[[",
    b"null",
    b"-9223372036854775809",
    b"1e999",
    b"ffffffffffffffff",
    b".member.4294967296",
    b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
];

fn seconds() -> Duration {
    let seconds = std::env::var("ROLECALL_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

/// The files of a folder, in the order of their names.
pub(crate) fn corpus(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

/// Puts changed inputs to a target for as long as it may take.
pub(crate) fn fuzz(corpus: &[Vec<u8>], target: fn(&[u8], &mut Random)) {
    let end = Instant::now() + seconds();
    for round in 0_u64.. {
        if Instant::now() >= end {
            break;
        }
        let mut random = Random::new(round, "fuzz");
        let input = mutated(corpus, &mut random);
        let start = Instant::now();
        let done = catch_unwind(|| target(&input, &mut Random::new(round, "target")));
        let shown = String::from_utf8_lossy(&input);
        assert!(done.is_ok(), "round {round} panics: {shown:?}");
        assert!(
            start.elapsed() < TOO_LONG,
            "round {round} takes {:?}: {shown:?}",
            start.elapsed()
        );
    }
}

fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = corpus[random.below(corpus.len())].clone();
    for _ in 0..random.below(6) {
        let place = random.below(input.len() + 1);
        let end = (place + random.below(24)).min(input.len());
        match random.below(6) {
            0 => drop(input.drain(place..end)),
            1 => drop(input.splice(
                place..place,
                TOKENS[random.below(TOKENS.len())].iter().copied(),
            )),
            2 => drop(input.splice(
                place..end,
                TOKENS[random.below(TOKENS.len())].iter().copied(),
            )),
            3 => input
                .iter_mut()
                .skip(place)
                .take(1)
                .for_each(|byte| *byte ^= 1 << (place % 8)),
            4 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                let until = (from + random.below(64)).min(other.len());
                drop(input.splice(place..place, other[from..until].iter().copied()));
            }
            _ => {
                let piece = input[place..end].repeat(1 + random.below(200));
                drop(input.splice(place..place, piece));
            }
        }
    }
    input
}

/// Reads a request as far as HTTP itself lets it through.
pub(crate) fn request(input: &[u8]) -> Option<Request<Bytes>> {
    let head = input
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .unwrap_or(input.len());
    let body = Bytes::copy_from_slice(input.get(head + 2..).unwrap_or_default());
    let mut lines = input[..head].split(|byte| *byte == b'\n');
    let line = lines.next()?;
    let mut parts = line.splitn(2, |byte| *byte == b' ');
    let (method, rest) = (parts.next()?, parts.next()?);
    let uri = rest.strip_suffix(b" HTTP/1.1").unwrap_or(rest);
    let mut request = Request::builder().method(method).uri(uri).body(body).ok()?;
    for line in lines {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next()?).ok()?;
        let value = HeaderValue::from_bytes(parts.next()?.trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// A generator (`SplitMix64`) that gives the same values for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        Self(name.bytes().fold(seed.wrapping_add(1), |state, byte| {
            state.wrapping_mul(31).wrapping_add(byte.into())
        }))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}
