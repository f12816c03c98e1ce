//! Paths: swaps in a row, each paying with what the one before it bought.

use crate::amount::Amount;
use crate::id::PoolId;
use crate::market::Market;
use crate::pool::{Direction, Pool};
use crate::swap::{Fill, PathError, SwapError};

/// The longest path: 16 pools.
pub const MAX_HOPS: usize = 16;

/// One pool of a path and the way through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hop {
    /// The pool.
    pub pool: PoolId,
    /// The way through it.
    pub direction: Direction,
}

impl Market {
    /// What paying `amount_in` into the first pool of a path would do: one fill for each hop,
    /// written to `fills`, each paying with what the one before it bought.
    ///
    /// A pool that the path uses again is seen as the earlier hop left it, so this is what
    /// execution gives. Nothing of the market changes; [`settle`](Self::settle) takes the fills
    /// over.
    ///
    /// # Errors
    ///
    /// [`SwapError::Path`] if `hops` is no path or `fills` is not as long; then the error of
    /// the first hop that is refused, after which `fills` holds no answer.
    pub fn fill_path_exact_in(
        &self,
        hops: &[Hop],
        amount_in: Amount,
        fills: &mut [Fill],
    ) -> Result<(), SwapError> {
        fill_exact_in(self.pools(), hops, amount_in, fills)
    }

    /// What buying exactly `amount_out` from the last pool of a path would do: each hop buys
    /// exactly what the next one needs, at the least input that its pool accepts.
    ///
    /// # Errors
    ///
    /// [`SwapError::Path`] if `hops` is no path, uses a pool twice, or `fills` is not as
    /// long; then the error of the first hop that is refused, seen from the end.
    pub fn fill_path_exact_out(
        &self,
        hops: &[Hop],
        amount_out: Amount,
        fills: &mut [Fill],
    ) -> Result<(), SwapError> {
        fill_exact_out_by(self.pools(), hops, amount_out, fills, Pool::fill_exact_out)
    }
}

/// [`Market::fill_path_exact_in`] on pools by their places.
#[inline]
pub(crate) fn fill_exact_in(
    pools: &[Pool],
    hops: &[Hop],
    amount_in: Amount,
    fills: &mut [Fill],
) -> Result<(), SwapError> {
    // One hop is the usual case, and needs no look back.
    if let ([hop], [fill]) = (hops, &mut *fills) {
        *fill = pool_of(pools, *hop)?.fill_exact_in(hop.direction, amount_in)?;
        return Ok(());
    }
    check_path(pools, hops, fills)?;
    let mut amount = amount_in;
    for (at, hop) in hops.iter().enumerate() {
        let mut pool = *pool_of(pools, *hop)?;
        let earlier = hops.iter().zip(&*fills).take(at).rev();
        if let Some((_, fill)) = earlier.into_iter().find(|(other, _)| other.pool == hop.pool) {
            pool.settle(fill.reserves);
        }
        let fill = pool.fill_exact_in(hop.direction, amount)?;
        amount = fill.amount_out;
        if let Some(place) = fills.get_mut(at) {
            *place = fill;
        }
    }
    Ok(())
}

/// [`Market::fill_path_exact_out`] on pools by their places, by the rule that says what each hop
/// costs.
#[inline]
pub(crate) fn fill_exact_out_by(
    pools: &[Pool],
    hops: &[Hop],
    amount_out: Amount,
    fills: &mut [Fill],
    fill_exact_out: impl Fn(&Pool, Direction, Amount) -> Result<Fill, SwapError>,
) -> Result<(), SwapError> {
    if let ([hop], [fill]) = (hops, &mut *fills) {
        *fill = fill_exact_out(pool_of(pools, *hop)?, hop.direction, amount_out)?;
        return Ok(());
    }
    check_path(pools, hops, fills)?;
    let mut amount = amount_out;
    for (at, hop) in hops.iter().enumerate().rev() {
        if hops.iter().take(at).any(|other| other.pool == hop.pool) {
            return Err(PathError::RepeatedPool.into());
        }
        let fill = fill_exact_out(pool_of(pools, *hop)?, hop.direction, amount)?;
        amount = fill.amount_in;
        if let Some(place) = fills.get_mut(at) {
            *place = fill;
        }
    }
    Ok(())
}

#[inline]
fn pool_of(pools: &[Pool], hop: Hop) -> Result<&Pool, SwapError> {
    pools.get(hop.pool.index()).ok_or(SwapError::UnknownPool { pool: hop.pool })
}

/// Checks that the hops join and that there is a place for each fill.
fn check_path(pools: &[Pool], hops: &[Hop], fills: &[Fill]) -> Result<(), SwapError> {
    if hops.is_empty() {
        return Err(PathError::Empty.into());
    }
    if MAX_HOPS < hops.len() {
        return Err(PathError::TooLong { hops: hops.len() }.into());
    }
    if hops.len() != fills.len() {
        return Err(PathError::Uneven { hops: hops.len(), legs: fills.len() }.into());
    }
    let mut given = None;
    for (at, hop) in hops.iter().enumerate() {
        let (token_in, token_out) = pool_of(pools, *hop)?.tokens(hop.direction);
        if given.is_some_and(|given| given != token_in) {
            return Err(PathError::Disconnected { at }.into());
        }
        given = Some(token_out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::order::Exact;
    use crate::pool::Reserves;

    const SELL: Hop = Hop { pool: PoolId::FIRST, direction: Direction::ZeroForOne };
    const BACK: Hop = Hop { pool: PoolId::FIRST, direction: Direction::OneForZero };
    const NEXT: Hop = Hop { pool: PoolId::SECOND, direction: Direction::ZeroForOne };

    fn amount(units: u64) -> Amount {
        units.into()
    }

    /// Pools a/b and b/c of 1000 each, without a fee.
    fn market() -> Market {
        let mut market = Market::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| market.add_token(name).unwrap());
        let reserves = Reserves { reserve0: amount(1000), reserve1: amount(1000) };
        for (name, token0, token1) in [("a/b", a, b), ("b/c", b, c)] {
            let pool = Pool::new(token0, token1, Fee::ZERO).unwrap();
            market.add_pool(name, pool.with_reserves(reserves).unwrap()).unwrap();
        }
        market
    }

    /// The amounts of each hop, or why there are none.
    fn fills(hops: &[Hop], exact: Exact, units: u64) -> Result<Vec<[u128; 2]>, SwapError> {
        let mut fills = vec![Fill::default(); hops.len()];
        match exact {
            Exact::In => market().fill_path_exact_in(hops, amount(units), &mut fills)?,
            Exact::Out => market().fill_path_exact_out(hops, amount(units), &mut fills)?,
        }
        Ok(fills.iter().map(|fill| [fill.amount_in.get(), fill.amount_out.get()]).collect())
    }

    #[test]
    fn each_hop_pays_with_what_the_one_before_it_bought() {
        assert_eq!(fills(&[SELL], Exact::In, 100), Ok(vec![[100, 90]]));
        assert_eq!(fills(&[SELL, NEXT], Exact::In, 100), Ok(vec![[100, 90], [90, 82]]));
        assert_eq!(fills(&[SELL], Exact::Out, 90), Ok(vec![[99, 90]]));
        assert_eq!(fills(&[SELL, NEXT], Exact::Out, 82), Ok(vec![[99, 90], [90, 82]]));
    }

    /// After the first hop the pool holds 1100 and 910, after the second 1001 and 1000.
    #[test]
    fn a_pool_used_again_is_seen_as_it_was_left() {
        let expected = vec![[100, 90], [90, 99], [99, 90]];
        assert_eq!(fills(&[SELL, BACK, SELL], Exact::In, 100), Ok(expected));
        assert_eq!(fills(&[SELL, BACK], Exact::Out, 1), Err(PathError::RepeatedPool.into()));
    }

    #[test]
    fn what_is_no_path_is_refused_both_ways() {
        let there_and_back = [[SELL, BACK]; 9].concat();
        let unknown = Hop { pool: 2.into(), ..SELL };
        let cases = [
            (&[][..], PathError::Empty.into()),
            (&there_and_back[..17], PathError::TooLong { hops: 17 }.into()),
            (&[SELL, SELL], PathError::Disconnected { at: 1 }.into()),
            (&[SELL, NEXT, BACK], PathError::Disconnected { at: 2 }.into()),
            (&[unknown], SwapError::UnknownPool { pool: 2.into() }),
            (&[SELL, unknown], SwapError::UnknownPool { pool: 2.into() }),
        ];
        for (hops, error) in cases {
            assert_eq!(fills(hops, Exact::In, 100), Err(error));
            assert_eq!(fills(hops, Exact::Out, 1), Err(error));
        }
        assert_eq!(fills(&there_and_back[..16], Exact::In, 100).map(|fills| fills.len()), Ok(16));
        let uneven = Err(PathError::Uneven { hops: 1, legs: 2 }.into());
        let mut two = [Fill::default(); 2];
        assert_eq!(market().fill_path_exact_in(&[SELL], amount(100), &mut two), uneven);
    }
}
