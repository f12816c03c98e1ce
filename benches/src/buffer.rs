//! [`Buffer`]: numbers at a chosen place within their page.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "the room is a page longer than the numbers"
)]

use std::ops::{Deref, DerefMut};

/// Bytes of a page.
const PAGE: usize = 4096;
/// Bytes between the places of two buffers with neighbouring numbers: an odd number of lines.
const STEP: usize = 9 * 64;
const ITEM: usize = size_of::<u128>();

/// Numbers that begin at a place of their own within a page.
///
/// A processor first compares the lower twelve bits of a load's address with those of the stores that
/// are under way. Allocators give long lists whole pages, all beginning at one offset; then each load of
/// an input seems to meet the store of an answer and waits for it, which costs a batch up to 40 %. Where
/// lists happen to lie must not decide a comparison, so every list of a measurement has another offset.
#[derive(Debug)]
pub struct Buffer {
    room: Vec<u128>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// Numbers in the buffer with this number among those that are used together, of which there are
    /// at most seven.
    pub fn new(number: usize, numbers: impl ExactSizeIterator<Item = u128>) -> Self {
        let len = numbers.len();
        let room = vec![0; len + PAGE / ITEM];
        let wanted = number * STEP % PAGE;
        let start = (wanted + PAGE - room.as_ptr() as usize % PAGE) % PAGE / ITEM;
        let mut buffer = Self { room, start, len };
        for (place, number) in buffer.iter_mut().zip(numbers) {
            *place = number;
        }
        buffer
    }

    /// As many zeros.
    pub fn zeros(number: usize, len: usize) -> Self {
        Self::new(number, std::iter::repeat_n(0, len))
    }
}

impl Deref for Buffer {
    type Target = [u128];

    fn deref(&self) -> &[u128] {
        &self.room[self.start..self.start + self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u128] {
        &mut self.room[self.start..self.start + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_begin_at_different_places_of_their_pages() {
        for len in [1, 4096, 1 << 17] {
            let buffers = [0, 1, 2, 3, 4, 5, 6].map(|number| Buffer::zeros(number, len));
            let mut offsets = buffers.each_ref().map(|buffer| buffer.as_ptr() as usize % PAGE);
            assert!(offsets.iter().all(|offset| offset % 64 == 0), "{offsets:?}");
            offsets.sort_unstable();
            assert!(offsets.windows(2).all(|pair| pair[1] - pair[0] >= STEP), "{offsets:?}");
        }
        assert_eq!(Buffer::new(3, [1, 2, 3].into_iter())[..], [1, 2, 3]);
    }
}
