//! [`Input`]: numbers out of a fuzzer's bytes; zeros behind their end.

use arbitrary::{Arbitrary, Unstructured};
use cenote_pool::{Amount, Direction, Fee, Fees};
use cenote_testing::{Quantity, inputs};

/// The bytes that are left.
#[derive(Debug)]
pub(crate) struct Input<'a>(Unstructured<'a>);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next number.
    pub(crate) fn number<T: Arbitrary<'a> + Default>(&mut self) -> T {
        self.0.arbitrary().unwrap_or_default()
    }

    /// Any number of units, or a part of `whole`.
    pub(crate) fn units(&mut self, whole: u128) -> u128 {
        self.0.arbitrary::<Quantity>().map_or(0, |quantity| quantity.of(whole))
    }

    /// The same as an amount; the largest one in place of a number that is none.
    pub(crate) fn amount(&mut self, whole: u128) -> Amount {
        Amount::new(self.units(whole)).unwrap_or(Amount::MAX)
    }

    /// A reserve, or any positive amount.
    pub(crate) fn reserve(&mut self) -> Amount {
        let units = inputs::decode_reserve(&mut self.0).unwrap_or(1);
        Amount::new(units).unwrap_or(Amount::MAX)
    }

    pub(crate) fn direction(&mut self) -> Direction {
        inputs::decode_direction(&mut self.0).unwrap_or(Direction::ZeroForOne)
    }

    pub(crate) fn fee(&mut self) -> Fee {
        let pips = inputs::decode_fee_pips(&mut self.0).unwrap_or_default();
        Fee::from_pips(pips).unwrap_or(Fee::ZERO)
    }

    /// The fees of both directions, one for both in most cases.
    pub(crate) fn fees(&mut self) -> Fees {
        let fee = self.fee();
        if self.number::<u8>() < 192 { fee.into() } else { Fees::new(fee, self.fee()) }
    }
}
