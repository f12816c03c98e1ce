//! [`Table`]: one pair on both sides.

use cenote_pool::{
    Action, Amount, Balances, Event, EventError, Flows, History, Liquidity, Market, Pair, PoolId,
    Product, ProtocolFee, Reserves, Shares,
};
use cenote_testing::contract::{Asked, Call, PairState, Verdict, judge};
use primitive_types::U256;

use crate::draw::Draw;
use crate::seat::Seat;
use crate::vectors::Answered;
use crate::venue::PairAt;

/// A pair of the contract and one of the engine, in one state, and a market that hears of what the
/// contract did.
#[expect(missing_debug_implementations, reason = "an EVM has none")]
pub struct Table<'a> {
    seat: &'a mut Seat,
    at: PairAt,
    /// The engine's pair.
    pub pair: Pair,
    /// The time in seconds, which a pair keeps modulo 2^32.
    pub now: u64,
    /// Who holds which shares: the trader, the collector.
    shares: [U256; 2],
    market: Market,
    id: PoolId,
}

/// A time as a pair keeps it.
fn short(seconds: u64) -> u32 {
    u32::try_from(seconds & u64::from(u32::MAX)).unwrap()
}

fn amount(units: U256) -> Amount {
    Amount::new(units.as_u128()).unwrap()
}

impl<'a> Table<'a> {
    /// Both in this state.
    pub fn new(seat: &'a mut Seat, state: &PairState) -> Self {
        let at = seat.venue.pairs[0];
        seat.venue.set_state(&at, state);
        seat.tally.see_reserves(&state.reserve);
        let locked = state.total.min(Shares::LOCKED.get().into());
        let pair = state.pair(seat.engine.fee).unwrap();
        let mut market = Market::new();
        let tokens = ["0", "1"].map(|name| market.add_token(name).unwrap());
        assert_eq!([pair.pool().token0(), pair.pool().token1()], tokens);
        let id = market.add_pool("0/1", *pair.pool()).unwrap();
        market.set_history(id, *pair.history()).unwrap();
        let shares = [state.total - locked, U256::zero()];
        Self { seat, at, pair, now: state.ts_last.into(), shares, market, id }
    }

    /// Lets some time pass, often none, at times more than a pair can count.
    pub fn wait(&mut self, draw: &mut Draw) {
        self.now += match draw.below(8) {
            0..=2 => 0,
            3..=5 => draw.below(100_000),
            6 => draw.next_u64() >> 32,
            _ => u64::from(u32::MAX) + draw.below(3),
        };
    }

    /// What the tokens now say that the pair holds.
    pub fn observe(&mut self, balance: [u128; 2]) {
        self.seat.venue.set_balances(&self.at, balance);
        self.pair.observe(Balances { balance0: balance[0], balance1: balance[1] });
    }

    /// Sends tokens to the pair; nothing where its balance would not fit 128 bits.
    pub fn transfer(&mut self, amounts: [u128; 2]) {
        if self.pair.transfer(amounts[0], amounts[1]).is_ok() {
            self.seat.venue.transfer(&self.at, amounts);
        }
    }

    /// Switches the protocol fee.
    pub fn set_fee(&mut self, fee: ProtocolFee) {
        self.seat.venue.set_fee(fee);
    }

    /// How many units more than it should the engine quotes.
    pub fn generosity(&self) -> u128 {
        self.seat.engine.generosity
    }

    /// The engine's state.
    pub fn state(&self) -> PairState {
        PairState::of(&self.pair).unwrap()
    }

    /// Notes something worth knowing.
    pub fn see(&mut self, what: &str) {
        self.seat.tally.see(what);
    }

    /// Asks both sides, and stops the test where they differ in what is not meant to.
    ///
    /// After a difference that is meant, both stay as they were.
    pub fn ask(&mut self, call: &Call) -> Verdict {
        let (before, pair) = (self.seat.venue.state(&self.at), self.pair);
        assert_eq!(self.state(), before, "both begin alike");
        let (fee, now) = (self.seat.venue.fee(), self.now);
        self.seat.venue.chain.set_time(now);
        let given = (self.seat.engine.act)(call, &mut self.pair, fee, short(now));
        let due = self.seat.venue.act(&self.at, call);
        self.keep(call, &before, &due);
        let asked = Asked { call, before: &before, fee };
        let verdict = judge(&asked, &given, &due).unwrap_or_else(|| {
            panic!(
                "the engine: {given:?}; the contract: {due:?}\n{call:?} at {now}, \
                 the fee {fee:?}, of {before:#?}"
            )
        });
        assert!(given.is_ok() || self.pair == pair, "a refusal changes nothing");
        let refusal = due.as_ref().err().map(String::as_str);
        self.seat.tally.answer(call.name(), verdict, refusal);
        match (verdict, &due) {
            (Verdict::Done, Ok(due)) => self.take_over(call, due, &before),
            (Verdict::Refused, _) => {}
            _ => {
                self.check_one_leg(call, verdict, &before);
                self.pair = pair;
                self.restore(&before);
            }
        }
        self.agree(call);
        let reserves = self.state().reserve;
        self.seat.tally.see_reserves(&reserves);
        verdict
    }

    /// Keeps the contract's answer where somebody wants it.
    fn keep(&mut self, call: &Call, before: &PairState, due: &Result<Vec<U256>, String>) {
        let after = self.seat.venue.state(&self.at);
        let fee = self.seat.venue.fee();
        let answered =
            Answered { call, before, fee, timestamp: short(self.now), due, after: &after };
        if let Some(vectors) = &mut self.seat.vectors {
            vectors.keep_call(&answered);
        }
    }

    /// Both did it: whose shares were made and taken, and what a market makes of it.
    fn take_over(&mut self, call: &Call, due: &[U256], before: &PairState) {
        let protocol = self.share_out(call, due, before);
        if !protocol.is_zero() {
            self.see("protocol fee taken");
        }
        if short(self.now) < before.ts_last {
            self.see("time wrapped");
        }
        self.report(call, due, before);
    }

    /// Counts the shares that a deposit or a withdrawal made and took; gives the protocol's.
    fn share_out(&mut self, call: &Call, due: &[U256], before: &PairState) -> U256 {
        let total = self.state().total;
        let made = match *call {
            Call::Mint => {
                let locked = if before.total.is_zero() { Shares::LOCKED.get() } else { 0 };
                self.shares[0] += due[2];
                total - before.total - due[2] - locked
            }
            Call::Burn { shares } => {
                let shares = U256::from(shares.get());
                let from_trader = shares.min(self.shares[0]);
                self.shares[0] -= from_trader;
                self.shares[1] -= shares - from_trader;
                total + shares - before.total
            }
            _ => U256::zero(),
        };
        self.shares[1] += made;
        made
    }

    /// A market that hears what the contract reported comes to the same pool and past. Only what
    /// happened while a token had taken some back does not follow from the reserves.
    fn report(&mut self, call: &Call, due: &[U256], before: &PairState) {
        let action = match *call {
            Call::Swap { out } => Some(Action::Swap(Flows {
                amount0_in: amount(due[0]),
                amount1_in: amount(due[1]),
                amount0_out: out[0],
                amount1_out: out[1],
            })),
            Call::Mint => Some(Action::Mint(liquidity(due, amount(due[2]).get()))),
            Call::Burn { shares } => Some(Action::Burn(liquidity(due, shares.get()))),
            Call::Sync => None,
            Call::Skim => return,
        };
        let [reserve0, reserve1] = self.seat.venue.state(&self.at).reserve;
        let reserves = Reserves { reserve0, reserve1 };
        let event = Event { pool: self.id, timestamp: short(self.now), reserves, action };
        self.tell_whether_the_fee_is_on(action);
        let missing = (0..2).any(|at| before.balance[at] < before.reserve[at].get());
        let judged = self.market.apply(&event);
        if missing && action.is_some() {
            assert!(matches!(judged, Err(EventError::Reserves { .. })), "{judged:?} {event:?}");
            self.see("event: does not follow");
            self.market.restore(self.id, *self.pair.pool(), *self.pair.history()).unwrap();
        } else {
            assert_eq!(judged, Ok(()), "{event:?} after {before:?}");
            self.see("event: follows");
        }
        // That the fee was switched on is not among what pairs report.
        let history =
            History { k_last: self.pair.history().k_last, ..self.market.history(self.id) };
        self.market.set_history(self.id, history).unwrap();
        assert_eq!(self.market.pool(self.id).unwrap(), self.pair.pool());
        assert_eq!(history, *self.pair.history());
    }

    /// Nor is that it was switched off.
    fn tell_whether_the_fee_is_on(&mut self, action: Option<Action>) {
        let liquidity = matches!(action, Some(Action::Mint(_) | Action::Burn(_)));
        if liquidity && self.seat.venue.fee() == ProtocolFee::Off {
            let known = self.market.history(self.id);
            let off = History { k_last: Some(Product::ZERO), ..known };
            self.market.set_history(self.id, off).unwrap();
        }
    }

    /// After a withdrawal of one token the engine's pair holds what is left, and counted it.
    fn check_one_leg(&self, call: &Call, verdict: Verdict, before: &PairState) {
        let (Verdict::OneLeg, Call::Burn { shares }) = (verdict, call) else { return };
        let after = self.state();
        let paid = [0, 1].map(|at| before.balance[at] - after.balance[at]);
        assert!((paid[0] == 0) != (paid[1] == 0), "one leg: {paid:?}");
        assert_eq!(after.reserve.map(Amount::get), after.balance);
        assert!(before.total - shares.get() <= after.total);
        let [x, y] = after.balance.map(U256::from);
        let on = self.seat.venue.fee() == ProtocolFee::On;
        assert_eq!(after.k_last, if on { x * y } else { U256::zero() });
    }

    /// Brings the contract back to where both were.
    fn restore(&mut self, before: &PairState) {
        self.seat.venue.set_state(&self.at, before);
        self.seat.venue.move_shares(&self.at, self.shares[1]);
    }

    /// Both hold and remember the same, shares by holder included.
    fn agree(&self, call: &Call) {
        let venue = &self.seat.venue;
        assert_eq!(self.state(), venue.state(&self.at), "engine, contract after {call:?}");
        assert_eq!(self.shares, venue.shares(&self.at), "shares after {call:?}");
    }

    /// What the contract's own functions tell is what it was read to store.
    pub fn check_told(&mut self) {
        assert_eq!(self.seat.venue.told(&self.at), self.seat.venue.state(&self.at));
    }
}

fn liquidity(due: &[U256], shares: u128) -> Liquidity {
    let shares = Some(Shares::new(shares).unwrap());
    Liquidity { amount0: amount(due[0]), amount1: amount(due[1]), shares }
}
