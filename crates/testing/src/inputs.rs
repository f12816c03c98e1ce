//! Inputs of every magnitude, edges among them: for proptest and from bytes.
//!
//! Amounts are drawn so that every length in bits is as likely as any other, and one in four
//! stands at an edge: zero, one, a power of two or ten, the bound, or next to one.

use cenote_kernel::reference::sqrt_product_floor;
use cenote_pool::{Amount, Direction};
use proptest::prelude::*;

use crate::case::Case;
use crate::custody::{Act, Hop};
use crate::exchange_ops::{ExchangeOp, Pick};
use crate::pool_ops::PoolOp;
use crate::quantity::Quantity;

const MAX: u128 = Amount::MAX.get();

/// A number of units from random bits, mostly an amount.
///
/// `choice` decides its length, or which edge it is next to; one choice in 64 gives a number that
/// is no amount, up to 2^128 - 1.
pub fn units(choice: u8, bits: u128) -> u128 {
    let length = bits.checked_rem(112).and_then(|length| u32::try_from(length).ok()).unwrap_or(0);
    let power = 1_u128.checked_shl(length).unwrap_or(0);
    let tenfold = 10_u128.checked_pow(length.checked_rem(34).unwrap_or(0)).unwrap_or(0);
    match choice {
        // The upper 112 bits, shifted by 0 to 111.
        0..=191 => {
            let shift = u32::from(choice).checked_rem(112).unwrap_or(0).saturating_add(16);
            bits.checked_shr(shift).unwrap_or(0)
        }
        192..=195 => 0,
        196..=203 => 1,
        204..=211 => power,
        212..=219 => power.saturating_sub(1),
        220..=227 => power.saturating_add(1),
        228..=235 => tenfold,
        236..=243 => MAX.saturating_sub(u128::from(length)),
        244..=247 => MAX.saturating_sub(power).saturating_add(1),
        248..=251 => MAX,
        252..=253 => MAX.saturating_add(power),
        254..=255 => u128::MAX.saturating_sub(u128::from(length)),
    }
}

/// A reserve from random bits: an amount of at least one.
pub fn reserve_units(choice: u8, bits: u128) -> u128 {
    units(choice, bits).clamp(1, MAX)
}

/// A fee in hundredths of a basis point from random bits: zero, Uniswap's, the ends, or any.
pub fn fee_pips(choice: u8, bits: u32) -> u32 {
    match choice {
        0..=63 => 0,
        64..=127 => 3_000,
        128..=143 => 1,
        144..=159 => 999_999,
        160..=191 => 100,
        192..=255 => bits.checked_rem(1_000_000).unwrap_or(0),
    }
}

/// A number of shares that reserves can back: from 1,000 to `isqrt(x y)`, which is one choice in
/// four; none where fewer than 1,000 can be.
pub fn shares_of(reserve0: u128, reserve1: u128, (choice, bits): (u8, u128)) -> u128 {
    let root = sqrt_product_floor(reserve0, reserve1);
    let shares = match choice {
        0..=63 => root,
        64..=79 => 1000,
        80..=255 => units(choice, bits).clamp(1000, root.max(1000)),
    };
    if root < 1000 { 0 } else { shares }
}

/// Amounts of every magnitude, and now and then a number that is no amount.
pub fn amounts() -> impl Strategy<Value = u128> + Clone {
    (any::<u8>(), any::<u128>()).prop_map(|(choice, bits)| units(choice, bits))
}

/// Reserves of every magnitude.
pub fn reserves() -> impl Strategy<Value = u128> + Clone {
    (any::<u8>(), any::<u128>()).prop_map(|(choice, bits)| reserve_units(choice, bits))
}

/// Fees in hundredths of a basis point.
pub fn fees_pips() -> impl Strategy<Value = u32> + Clone {
    (any::<u8>(), any::<u32>()).prop_map(|(choice, bits)| fee_pips(choice, bits))
}

/// Both directions.
pub fn directions() -> impl Strategy<Value = Direction> + Clone {
    prop_oneof![Just(Direction::ZeroForOne), Just(Direction::OneForZero)]
}

/// Quantities: numbers and parts.
pub fn quantities() -> impl Strategy<Value = Quantity> + Clone {
    prop_oneof![
        3 => amounts().prop_map(Quantity::Units),
        6 => any::<u16>().prop_map(Quantity::Part),
        3 => Just(Quantity::All),
        1 => Just(Quantity::TooMuch),
    ]
}

/// Pools with shares, in every proportion, and two amounts.
pub fn cases() -> impl Strategy<Value = Case> + Clone {
    let shares = (any::<u8>(), any::<u128>());
    let pool = (reserves(), reserves(), shares, fees_pips(), directions());
    (pool, amounts(), amounts()).prop_map(|(pool, amount0, amount1)| {
        let (reserve0, reserve1, shares, fee_pips, direction) = pool;
        let total_shares = shares_of(reserve0, reserve1, shares);
        Case { reserve0, reserve1, total_shares, fee_pips, direction, amount0, amount1 }
    })
}

/// Pools with deposits near their proportion, which independent amounts seldom hit.
pub fn even_deposits() -> impl Strategy<Value = Case> + Clone {
    (cases(), 0..=48_u32, 0..=4_u128).prop_map(|(case, shift, more)| {
        let part = |reserve: u128| reserve.checked_shr(shift).unwrap_or(0);
        let amount0 = part(case.reserve0).saturating_add(more);
        let amount1 = part(case.reserve1).saturating_add(4).saturating_sub(more);
        Case { amount0, amount1, ..case }
    })
}

/// A pool and the shares of those who leave it, in the order of leaving; the pool's last
/// provider, who has the rest, leaves last.
pub fn bank_runs(providers: usize) -> impl Strategy<Value = (Case, Vec<u128>)> + Clone {
    let parts = proptest::collection::vec((any::<u8>(), any::<u128>()), 1..=providers);
    (cases(), parts).prop_map(|(case, parts)| {
        let mut left = case.total_shares.saturating_sub(1000);
        let mut leaving = Vec::with_capacity(parts.len());
        for (choice, bits) in parts {
            let shares = units(choice, bits).min(left);
            if 0 < shares {
                left = left.saturating_sub(shares);
                leaving.push(shares);
            }
        }
        (case, leaving)
    })
}

/// Operations on one pool.
pub fn pool_ops(length: usize) -> impl Strategy<Value = Vec<PoolOp>> {
    let op = prop_oneof![
        3 => (directions(), quantities())
            .prop_map(|(direction, amount_in)| PoolOp::SwapIn { direction, amount_in }),
        2 => (directions(), quantities())
            .prop_map(|(direction, amount_out)| PoolOp::SwapOut { direction, amount_out }),
        2 => (quantities(), quantities())
            .prop_map(|(amount0, amount1)| PoolOp::Mint { amount0, amount1 }),
        2 => quantities().prop_map(|shares| PoolOp::Burn { shares }),
    ];
    proptest::collection::vec(op, 1..=length)
}

/// Operations on an exchange.
pub fn exchange_ops(length: usize) -> impl Strategy<Value = Vec<ExchangeOp>> {
    let pick = (any::<[u8; 4]>(), directions(), quantities(), quantities())
        .prop_map(|(places, direction, first, second)| Pick { places, direction, first, second });
    let op = (any::<u8>(), pick).prop_map(|(kind, pick)| ExchangeOp::of(kind, pick));
    proptest::collection::vec(op, 1..=length)
}

/// What customers do at an exchange; mostly those that are, in pools that are.
pub fn acts(length: usize) -> impl Strategy<Value = Vec<Act>> {
    let hop = (0..=2_u8, directions()).prop_map(|(pool, direction)| Hop { pool, direction });
    let by = 0..=3_u8;
    let (first, second) = (quantities(), quantities());
    // Most limits are such as can be met.
    let limit = prop_oneof![3 => Just(Quantity::Units(0)), 1 => quantities()];
    let most = prop_oneof![3 => Just(Quantity::All), 1 => quantities()];
    let act =
        prop_oneof![
            (by.clone(), hop.clone(), first.clone(), limit.clone())
                .prop_map(|(by, hop, amount_in, least)| Act::Sell { by, hop, amount_in, least }),
            (by.clone(), [hop.clone(), hop.clone()], first.clone(), limit.clone()).prop_map(
                |(by, hops, amount_in, least)| Act::SellTwice { by, hops, amount_in, least }
            ),
            (by.clone(), hop, first.clone(), most)
                .prop_map(|(by, hop, amount_out, most)| Act::Buy { by, hop, amount_out, most }),
            (by.clone(), 0..=2_u8, [first.clone(), second], limit)
                .prop_map(|(by, pool, most, least)| Act::Deposit { by, pool, most, least }),
            (by.clone(), 0..=2_u8, first.clone()).prop_map(|(by, pool, shares)| Act::Redeem {
                by,
                pool,
                shares
            }),
            (by.clone(), by, 0..=3_u8, first).prop_map(|(by, to, token, amount)| Act::Send {
                by,
                to,
                token,
                amount
            }),
            [0..=3_u8, 0..=3_u8].prop_map(|tokens| Act::Open { tokens }),
        ];
    proptest::collection::vec(act, 1..=length)
}

#[cfg(feature = "arbitrary")]
pub use decode::{
    decode_direction, decode_fee_pips, decode_reserve, decode_sequence, decode_units,
};

/// The same inputs from a fuzzer's bytes.
///
/// The encoding is dense: what decides stands in one byte, a number takes no more bytes than it
/// has, and no operation needs what stands behind it. So a mutation of a few bytes changes one
/// operation, and bytes cut out or copied are operations cut out or copied.
#[cfg(feature = "arbitrary")]
mod decode {
    use arbitrary::{Arbitrary, Result, Unstructured};
    use cenote_pool::Direction;

    use super::{MAX, fee_pips, shares_of, units};
    use crate::case::Case;
    use crate::custody::{Act, Hop, TOKENS, TRADERS};
    use crate::exchange_ops::{ExchangeOp, Pick};
    use crate::pool_ops::PoolOp;
    use crate::quantity::Quantity;

    /// The cases of [`cases`](super::cases): pools with shares that their reserves back.
    impl<'a> Arbitrary<'a> for Case {
        fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
            let fee_pips = decode_fee_pips(bytes)?;
            let direction = decode_direction(bytes)?;
            let (reserve0, reserve1) = (decode_reserve(bytes)?, decode_reserve(bytes)?);
            Ok(Self {
                reserve0,
                reserve1,
                total_shares: decode_shares(bytes, (reserve0, reserve1))?,
                fee_pips,
                direction,
                amount0: decode_units(bytes)?,
                amount1: decode_units(bytes)?,
            })
        }
    }

    impl<'a> Arbitrary<'a> for Quantity {
        fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
            Ok(match bytes.arbitrary()? {
                0_u8..=119 => Self::Part(bytes.arbitrary()?),
                120..=151 => Self::All,
                152..=159 => Self::TooMuch,
                160..=255 => Self::Units(decode_units(bytes)?),
            })
        }
    }

    impl<'a> Arbitrary<'a> for PoolOp {
        fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
            let kind = bytes.arbitrary::<u8>()?;
            let direction = direction_of(kind);
            Ok(match kind & 0x0f {
                0..=4 => Self::SwapIn { direction, amount_in: bytes.arbitrary()? },
                5..=8 => Self::SwapOut { direction, amount_out: bytes.arbitrary()? },
                9..=12 => Self::Mint { amount0: bytes.arbitrary()?, amount1: bytes.arbitrary()? },
                _ => Self::Burn { shares: bytes.arbitrary()? },
            })
        }
    }

    impl<'a> Arbitrary<'a> for ExchangeOp {
        fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
            let kind = bytes.arbitrary::<u8>()?;
            let (places, direction) = (bytes.arbitrary()?, direction_of(kind));
            let (first, second) = (bytes.arbitrary()?, bytes.arbitrary()?);
            Ok(Self::of(kind & 0x7f, Pick { places, direction, first, second }))
        }
    }

    impl<'a> Arbitrary<'a> for Act {
        fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
            let (kind, places) = (bytes.arbitrary::<u8>()?, bytes.arbitrary::<u8>()?);
            let by = place(places, TRADERS);
            // The rest of the byte: where, and to whom.
            let (pool, other) = ((places >> 2) & 3, (places >> 4) & 3);
            let hop = Hop { pool, direction: direction_of(kind) };
            let least = |bytes: &mut Unstructured<'a>| match other {
                0 => bytes.arbitrary(),
                _ => Ok(Quantity::Units(0)),
            };
            Ok(match kind & 0x0f {
                0..=2 => {
                    Self::Sell { by, hop, amount_in: bytes.arbitrary()?, least: least(bytes)? }
                }
                3..=4 => {
                    let second = Hop { pool: other, direction: direction_of(places) };
                    let (hops, amount_in) = ([hop, second], bytes.arbitrary()?);
                    Self::SellTwice { by, hops, amount_in, least: Quantity::Units(0) }
                }
                5..=6 => {
                    let most = if other == 0 { bytes.arbitrary()? } else { Quantity::All };
                    Self::Buy { by, hop, amount_out: bytes.arbitrary()?, most }
                }
                7..=9 => {
                    let most = [bytes.arbitrary()?, bytes.arbitrary()?];
                    Self::Deposit { by, pool, most, least: least(bytes)? }
                }
                10..=11 => Self::Redeem { by, pool, shares: bytes.arbitrary()? },
                12..=14 => {
                    let token = place(kind >> 4, TOKENS);
                    Self::Send { by, to: other, token, amount: bytes.arbitrary()? }
                }
                _ => Self::Open { tokens: [pool, other] },
            })
        }
    }

    /// One of so many places, or the first that is none.
    fn place(byte: u8, count: usize) -> u8 {
        let places = u8::try_from(count).unwrap_or(u8::MAX).saturating_add(1);
        byte.checked_rem(places).unwrap_or(0)
    }

    /// Reads operations, or whatever else, until there are no more bytes, and at most `max`.
    ///
    /// # Errors
    ///
    /// Those of reading one.
    pub fn decode_sequence<'a, T: Arbitrary<'a>>(
        bytes: &mut Unstructured<'a>,
        max: usize,
    ) -> Result<Vec<T>> {
        let mut sequence = Vec::new();
        while sequence.len() < max && !bytes.is_empty() {
            sequence.push(bytes.arbitrary()?);
        }
        Ok(sequence)
    }

    /// Reads an amount, now and then a number that is none: a byte that says how many bytes the
    /// number has or which edge it is next to, then the number itself, lowest byte first.
    ///
    /// # Errors
    ///
    /// Those of the bytes.
    pub fn decode_units(bytes: &mut Unstructured<'_>) -> Result<u128> {
        let choice = bytes.arbitrary::<u8>()?;
        if 192 <= choice {
            return Ok(units(choice, bytes.arbitrary::<u8>()?.into()));
        }
        let length = choice.checked_rem(14).map_or(1, usize::from).saturating_add(1);
        let mut number = [0; 16];
        if let Some(part) = number.get_mut(..length) {
            bytes.fill_buffer(part)?;
        }
        Ok(u128::from_le_bytes(number))
    }

    /// Reads a reserve.
    ///
    /// # Errors
    ///
    /// Those of the bytes.
    pub fn decode_reserve(bytes: &mut Unstructured<'_>) -> Result<u128> {
        Ok(decode_units(bytes)?.clamp(1, MAX))
    }

    /// Reads a number of shares that reserves can back; see [`shares_of`].
    fn decode_shares(bytes: &mut Unstructured<'_>, reserves: (u128, u128)) -> Result<u128> {
        let choice = bytes.arbitrary::<u8>()?;
        let root = shares_of(reserves.0, reserves.1, (0, 0));
        Ok(match choice {
            0..=63 => root,
            64..=79 => root.min(1000),
            80..=255 => decode_units(bytes)?.max(1000).min(root),
        })
    }

    /// Reads a fee.
    ///
    /// # Errors
    ///
    /// Those of the bytes.
    pub fn decode_fee_pips(bytes: &mut Unstructured<'_>) -> Result<u32> {
        let choice = bytes.arbitrary::<u8>()?;
        let [low, middle, high] =
            if choice < 192 { [0; 3] } else { bytes.arbitrary::<[u8; 3]>()? };
        Ok(fee_pips(choice, u32::from_le_bytes([low, middle, high, 0])))
    }

    /// Reads a direction.
    ///
    /// # Errors
    ///
    /// Those of the bytes.
    pub fn decode_direction(bytes: &mut Unstructured<'_>) -> Result<Direction> {
        Ok(direction_of(bytes.arbitrary()?))
    }

    /// The direction that the upper half of a byte's values stand for.
    const fn direction_of(byte: u8) -> Direction {
        if byte < 128 { Direction::ZeroForOne } else { Direction::OneForZero }
    }
}
