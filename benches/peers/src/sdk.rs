//! `uniswap-v2-sdk`, by its pair, whose every answer is a new pair.

use benches::INPUTS;
use benches::measure::{Numbers, Variant, Whose};
use benches::workloads::{self, Quote, UNISWAP_V2, Workload};
use cenote_pool::Direction;
use uniswap_sdk_core::prelude::{BigInt, CurrencyAmount, FractionBase, Token};
use uniswap_v2_sdk::prelude::Pair;

/// An amount of the one token or of the other.
type Amounts = [CurrencyAmount<Token>; 2];

const NAME: &str = "uniswap-v2-sdk";

fn token(at: u8) -> Token {
    Token::new(1, alloy_primitives::Address::repeat_byte(at + 1), 18, None, None, 0, 0)
}

fn amounts(units: u128) -> Amounts {
    [0, 1].map(|at| amount(token(at), units))
}

fn amount(token: Token, units: u128) -> CurrencyAmount<Token> {
    CurrencyAmount::from_raw_amount(token, BigInt::from(units)).expect("an amount")
}

fn pair(pool: &workloads::Pool) -> Pair {
    let [reserve0, reserve1] = pool.reserves;
    Pair::new(amount(token(0), reserve0), amount(token(1), reserve1)).expect("a pair")
}

fn narrow(answer: &CurrencyAmount<Token>) -> u128 {
    answer.quotient().to_string().parse().expect("a number of at most 128 bits")
}

fn place(direction: Direction) -> usize {
    usize::from(direction == Direction::OneForZero)
}

/// What the crate does of this work; why it cannot.
pub(crate) fn variant(work: &Workload) -> Result<Variant, &'static str> {
    let who = (Whose::Peer, NAME);
    match work {
        Workload::ExactIn(quotes) if INPUTS < quotes.len() => Err("too slow for so many"),
        Workload::ExactIn(quotes) | Workload::ExactOut(quotes)
            if quotes.iter().any(|quote| quote.fee != UNISWAP_V2) =>
        {
            Err("has one fee")
        }
        Workload::ExactIn(quotes) => {
            let ready = |quote: &Quote| (pair(&quote.into()), amount(token(0), quote.amount));
            let answer = |(): &(), (pair, amount): &(Pair, CurrencyAmount<Token>)| {
                pair.get_output_amount(amount, false).expect("an output").0
            };
            Ok(Variant::each(who, quotes.iter().map(ready).collect(), (), answer, narrow))
        }
        Workload::ExactOut(quotes) => {
            let ready = |quote: &Quote| (pair(&quote.into()), amount(token(1), quote.amount));
            let answer = |(): &(), (pair, amount): &(Pair, CurrencyAmount<Token>)| {
                pair.get_input_amount(amount, false).expect("an input").0
            };
            Ok(Variant::each(who, quotes.iter().map(ready).collect(), (), answer, narrow))
        }
        Workload::Swaps(work) if INPUTS < work.swaps.len() => Err("too slow for so many"),
        Workload::Swaps(work) => {
            let numbers = Numbers { pool: pair, amount: amounts, narrow };
            let swap = |pair: &mut Pair, direction: Direction, amounts: &Amounts| {
                let done = pair.get_output_amount(&amounts[place(direction)], false);
                let (out, after) = done.expect("an output");
                *pair = after;
                out
            };
            Ok(Variant::swaps(who, work, &numbers, swap))
        }
        Workload::Paths(_) => Err("not asked for paths"),
        Workload::Orders(_) | Workload::Wallets(_) => Err("has no such work"),
    }
}
