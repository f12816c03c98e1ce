//! [`Timeline`]: lets time pass on price accumulators, order by order.

use cenote_pool::{Event, Leg, Market, Orders, Oriented, PoolId, Reserves};

use crate::outcome::Outcomes;

/// What orders and their times make of the past of pools.
///
/// A batch needs no clock: a swap does not depend on time. What does, the price accumulators of
/// a pair, follows from the fills in their order, so it is computed after the batch and not in it.
///
/// ```
/// use cenote_pool::{Fee, History, Market, Orders, Pool, Reserves};
/// use cenote_simulator::{Outcomes, Timeline};
///
/// let mut market = Market::new();
/// assert!(Timeline::new(&market).is_none(), "nothing is known of any pool's past");
/// let (eth, usd) = (market.add_token("eth")?, market.add_token("usd")?);
/// let pool = market.add_pool("eth/usd", Pool::new(eth, usd, Fee::UNISWAP_V2)?)?;
/// market.set_history(pool, History { ts_last: Some(100), ..History::UNKNOWN })?;
/// assert!(Timeline::new(&market).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The market as the orders passed so far left it.
    market: Market,
}

impl Timeline {
    /// The beginning, before any order; `None` where nothing is known of any pool's past.
    pub fn new(market: &Market) -> Option<Self> {
        market.has_histories().then(|| Self { market: market.clone() })
    }

    /// Lets time pass until each order that was accepted, and takes over what it did. Orders
    /// without a time take none.
    ///
    /// The orders must be those that follow the ones before on the same market.
    pub fn pass(&mut self, orders: &Orders, outcomes: &Outcomes, timestamps: &[u64]) {
        let mut timestamps = timestamps.iter();
        for (order, outcome) in outcomes.iter(orders) {
            let timestamp = timestamps.next().copied();
            let Ok(legs) = outcome else { continue };
            for (hop, leg) in order.hops.iter().zip(legs) {
                let Ok(pool) = self.market.pool(hop.pool) else { continue };
                let before = pool.reserves().oriented(hop.direction);
                let after = settled(before, *leg).reserves(hop.direction);
                self.apply(hop.pool, after, timestamp);
            }
        }
    }

    /// The market after all orders, with its past.
    pub fn finish(self) -> Market {
        self.market
    }

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "pairs keep time modulo 2^32"
    )]
    fn apply(&mut self, pool: PoolId, reserves: Reserves, timestamp: Option<u64>) {
        let now = timestamp.map(|timestamp| timestamp as u32).or(self.market.history(pool).ts_last);
        let timestamp = now.unwrap_or_default();
        // A swap leaves both reserves positive, in a pool of the market.
        let _applied = self.market.apply(&Event { pool, timestamp, reserves, action: None });
    }
}

/// Reserves after both legs of a swap.
fn settled(before: Oriented, leg: Leg) -> Oriented {
    let Oriented { reserve_in, reserve_out } = before;
    // A batch computed the legs on these reserves.
    let reserve_in = reserve_in.checked_add(leg.amount_in).unwrap_or(reserve_in);
    let reserve_out = reserve_out.checked_sub(leg.amount_out).unwrap_or(reserve_out);
    Oriented { reserve_in, reserve_out }
}

#[cfg(test)]
mod tests {
    use cenote_pool::{Amount, Fee, Fill, Flows, History, Hop, Pool};
    use primitive_types::U256;

    use super::*;
    use crate::batch::Batch;
    use crate::{Traffic, generate_market};

    /// A batch and a timeline against a chain's report of the same swaps, event by event.
    #[test]
    fn orders_and_events_make_the_same_past() {
        let mut market = generate_market(20, 5);
        for id in market.pools_with_id().map(|(id, _)| id).collect::<Vec<_>>() {
            let sum = Some(U256::from(id.get()));
            let history =
                History { price0_cum: sum, price1_cum: sum, ts_last: Some(90), k_last: None };
            market.set_history(id, history).unwrap();
        }
        let (mut orders, mut traders) = (Orders::new(), Vec::new());
        Traffic::new(&market, 10, 5).write(3_000, &mut orders, &mut traders);
        let timestamps = (0..3_000).map(|at| (1 << 32) + 100 + at / 7).collect::<Vec<u64>>();

        let mut expected = market.clone();
        for (order, timestamp) in orders.iter().zip(&timestamps) {
            let mut fills = vec![Fill::default(); order.hops.len()];
            if expected.fill_order(order, &mut fills).is_err() {
                continue;
            }
            for (Hop { pool, .. }, fill) in order.hops.iter().zip(&fills) {
                let timestamp = u32::try_from(*timestamp - (1 << 32)).unwrap();
                let action = Some(cenote_pool::Action::Swap(Flows::from(fill)));
                let reserves = fill.reserves;
                expected.apply(&Event { pool: *pool, timestamp, reserves, action }).unwrap();
            }
        }

        let mut timeline = Timeline::new(&market).unwrap();
        let mut outcomes = Outcomes::new();
        Batch::new().run(&mut market, &orders, &mut outcomes);
        timeline.pass(&orders, &outcomes, &timestamps);
        assert!(timeline.finish() == expected);
    }

    #[test]
    fn without_times_accumulators_stand_still() {
        let mut market = Market::new();
        let (a, b) = (market.add_token("a").unwrap(), market.add_token("b").unwrap());
        let million = Amount::from_u64(1_000_000);
        let reserves = Reserves { reserve0: million, reserve1: million };
        let pool = Pool::new(a, b, Fee::ZERO).unwrap().with_reserves(reserves).unwrap();
        let id = market.add_pool("a/b", pool).unwrap();
        let history =
            History { ts_last: Some(7), price0_cum: Some(U256::one()), ..History::UNKNOWN };
        market.set_history(id, history).unwrap();
        let (mut orders, mut traders) = (Orders::new(), Vec::new());
        Traffic::new(&market, 1, 1).write(10, &mut orders, &mut traders);
        let mut timeline = Timeline::new(&market).unwrap();
        let mut outcomes = Outcomes::new();
        Batch::new().run(&mut market, &orders, &mut outcomes);
        timeline.pass(&orders, &outcomes, &[]);
        let after = timeline.finish();
        assert_eq!(after.history(id), history);
        assert_eq!(after.pools(), market.pools());
    }
}
