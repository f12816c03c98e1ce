//! What a pair does, and the market that hears of it.

use cenote_pool::{
    Action, Amount, Balances, Event, History, Liquidity, Pair, Product, ProtocolFee, Shares,
};
use cenote_testing::U512;

use super::Scene;
use crate::Verdict;
use crate::finding::{holds, same};
use crate::input::Input;

impl Scene {
    /// One operation of the pair. What is refused changes nothing; what is done is reported.
    pub(super) fn pair_acts(&mut self, input: &mut Input<'_>) -> Verdict {
        let kind = input.number::<u8>();
        let fee = if kind < 160 { ProtocolFee::On } else { ProtocolFee::Off };
        if kind & 8 == 0 {
            self.send(input)?;
        }
        let before = self.pair;
        let done = match kind & 7 {
            0 => self.send(input).map(|()| true),
            1..=3 => self.pair_swaps(input),
            4 => self.pair_mints(fee),
            5 => self.pair_burns(input, fee),
            6 => self.pair_counts(input),
            _ => Ok(self.pair.skim().is_ok_and(|beyond| beyond != Balances::default())),
        };
        // Skimming nothing changes nothing either.
        if done? { Ok(()) } else { same("a refusal changes nothing", &self.pair, &before) }
    }

    /// Sends something to the pair, or lets its tokens say what it holds.
    fn send(&mut self, input: &mut Input<'_>) -> Verdict {
        let Balances { balance0, balance1 } = self.pair.balances();
        let kind = input.number::<u8>();
        let whole = |balance: u128| if balance == 0 { 1 << 64 } else { balance };
        let first = input.units(whole(balance0));
        let second = if kind & 1 == 0 { 0 } else { input.units(whole(balance1)) };
        if 240 <= kind {
            self.pair.observe(Balances { balance0: first, balance1: second });
            return Ok(());
        }
        let [first, second] = if kind & 2 == 0 { [first, second] } else { [second, first] };
        let before = self.pair;
        let fits = balance0.checked_add(first).and(balance1.checked_add(second)).is_some();
        let sent = self.pair.transfer(first, second);
        same("what fits 128 bits can be sent", &sent.is_ok(), &fits)?;
        if fits { Ok(()) } else { same("a refusal changes nothing", &self.pair, &before) }
    }

    /// Takes what the pair holds beyond its reserves for paid, and buys for it.
    fn pair_swaps(&mut self, input: &mut Input<'_>) -> Result<bool, crate::Finding> {
        let before = self.pair;
        let direction = input.direction();
        let (token_in, _) = before.pool().tokens(direction);
        let reserves = before.pool().reserves();
        let Balances { balance0, balance1 } = before.balances();
        let paid = [
            balance0.saturating_sub(reserves.reserve0.get()),
            balance1.saturating_sub(reserves.reserve1.get()),
        ];
        let first = token_in == before.pool().token0();
        let paid = Amount::new(if first { paid[0] } else { paid[1] }).unwrap_or(Amount::MAX);
        let quoted = before.pool().quote_exact_in(token_in, paid).map(|fill| fill.amount_out);
        let bought = match input.number::<u8>() {
            0..=159 => quoted.unwrap_or_default(),
            160..=199 => {
                let one = Amount::from_u64(1);
                quoted.unwrap_or_default().checked_add(one).unwrap_or_default()
            }
            _ => input.amount(reserves.reserve0.max(reserves.reserve1).get()),
        };
        let back = if input.number::<u8>() < 224 { Amount::ZERO } else { input.reserve() };
        let out = if first { [back, bought] } else { [bought, back] };
        let Ok(flows) = self.pair.swap(out[0], out[1], self.now) else {
            return Ok(false);
        };
        holds("what was asked for is paid", [flows.amount0_out, flows.amount1_out] == out)?;
        holds("k does not fall", product(&before) <= product(&self.pair))?;
        self.hear(&before, Some(Action::Swap(flows)))
    }

    fn pair_mints(&mut self, fee: ProtocolFee) -> Result<bool, crate::Finding> {
        let before = self.pair;
        let Ok(deposit) = self.pair.mint(fee, self.now) else {
            return Ok(false);
        };
        self.switch(fee)?;
        let (amount0, amount1, shares) = (deposit.amount0, deposit.amount1, Some(deposit.shares));
        self.hear(&before, Some(Action::Mint(Liquidity { amount0, amount1, shares })))
    }

    fn pair_burns(
        &mut self,
        input: &mut Input<'_>,
        fee: ProtocolFee,
    ) -> Result<bool, crate::Finding> {
        let before = self.pair;
        let total = before.pool().total_shares().map_or(0, Shares::get);
        let given = input.units(total.saturating_sub(1000));
        let Some(shares) = Shares::new(given).ok() else {
            return Ok(false);
        };
        let Ok(withdrawal) = self.pair.burn(shares, fee, self.now) else {
            return Ok(false);
        };
        self.switch(fee)?;
        let (amount0, amount1) = (withdrawal.amount0, withdrawal.amount1);
        let given = Liquidity { amount0, amount1, shares: Some(shares) };
        self.hear(&before, Some(Action::Burn(given)))
    }

    fn pair_counts(&mut self, _input: &mut Input<'_>) -> Result<bool, crate::Finding> {
        let before = self.pair;
        if self.pair.sync(self.now).is_err() {
            return Ok(false);
        }
        let counted = Balances::from(self.pair.pool().reserves());
        same("what is held is counted", &counted, &before.balances())?;
        self.hear(&before, None)
    }

    /// Lets the market know that the protocol fee is off: nobody reports that.
    fn switch(&mut self, fee: ProtocolFee) -> Verdict {
        let [id, _] = self.pools;
        let known = self.market.history(id);
        if fee == ProtocolFee::Off {
            let off = History { k_last: Some(Product::ZERO), ..known };
            let set = self.market.set_history(id, off);
            holds("the pair is one of the market", set.is_ok())?;
        }
        Ok(())
    }

    /// Reports what the pair did. The market believes it, unless a token had taken some back, and
    /// comes to the same pool and past.
    fn hear(&mut self, before: &Pair, action: Option<Action>) -> Result<bool, crate::Finding> {
        let [id, _] = self.pools;
        let reserves = self.pair.pool().reserves();
        let event = Event { pool: id, timestamp: self.now, reserves, action };
        let missing = before.balances().balance0 < before.pool().reserves().reserve0.get()
            || before.balances().balance1 < before.pool().reserves().reserve1.get();
        let believed = self.tell(&event)?;
        if missing && action.is_some() {
            holds("what is missing is noticed", !believed)?;
            let restored = self.market.restore(id, *self.pair.pool(), *self.pair.history());
            holds("a state can be restored", restored.is_ok())?;
        } else {
            holds("what a pair did can have happened", believed)?;
        }
        same("the market has the pair's pool", &self.market.pool(id), &Ok(self.pair.pool()))?;
        // That the fee was switched on is not reported either.
        let k_last = self.pair.history().k_last;
        let history = History { k_last, ..self.market.history(id) };
        same("the market has the pair's past", &history, self.pair.history())?;
        let set = self.market.set_history(id, history);
        holds("the pair is one of the market", set.is_ok())?;
        Ok(true)
    }
}

fn product(pair: &Pair) -> U512 {
    let reserves = pair.pool().reserves();
    U512::from(reserves.reserve0.get()).saturating_mul(reserves.reserve1.get().into())
}
