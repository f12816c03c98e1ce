//! What a chain reports of pools, true and false, and what a pair does that is then reported.
//!
//! A market takes over what its pools' rules allow, judged here by the textbook's, and an error
//! changes nothing. Of two pools one hears of the other's stories never. Everything that a
//! [`Pair`](cenote_pool::Pair) does and a chain would report, a market believes, and comes to the
//! same numbers.

mod judge;
mod pair;
mod told;

use cenote_pool::{Event, History, Market, Pool, PoolId, Product, Reserves, Shares};
use primitive_types::U256;

use crate::Verdict;
use crate::finding::holds;
use crate::input::Input;

/// The longest sequence. What is longer is cut, so that inputs stay quick.
const OPS_MAX: usize = 24;

/// A market of two pools, the first of which is a pair beside it.
#[derive(Debug)]
struct Scene {
    market: Market,
    pair: cenote_pool::Pair,
    /// The pair's pool, and the one of which stories are told.
    pools: [PoolId; 2],
    now: u32,
}

/// Runs operations of the pair and stories of the other pool.
///
/// # Errors
///
/// [`Finding`](crate::Finding): the first thing that does not hold.
pub fn run(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let Some(mut scene) = Scene::new(&mut input) else {
        return holds("two pools can be made", false);
    };
    for _ in 0..OPS_MAX {
        if input.is_empty() {
            break;
        }
        let clock = input.number::<u8>();
        let elapsed = if clock < 240 { u32::from(clock >> 4) } else { input.number() };
        scene.now = scene.now.wrapping_add(elapsed);
        if clock.is_multiple_of(2) {
            scene.pair_acts(&mut input)?;
        } else {
            scene.story(&mut input)?;
        }
    }
    Ok(())
}

impl Scene {
    fn new(input: &mut Input<'_>) -> Option<Self> {
        let mut market = Market::new();
        let [a, b] = ["a", "b"].map(|name| market.add_token(name).ok());
        let (a, b) = (a?, b?);
        let now = input.number();
        let empty = Pool::new(a, b, input.fees()).ok()?;
        let history = History {
            price0_cum: Some(U256::zero()),
            price1_cum: Some(U256::MAX),
            k_last: Some(Product::ZERO),
            ts_last: Some(now),
        };
        let first = market.add_pool("pair", empty).ok()?;
        market.set_history(first, history).ok()?;
        let reserves = Reserves { reserve0: input.reserve(), reserve1: input.reserve() };
        let told = Pool::new(b, a, input.fees()).ok()?.with_reserves(reserves).ok()?;
        let root = cenote_kernel::reference::sqrt_product_floor(
            reserves.reserve0.get(),
            reserves.reserve1.get(),
        );
        // Shares that the reserves back, a few, or nobody knows how many.
        let shares = input.units(root).min(root);
        let total = Shares::new(shares).ok().filter(|_| input.number::<u8>() < 192);
        let told = total.and_then(|total| told.with_total_shares(total).ok()).unwrap_or(told);
        let second = market.add_pool("told", told).ok()?;
        let k_last = match input.number::<u8>() {
            0..=63 => None,
            64..=127 => Some(Product::ZERO),
            _ => Some(Product::of(Reserves {
                reserve0: input.amount(reserves.reserve0.get()),
                reserve1: input.amount(reserves.reserve1.get()),
            })),
        };
        market.set_history(second, History { k_last, ..history }).ok()?;
        let pair = cenote_pool::Pair::new(empty, history);
        Some(Self { market, pair, pools: [first, second], now })
    }

    /// Tells the market of an event and judges what it makes of it. Gives whether it believes it.
    fn tell(&mut self, event: &Event) -> Result<bool, crate::Finding> {
        let before = self.market.clone();
        let judged = self.market.apply(event);
        judge::judge((&before, &self.market), event, judged)?;
        Ok(judged.is_ok())
    }
}
