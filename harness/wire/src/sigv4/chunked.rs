//! `aws-chunked` bodies: chunks with their own signatures or without, and checksums in a trailer.
//!
//! AWS: S3 API Reference, "Signature calculations for the Authorization header: transferring payload in multiple
//! chunks" and "… including trailing headers". What S3 answers to faults are captures of live S3.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use super::claim::parameter;
use super::error::{Mismatch, S3Error, SignatureError};
use super::key::sha256_hex;
use super::{Payload, SignedRequest, SigningKey, Transport, canonical};
use crate::time;

/// Chunks before the last one must be at least this long.
const MIN_CHUNK: usize = 8192;

/// The longest line before a chunk or in a trailer that is read.
const MAX_LINE: usize = 8192;

/// A request with the body that the client means: hashed and compared, or taken out of its chunks.
///
/// A trailer's checksum becomes a header of the request, as if it had come before the body. Chunk signatures are
/// verified if there is someone to verify them: the request as it was read, and its key. Without (an anonymous
/// request, or a server that believes everybody) bodies are taken out of their chunks all the same.
///
/// # Errors
///
/// S3's answer to a body that isn't the signed one, to broken framing, to chunks that are too small, to a trailer
/// that wasn't announced, and to a signature that differs.
pub fn decode_body(
    request: Request<Bytes>,
    verifier: Option<(&SignedRequest, &SigningKey)>,
) -> Result<Request<Bytes>, SignatureError> {
    if let Some((signed, _)) = verifier {
        signed.check_payload(&request)?;
        if let (Transport::Query { .. }, Some(payload)) = (signed.transport, signed.payload) {
            return undecoded(request, payload);
        }
    }
    let marker = canonical::text(request.headers(), "x-amz-content-sha256");
    match marker
        .and_then(|text| Payload::parse(&text))
        .filter(|payload| payload.is_chunked())
    {
        Some(payload) => unchunk(request, payload, verifier),
        None => Ok(request),
    }
}

/// Presigned requests are never taken out of their chunks. The answers are those of live S3.
fn undecoded(request: Request<Bytes>, payload: Payload) -> Result<Request<Bytes>, SignatureError> {
    if !payload.is_chunked() {
        return Ok(request);
    }
    let (expected, provided) = (decoded_length(request.headers())?, request.body().len());
    let is_part = parameter(request.uri(), "partNumber").is_some();
    let mismatch = || S3Error::PayloadMismatch {
        client: canonical::text(request.headers(), "x-amz-content-sha256")
            .unwrap_or_default()
            .into_owned(),
        computed: sha256_hex(request.body()),
    };
    let error = if provided < expected {
        S3Error::BodyLength { expected, provided }
    } else if payload.has_trailer() && is_part {
        S3Error::Trailer
    } else if provided == expected {
        mismatch()
    } else if payload.has_trailer() {
        S3Error::Internal
    } else {
        S3Error::BodyLength { expected, provided }
    };
    Err(error.into())
}

fn unchunk(
    mut request: Request<Bytes>,
    payload: Payload,
    verifier: Option<(&SignedRequest, &SigningKey)>,
) -> Result<Request<Bytes>, SignatureError> {
    let expected = decoded_length(request.headers())?;
    let chain = verifier
        .filter(|_| payload.is_signed())
        .map(|(signed, key)| Chain::new(signed, key, &request));
    let body = std::mem::take(request.body_mut());
    let mut reader = Reader {
        rest: &body,
        payload,
        chain,
    };
    let decoded = reader.chunks(expected)?;
    let trailer = reader.trailer()?;
    if decoded.len() != expected {
        return Err(S3Error::IncompleteBody.into());
    }
    add_trailer(request.headers_mut(), payload, trailer)?;
    *request.body_mut() = Bytes::from(decoded);
    Ok(request)
}

fn decoded_length(headers: &HeaderMap) -> Result<usize, S3Error> {
    let text = canonical::text(headers, "x-amz-decoded-content-length");
    text.and_then(|text| text.parse().ok())
        .ok_or(S3Error::MissingLength)
}

/// The trailer holds what `x-amz-trailer` announces, and nothing but checksums.
fn add_trailer(
    headers: &mut HeaderMap,
    payload: Payload,
    trailer: Vec<(String, String)>,
) -> Result<(), S3Error> {
    let announced = canonical::text(headers, "x-amz-trailer")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut announced: Vec<&str> = announced
        .split(',')
        .map(str::trim_ascii)
        .filter(|name| !name.is_empty())
        .collect();
    let mut found: Vec<&str> = trailer.iter().map(|(name, _)| name.as_str()).collect();
    announced.sort_unstable();
    found.sort_unstable();
    let are_checksums = found.iter().all(|name| is_checksum(name));
    if payload.has_trailer() && (announced != found || !are_checksums) {
        return Err(S3Error::Trailer);
    }
    for (name, value) in trailer {
        let decoded = || BASE64.decode(&value).map(|bytes| bytes.len()).ok();
        if checksum_length(&name).is_some_and(|length| decoded() != Some(length)) {
            return Err(S3Error::TrailerValue(name));
        }
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| S3Error::Trailer)?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| S3Error::Trailer)?;
        headers.insert(name, value);
    }
    Ok(())
}

/// Whether S3 knows a header as a checksum; those of newer algorithms are for whoever handles the request.
fn is_checksum(header: &str) -> bool {
    checksum_length(header).is_some() || header.starts_with("x-amz-checksum-xxhash")
}

/// How many bytes a checksum has, by the name of its header.
fn checksum_length(header: &str) -> Option<usize> {
    Some(match header.strip_prefix("x-amz-checksum-")? {
        "crc32" | "crc32c" => 4,
        "crc64nvme" => 8,
        "sha1" => 20,
        "sha256" => 32,
        "sha512" => 64,
        "md5" => 16,
        _ => return None,
    })
}

/// Signatures of which each signs the one before it.
struct Chain<'v> {
    key: &'v SigningKey,
    access_key_id: &'v str,
    prefix: String,
    algorithm: &'static str,
    previous: String,
    /// The canonical request that the first signature is of; S3 shows it with every mismatch.
    seed: String,
}

impl<'v> Chain<'v> {
    fn new(signed: &'v SignedRequest, key: &'v SigningKey, request: &Request<Bytes>) -> Self {
        Self {
            key,
            access_key_id: &signed.access_key_id,
            prefix: format!(
                "{}\n{}",
                time::basic(signed.time),
                signed.algorithm.scope(&signed.scope)
            ),
            algorithm: signed.algorithm.name(),
            previous: signed.signature.clone(),
            seed: signed.canonical_request(request),
        }
    }

    fn check_chunk(&mut self, data: &[u8], signature: &str) -> Result<(), SignatureError> {
        let (algorithm, prefix, previous) = (self.algorithm, &self.prefix, &self.previous);
        let [nothing, hash] = [sha256_hex(b""), sha256_hex(data)];
        self.check(
            format!("{algorithm}-PAYLOAD\n{prefix}\n{previous}\n{nothing}\n{hash}"),
            signature,
        )
    }

    fn check_trailer(
        &mut self,
        trailer: &[(String, String)],
        signature: &str,
    ) -> Result<(), SignatureError> {
        let mut lines = String::new();
        for (name, value) in trailer {
            lines.extend([name, ":", value, "\n"]);
        }
        let (algorithm, prefix, previous) = (self.algorithm, &self.prefix, &self.previous);
        let hash = sha256_hex(lines.as_bytes());
        self.check(
            format!("{algorithm}-TRAILER\n{prefix}\n{previous}\n{hash}"),
            signature,
        )
    }

    fn check(&mut self, string_to_sign: String, signature: &str) -> Result<(), SignatureError> {
        if self.key.verifies(&string_to_sign, signature) {
            // The asterisks that fill up a signature of SigV4A aren't signed.
            signature
                .trim_end_matches('*')
                .clone_into(&mut self.previous);
            return Ok(());
        }
        let mismatch = Mismatch {
            access_key_id: self.access_key_id.to_owned(),
            string_to_sign,
            canonical_request: self.seed.clone(),
            provided: signature.to_owned(),
        };
        Err(S3Error::Mismatch(Box::new(mismatch)).into())
    }
}

struct Reader<'b, 'v> {
    rest: &'b [u8],
    payload: Payload,
    chain: Option<Chain<'v>>,
}

impl<'b> Reader<'b, '_> {
    /// The data of all chunks up to and including the empty one at the end.
    fn chunks(&mut self, expected: usize) -> Result<Vec<u8>, SignatureError> {
        let mut decoded = Vec::with_capacity(expected.min(self.rest.len()));
        let mut small = None;
        for number in 1_usize.. {
            let (size, signature) = self.chunk_head()?;
            // The fault of a small chunk shows when another one with data follows it.
            if let Some(size) = small.filter(|_| size > 0) {
                return Err(S3Error::ChunkSize { number, size }.into());
            }
            small = (size < MIN_CHUNK).then_some(size);
            let data = self.take(size)?;
            if let Some(chain) = &mut self.chain {
                chain.check_chunk(data, &signature)?;
            }
            decoded.extend_from_slice(data);
            if size == 0 {
                break;
            }
            self.line_end()?;
        }
        Ok(decoded)
    }

    /// `400;chunk-signature=…`
    fn chunk_head(&mut self) -> Result<(usize, String), S3Error> {
        let line = self.line()?;
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let is_hex = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        let size = usize::from_str_radix(size, 16)
            .ok()
            .filter(|_| is_hex)
            .ok_or(S3Error::IncompleteBody)?;
        let signature = extension.strip_prefix("chunk-signature=");
        match signature {
            Some(signature) => Ok((size, signature.to_owned())),
            None if self.payload.is_signed() || !extension.is_empty() => {
                Err(S3Error::IncompleteBody)
            }
            None => Ok((size, String::new())),
        }
    }

    /// The lines after the last chunk up to an empty one, and the signature among them.
    fn trailer(&mut self) -> Result<Vec<(String, String)>, SignatureError> {
        let mut trailer = Vec::new();
        let mut signature = None;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or(S3Error::Trailer)?;
            match name.trim_ascii().to_ascii_lowercase().as_str() {
                "x-amz-trailer-signature" => signature = Some(value.trim_ascii().to_owned()),
                name => trailer.push((name.to_owned(), value.trim_ascii().to_owned())),
            }
        }
        if !self.rest.trim_ascii().is_empty() {
            return Err(S3Error::IncompleteBody.into());
        }
        if !self.payload.has_trailer() && !trailer.is_empty() {
            return Err(S3Error::Trailer.into());
        }
        if let Some(chain) = self.chain.as_mut().filter(|_| self.payload.has_trailer()) {
            chain.check_trailer(&trailer, &signature.ok_or(S3Error::Trailer)?)?;
        }
        Ok(trailer)
    }

    /// The text up to the next CR LF. A client that ends a value in a bare LF is understood.
    fn line(&mut self) -> Result<&'b str, S3Error> {
        let mut pairs = self.rest.windows(2).take(MAX_LINE);
        let end = pairs
            .position(|pair| pair == b"\r\n")
            .ok_or(S3Error::IncompleteBody)?;
        let line = self.take(end)?;
        self.line_end()?;
        str::from_utf8(line).map_err(|_| S3Error::IncompleteBody)
    }

    fn line_end(&mut self) -> Result<(), S3Error> {
        if self.take(2)? == b"\r\n" {
            Ok(())
        } else {
            Err(S3Error::IncompleteBody)
        }
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], S3Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(S3Error::IncompleteBody)?;
        self.rest = rest;
        Ok(taken)
    }
}
