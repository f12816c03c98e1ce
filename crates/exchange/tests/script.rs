//! Scripts: one operation a line, each with the result that it is to have.
//!
//! A line is `operation arguments -> result`; a refusal is written `! reason`, with the text of
//! the error. `#` begins a comment. Tokens, pools, coins, claims and traders are named by the
//! line that makes them, and what is refused goes back to its name. The scripts are in
//! `tests/scripts`; the operations are the methods of [`Script`] below.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test may stop where it stands; the list of operations is one table"
)]

use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::fs;
use std::path::Path;

use cenote_exchange::{Claim, Coin, Exchange, Mint, Refused, TraderId};
use cenote_pool::{Amount, Exact, Fee, Hop, Leg, Order, PoolId, Route, Shares, Step, TokenId};

/// An exchange and what the lines so far have named.
#[derive(Default)]
struct Script {
    exchange: Exchange,
    mints: HashMap<String, Mint>,
    coins: HashMap<String, Coin>,
    claims: HashMap<String, Claim>,
    traders: HashMap<String, TraderId>,
}

/// A result as it is written in a script.
fn told<T: Display, E: Display>(result: Result<T, E>) -> String {
    match result {
        Ok(done) => done.to_string(),
        Err(error) => refusal(error),
    }
}

fn refusal(error: impl Display) -> String {
    format!("! {error}")
}

fn units(text: &str) -> Amount {
    if text == "max" { Amount::MAX } else { text.parse().unwrap() }
}

fn shares(text: &str) -> Shares {
    text.parse().unwrap()
}

/// Takes the value of a name, which has to be there.
fn named<T>(values: &mut HashMap<String, T>, name: &str) -> T {
    values.remove(name).unwrap_or_else(|| panic!("no {name}"))
}

/// Gives a value a name, which has to be free: nothing is dropped by accident.
fn name<T: Debug>(values: &mut HashMap<String, T>, name: &str, value: T) {
    let lost = values.insert(name.to_owned(), value);
    assert!(lost.is_none(), "{name} is taken by {lost:?}");
}

impl Script {
    /// Runs one line and tells what came of it.
    fn run(&mut self, line: &str) -> String {
        let words = line.split_whitespace().collect::<Vec<_>>();
        match words[..] {
            ["token", name] => match self.exchange.create_token(name) {
                Ok(mint) => {
                    self.mints.insert(name.to_owned(), mint);
                    "ok".to_owned()
                }
                Err(error) => refusal(error),
            },
            ["pool", name, one, other, pips] => {
                let fee = Fee::from_pips(pips.parse().unwrap()).unwrap();
                let (one, other) = (&self.mints[one], &self.mints[other]);
                told(self.exchange.create_pool(name, one, other, fee).map(|_| "ok"))
            }
            ["wallet", trader] => {
                // A trader of whom there is no wallet has a name as well.
                let id = if trader == "nobody" { None } else { self.exchange.open_wallet() };
                self.traders.insert(trader.to_owned(), id.unwrap_or(TraderId::from(99)));
                "ok".to_owned()
            }
            ["issue", token, amount, coin] => {
                match self.exchange.issue(&self.mints[token], units(amount)) {
                    Ok(issued) => {
                        name(&mut self.coins, coin, issued);
                        "ok".to_owned()
                    }
                    Err(error) => refusal(error),
                }
            }
            ["burn", token, coin] => {
                let paid = named(&mut self.coins, coin);
                let burned = self.exchange.burn(&self.mints[token], paid);
                self.back(coin, burned.map(|()| "ok".to_owned()))
            }
            ["split", coin, amount, part] => {
                match self.coins.get_mut(coin).unwrap().split(units(amount)) {
                    Some(split) => {
                        name(&mut self.coins, part, split);
                        "ok".to_owned()
                    }
                    None => "! too much".to_owned(),
                }
            }
            ["join", coin, other] => {
                let other_coin = named(&mut self.coins, other);
                match self.coins.get_mut(coin).unwrap().join(other_coin) {
                    Ok(()) => "ok".to_owned(),
                    Err(refused) => {
                        name(&mut self.coins, other, refused);
                        "! not the same".to_owned()
                    }
                }
            }
            ["part", claim, count, part] => {
                match self.claims.get_mut(claim).unwrap().split(shares(count)) {
                    Some(split) => {
                        name(&mut self.claims, part, split);
                        "ok".to_owned()
                    }
                    None => "! too much".to_owned(),
                }
            }
            ["drop", coin] => {
                drop(named(&mut self.coins, coin));
                "ok".to_owned()
            }
            ["coin", coin] => {
                let coin = &self.coins[coin];
                format!("{} {}", coin.amount(), self.token_name(coin.token()))
            }
            ["swap", pool, coin, least, bought] => {
                let paid = named(&mut self.coins, coin);
                let swapped = self.exchange.swap(self.pool(pool), paid, units(least));
                let swapped = swapped.map(|coin| {
                    let amount = coin.amount().to_string();
                    name(&mut self.coins, bought, coin);
                    amount
                });
                self.back(coin, swapped)
            }
            ["buy", pool, purse, amount, bought] => {
                let pool = self.pool(pool);
                let purse = self.coins.get_mut(purse).unwrap();
                let coin = self.exchange.swap_exact_out(pool, purse, units(amount));
                let rest = purse.amount();
                told(coin.map(|coin| {
                    name(&mut self.coins, bought, coin);
                    format!("{rest} left")
                }))
            }
            ["add", pool, one, other, least, claim] => {
                let paid = [one, other].map(|coin| named(&mut self.coins, coin));
                match self.exchange.add_liquidity(self.pool(pool), paid, shares(least)) {
                    Ok(added) => {
                        let made = added.claim.shares();
                        let change = self.change(added.change);
                        name(&mut self.claims, claim, added.claim);
                        format!("{made} change {change}")
                    }
                    Err(Refused { reason, paid: [first, second] }) => {
                        name(&mut self.coins, one, first);
                        name(&mut self.coins, other, second);
                        refusal(reason)
                    }
                }
            }
            ["redeem", claim] => {
                let claim = named(&mut self.claims, claim);
                let coins = self.exchange.redeem(claim).unwrap();
                self.change(coins)
            }
            ["route", coin, token_out, least, ref steps @ ..] => {
                let paid = named(&mut self.coins, coin);
                let route = Route {
                    token_in: paid.token(),
                    token_out: self.mints[token_out].token(),
                    amount_in: paid.amount(),
                    amount_out: units(least),
                    steps: steps.iter().map(|step| self.step(step)).collect(),
                };
                let done = self.exchange.execute(&route, paid).map(|proceeds| {
                    let coins = proceeds.bought.into_iter().chain(proceeds.leftovers);
                    self.change(coins)
                });
                self.back(coin, done)
            }
            ["put", trader, coin] => {
                let paid = named(&mut self.coins, coin);
                let put = self.exchange.put(self.traders[trader], paid);
                self.back(coin, put.map(|()| "ok".to_owned()))
            }
            ["take", trader, token, amount, coin] => {
                let token = self.mints[token].token();
                let taken = self.exchange.take(self.traders[trader], token, units(amount));
                told(taken.map(|taken| {
                    name(&mut self.coins, coin, taken);
                    "ok"
                }))
            }
            ["keep", trader, claim] => {
                let kept = named(&mut self.claims, claim);
                match self.exchange.put_claim(self.traders[trader], kept) {
                    Ok(()) => "ok".to_owned(),
                    Err(Refused { reason, paid }) => {
                        name(&mut self.claims, claim, paid);
                        refusal(reason)
                    }
                }
            }
            ["trade", trader, exact, amount, limit, ref hops @ ..] => {
                let exact = if exact == "in" { Exact::In } else { Exact::Out };
                let hops = hops.iter().map(|hop| self.hop(hop)).collect::<Vec<_>>();
                let (amount, limit) = (units(amount), units(limit));
                let order = Order { exact, amount, limit, hops: &hops };
                let leg = self.exchange.trade(self.traders[trader], order);
                told(
                    leg.map(|Leg { amount_in, amount_out }| {
                        format!("{amount_in} for {amount_out}")
                    }),
                )
            }
            ["provide", trader, pool, most0, most1, least] => {
                let most = [units(most0), units(most1)];
                let (trader, pool) = (self.traders[trader], self.pool(pool));
                told(self.exchange.add_liquidity_from(trader, pool, most, shares(least)))
            }
            ["leave", trader, pool, count] => {
                let (trader, pool) = (self.traders[trader], self.pool(pool));
                let paid = self.exchange.redeem_from(trader, pool, shares(count));
                told(paid.map(|[amount0, amount1]| format!("{amount0} {amount1}")))
            }
            ["balance", trader, token] => {
                let token = self.mints[token].token();
                self.exchange.balance(self.traders[trader], token).to_string()
            }
            ["shares", trader, pool] => {
                self.exchange.shares(self.traders[trader], self.pool(pool)).to_string()
            }
            ["issued", token] => self.exchange.issued(self.mints[token].token()).to_string(),
            ["outside", token] => {
                let audit = self.exchange.audit().unwrap();
                audit.tokens[self.mints[token].token().index()].outside.to_string()
            }
            ["reserves", pool] => {
                let pool = self.exchange.market().pool(self.pool(pool)).unwrap();
                let (reserves, total) = (pool.reserves(), pool.total_shares().unwrap());
                format!("{} {} shares {total}", reserves.reserve0, reserves.reserve1)
            }
            _ => panic!("no such operation: {line}"),
        }
    }

    /// What came of something that was paid for, which is named again if it was refused.
    fn back<R: Display>(&mut self, coin: &str, result: Result<String, Refused<R>>) -> String {
        result.unwrap_or_else(|Refused { reason, paid }| {
            name(&mut self.coins, coin, paid);
            refusal(reason)
        })
    }

    /// Tells coins, and puts them into the one of each token that is called by its name.
    fn change(&mut self, coins: impl IntoIterator<Item = Coin>) -> String {
        let told = coins.into_iter().map(|coin| {
            let token = self.token_name(coin.token());
            let told = format!("{} {token}", coin.amount());
            match self.coins.get_mut(&token) {
                Some(held) => held.join(coin).unwrap(),
                None => name(&mut self.coins, &token, coin),
            }
            told
        });
        told.collect::<Vec<_>>().join(" ")
    }

    fn token_name(&self, token: TokenId) -> String {
        self.exchange.market().token_name(token).to_owned()
    }

    /// A pool by its name; any other name is that of a pool which is not there.
    fn pool(&self, name: &str) -> PoolId {
        self.exchange.market().pool_id(name).unwrap_or(PoolId::from(99))
    }

    /// `pool:token_in`.
    fn hop(&self, text: &str) -> Hop {
        let (pool, token) = text.split_once(':').unwrap();
        let pool = self.pool(pool);
        let entry = self.exchange.market().pool(pool);
        let direction = entry.map(|entry| entry.direction(self.mints[token].token()).unwrap());
        Hop { pool, direction: direction.unwrap_or_default() }
    }

    /// `pool:token_in:amount_in:token_out:amount_out`.
    fn step(&self, text: &str) -> Step {
        let [pool, token_in, amount_in, token_out, amount_out] =
            text.split(':').collect::<Vec<_>>().try_into().unwrap();
        Step {
            pool: self.pool(pool),
            token_in: self.mints[token_in].token(),
            amount_in: units(amount_in),
            token_out: self.mints[token_out].token(),
            amount_out: units(amount_out),
        }
    }
}

/// Runs a script and tells every line whose result is not the one written, with what it was.
fn differences(script: &str) -> Vec<String> {
    let mut state = Script::default();
    let mut differences = Vec::new();
    for (line, number) in script.lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (operation, expected) =
            line.split_once(" -> ").unwrap_or_else(|| panic!("line {number} expects nothing"));
        let before = state.exchange.market().clone();
        let found = state.run(operation);
        if found != expected.trim() {
            differences.push(format!("line {number}: {operation} -> {found}"));
        }
        if found.starts_with('!') {
            assert_eq!(state.exchange.market(), &before, "line {number} was refused");
        }
        assert!(state.exchange.audit().unwrap().every_share_backed(), "line {number}");
    }
    differences
}

/// Runs the script of this name.
fn play(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(name);
    let differences = differences(&fs::read_to_string(path).unwrap());
    assert!(differences.is_empty(), "{name}:\n{}", differences.join("\n"));
}

#[test]
fn a_mint_issues_up_to_the_bound() {
    play("supply.script");
}

#[test]
fn a_swap_gives_the_least_asked_for_or_nothing_happens() {
    play("swap.script");
}

#[test]
fn liquidity_comes_and_goes() {
    play("liquidity.script");
}

#[test]
fn a_route_is_all_or_nothing() {
    play("route.script");
}

#[test]
fn a_wallet_pays_what_it_holds() {
    play("wallet.script");
}

#[test]
fn every_script_is_played() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let played = include_str!("script.rs");
    for file in fs::read_dir(directory).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(played.contains(&format!("play(\"{name}\")")), "{name} is not played");
    }
}

#[test]
fn a_wrong_expectation_is_found() {
    let script = "token a -> ok\n# nothing\ntoken a -> ok\nissue a 5 coin -> ok\ncoin coin -> 6 a";
    let found =
        ["line 3: token a -> ! the identifier is already in use", "line 5: coin coin -> 5 a"];
    assert_eq!(differences(script), found);
}
