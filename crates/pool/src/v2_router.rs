//! What Uniswap v2's router computes, where it differs from what its pair would accept: to
//! reproduce its calls. Everything else uses [`Pool::quote_exact_out`].

use cenote_kernel::scalar;

use crate::amount::Amount;
use crate::id::TokenId;
use crate::market::Market;
use crate::path::{self, Hop};
use crate::pool::{Direction, Oriented, Pool};
use crate::swap::{Fill, SwapError};

impl Pool {
    /// What Uniswap v2's router asks for exactly `amount_out` of `token_out`:
    /// `floor(x * out * scale / ((y - out) * kept)) + 1`.
    ///
    /// One unit more than [`quote_exact_out`](Self::quote_exact_out) where the division is exact;
    /// the pool keeps it. Source: `UniswapV2Library.getAmountIn`.
    ///
    /// # Errors
    ///
    /// Those of [`quote_exact_out`](Self::quote_exact_out).
    pub fn quote_exact_out_v2_router(
        &self,
        token_out: TokenId,
        amount_out: Amount,
    ) -> Result<Fill, SwapError> {
        self.fill_exact_out_v2_router(self.direction(token_out)?.reverse(), amount_out)
    }

    /// [`quote_exact_out_v2_router`](Self::quote_exact_out_v2_router) by direction.
    ///
    /// # Errors
    ///
    /// Those of [`fill_exact_out`](Self::fill_exact_out).
    pub fn fill_exact_out_v2_router(
        &self,
        direction: Direction,
        amount_out: Amount,
    ) -> Result<Fill, SwapError> {
        self.fill_exact_out_by(direction, amount_out, scalar::exact_out_plus_one)
    }

    /// How much of the other token belongs to `amount` of this one in a deposit that changes no
    /// price: `floor(amount * y / x)`. Source: `UniswapV2Library.quote`.
    ///
    /// # Errors
    ///
    /// `TokenNotInPool`, `ZeroAmount`, `EmptyPool`, and `ReserveOverflow` above 2^112 - 1.
    pub fn counterpart_floor(&self, token: TokenId, amount: Amount) -> Result<Amount, SwapError> {
        let Oriented { reserve_in, reserve_out } = self.tradable(self.direction(token)?, amount)?;
        scalar::mul_div_floor(amount.get(), reserve_out.get(), reserve_in.get())
            .and_then(|units| Amount::new(units).ok())
            .ok_or(SwapError::ReserveOverflow)
    }
}

impl Market {
    /// [`fill_path_exact_out`](Self::fill_path_exact_out) as Uniswap v2's router computes it, with
    /// its one unit more at each hop. Source: `UniswapV2Library.getAmountsIn`.
    ///
    /// # Errors
    ///
    /// Those of [`fill_path_exact_out`](Self::fill_path_exact_out).
    pub fn fill_path_exact_out_v2_router(
        &self,
        hops: &[Hop],
        amount_out: Amount,
        fills: &mut [Fill],
    ) -> Result<(), SwapError> {
        let fill_exact_out = Pool::fill_exact_out_v2_router;
        path::fill_exact_out_by(self.pools(), hops, amount_out, fills, fill_exact_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::Fee;
    use crate::pool::Reserves;

    #[test]
    fn the_router_asks_for_one_more_where_the_division_is_exact() {
        let reserves = Reserves { reserve0: 997_u64.into(), reserve1: 1_000_u64.into() };
        let mut market = Market::new();
        let (a, b) = (market.add_token("a").unwrap(), market.add_token("b").unwrap());
        let pool = Pool::new(a, b, Fee::UNISWAP_V2).unwrap().with_reserves(reserves).unwrap();
        let id = market.add_pool("a/b", pool).unwrap();
        let asked = |out: u64| {
            let (tight, router) = (
                pool.quote_exact_out(b, out.into()).unwrap(),
                pool.quote_exact_out_v2_router(b, out.into()).unwrap(),
            );
            [tight.amount_in.get(), router.amount_in.get()]
        };
        assert_eq!([asked(500), asked(499)], [[1_000, 1_001], [997, 997]]);

        let hops = [Hop { pool: id, direction: Direction::ZeroForOne }];
        let mut fills = [Fill::default()];
        market.fill_path_exact_out_v2_router(&hops, 500_u64.into(), &mut fills).unwrap();
        let [fill] = fills;
        assert_eq!(fill.amount_in, Amount::from_u64(1_001));
        assert_eq!(pool.fill_exact(fill.direction, fill.amount_in, fill.amount_out), Ok(fill));
    }

    /// Source: `UniswapV2Router02.spec.ts`, "quote": 1 of 100 beside 200 needs 2, 2 of 200 beside
    /// 100 need 1.
    #[test]
    fn a_deposit_needs_its_counterpart_rounded_down() {
        let (a, b) = (TokenId::FIRST, TokenId::SECOND);
        let empty = Pool::new(a, b, Fee::UNISWAP_V2).unwrap();
        let of = |reserve0: u64, reserve1: Amount| {
            let reserves = Reserves { reserve0: reserve0.into(), reserve1 };
            empty.with_reserves(reserves).unwrap()
        };
        let pool = of(100, 200_u64.into());
        let needed =
            |token, units: u64| pool.counterpart_floor(token, units.into()).map(Amount::get);
        assert_eq!([needed(a, 1), needed(b, 2), needed(b, 3)], [Ok(2), Ok(1), Ok(1)]);
        assert_eq!(needed(a, 0), Err(SwapError::ZeroAmount));
        let stranger = TokenId::from(9);
        assert_eq!(needed(stranger, 1), Err(SwapError::TokenNotInPool { token: stranger }));
        let one = Amount::from_u64(1);
        assert_eq!(empty.counterpart_floor(a, one), Err(SwapError::EmptyPool));
        let steep = of(1, Amount::MAX);
        assert_eq!(steep.counterpart_floor(a, one), Ok(Amount::MAX));
        let above = steep.counterpart_floor(a, Amount::from_u64(2));
        assert_eq!(above, Err(SwapError::ReserveOverflow));
    }
}
