//! Numbers that look random and are the same each time.

/// Xorshift, seeded by the round.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(round: u64) -> Self {
        Self((round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`; 0 when there is none.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit.max(1)).unwrap_or(1);
        usize::try_from((self.0 >> 11) % limit).unwrap_or(0)
    }

    /// Any character, the plain ones more often.
    pub(crate) fn character(&mut self) -> char {
        let code = if self.below(4) > 0 {
            0x20 + self.below(0x5f)
        } else {
            self.below(0x11_0000)
        };
        u32::try_from(code)
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{fffd}')
    }
}
