//! The bundled data's packs: lists whose items lie in blocks, each deflated by itself, so that reading one item
//! inflates one block. `data/refresh.py` writes them and documents the format.

use std::io::Read;

use flate2::read::DeflateDecoder;

/// A pack: the number of blocks, a table, the blocks.
#[derive(Clone, Copy)]
pub(crate) struct Pack(pub(crate) &'static [u8]);

/// A row of a pack's table.
#[derive(Clone, Copy)]
struct Row {
    /// The number of the block's first item.
    first: usize,
    /// Where the block ends.
    end: usize,
}

impl Pack {
    /// The inflated block that holds an item, and the item's place in it.
    pub(crate) fn block_with(self, item: usize) -> Option<(Vec<u8>, usize)> {
        let last = (0..self.blocks())
            .map_while(|block| self.row(block).filter(|row| row.first <= item))
            .enumerate()
            .last();
        let (block, row) = last?;
        let start = match block.checked_sub(1) {
            Some(before) => self.row(before)?.end,
            None => HEADER + ROW * self.blocks(),
        };
        let mut inflated = Vec::new();
        DeflateDecoder::new(self.0.get(start..row.end)?)
            .read_to_end(&mut inflated)
            .ok()?;
        Some((inflated, item - row.first))
    }

    fn blocks(self) -> usize {
        number(self.0, 0).unwrap_or(0)
    }

    fn row(self, block: usize) -> Option<Row> {
        let at = HEADER + ROW * block;
        Some(Row {
            first: number(self.0, at)?,
            end: number(self.0, at + 4)?,
        })
    }
}

const HEADER: usize = 4;
const ROW: usize = 8;

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// Takes a varint off the front of `bytes`.
pub(crate) fn varint(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    let mut shift = 0;
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

/// The words of a block, each of which says how much it shares with the one before.
pub(crate) fn words(mut block: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    while let Some((shared, rest)) = block.split_first() {
        let length = rest.iter().position(|byte| *byte == b'\n');
        let (word, after) = rest.split_at(length.unwrap_or(rest.len()));
        block = after.get(1..).unwrap_or_default();
        let before = words.last().map_or("", String::as_str);
        let shared = before.get(..usize::from(*shared)).unwrap_or_default();
        let word = std::str::from_utf8(word).unwrap_or_default();
        words.push(format!("{shared}{word}"));
    }
    words
}
