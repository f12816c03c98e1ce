//! Somebody's pool, and what is wrong with it.
//!
//!     cargo run --release -p cenote-testing --example wrong_pool
//!
//! The pool below was written in an afternoon, in plain `u128`. It quotes well on the numbers that
//! its author tried.

#![expect(clippy::print_stdout, reason = "an example shows what it finds")]

use cenote_testing::{ConstantProduct, Direction, Minted, State, survey};

/// A pool with Uniswap's fee of 0.3 %, as somebody might write it.
#[derive(Debug, Clone)]
struct Afternoon {
    state: State,
}

impl Afternoon {
    fn moved(&mut self, direction: Direction, amounts: [u128; 2]) -> Option<()> {
        let [x, y] = self.state.oriented(direction);
        let reserves = [x.checked_add(amounts[0])?, y.checked_sub(amounts[1])?];
        self.state = self.state.with_oriented(direction, reserves);
        Some(())
    }
}

impl ConstantProduct for Afternoon {
    const MAX: u128 = (1 << 112) - 1;

    fn open(state: State, fee_pips: u32) -> Option<Self> {
        (fee_pips == 3_000).then_some(Self { state })
    }

    fn state(&self) -> State {
        self.state
    }

    fn quote_exact_in(&self, direction: Direction, amount_in: u128) -> Option<u128> {
        let [x, y] = self.state.oriented(direction);
        let traded = amount_in.checked_mul(997)?;
        let divisor = x.checked_mul(1000)?.checked_add(traded)?;
        traded.checked_mul(y)?.checked_div(divisor).filter(|amount_out| 0 < *amount_out)
    }

    fn quote_exact_out(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        let [x, y] = self.state.oriented(direction);
        // The mistake of a hundred million dollars: what enters a pool is rounded down.
        let divisor = y.checked_sub(amount_out)?.checked_mul(997)?;
        let amount_in = x.checked_mul(amount_out)?.checked_mul(1000)?.checked_div(divisor)?;
        (0 < amount_out).then_some(amount_in)
    }

    fn swap_exact_in(&mut self, direction: Direction, amount_in: u128) -> Option<u128> {
        let amount_out = self.quote_exact_in(direction, amount_in)?;
        self.moved(direction, [amount_in, amount_out])?;
        Some(amount_out)
    }

    fn swap_exact_out(&mut self, direction: Direction, amount_out: u128) -> Option<u128> {
        let amount_in = self.quote_exact_out(direction, amount_out)?;
        self.moved(direction, [amount_in, amount_out])?;
        Some(amount_in)
    }

    fn mint(&mut self, amount0: u128, amount1: u128) -> Option<Minted> {
        let State { reserve0, reserve1, total_shares } = self.state;
        let shares = if total_shares == 0 {
            // Nothing is locked: the first to come may own a pool of one share.
            amount0.checked_mul(amount1)?.isqrt()
        } else {
            let shares0 = amount0.checked_mul(total_shares)?.checked_div(reserve0)?;
            shares0.min(amount1.checked_mul(total_shares)?.checked_div(reserve1)?)
        };
        self.state = State {
            reserve0: reserve0.checked_add(amount0)?,
            reserve1: reserve1.checked_add(amount1)?,
            total_shares: total_shares.checked_add(shares).filter(|_| 0 < shares)?,
        };
        Some(Minted { amounts: [amount0, amount1], shares })
    }

    fn burn(&mut self, shares: u128) -> Option<[u128; 2]> {
        let State { reserve0, reserve1, total_shares } = self.state;
        let paid0 = shares.checked_mul(reserve0)?.checked_div(total_shares)?;
        let paid1 = shares.checked_mul(reserve1)?.checked_div(total_shares)?;
        self.state = State {
            reserve0: reserve0.checked_sub(paid0)?,
            reserve1: reserve1.checked_sub(paid1)?,
            total_shares: total_shares.checked_sub(shares)?,
        };
        Some([paid0, paid1])
    }
}

fn main() {
    let findings = survey::<Afternoon>(20_000);
    println!("{} laws are broken:\n", findings.len());
    for finding in findings {
        println!("{finding}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::{Afternoon, survey};

    #[test]
    fn what_was_planted_is_found() {
        let found = survey::<Afternoon>(1_000);
        let found = found.iter().map(|finding| finding.property.id).collect::<Vec<_>>();
        // The rounding of exact outputs, the locked shares, and what 128 bits do not hold.
        for planted in ["S7", "S8", "L0", "L7", "S13"] {
            assert!(found.contains(&planted), "{planted} of {found:?}");
        }
        assert!(!found.contains(&"S1") && !found.contains(&"S3"), "{found:?}");
    }
}
