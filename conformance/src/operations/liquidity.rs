//! Deposits and withdrawals by the router: `addLiquidity`, then `removeLiquidity`.

use cenote_pool::{Amount, Pair, ProtocolFee, Shares, SwapError, TokenId};
use cenote_testing::contract::{Asked, Call, PairState, Verdict, judge};
use primitive_types::U256;

use crate::draw::MAX;
use crate::seat::{Case, Seat};
use crate::venue::PairAt;

/// A pair on both sides, and the order in which the router is told its tokens.
struct Deal<'a> {
    seat: &'a mut Seat,
    at: PairAt,
    pair: Pair,
    /// Which token is the router's `tokenA`; the other is `tokenB`.
    first: usize,
    now: u32,
}

const ADD: &str = "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)";
const REMOVE: &str = "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)";

/// What the router says of the side that is paid or pays too little.
const TOO_LITTLE: [&str; 2] =
    ["UniswapV2Router: INSUFFICIENT_A_AMOUNT", "UniswapV2Router: INSUFFICIENT_B_AMOUNT"];

pub(super) fn add_and_remove(seat: &mut Seat, case: &mut Case) {
    let (state, fee, at) = (case.draw.state(case.size), case.draw.fee(), seat.venue.pairs[0]);
    seat.venue.set_state(&at, &state);
    seat.venue.set_fee(fee);
    seat.tally.see_reserves(&state.reserve);
    let pair = state.pair(seat.engine.fee).unwrap();
    let mut deal = Deal { seat, at, pair, first: case.draw.at(2), now: state.ts_last };
    deal.add(case);
    deal.remove(case);
}

impl Deal<'_> {
    fn state(&self) -> PairState {
        PairState::of(&self.pair).unwrap()
    }

    fn fee(&self) -> ProtocolFee {
        self.seat.venue.fee()
    }

    /// Two numbers, of `token0` and `token1`, as the router is told them; and back.
    fn turned<T>(&self, [zero, one]: [T; 2]) -> [T; 2] {
        if self.first == 0 { [zero, one] } else { [one, zero] }
    }

    fn add(&mut self, case: &mut Case) {
        let (draw, state) = (&mut case.draw, self.state());
        let part = draw.below(24);
        let desired = state.reserve.map(|reserve| match part {
            0..=11 => (reserve.get() >> part) + draw.bits() % 3,
            _ => draw.near(reserve.get(), case.size),
        });
        let desired = desired.map(|units| Amount::new(units.min(MAX)).unwrap());
        let least = desired.map(|units| match draw.below(12) {
            0..=4 => units.get() - draw.up_to(units.get()),
            5 => units.get(),
            _ => 0,
        });
        let words = [desired.map(Amount::get), least].map(|two| self.turned(two)).concat();
        let due = self.seat.venue.ask_router_of_pair(ADD, self.first, &words);
        let brought = match self.brought(desired, least) {
            Ok(brought) => brought,
            Err(reason) => return self.refused("addLiquidity", reason, &due),
        };
        let before = self.pair;
        self.pair.transfer(brought[0].get(), brought[1].get()).unwrap();
        let verdict = self.judge("addLiquidity", &Call::Mint, &due);
        if verdict != Verdict::Done {
            self.pair = before;
        }
        self.agree(verdict);
    }

    /// What the router brings of what it may: all of one, and of the other what belongs to it.
    fn brought(&self, desired: [Amount; 2], least: [u128; 2]) -> Result<[Amount; 2], &'static str> {
        if self.pair.pool().is_empty() {
            return Ok(desired);
        }
        let [a, b] = if self.first == 0 { [0, 1] } else { [1, 0] };
        let of_b = self.counterpart(a, desired[a])?;
        let mut brought = desired;
        let (other, side) = if let Some(of_b) = of_b.filter(|of_b| *of_b <= desired[b]) {
            brought[b] = of_b;
            (b, 1)
        } else {
            let of_a = self.counterpart(b, desired[b])?.unwrap();
            assert!(of_a <= desired[a], "so the router asserts");
            brought[a] = of_a;
            (a, 0)
        };
        if brought[other].get() < least[other] { Err(TOO_LITTLE[side]) } else { Ok(brought) }
    }

    /// What belongs to so much of a token; `None` above 2^112 - 1.
    fn counterpart(&self, token: usize, units: Amount) -> Result<Option<Amount>, &'static str> {
        let token = TokenId::from(u32::try_from(token).unwrap());
        match self.pair.pool().counterpart_floor(token, units) {
            Ok(other) => Ok(Some(other)),
            Err(SwapError::ReserveOverflow) => Ok(None),
            Err(SwapError::ZeroAmount) => Err("UniswapV2Library: INSUFFICIENT_AMOUNT"),
            Err(other) => panic!("{other}"),
        }
    }

    fn remove(&mut self, case: &mut Case) {
        let (draw, state) = (&mut case.draw, self.state());
        let [held, _] = self.seat.venue.shares(&self.at).map(|shares| shares.as_u128());
        let shares = match draw.below(8) {
            // More than anybody has.
            0 => (state.total.as_u128() + draw.bits() % 3).min(MAX),
            1 => 0,
            _ => draw.up_to(held),
        };
        let call = Call::Burn { shares: Shares::new(shares).unwrap() };
        let paid = call.act(&mut self.pair.clone(), self.fee(), self.now);
        let paid = paid.map_or([0; 2], |paid| [paid[0].as_u128(), paid[1].as_u128()]);
        let least = paid.map(|units| units + u128::from(draw.one_in(16)));
        let words = [vec![shares], self.turned(least).to_vec()].concat();
        let due = self.seat.venue.ask_router_of_pair(REMOVE, self.first, &words);
        let too_little = (0..2).find(|side| self.turned(paid)[*side] < self.turned(least)[*side]);
        let pays_both = paid.iter().all(|units| *units != 0);
        if let (Some(side), true) = (too_little, pays_both) {
            return self.refused("removeLiquidity", TOO_LITTLE[side], &due);
        }
        let before = self.pair;
        let verdict = self.judge("removeLiquidity", &call, &due);
        if verdict != Verdict::Done {
            self.pair = before;
        }
        self.agree(verdict);
    }

    /// The router's own reason, which it says before it calls the pair or after.
    fn refused(&mut self, name: &str, reason: &str, due: &Result<Vec<U256>, String>) {
        assert_eq!(due.as_ref().err().map(String::as_str), Some(reason), "{name}: {due:?}");
        self.seat.tally.answer(name, Verdict::Refused, Some(reason));
        self.agree(Verdict::Refused);
    }

    /// What the pair made of it.
    fn judge(&mut self, name: &str, call: &Call, due: &Result<Vec<U256>, String>) -> Verdict {
        let (before, fee) = (self.state(), self.fee());
        let given = (self.seat.engine.act)(call, &mut self.pair, fee, self.now);
        let due = due.clone().map(|mut units| {
            if self.first == 1 {
                units.swap(0, 1);
            }
            units
        });
        // A division by zero in the pair comes to the router without a word.
        let due = due.map_err(|reason| reason.replace("no reason", "invalid opcode"));
        let asked = Asked { call, before: &before, fee };
        let Some(verdict) = judge(&asked, &given, &due) else {
            panic!("{name}: the engine: {given:?}; the router: {due:?}\n{call:?} of {before:#?}");
        };
        self.seat.tally.answer(name, verdict, due.err().as_deref());
        verdict
    }

    /// Both hold the same; after a difference that is meant the contract is brought back.
    fn agree(&mut self, verdict: Verdict) {
        let state = self.state();
        if verdict.difference().is_some() {
            let [_, collector] = self.seat.venue.shares(&self.at);
            self.seat.venue.set_state(&self.at, &state);
            self.seat.venue.move_shares(&self.at, collector.min(state.total));
        }
        assert_eq!(state, self.seat.venue.state(&self.at));
    }
}
