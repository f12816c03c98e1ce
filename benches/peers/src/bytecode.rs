//! The published bytecode of Uniswap v2's pair and router, run by `revm`: calls are encoded before the
//! clock starts, and each is a transaction.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use alloy_primitives::{Address, Bytes, U256, keccak256};
use benches::INPUTS;
use benches::measure::{Clock, Variant, Whose};
use benches::workloads::{Quote, Swap, Swaps, UNISWAP_V2, Workload};
use cenote_conformance::{Answer, Chain, Contracts, TRADER, Venue};
use cenote_pool::{Amount, Direction};

const NAME: &str = "revm";

/// Swaps of a chain that are measured; all are compared.
const MEASURED: usize = 4096;

/// What the bytecode does of this work; why it does not.
pub(crate) fn variant(work: &Workload) -> Result<Variant, &'static str> {
    let contracts = Contracts::load().ok_or("the contracts were not fetched")?;
    match work {
        Workload::ExactIn(quotes) | Workload::ExactOut(quotes) if INPUTS < quotes.len() => {
            Err("too slow for so many")
        }
        Workload::ExactIn(quotes) | Workload::ExactOut(quotes)
            if quotes.iter().any(|quote| quote.fee != UNISWAP_V2) =>
        {
            Err("has one fee")
        }
        Workload::ExactIn(quotes) => Ok(quote(&contracts, quotes, "getAmountOut")),
        Workload::ExactOut(quotes) => Ok(quote(&contracts, quotes, "getAmountIn")),
        Workload::Swaps(work) if INPUTS < work.swaps.len() => Err("too slow for so many"),
        Workload::Swaps(work) => Ok(chain(&contracts, work)),
        Workload::Paths(_) => Err("not asked for paths, which would need thousands of pairs"),
        Workload::Orders(_) | Workload::Wallets(_) => Err("has no such work"),
    }
}

fn encoded(signature: &str, words: &[U256]) -> Bytes {
    let mut data = keccak256(signature)[..4].to_vec();
    data.extend(words.iter().flat_map(U256::to_be_bytes::<32>));
    data.into()
}

fn call(chain: &mut Chain, router: Address, data: &Bytes) -> Answer {
    chain.call_with(TRADER, router, data.clone()).expect("an answer")
}

/// The router's own formula.
fn quote(contracts: &Contracts, quotes: &[Quote], function: &str) -> Variant {
    let signature = format!("{function}(uint256,uint256,uint256)");
    let ready = |quote: &Quote| {
        let words = [quote.amount, quote.reserve_in, quote.reserve_out].map(U256::from);
        encoded(&signature, &words)
    };
    let Venue { chain, router, .. } = Venue::new(contracts);
    let answer = move |chain: &RefCell<Chain>, data: &Bytes| {
        call(&mut chain.borrow_mut(), router, data).word(0)
    };
    let inputs = quotes.iter().map(ready).collect();
    Variant::each((Whose::Peer, NAME), inputs, RefCell::new(chain), answer, |word| word.to())
}

/// The router's swap: it asks the pair for its reserves, has the token moved and lets the pair swap,
/// which checks k.
fn chain(contracts: &Contracts, work: &Rc<Swaps>) -> Variant {
    let venue = Rc::new(RefCell::new(Venue::new(contracts)));
    let reserves = work.pools[0].reserves.map(|units| Amount::new(units).expect("an amount"));
    let tokens = venue.borrow().tokens;
    let ready = |swap: &Swap| {
        let path = match swap.hop.direction {
            Direction::ZeroForOne => [tokens[0], tokens[1]],
            Direction::OneForZero => [tokens[1], tokens[0]],
        };
        let [from, to] = path.map(|token| token.into_word().into());
        let numbers = [swap.amount, 0, 160].map(U256::from);
        let rest = [TRADER.into_word().into(), U256::MAX, U256::from(2), from, to];
        let words = [numbers.as_slice(), &rest].concat();
        encoded("swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", &words)
    };
    let calls = work.swaps.iter().map(ready).collect::<Rc<[Bytes]>>();
    let (same, again) = (Rc::clone(&venue), Rc::clone(&calls));
    let items = calls.len().min(MEASURED);
    let fresh = move |venue: &mut Venue| {
        let pair = venue.pairs[0];
        venue.set_reserves(&pair, reserves);
    };
    let pass = move |clock: Clock| -> Duration {
        let mut venue = venue.borrow_mut();
        fresh(&mut venue);
        let Venue { chain, router, .. } = &mut *venue;
        clock.time(|| {
            for data in &calls[..items] {
                std::hint::black_box(call(chain, *router, data));
            }
        })
    };
    let answers = move || {
        let mut venue = same.borrow_mut();
        fresh(&mut venue);
        let Venue { chain, router, .. } = &mut *venue;
        // The amounts of both tokens, behind where they stand and how many there are.
        again.iter().map(|data| call(chain, *router, data).word(3).to()).collect()
    };
    Variant::new((Whose::Peer, NAME), items, pass, answers)
}
