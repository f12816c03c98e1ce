//! An arbitrage bot beside a node. It loads all pools of two exchanges, follows the chain block by
//! block, looks for circles of pools that earn more than their gas, and sends the best one as a
//! transaction that is done as planned or not at all. What arrives must be what was predicted, to the
//! unit; the exit code is 1 if it ever is not.
//!
//!     conformance/run bot [BLOCKS]
//!
//! [`Bot`] is the bot and does the same on any chain. [`Stage`] is what it plays on: a node with a chain
//! of its own, where others trade at random, and which signs what it is sent.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "an example counts and prints"
)]

use std::collections::BTreeMap;
use std::env;
use std::process::ExitCode;

use alloy_primitives::{Address as Account, U256};
use cenote::{Amount, Arbitrage, Fee, PoolId, Route, Router, TokenId, format_units};
use cenote_chain::rpc::{At, Limits, Node, Selection};
use cenote_chain::{Address, Call, Follower, ToCalldata};
use cenote_conformance_node::{DEPTH, Traffic, World, compiled};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What the gas of each pool in a circle is taken to cost, in the smallest units of ether.
const GAS_PER_POOL: Amount = Amount::from_u64(100_000_000_000_000);

/// A circle is for the block that comes so many seconds after the last one, or for none.
const SECONDS: u64 = 12;

struct Bot {
    node: Node,
    follower: Follower,
    weth: TokenId,
    /// A token that keeps a part of what is sent, so that pools pay less than they say.
    taxed: TokenId,
    /// The pools that have changed since nothing was left to earn.
    changed: Vec<PoolId>,
}

impl Bot {
    /// Loads all pools of these factories as they are in the newest block.
    async fn start(url: &str, factories: &[Address], tokens: [Address; 2]) -> Result<Self> {
        let node = Node::http(url, Limits::default())?;
        let factories = factories.iter().map(|factory| (*factory, Fee::UNISWAP_V2)).collect();
        let all = Selection { factories, ..Selection::default() };
        let follower = node.load(&all, At::Head).await?.follow(DEPTH)?;
        let [weth, taxed] = tokens.map(|token| follower.token(&token).ok_or("no pool has it"));
        let changed = follower.market().pools_with_id().map(|(pool, _)| pool).collect();
        Ok(Self { node, weth: weth?, taxed: taxed?, follower, changed })
    }

    /// Goes on to the newest block, and says how many events there were.
    async fn listen(&mut self) -> Result<usize> {
        let advanced = self.node.advance(&mut self.follower).await?;
        if !advanced.undone.is_empty() {
            // A branch is gone, with whatever it had changed.
            let pools = self.follower.market().pools_with_id();
            self.changed = pools.map(|(pool, _)| pool).collect();
        }
        let mut events = 0;
        for pushed in advanced.pushed {
            events += pushed.applied.events;
            self.changed.extend(pushed.applied.touched);
        }
        Ok(events)
    }

    /// The best circle through a pool that has changed, from the first of these tokens that has one
    /// and for no more than is held of it.
    fn find(&mut self, held: &[(Address, Amount)]) -> Result<Option<Arbitrage>> {
        let market = self.follower.market();
        // Made anew, as pools may be new.
        let router = Router::new(market);
        let taxed = market.pools_with_id().filter(|(_, pool)| pool.direction(self.taxed).is_ok());
        // A flagged contract has done what no pair does.
        let avoided: Vec<_> = taxed.map(|(pool, _)| pool).chain(self.follower.flagged()).collect();
        for (token, most) in held {
            let Some(token) = self.follower.token(token) else { continue };
            let gas = if token == self.weth {
                GAS_PER_POOL
            } else {
                router.sell(market, self.weth, GAS_PER_POOL).to(token).best()?.amount_out
            };
            let circles = router.arbitrage(market, token).through(&self.changed);
            let circles = circles.without_pools(&avoided).gas_per_pool(gas).find()?;
            let best = circles.into_iter().find(|circle| circle.route.amount_in <= *most);
            if best.is_some() {
                return Ok(best);
            }
        }
        self.changed.clear();
        Ok(None)
    }

    /// A route as one call of an executor, which pays for it and receives what it brings: each swap
    /// with exactly the predicted amounts, in the next block, or none at all.
    fn call(&self, route: &Route, executor: Address) -> Result<Call> {
        let deadline = self.follower.head().timestamp + SECONDS;
        let send = route.calldata(self.follower.market(), executor, deadline);
        Ok(send.bundle(executor)?.call())
    }
}

/// Two exchanges, the others who trade there, and what the bot earns beside them.
struct Stage<'a> {
    world: &'a World,
    bot: Bot,
    /// Another bot's account and its executor.
    rival: [Account; 2],
    score: Score,
}

/// What the bot has sent, and what became of it.
#[derive(Debug, Default)]
struct Score {
    sent: u64,
    /// How many of those came second.
    late: u64,
    /// How many did not bring what was predicted.
    wrong: u64,
    /// By token.
    earned: BTreeMap<&'static str, U256>,
    gas: U256,
}

impl<'a> Stage<'a> {
    async fn new(world: &'a World) -> Result<Self> {
        let owner = world.actors[1];
        let code = compiled("Executor").ok_or("no executor was compiled")?;
        let rival = world.node.deploy(owner, &code, &[]).await;
        for executor in [world.executor, rival] {
            world.give(world.actors[0], world.weth, executor, 500 * 10_u128.pow(18)).await;
            world.give(world.actors[0], world.tokens[0], executor, 10_u128.pow(33)).await;
        }
        world.node.mine(SECONDS).await;
        let factories = world.exchanges.map(|exchange| exchange.factory.into());
        let tokens = [world.weth, world.taxed].map(Address::from);
        let bot = Bot::start(&world.node.url(), &factories, tokens).await?;
        Ok(Self { world, bot, rival: [owner, rival], score: Score::default() })
    }

    /// Lets others trade, or the bot send what it has found, for so many blocks; one line for each.
    async fn play(&mut self, blocks: u64, traffic: &mut Traffic<'_>) -> Result<()> {
        let pools = self.bot.follower.market().pools().len();
        let mut found = self.find().await?;
        self.say("", vec![format!("{pools} pools loaded")], found.as_ref());
        for _ in 0..blocks {
            let (who, done) = if let Some(circle) = &found {
                ("bot", Some(self.send(circle).await?))
            } else {
                traffic.block().await;
                ("others", None)
            };
            let events = format!("events {:>2}", self.bot.listen().await?);
            found = self.find().await?;
            self.say(who, [Some(events), done].into_iter().flatten().collect(), found.as_ref());
        }
        Ok(())
    }

    /// A line for the newest block.
    fn say(&self, who: &str, mut said: Vec<String>, found: Option<&Arbitrage>) {
        said.extend(found.map(|circle| format!("found {}", self.show(circle))));
        let number = self.bot.follower.head().number;
        println!("block {number:>3}  {who:<6}  {}", said.join("; "));
    }

    /// What the bot finds to do with what it has.
    async fn find(&mut self) -> Result<Option<Arbitrage>> {
        let mut held = vec![];
        for token in [self.world.weth, self.world.tokens[0]] {
            let balance = self.world.balance(token, self.world.executor).await;
            held.push((token.into(), Amount::new(balance.try_into()?)?));
        }
        self.bot.find(&held)
    }

    /// Sends a circle and compares what arrives; the second time just after a rival, who has found
    /// the same.
    async fn send(&mut self, circle: &Arbitrage) -> Result<String> {
        let World { node, trader, executor, .. } = self.world;
        let token = self.bot.follower.market().token_name(circle.route.token_in).parse()?;
        let before = self.has(token).await;
        let is_late = self.score.sent == 1;
        if is_late {
            let [owner, executor] = self.rival;
            node.send_call(owner, &self.bot.call(&circle.route, executor.into())?).await;
        }
        let call = self.bot.call(&circle.route, (*executor).into())?;
        let sent = node.send_call(*trader, &call).await;
        node.mine(SECONDS).await;
        let is_done = node.receipt(sent).await.is_ok();
        let after = self.has(token).await;

        let predicted = if is_late { U256::ZERO } else { U256::from(circle.profit.get()) };
        let earned = after[0].checked_sub(before[0]).ok_or("a circle has lost something")?;
        let gas = before[1] - after[1];
        let is_right = earned == predicted && is_done != is_late;
        let symbol = self.symbol(token);
        let score = &mut self.score;
        score.sent += 1;
        score.late += u64::from(is_late);
        score.wrong += u64::from(!is_right);
        score.gas += gas;
        *score.earned.entry(symbol).or_default() += earned;
        let (earned, predicted, gas) = (decimal(earned), decimal(predicted), decimal(gas));
        Ok(match (is_right, is_late) {
            (true, false) => format!("earned {earned} {symbol}, as predicted"),
            (true, true) => {
                format!("a rival was first: refused as a whole, only {gas} ETH of gas lost")
            }
            (false, _) => format!("EARNED {earned} {symbol}, NOT {predicted} AS PREDICTED"),
        })
    }

    /// What the bot has of a token, and of ether for gas.
    async fn has(&self, token: Account) -> [U256; 2] {
        let world = self.world;
        [world.balance(token, world.executor).await, world.node.ether(world.trader).await]
    }

    /// A circle's tokens and its profit.
    fn show(&self, circle: &Arbitrage) -> String {
        let route = &circle.route;
        let tokens = route.steps.iter().map(|step| step.token_in).chain([route.token_out]);
        let names = tokens.map(|token| self.bot.follower.market().token_name(token));
        let symbols = names.filter_map(|name| name.parse().ok()).map(|token| self.symbol(token));
        let symbols: Vec<_> = symbols.collect();
        let profit = format_units(circle.profit.get(), Some(18));
        format!("{} for {profit} {}", symbols.join(" > "), symbols[0])
    }

    /// WETH, and letters for the tokens that it is traded with.
    fn symbol(&self, token: Account) -> &'static str {
        let at = self.world.all_tokens().iter().position(|other| *other == token);
        at.and_then(|at| ["WETH", "A", "B", "C", "D", "E"].get(at)).unwrap_or(&"?")
    }

    /// All that was sent, in one line.
    fn total(&self) -> String {
        let Score { sent, late, wrong, earned, gas } = &self.score;
        let earned = earned.iter().map(|(symbol, units)| format!("{} {symbol}", decimal(*units)));
        format!(
            "{sent} circles sent, {late} behind a rival, {wrong} not as predicted; earned {} for {} ETH \
             of gas",
            earned.collect::<Vec<_>>().join(" and "),
            decimal(*gas)
        )
    }
}

fn decimal(units: U256) -> String {
    units.try_into().map_or_else(|_| units.to_string(), |units| format_units(units, Some(18)))
}

/// Plays for so many blocks, and gives the score; `None` where there is no node.
async fn run(blocks: u64) -> Result<Option<Score>> {
    let Some(world) = World::new([true, false]).await else {
        eprintln!("conformance: no node or no contracts here, nothing sent (conformance/run bot)");
        return Ok(None);
    };
    let pairs = world.create_pools().await;
    let mut stage = Stage::new(&world).await?;
    println!(
        "Others trade at random on two exchanges; the bot takes what lies between their prices."
    );
    let seed = env::var("CONFORMANCE_SEED").map_or(Ok(3), |seed| seed.parse())?;
    stage.play(blocks, &mut Traffic::new(&world, seed, &pairs)).await?;
    println!("{blocks} blocks, {}", stage.total());
    Ok(Some(stage.score))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let blocks = env::args().nth(1).map_or(Ok(30), |blocks| blocks.parse());
    let blocks = blocks.map_err(|_| "usage: conformance/run bot [BLOCKS]")?;
    let score = run(blocks).await?.unwrap_or_default();
    Ok(if score.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
#[tokio::test]
async fn five_blocks() -> Result<()> {
    let Some(score) = run(5).await? else { return Ok(()) };
    assert_eq!((score.late, score.wrong), (1, 0), "{score:?}");
    assert!(1 < score.sent, "{score:?}");
    Ok(())
}
