//! Swaps: with coins, from wallets, along paths and routes, and with made-up amounts.

use cenote_exchange::{Proceeds, Refused};
use cenote_pool::{Direction, Exact, Hop, Leg, Order, PoolId, Route, Step, TokenId};

use super::super::ledger::{Book, Judged, Outcome, Passage, Take};
use super::{Amount, Limit, Pick, TraderId, World, agree, amount, pool};
use crate::constant_product::ConstantProduct;
use crate::quantity::Quantity;
use crate::violation::{equal, holds};

impl World {
    pub(super) fn swap(&mut self, pick: Pick) -> Judged {
        let Some(paid) = self.coin(pick.places[0]) else {
            return Ok(());
        };
        let (at, pool) = pool(pick.places[1]);
        let (token_in, units) = (paid.token().index(), paid.amount().get());
        let due = self.ledger.books.get(at).copied().and_then(|mut book| {
            let direction = book.direction(token_in)?;
            let amount_out = book.pool.swap_exact_in(direction, units)?;
            Some((book, amount_out, book.tokens(direction)[1]))
        });
        let quoted = due.map_or(0, |(_, amount_out, _)| amount_out);
        let least = amount(Limit::of(pick.places[2]).least(quoted));
        let due = due.filter(|(_, amount_out, _)| least.get() <= *amount_out);
        let done = match self.exchange.swap(pool, paid, least) {
            Ok(coin) => Some(coin),
            Err(Refused { paid, .. }) => {
                self.hand_back(paid, units)?;
                None
            }
        };
        agree(("T1", "a swap happens if and only if it can"), done.as_ref(), due.as_ref())?;
        let (Some(coin), Some((book, amount_out, token_out))) = (done, due) else {
            return Ok(());
        };
        equal(("S12", "given = quoted"), coin.amount().get(), amount_out)?;
        holds(("C1", "it is the other token"), coin.token().index() == token_out, amount_out)?;
        self.coins.push(coin);
        self.write(at, book);
        Ok(())
    }

    pub(super) fn swap_exact_out(&mut self, pick: Pick) -> Judged {
        let Some(mut purse) = self.coin(pick.places[0]) else {
            return Ok(());
        };
        let (at, pool) = pool(pick.places[1]);
        let (token_in, held) = (purse.token().index(), purse.amount().get());
        let book = self.ledger.books.get(at).copied();
        let direction = book.and_then(|book| book.direction(token_in));
        let [_, reserve_out] = book
            .zip(direction)
            .map_or([0; 2], |(book, direction)| book.pool.state().oriented(direction));
        let amount_out = amount(pick.first.of(reserve_out));
        let due = book.zip(direction).and_then(|(mut book, direction)| {
            let cost = book.pool.swap_exact_out(direction, amount_out.get())?;
            Some((book, held.checked_sub(cost)?))
        });
        let done = self.exchange.swap_exact_out(pool, &mut purse, amount_out).ok();
        let rest = due.map_or(held, |(_, rest)| rest);
        let left = purse.amount().get();
        self.coins.push(purse);
        agree(("T1", "bought if and only if it can be"), done.as_ref(), due.as_ref())?;
        equal(("S12", "the purse keeps what was not needed"), left, rest)?;
        let (Some(coin), Some((book, _))) = (done, due) else {
            return Ok(());
        };
        equal(("S12", "given = asked for"), coin.amount().get(), amount_out.get())?;
        self.coins.push(coin);
        self.write(at, book);
        Ok(())
    }

    pub(super) fn trade_exact_in(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let hops = self.hops(&pick);
        let held = self.first_token(&hops).map_or(0, |token| self.ledger.balance(at, token));
        let amount_in = amount(pick.first.of(held));
        let due = self.ledger.path_exact_in(&hops, amount_in.get());
        let quoted = due.as_ref().map_or(0, |due| due.amount_out);
        let limit = amount(limit_of(&pick).least(quoted));
        let due = due.filter(|due| limit.get() <= due.amount_out);
        let order = Order { exact: Exact::In, amount: amount_in, limit, hops: &hops };
        self.trade((at, trader), order, due)
    }

    pub(super) fn trade_exact_out(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let hops = self.hops(&pick);
        let reserve_out = hops.last().and_then(|hop| {
            let book = self.ledger.books.get(hop.pool.index())?;
            Some(book.pool.state().oriented(hop.direction)[1])
        });
        let amount_out = amount(pick.first.of(reserve_out.unwrap_or(0)));
        let due = self.ledger.path_exact_out(&hops, amount_out.get());
        let cost = due.as_ref().map_or(0, |due| due.amount_in);
        let limit = amount(limit_of(&pick).most(cost));
        let due = due.filter(|due| due.amount_in <= limit.get());
        let order = Order { exact: Exact::Out, amount: amount_out, limit, hops: &hops };
        self.trade((at, trader), order, due)
    }

    fn trade(
        &mut self,
        (at, trader): (usize, TraderId),
        order: Order<'_>,
        due: Option<Passage>,
    ) -> Judged {
        let due = due.filter(|due| {
            at < self.traders.len() && due.amount_in <= self.ledger.balance(at, due.token_in)
        });
        let done = self.exchange.trade(trader, order).ok();
        agree(("T1", "a trade happens if and only if it can"), done.as_ref(), due.as_ref())?;
        let (Some(trade), Some(due)) = (done, due) else {
            return Ok(());
        };
        equal(("S12", "paid = quoted"), trade.amount_in.get(), due.amount_in)?;
        equal(("S12", "given = quoted"), trade.amount_out.get(), due.amount_out)?;
        self.ledger.take(at, due.token_in, due.amount_in)?;
        self.ledger.put(at, due.token_out, due.amount_out)?;
        self.ledger.books = due.books;
        Ok(())
    }

    /// The amounts are made up, near what the pools would give: the vault must judge them.
    pub(super) fn settle(&mut self, pick: Pick) -> Judged {
        let (at, trader) = self.trader(pick.places[0]);
        let mut hops = self.hops(&pick);
        hops.truncate(2);
        let held = self.first_token(&hops).map_or(0, |token| self.ledger.balance(at, token));
        let mut units = pick.first.of(held);
        let mut legs = Vec::new();
        for hop in &hops {
            let amount_in = amount(units);
            let book = self.ledger.books.get(hop.pool.index());
            let quoted = book.and_then(|book| book.pool.quote_exact_in(hop.direction, units));
            units = pick.second.of(quoted.unwrap_or(1));
            let amount_out = amount(units);
            legs.push(Leg { amount_in, amount_out });
        }
        let due = self.exchange.market().route_of(&hops, &legs).ok();
        let due = due.and_then(|route| Some((self.ledger.route(&route, Take::Exactly)?, route)));
        let due = due.filter(|(_, route)| {
            let held = self.ledger.balance(at, route.token_in.index());
            at < self.traders.len() && route.amount_in.get() <= held
        });
        let done = self.exchange.settle(trader, &hops, &legs).ok();
        agree(("S2", "settled if and only if every k is kept"), done.as_ref(), due.as_ref())?;
        let Some((Outcome { books, held }, route)) = due else {
            return Ok(());
        };
        self.ledger.take(at, route.token_in.index(), route.amount_in.get())?;
        for (token, units) in held.into_iter().enumerate() {
            self.ledger.put(at, token, units)?;
        }
        self.ledger.books = books;
        Ok(())
    }

    pub(super) fn execute(&mut self, pick: Pick) -> Judged {
        let Some(paid) = self.coin(pick.places[0]) else {
            return Ok(());
        };
        let route = self.flawed_route(&pick, (paid.token(), paid.amount()));
        let units = paid.amount().get();
        let funded = Route { amount_in: paid.amount(), ..route.clone() };
        let due = self.ledger.route(&funded, Take::All);
        let due = due.filter(|_| paid.token() == route.token_in);
        let quoted = self.exchange.market().fill_route(&funded).ok();
        let done = match self.exchange.execute(&route, paid) {
            Ok(proceeds) => Some(proceeds),
            Err(Refused { paid, .. }) => {
                self.hand_back(paid, units)?;
                None
            }
        };
        agree(("T1", "a route happens if and only if it can"), done.as_ref(), due.as_ref())?;
        let (Some(Proceeds { bought, leftovers }), Some(Outcome { books, held })) = (done, due)
        else {
            return Ok(());
        };
        let of_token = bought.as_ref().is_none_or(|coin| coin.token() == route.token_out);
        holds(("S12", "what was bought is the token bought"), of_token, units)?;
        let quoted = quoted.map(|quoted| quoted.holdings).unwrap_or_default();
        let coins = leftovers.into_iter().chain(bought).collect::<Vec<_>>();
        for (token, units) in held.into_iter().enumerate() {
            let given = coins.iter().filter(|coin| coin.token().index() == token);
            let given = super::total(given.map(|coin| coin.amount().get()));
            equal(("S12", "given = the ledger's"), given, units)?;
            let quoted = quoted.iter().filter(|(quoted, _)| quoted.index() == token);
            let quoted = super::total(quoted.map(|(_, amount)| amount.get()));
            equal(("S12", "given = quoted"), given, quoted)?;
        }
        self.coins.extend(coins);
        self.ledger.books = books;
        Ok(())
    }

    /// A route from what is held, each step spending what the one before it bought or a part of
    /// it; the fourth place may put a flaw into it.
    fn flawed_route(&self, pick: &Pick, (token, held): (TokenId, Amount)) -> Route {
        let mut pick = *pick;
        if let Some(direction) = self.direction_in(pick.places[1], token) {
            pick.direction = direction;
        }
        let mut market = self.exchange.market().clone();
        let mut units = held.get();
        let mut steps = Vec::new();
        for (hop, spend) in
            self.hops(&pick).into_iter().zip([pick.first, pick.second, Quantity::All])
        {
            let amount_in = amount(spend.of(units));
            let tokens = market.pool(hop.pool).map(|pool| pool.tokens(hop.direction));
            let (token_in, token_out) = tokens.unwrap_or((token, token));
            let fill = market.swap_exact_in(hop.pool, token_in, amount_in, Amount::ZERO);
            let amount_out = fill.map_or(Amount::ZERO, |fill| fill.amount_out);
            units = amount_out.get();
            steps.push(Step { pool: hop.pool, token_in, amount_in, token_out, amount_out });
        }
        let token_out = steps.last().map_or(token, |step| step.token_out);
        let least = amount(limit_of(&pick).least(units));
        let mut route =
            Route { token_in: token, token_out, amount_in: held, amount_out: least, steps };
        flaw(&mut route, pick.places[3]);
        route
    }

    fn direction_in(&self, place: u8, token: TokenId) -> Option<Direction> {
        let (at, _) = pool(place);
        self.ledger.books.get(at)?.direction(token.index())
    }

    fn first_token(&self, hops: &[Hop]) -> Option<usize> {
        let hop = hops.first()?;
        Some(self.ledger.books.get(hop.pool.index())?.tokens(hop.direction)[0])
    }

    /// Up to three hops: the first as picked, each later one in a pool that takes what the one
    /// before it gives, now and then as picked.
    fn hops(&self, pick: &Pick) -> Vec<Hop> {
        let [count, first, second, third] = pick.places;
        let count = if count < 8 { 0 } else { usize::from(count >> 6).saturating_add(1) };
        let mut hops = Vec::new();
        let mut given: Option<usize> = None;
        for place in [first, second, third].into_iter().take(count) {
            let joining =
                given.filter(|_| place < 240).and_then(|given| self.joining(place, given));
            let (pool, direction) = joining.unwrap_or_else(|| (pool(place).1, pick.direction));
            let book = self.ledger.books.get(pool.index());
            given = book.map(|book| book.tokens(direction)[1]);
            hops.push(Hop { pool, direction });
        }
        hops
    }

    /// The pool that a place names among those that trade a token, and the way that sells it.
    fn joining(&self, place: u8, token: usize) -> Option<(PoolId, Direction)> {
        let books = self.ledger.books.iter().enumerate();
        let joining =
            books.filter_map(|(at, book)| Some((PoolId::from_index(at)?, book.direction(token)?)));
        let joining = joining.collect::<Vec<_>>();
        joining.get(usize::from(place).checked_rem(joining.len())?).copied()
    }

    pub(super) fn write(&mut self, at: usize, book: Book) {
        if let Some(place) = self.ledger.books.get_mut(at) {
            *place = book;
        }
    }
}

/// A limit from the upper bits of the trader's place, of which the lower ones are used.
fn limit_of(pick: &Pick) -> Limit {
    Limit::of(pick.places[0] >> 2)
}

/// Puts a flaw into a route: a wrong token, an unmet step, an unknown pool, another coin.
fn flaw(route: &mut Route, place: u8) {
    let steps = route.steps.len();
    match (place, route.steps.last_mut()) {
        (16..=19, Some(step)) => step.token_out = step.token_in,
        (20..=23, Some(step)) => step.amount_out = amount(step.amount_out.get().saturating_add(1)),
        (24..=27, Some(step)) => step.pool = u32::MAX.into(),
        (28..=31, Some(_)) => route.token_in = route.token_out,
        (32..=35, Some(step)) => {
            let again = *step;
            route.steps.resize(steps.saturating_add(1), again);
        }
        (36..=37, _) => route.steps.clear(),
        (38..=39, _) => route.token_out = TokenId::from(2),
        _ => {}
    }
}
