//! The payload's place in a signature: `x-amz-content-sha256`.

/// What `x-amz-content-sha256` says about the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The body's SHA-256 in hexadecimal.
    Hash,
    /// `UNSIGNED-PAYLOAD`.
    Unsigned,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: signed chunks.
    SignedChunks,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`: signed chunks and a signed trailer.
    SignedChunksAndTrailer,
    /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`: chunks and a trailer.
    ChunksAndTrailer,
    /// `STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD`: chunks signed with SigV4A.
    AsymmetricChunks,
    /// `STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER`: chunks and a trailer signed with SigV4A.
    AsymmetricChunksAndTrailer,
}

/// The marker of a body that isn't signed.
pub(super) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

impl Payload {
    /// Reads the header's value.
    pub fn parse(value: &str) -> Option<Self> {
        Some(match value {
            UNSIGNED => Self::Unsigned,
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Self::SignedChunks,
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Self::SignedChunksAndTrailer,
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Self::ChunksAndTrailer,
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" => Self::AsymmetricChunks,
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" => Self::AsymmetricChunksAndTrailer,
            hash if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Self::Hash
            }
            _ => return None,
        })
    }

    /// Whether each chunk is signed.
    pub fn is_signed(self) -> bool {
        self.is_chunked() && self != Self::ChunksAndTrailer
    }

    /// Whether a trailer follows the chunks.
    pub fn has_trailer(self) -> bool {
        use Payload::{AsymmetricChunksAndTrailer, ChunksAndTrailer, SignedChunksAndTrailer};
        matches!(
            self,
            ChunksAndTrailer | SignedChunksAndTrailer | AsymmetricChunksAndTrailer
        )
    }

    /// Whether the body is `aws-chunked`.
    pub fn is_chunked(self) -> bool {
        !matches!(self, Self::Hash | Self::Unsigned)
    }
}
