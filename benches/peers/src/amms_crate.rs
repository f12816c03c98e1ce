//! `amms`, by its pool of Uniswap v2; its swap has no k check.

use alloy_primitives::{Address, U256};
use amms::amms::Token;
use amms::amms::amm::AutomatedMarketMaker;
use amms::amms::uniswap_v2::UniswapV2Pool;
use benches::measure::{Numbers, Variant, Whose};
use benches::workloads::{self, Quote, Workload};
use cenote_pool::Direction;

const NAME: &str = "amms";
const TOKENS: [Address; 2] = [Address::repeat_byte(1), Address::repeat_byte(2)];

fn pool(plain: &workloads::Pool) -> UniswapV2Pool {
    let [reserve_0, reserve_1] = plain.reserves;
    let [token_a, token_b] = TOKENS.map(|address| Token { address, decimals: 18 });
    let [kept, scale] = plain.fee;
    // Its fees are parts of 100,000.
    let fee = usize::try_from((scale - kept) * (100_000 / scale)).expect("a small number");
    UniswapV2Pool { address: Address::ZERO, token_a, token_b, reserve_0, reserve_1, fee }
}

fn tokens(direction: Direction) -> (Address, Address) {
    match direction {
        Direction::ZeroForOne => (TOKENS[0], TOKENS[1]),
        Direction::OneForZero => (TOKENS[1], TOKENS[0]),
    }
}

fn narrow(answer: &U256) -> u128 {
    answer.to()
}

/// What the crate does of this work; why it cannot.
pub(crate) fn variant(work: &Workload) -> Result<Variant, &'static str> {
    let who = (Whose::Peer, NAME);
    let numbers = Numbers { pool, amount: U256::from, narrow };
    match work {
        Workload::ExactIn(quotes) => {
            let mut pools = Vec::<UniswapV2Pool>::new();
            let mut ready = |quote: &Quote| {
                let made = pool(&quote.into());
                let at = pools.iter().position(|pool| pool.fee == made.fee);
                let at = at.unwrap_or(pools.len());
                if at == pools.len() {
                    pools.push(made);
                }
                let [x, y] = [quote.reserve_in, quote.reserve_out].map(U256::from);
                (at, U256::from(quote.amount), x, y)
            };
            let inputs = quotes.iter().map(&mut ready).collect();
            let answer = |pools: &Vec<UniswapV2Pool>,
                          (at, amount, x, y): &(usize, U256, U256, U256)| {
                pools[*at].get_amount_out(*amount, *x, *y)
            };
            Ok(Variant::each(who, inputs, pools, answer, narrow))
        }
        Workload::Swaps(work) => {
            let swap = |pool: &mut UniswapV2Pool, direction: Direction, amount: &U256| {
                let (token_in, token_out) = tokens(direction);
                pool.simulate_swap_mut(token_in, token_out, *amount).unwrap_or_default()
            };
            Ok(Variant::swaps(who, work, &numbers, swap))
        }
        Workload::Paths(work) => {
            let quote = |pools: &[UniswapV2Pool], hops: &[workloads::Hop], amount: &U256| {
                let mut amount = *amount;
                for hop in hops {
                    let (token_in, token_out) = tokens(hop.direction);
                    amount = pools[hop.pool]
                        .simulate_swap(token_in, token_out, amount)
                        .unwrap_or_default();
                }
                amount
            };
            Ok(Variant::paths(who, work, &numbers, quote))
        }
        Workload::ExactOut(_) => Err("has no exact output"),
        Workload::Orders(_) | Workload::Wallets(_) => Err("has no such work"),
    }
}
