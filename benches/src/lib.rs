//! What the benchmarks have in common: inputs, and what a naive program would do.
//!
//! Inputs are many and different (at least 10^5), since a branch predictor learns small sets by
//! heart. Speeds are compared within one run; the machine may be shared.

use cenote_pool::{Direction, Hop, Market, Orders, Pool};
use cenote_simulator::{Traffic, generate_market};
use primitive_types::U256;

/// Different inputs of each benchmark.
pub const INPUTS: usize = 1 << 17;

/// The market of the benchmarks: 10,000 pools.
pub fn market() -> Market {
    generate_market(10_000, 1)
}

/// Orders of one hop on a market.
pub fn single_hop_orders(market: &Market, count: usize) -> Orders {
    let (mut orders, mut traders) = (Orders::new(), Vec::new());
    Traffic::new(market, 1000, 2).without_paths().write(count, &mut orders, &mut traders);
    orders
}

/// A pool as a naive program would write it: wide integers and their operators.
#[derive(Debug, Clone, Copy)]
pub struct NaivePool {
    /// The reserves.
    pub reserves: [U256; 2],
    /// What is kept of an input, and its scale.
    pub fee: (u32, u32),
}

impl From<&Pool> for NaivePool {
    fn from(pool: &Pool) -> Self {
        let reserves = pool.reserves();
        Self {
            reserves: [reserves.reserve0.into(), reserves.reserve1.into()],
            fee: {
                let fee = pool.fee(Direction::ZeroForOne);
                (fee.kept(), fee.scale())
            },
        }
    }
}

impl NaivePool {
    /// The textbook quote.
    #[expect(clippy::arithmetic_side_effects, reason = "this is the naive program")]
    #[inline]
    pub fn quote(&self, direction: Direction, amount_in: U256) -> U256 {
        let [reserve0, reserve1] = self.reserves;
        let (reserve_in, reserve_out) = match direction {
            Direction::ZeroForOne => (reserve0, reserve1),
            Direction::OneForZero => (reserve1, reserve0),
        };
        let traded = amount_in * self.fee.0;
        traded * reserve_out / (reserve_in * self.fee.1 + traded)
    }

    /// The textbook swap, with the k check of a pair.
    #[expect(clippy::arithmetic_side_effects, reason = "this is the naive program")]
    #[inline]
    pub fn swap(&mut self, hop: Hop, amount_in: U256) -> U256 {
        let amount_out = self.quote(hop.direction, amount_in);
        let [reserve0, reserve1] = self.reserves;
        let (reserve_in, reserve_out) = match hop.direction {
            Direction::ZeroForOne => (reserve0, reserve1),
            Direction::OneForZero => (reserve1, reserve0),
        };
        let after_in = reserve_in + amount_in;
        if amount_out.is_zero() || after_in.bits() > 112 {
            return U256::zero();
        }
        let after_out = reserve_out - amount_out;
        let (kept, scale) = self.fee;
        let adjusted = after_in * scale - amount_in * (scale - kept);
        if adjusted * after_out < reserve_in * reserve_out * scale {
            return U256::zero();
        }
        self.reserves = match hop.direction {
            Direction::ZeroForOne => [after_in, after_out],
            Direction::OneForZero => [after_out, after_in],
        };
        amount_out
    }
}
