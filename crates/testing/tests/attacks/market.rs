//! What is reported of a pool, judged by a market: impossible reports change nothing, and what
//! is unknown stays unknown.

use cenote_pool::{
    Action, BurnError, Event, EventError, Fee, Flows, FlowsError, History, Liquidity, Market,
    MintError, PoolId, Product, Reserves, Shares, SyncError,
};
use cenote_testing::inputs;
use primitive_types::U256;
use proptest::prelude::*;

use crate::bench::{MAX, amount, empty, founded, holding, refused, reserves, shares};

/// A market of one pool, its accumulators known and its clock at 100.
fn market(pool: cenote_pool::Pool, k_last: Option<Product>) -> (Market, PoolId) {
    let mut market = Market::new();
    for name in ["a", "b"] {
        market.add_token(name).unwrap();
    }
    let id = market.add_pool("a/b", pool).unwrap();
    let zero = Some(U256::zero());
    let history = History { price0_cum: zero, price1_cum: zero, k_last, ts_last: Some(100) };
    market.set_history(id, history).unwrap();
    (market, id)
}

fn event(pool: PoolId, after: Reserves, action: Option<Action>) -> Event {
    Event { pool, timestamp: 107, reserves: after, action }
}

fn liquidity(amount0: u128, amount1: u128, count: Option<u128>) -> Liquidity {
    let shares = count.map(shares);
    Liquidity { amount0: amount(amount0), amount1: amount(amount1), shares }
}

fn total(market: &Market, id: PoolId) -> Option<Shares> {
    market.pool(id).unwrap().total_shares()
}

#[test]
fn the_first_deposit_may_be_a_report() {
    let (mut market, id) = market(empty(Fee::UNISWAP_V2), Some(Product::ZERO));
    let mint = |count| Action::Mint(liquidity(4_000, 1_000, Some(count)));
    let wrong = EventError::Shares { expected: shares(1_000), found: shares(2_000) };
    let after = reserves(4_000, 1_000);
    refused(&mut market, wrong, |market| market.apply(&event(id, after, Some(mint(2_000)))));
    let few = Action::Mint(liquidity(1_000, 1_000, None));
    let none = EventError::Mint(MintError::ZeroShares);
    let at = reserves(1_000, 1_000);
    refused(&mut market, none, |market| market.apply(&event(id, at, Some(few))));
    assert_eq!(market.apply(&event(id, after, Some(mint(1_000)))), Ok(()));
    assert_eq!(total(&market, id), Some(shares(2_000)));
    let history = market.history(id);
    assert_eq!((history.price0_cum, history.ts_last), (Some(U256::zero()), Some(107)));
}

#[test]
fn a_pool_may_be_left_to_the_locked_shares_and_no_further() {
    let (mut market, id) = market(founded(1 << 40, 1 << 40, Fee::ZERO), Some(Product::ZERO));
    let paid = (1 << 40) - 1_000;
    let burn = |count| Action::Burn(liquidity(paid, paid, Some(count)));
    let after = reserves(1_000, 1_000);
    let locked = BurnError::TooManyShares { shares: shares(paid + 1), redeemable: shares(paid) };
    refused(&mut market, locked.into(), |market| {
        market.apply(&event(id, after, Some(burn(paid + 1))))
    });
    assert_eq!(market.apply(&event(id, after, Some(burn(paid)))), Ok(()));
    assert_eq!(total(&market, id), Some(Shares::LOCKED));
    let none = BurnError::TooManyShares { shares: shares(1), redeemable: Shares::ZERO };
    let one = Action::Burn(liquidity(1, 1, Some(1)));
    refused(&mut market, none.into(), |market| {
        market.apply(&event(id, reserves(999, 999), Some(one)))
    });
}

#[test]
fn a_fee_on_shares_that_are_not_known_is_not_known() {
    let k_last = Product::of(reserves(1_000, 1_000));
    let (mut market, id) = market(holding(2_000, 2_000, Fee::ZERO), Some(k_last));
    let mint = Action::Mint(liquidity(500, 500, Some(77)));
    assert_eq!(market.apply(&event(id, reserves(2_500, 2_500), Some(mint))), Ok(()));
    assert_eq!(total(&market, id), None);
    assert_eq!(market.history(id).k_last, Some(Product::of(reserves(2_500, 2_500))));
    let burn = Action::Burn(liquidity(100, 100, Some(3)));
    assert_eq!(market.apply(&event(id, reserves(2_400, 2_400), Some(burn))), Ok(()));
    assert_eq!(total(&market, id), None);
    // Without a beginning no sum is known, with one it goes on.
    let history = market.history(id);
    assert_eq!(history.price0_cum, Some(U256::from(7) << 112));
}

/// A token may take all back. v2 counts it, its shares stay, and nothing goes until it is back.
#[test]
fn a_pool_that_lost_everything_keeps_its_shares() {
    let (mut market, id) = market(founded(5_000, 5_000, Fee::ZERO), Some(Product::ZERO));
    assert_eq!(market.apply(&event(id, Reserves::default(), None)), Ok(()));
    assert_eq!(total(&market, id), Some(shares(5_000)));
    let flows = Flows { amount0_in: amount(9), amount1_out: amount(1), ..Flows::default() };
    let swap = event(id, reserves(9, 0), Some(Action::Swap(flows)));
    refused(&mut market, EventError::OneReserveZero, |market| market.apply(&swap));
    let swap = Event { reserves: reserves(9, 9), ..swap };
    let nothing = FlowsError::InsufficientReserve { amount_out: amount(0), reserve_out: amount(0) };
    refused(&mut market, nothing.into(), |market| market.apply(&swap));
    let mint = Action::Mint(liquidity(5_000, 5_000, None));
    let none = EventError::Mint(MintError::ZeroShares);
    let at = reserves(5_000, 5_000);
    refused(&mut market, none, |market| market.apply(&event(id, at, Some(mint))));
    assert_eq!(market.burn(id, shares(1)), Err(BurnError::ZeroOutput));
    assert_eq!(market.apply(&event(id, reserves(6_000, 6_000), None)), Ok(()));
    assert_eq!(market.burn(id, shares(1_000)).unwrap().amount0, amount(1_200));
}

#[test]
fn reports_of_strangers_and_of_half_pools_change_nothing() {
    let (mut market, id) = market(founded(5_000, 5_000, Fee::ZERO), None);
    let stranger = PoolId::from(1);
    let unknown = EventError::UnknownPool { pool: stranger };
    let at = reserves(1, 1);
    refused(&mut market, unknown, |market| market.apply(&event(stranger, at, None)));
    let half = reserves(0, MAX);
    refused(&mut market, EventError::OneReserveZero, |market| market.apply(&event(id, half, None)));
    refused(&mut market, SyncError::OneReserveZero, |market| market.sync(id, half));
    let unknown = SyncError::UnknownPool { pool: stranger };
    refused(&mut market, unknown, |market| market.sync(stranger, at));
}

proptest! {
    #![proptest_config(crate::config(20_000))]

    /// Whatever is reported: it is taken over, or nothing has changed; reserves are then those
    /// reported, and shares are never fewer than the locked ones.
    #[test]
    fn any_report_is_taken_over_or_changes_nothing(
        (x, y) in (inputs::reserves(), inputs::reserves()),
        (known, fee_is_on, kind, near) in (any::<bool>(), any::<bool>(), 0..4_u8, any::<bool>()),
        amounts in any::<[(u8, u128); 4]>(),
        (after, share) in (any::<[(u8, u128); 2]>(), prop::option::of(inputs::reserves())),
    ) {
        let pool = holding(x, y, Fee::UNISWAP_V2);
        let total = inputs::shares_of(x, y, (80, x ^ y));
        let pool = if known { pool.with_total_shares(shares(total)).unwrap() } else { pool };
        let k_last = if fee_is_on { Product::of(reserves(x, y / 2)) } else { Product::ZERO };
        let (mut market, id) = market(pool, Some(k_last));
        let drawn = |(choice, bits)| inputs::units(choice, bits).min(MAX);
        let [a, b, c, d] = amounts.map(drawn);
        let [mut x_after, mut y_after] = after.map(drawn);
        let action = match kind {
            0 => None,
            1 => Some(Action::Swap(Flows {
                amount0_in: amount(a), amount1_in: amount(b),
                amount0_out: amount(c.min(x)), amount1_out: amount(d.min(y)),
            })),
            2 => Some(Action::Mint(liquidity(a, b, share))),
            _ => Some(Action::Burn(liquidity(a, b, share))),
        };
        if near {
            // As if it were possible.
            let (came, went) = match kind {
                1 => ([a, b], [c.min(x), d.min(y)]),
                2 => ([a, b], [0, 0]),
                _ => ([0, 0], [a, b]),
            };
            x_after = (x.saturating_sub(went[0])).saturating_add(came[0]).min(MAX);
            y_after = (y.saturating_sub(went[1])).saturating_add(came[1]).min(MAX);
        }
        let before = market.clone();
        let report = event(id, reserves(x_after, y_after), action);
        if market.apply(&report).is_err() {
            prop_assert_eq!(market, before);
            return Ok(());
        }
        let pool = market.pool(id).unwrap();
        prop_assert_eq!(pool.reserves(), report.reserves);
        let enough = |total: Shares| total.is_zero() || Shares::LOCKED <= total;
        prop_assert!(pool.total_shares().is_none_or(enough));
        prop_assert_eq!(market.history(id).ts_last, Some(107));
        prop_assert!(known || pool.total_shares().is_none());
    }
}
