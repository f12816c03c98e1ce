//! T3 and T4: one outcome, whoever computes it, and one text for one state.
//!
//! Swaps among the [acts](Act) are the orders of a batch; what does not trade is left out.

use cenote_pool::{Amount, Exact, Fill, Leg, Market, Order, Orders};
use cenote_simulator::{Batch, Outcomes, market_hash};
use primitive_types::U512;
use rayon::ThreadPoolBuilder;

use crate::custody::{Act, Books, Custody, FOUNDINGS, Hop, House};
use crate::property::Property;
use crate::violation::{Law, Violation, holds};

type Judged = Result<(), Violation>;

/// The numbers of threads of which each must give what one order after the other gives.
pub const THREADS: [usize; 5] = [1, 2, 3, 4, 8];

/// The laws of determinism.
pub const LAWS: &[Property<[Act]>] = &[
    Property::new("T3", "a batch gives what one order after the other gives, on any threads", t3),
    Property::new("T4", "a market written, read and written again is one text and one state", t4),
];

fn amount(units: u128) -> Amount {
    Amount::new(units).unwrap_or(Amount::MAX)
}

/// The orders that a list of acts is, as things are at first.
fn orders(books: &Books, acts: &[Act]) -> Orders {
    let mut orders = Orders::new();
    for act in acts {
        let (exact, units, limit, hops) = match act.resolve(books) {
            Act::Sell { hop, amount_in, least, .. } => (Exact::In, amount_in, least, vec![hop]),
            Act::SellTwice { hops, amount_in, least, .. } => {
                (Exact::In, amount_in, least, hops.to_vec())
            }
            Act::Buy { hop, amount_out, most, .. } => (Exact::Out, amount_out, most, vec![hop]),
            _ => continue,
        };
        let hops = hops.into_iter().map(Hop::in_market).collect::<Vec<_>>();
        let order = Order { exact, amount: amount(units), limit: amount(limit), hops: &hops };
        // A path of one or two hops is always taken.
        orders.push(order).ok();
    }
    orders
}

/// The definition: each order on the market that the ones before it left.
fn one_by_one(market: &mut Market, orders: &Orders) -> Vec<Option<Vec<Leg>>> {
    let run = |order: Order<'_>| {
        let mut fills = vec![Fill::default(); order.hops.len()];
        market.fill_order(order, &mut fills).ok()?;
        for (hop, fill) in order.hops.iter().zip(&fills) {
            market.settle(hop.pool, fill);
        }
        Some(fills.iter().map(Leg::from).collect())
    };
    orders.iter().map(run).collect()
}

fn each_market(acts: &[Act], judge: impl Fn(Market, &Orders) -> Judged) -> Judged {
    FOUNDINGS.iter().try_for_each(|founding| {
        let Some(house) = House::open(founding) else {
            return failed(("T7", "an exchange can be opened"));
        };
        judge(house.market().clone(), &orders(&house.books(), acts))
    })
}

fn failed(law: Law) -> Judged {
    Err(Violation::new(law, U512::zero(), U512::zero()))
}

fn t3(acts: &[Act]) -> Judged {
    one_outcome(acts, |market, orders, outcomes| Batch::new().run(market, orders, outcomes))
}

/// T3 of any way to run a batch, which may use the threads of the rayon pool that it is called in.
///
/// # Errors
///
/// [`Violation`] `T3`.
pub fn one_outcome(
    acts: &[Act],
    run: fn(&mut Market, &Orders, &mut Outcomes),
) -> Result<(), Violation> {
    each_market(acts, |market, orders| {
        let mut expected = market.clone();
        let legs = one_by_one(&mut expected, orders);
        for threads in THREADS {
            let Ok(pool) = ThreadPoolBuilder::new().num_threads(threads).build() else {
                return failed(("T3", "threads can be had"));
            };
            let (mut market, mut outcomes) = (market.clone(), Outcomes::new());
            pool.install(|| run(&mut market, orders, &mut outcomes));
            let done = outcomes.iter(orders).map(|(_, done)| done.ok().map(<[Leg]>::to_vec));
            let about = u128::try_from(threads).unwrap_or(u128::MAX);
            holds(("T3", "each order does the same"), done.eq(legs.iter().cloned()), about)?;
            holds(("T3", "the same market is left"), market == expected, about)?;
            let same = market_hash(&market) == market_hash(&expected);
            holds(("T3", "one state hash"), same, about)?;
        }
        Ok(())
    })
}

fn t4(acts: &[Act]) -> Judged {
    each_market(acts, |mut market, orders| {
        one_by_one(&mut market, orders);
        let Ok(written) = serde_json::to_string(&market) else {
            return failed(("T4", "a market can be written"));
        };
        let Ok(read) = serde_json::from_str::<Market>(&written) else {
            return failed(("T4", "what was written can be read"));
        };
        let again = serde_json::to_string(&read).unwrap_or_default();
        holds(("T4", "written again it is the same text"), again == written, 0)?;
        holds(("T4", "it is the same market"), read == market, 0)?;
        holds(("T4", "one state hash"), market_hash(&read) == market_hash(&market), 0)
    })
}
