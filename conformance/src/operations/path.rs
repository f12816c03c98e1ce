//! Paths of one to three pairs by the router, beside a market's.

use cenote_pool::{Amount, Direction, Exact, Fee, Pool, Reserves, SwapError, TokenId};
use cenote_testing::contract::{PathCall, PathPool, Verdict, judge_path, judge_quote};

use crate::draw::MAX;
use crate::seat::{Case, Seat};
use crate::venue::PAIRS;

/// A path that uses no pair twice: the pairs, the ways through them, the tokens.
struct Course {
    pairs: Vec<usize>,
    ways: Vec<Direction>,
    tokens: Vec<usize>,
    /// Of all pairs.
    reserves: [Reserves; 3],
}

fn amount(units: u128) -> Amount {
    Amount::new(units).unwrap()
}

impl Course {
    fn new(seat: &mut Seat, case: &mut Case) -> Self {
        let draw = &mut case.draw;
        let reserves = PAIRS.map(|_| match draw.below(30) {
            0 => Reserves::default(),
            _ => Reserves {
                reserve0: amount(draw.reserve(case.size)),
                reserve1: amount(draw.reserve(case.size)),
            },
        });
        let pairs = seat.venue.pairs;
        for (at, Reserves { reserve0, reserve1 }) in pairs.iter().zip(reserves) {
            seat.venue.set_reserves(at, [reserve0, reserve1]);
        }
        let first = draw.at(3);
        let mut course = Self { pairs: vec![], ways: vec![], tokens: vec![first], reserves };
        for _ in 0..=draw.at(3) {
            let from = course.tokens[course.tokens.len() - 1];
            let free = (0..3).filter(|at| PAIRS[*at].contains(&from));
            let free: Vec<usize> = free.filter(|at| !course.pairs.contains(at)).collect();
            if free.is_empty() {
                break;
            }
            course.go_through(free[draw.at(free.len())], from);
        }
        let on_path = course.pairs.iter().map(|at| reserves[*at]);
        let on_path: Vec<_> = on_path.flat_map(|of| [of.reserve0, of.reserve1]).collect();
        seat.tally.see_reserves(&on_path);
        course
    }

    fn go_through(&mut self, pair: usize, from: usize) {
        let [token0, token1] = PAIRS[pair];
        let zero_for_one = from == token0;
        self.pairs.push(pair);
        self.tokens.push(if zero_for_one { token1 } else { token0 });
        self.ways.push(Direction::BOTH[usize::from(!zero_for_one)]);
    }

    fn call(&self, exact: Exact, units: u128) -> PathCall {
        let way = |(at, direction): (&usize, &Direction)| PathPool {
            reserves: self.reserves[*at],
            direction: *direction,
        };
        let pools = self.pairs.iter().zip(&self.ways).map(way).collect();
        let limit = if exact == Exact::In { Amount::ZERO } else { Amount::MAX };
        PathCall { pools, exact, amount: amount(units), limit }
    }

    /// Asks both sides; all pairs must then hold what the engine's pools do.
    fn ask(&self, seat: &mut Seat, call: &PathCall) {
        let (quote, swap) = match call.exact {
            Exact::In => ("getAmountsOut", "swapExactTokensForTokens"),
            Exact::Out => ("getAmountsIn", "swapTokensForExactTokens"),
        };
        let given = call.act(seat.engine.fee);
        let quoted = seat.venue.quote_path(quote, call.amount.get(), &self.tokens);
        let due = seat.venue.swap_path(swap, [call.amount, call.limit], &self.tokens);
        if let Some(vectors) = &mut seat.vectors {
            vectors.keep_path(call, &due);
        }
        let Some(verdict) = judge_path(call, &given, &due) else {
            panic!("the engine: {given:?}; the router: {due:?}\n{call:#?}");
        };
        let refusal = due.as_ref().err().map(String::as_str);
        seat.tally.answer(swap, verdict, refusal);
        let mut reserves = self.reserves;
        if let (Verdict::Done, Ok(fills)) = (verdict, &given) {
            assert_eq!(quoted, due, "{quote} and {swap}");
            seat.tally.see(&format!("pairs: {}", fills.len()));
            for (at, fill) in self.pairs.iter().zip(fills) {
                reserves[*at] = fill.reserves;
            }
        }
        for (at, Reserves { reserve0, reserve1 }) in seat.venue.pairs.iter().zip(reserves) {
            let state = seat.venue.state(at);
            assert_eq!(state.reserve, [reserve0, reserve1], "{call:#?}");
            assert_eq!(state.balance, [reserve0.get(), reserve1.get()]);
        }
    }
}

pub(super) fn exact_in(seat: &mut Seat, case: &mut Case) {
    let course = Course::new(seat, case);
    let first = course.call(Exact::In, 1).pools[0];
    let reserve = first.reserves.oriented(first.direction).reserve_in.get();
    let mut call = course.call(Exact::In, case.draw.near(reserve, case.size));
    let quoted = call.act(seat.engine.fee).ok();
    let quoted = quoted.map(|fills| fills[fills.len() - 1].amount_out.get());
    let quoted = quoted.unwrap_or_else(|| case.draw.bits() % 2);
    call.limit = amount(match case.draw.below(6) {
        0 => (quoted + 1).min(MAX),
        1 => quoted.saturating_sub(1),
        2 => 0,
        _ => quoted,
    });
    course.ask(seat, &call);
}

pub(super) fn exact_out(seat: &mut Seat, case: &mut Case) {
    let course = Course::new(seat, case);
    let pools = course.call(Exact::Out, 1).pools;
    let last = pools[pools.len() - 1];
    let reserve = last.reserves.oriented(last.direction).reserve_out.get();
    let draw = &mut case.draw;
    let out = match draw.below(8) {
        0..=3 => draw.up_to(reserve),
        // What is left divides 1,000 and more, so that the division may be exact.
        4 => reserve.saturating_sub([1, 2, 8, 40, 125, 1_000][draw.at(6)]),
        _ => draw.near(reserve, case.size),
    };
    let mut call = course.call(Exact::Out, out);
    let asked = call.act(seat.engine.fee).ok().map(|fills| fills[0].amount_in.get());
    call.limit = amount(match (case.draw.below(6), asked) {
        (0, Some(asked)) => asked - 1,
        (2..=5, Some(asked)) => asked,
        _ => MAX,
    });
    if let (Some(asked), [pool]) = (asked, &*call.pools) {
        see_one_more(seat, pool, [out, asked]);
    }
    course.ask(seat, &call);
}

/// The router asks for the least input or one unit more; how often which.
fn see_one_more(seat: &mut Seat, pool: &PathPool, [out, asked]: [u128; 2]) {
    let tokens = [0, 1].map(TokenId::from);
    let engine = Pool::new(tokens[0], tokens[1], seat.engine.fee).unwrap();
    let engine = engine.with_reserves(pool.reserves).unwrap();
    let least = engine.fill_exact_out(pool.direction, amount(out)).unwrap().amount_in.get();
    let more = asked - least;
    assert!(more <= 1, "{more} more than the least");
    seat.tally.see(if more == 1 { "one more" } else { "the least" });
}

/// The other amount of a deposit in proportion: the router's `quote`.
pub(super) fn quote(seat: &mut Seat, case: &mut Case) {
    let draw = &mut case.draw;
    let reserve = match draw.below(16) {
        0 => [0; 2],
        _ => [draw.reserve(case.size), draw.reserve(case.size)],
    };
    seat.tally.see_reserves(&reserve.map(amount));
    let units = draw.near(reserve[0], case.size);
    let given = counterpart(seat.engine.fee, reserve, units);
    let words = [units, reserve[0], reserve[1]];
    let due = seat.venue.ask_router("quote(uint256,uint256,uint256)", words);
    if let Some(vectors) = &mut seat.vectors {
        vectors.keep_quote(words, &due);
    }
    let verdict = judge_quote(&given, &due);
    let verdict = verdict.unwrap_or_else(|| panic!("{given:?} and {due:?} for {words:?}"));
    seat.tally.answer("quote", verdict, due.as_ref().err().map(String::as_str));
}

fn counterpart(fee: Fee, reserve: [u128; 2], units: u128) -> Result<Amount, SwapError> {
    let [reserve0, reserve1] = reserve.map(amount);
    let tokens = [0, 1].map(TokenId::from);
    let pool = Pool::new(tokens[0], tokens[1], fee).unwrap();
    let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).unwrap();
    pool.counterpart_floor(tokens[0], amount(units))
}
