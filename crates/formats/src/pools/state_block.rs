//! [`StateBlock`]: the block at whose end the pools of a file were as it says.

use std::io::{self, Read, Write};

use crate::error::{FormatError, Reason};
use crate::rows::{Place, Row, Rows};
use crate::write::put_number;

/// The columns of the block that a state is of.
///
/// Not `block`, which says of one row among several of a pool when its events begin.
pub(super) const STATE_BLOCK_NAMES: [&str; 2] = ["state_block", "state_hash"];

/// The block at whose end the pools of a file were as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl StateBlock {
    /// Writes the columns of [`STATE_BLOCK_NAMES`].
    pub(super) fn put(&self, line: &mut Vec<u8>) -> io::Result<()> {
        line.push(b',');
        put_number(line, self.number.into());
        line.extend_from_slice(b",0x");
        self.hash.iter().try_for_each(|byte| write!(line, "{byte:02x}"))
    }
}

/// Where the columns are.
#[derive(Debug, Clone, Copy)]
pub(super) struct StateBlockColumns {
    number: Place,
    hash: Place,
}

impl StateBlockColumns {
    /// Finds both; one without the other is refused.
    pub(super) fn find<R: Read>(rows: &Rows<R>) -> Result<Option<Self>, FormatError> {
        let [number, hash] = STATE_BLOCK_NAMES;
        if rows.column(number).is_none() && rows.column(hash).is_none() {
            return Ok(None);
        }
        Ok(Some(Self { number: rows.required(number)?, hash: rows.required(hash)? }))
    }

    /// The block of a row, which must be that of the rows before it.
    pub(super) fn block(
        &self,
        row: &Row<'_>,
        before: Option<StateBlock>,
    ) -> Result<StateBlock, FormatError> {
        let number = row.number(self.number)?;
        let hash = hash(row.field(self.hash)).ok_or(row.error(self.hash, Reason::BlockHash))?;
        let block = StateBlock { number, hash };
        match before {
            Some(before) if before != block => Err(row.error(self.number, Reason::OtherBlock)),
            _ => Ok(block),
        }
    }
}

/// A hash has one spelling.
fn hash(text: &[u8]) -> Option<[u8; 32]> {
    let digits: &[[u8; 2]; 32] = text.strip_prefix(b"0x")?.as_chunks().0.try_into().ok()?;
    let mut hash = [0; 32];
    for (byte, [high, low]) in hash.iter_mut().zip(digits) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    (text.len() == 66).then_some(hash)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => byte.checked_sub(b'0'),
        b'a'..=b'f' => byte.checked_sub(b'a')?.checked_add(10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::samples::NO_OPTIONS;
    use crate::{read_pools, read_pools_of_block, write_pools_of_block};

    const HEADER: &str = "pool,token0,token1,reserve0,reserve1,fee_bps,state_block,state_hash";

    fn of_blocks(blocks: &[(&str, &str)]) -> String {
        let row = |(at, (number, hash)): (usize, &(&str, &str))| {
            format!("\np{at},a,b,1,1,30,{number},{hash}")
        };
        blocks.iter().enumerate().map(row).fold(HEADER.to_owned(), |text, row| text + &row)
    }

    #[test]
    fn the_block_of_a_state_reads_back() {
        let hash = format!("0x{}0f", "a9".repeat(31));
        let text = of_blocks(&[("7", &hash), ("7", &hash)]);
        let (market, block) = read_pools_of_block(text.as_bytes(), &NO_OPTIONS).unwrap();
        let block = block.unwrap();
        assert_eq!((block.number, block.hash[0], block.hash[31]), (7, 0xa9, 0x0f));
        let written = write_pools_of_block(&market, &block, Vec::new()).unwrap();
        let again = read_pools_of_block(&*written, &NO_OPTIONS).unwrap();
        assert_eq!(again, (market.clone(), Some(block)));
        // Elsewhere these columns are like any others.
        assert_eq!(read_pools(&*written, &NO_OPTIONS).unwrap(), market);
        let none = "pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,1,30";
        assert_eq!(read_pools_of_block(none.as_bytes(), &NO_OPTIONS).unwrap().1, None);
    }

    #[test]
    fn a_file_of_two_blocks_or_of_none_is_refused() {
        let [one, two] = ["1", "2"].map(|digit| format!("0x{}", digit.repeat(64)));
        let refused = |blocks: &[(&str, &str)], place: &str| {
            let text = of_blocks(blocks);
            let error = read_pools_of_block(text.as_bytes(), &NO_OPTIONS).unwrap_err().to_string();
            assert!(error.starts_with(place), "{error}");
        };
        refused(&[("7", &one), ("8", &one)], "line 3, column 7 (state_block): of another block");
        refused(&[("7", &one), ("7", &two)], "line 3, column 7 (state_block): of another block");
        for wrong in ["", "0x", &one[2..], &one[..65], &format!("{one}0"), &one.replace('1', "A")] {
            refused(&[("7", wrong)], "line 2, column 8 (state_hash): not the hash");
        }
        refused(&[("", &one)], "line 2, column 7 (state_block)");
        let half = of_blocks(&[("7", &one)]).replace("state_block", "other");
        let error = read_pools_of_block(half.as_bytes(), &NO_OPTIONS).unwrap_err();
        assert!(error.to_string().contains("state_block"), "{error}");
    }
}
