//! The world of the bank run: a real exchange, its providers, and a token marked at its price.
//!
//! Amounts are in units of 10^-6.

use cenote_exchange::{Exchange, Mint, TraderId};
use cenote_pool::{Amount, Fee, Pool, PoolId, Reserves, Shares, TokenId};

use crate::error::ScenarioError;
use crate::institution::Provider;
use crate::random::Random;

/// How many customers each institution has.
pub(crate) const CUSTOMERS: usize = 1_600;

/// What each customer of a custodian deposits.
pub(crate) const DEPOSIT: Amount = whole(10_000_000);

/// What the operator of the commingled custodian lends to its affiliate.
pub(crate) const LOAN: Amount = whole(10_000_000_000);

/// The XT that the affiliate pledges and that are sold in the end.
pub(crate) const PLEDGED_XT: Amount = whole(400_000_000);

/// How many swaps move the providers' pool before they leave.
pub(crate) const SWAPS: usize = 1_000;

/// What each provider puts in: USD and tokens worth as much.
pub(crate) const PROVIDED: [Amount; 2] = [whole(5_000_000), whole(200_000)];

/// What is in the USD/XT pool, which is all that XT's price of 25 rests on.
const XT_LIQUIDITY: [Amount; 2] = [whole(100_000_000), whole(4_000_000)];

/// Deposits at a price of 8, unequal and without a common divisor, so that roundings show.
const FIVE: [[u64; 2]; 5] = [
    [1_000_003, 8_000_024],
    [2_000_003, 16_000_024],
    [3_000_017, 24_000_136],
    [5_000_011, 40_000_088],
    [8_000_009, 64_000_072],
];

/// An amount of whole tokens. All uses are constants, where an overflow does not compile.
const fn whole(tokens: u64) -> Amount {
    Amount::from_u64(tokens.strict_mul(1_000_000))
}

/// The exchange that people provide liquidity to.
pub(crate) struct Liquidity {
    pub(crate) exchange: Exchange,
    pub(crate) pool: PoolId,
    pub(crate) providers: Vec<Provider>,
}

impl Liquidity {
    /// 1,600 equal providers, and 1,000 random swaps by others since they came.
    pub(crate) fn traded(random: &mut Random) -> Result<Self, ScenarioError> {
        let (mut world, mints) = Self::provided(&vec![PROVIDED; CUSTOMERS])?;
        let trader = world.exchange.open_wallet().ok_or(ScenarioError::WalletsFull)?;
        for _ in 0..SWAPS {
            swap_at_random(&mut world, &mints, trader, random)?;
        }
        Ok(world)
    }

    /// Five unequal providers of a small pool, where a unit is most visible.
    pub(crate) fn five() -> Result<Self, ScenarioError> {
        let deposits = FIVE.map(|deposit| deposit.map(Amount::from_u64));
        Self::provided(&deposits).map(|(world, _)| world)
    }

    fn provided(deposits: &[[Amount; 2]]) -> Result<(Self, [Mint; 2]), ScenarioError> {
        let mut exchange = Exchange::new();
        let mints = [exchange.create_token("usd")?, exchange.create_token("token")?];
        let [usd, token] = &mints;
        let pool = exchange.create_pool("usd/token", usd, token, Fee::UNISWAP_V2)?;
        let provide = |&deposit| provide(&mut exchange, pool, &mints, deposit);
        let providers = deposits.iter().map(provide).collect::<Result<_, _>>()?;
        Ok((Self { exchange, pool, providers }, mints))
    }

    /// What each provider's wallet holds of the pool's shares.
    pub(crate) fn shares(&self) -> Vec<Shares> {
        let shares = |provider: &Provider| self.exchange.shares(provider.trader, self.pool);
        self.providers.iter().map(shares).collect()
    }
}

/// A pool of USD and XT, its provider, and the affiliate that holds a hundred times the pool's XT.
pub(crate) struct XtMarket {
    pub(crate) exchange: Exchange,
    pub(crate) pool: PoolId,
    pub(crate) provider: Provider,
    affiliate: TraderId,
    xt: TokenId,
}

impl XtMarket {
    pub(crate) fn new() -> Result<Self, ScenarioError> {
        let mut exchange = Exchange::new();
        let mints = [exchange.create_token("usd")?, exchange.create_token("xt")?];
        let [usd, xt] = &mints;
        let pool = exchange.create_pool("usd/xt", usd, xt, Fee::UNISWAP_V2)?;
        let provider = provide(&mut exchange, pool, &mints, XT_LIQUIDITY)?;
        let affiliate = exchange.open_wallet().ok_or(ScenarioError::WalletsFull)?;
        let pledged = exchange.issue(xt, PLEDGED_XT)?;
        exchange.put(affiliate, pledged).map_err(|refused| refused.reason)?;
        Ok(Self { exchange, pool, provider, affiliate, xt: xt.token() })
    }

    /// What the pool holds and charges now.
    pub(crate) fn state(&self) -> Result<&Pool, ScenarioError> {
        Ok(self.exchange.market().pool(self.pool)?)
    }

    /// Sells everything that was pledged; gives the USD that the pool paid.
    pub(crate) fn dump(&mut self) -> Result<Amount, ScenarioError> {
        let xt = self.exchange.take(self.affiliate, self.xt, PLEDGED_XT)?;
        let paid = self.exchange.swap(self.pool, xt, Amount::ZERO);
        let usd = paid.map_err(|refused| refused.reason)?;
        let proceeds = usd.amount();
        self.exchange.put(self.affiliate, usd).map_err(|refused| refused.reason)?;
        Ok(proceeds)
    }
}

/// An amount of a pool's second token at its spot price, in the first:
/// `floor(amount * reserve0 / reserve1)`. It is a mark, not what the pool would pay.
pub(crate) fn mark_floor(pool: &Pool, amount: Amount) -> Result<Amount, ScenarioError> {
    let Reserves { reserve0, reserve1 } = pool.reserves();
    let product = amount.get().checked_mul(reserve0.get());
    let mark = product.and_then(|product| product.checked_div(reserve1.get()));
    mark.and_then(|mark| Amount::new(mark).ok()).ok_or(ScenarioError::ValueOverflow)
}

/// Issues both coins to a new wallet and adds them to a pool.
fn provide(
    exchange: &mut Exchange,
    pool: PoolId,
    [mint0, mint1]: &[Mint; 2],
    deposit: [Amount; 2],
) -> Result<Provider, ScenarioError> {
    let trader = exchange.open_wallet().ok_or(ScenarioError::WalletsFull)?;
    let [amount0, amount1] = deposit;
    for (mint, amount) in [(mint0, amount0), (mint1, amount1)] {
        let coin = exchange.issue(mint, amount)?;
        exchange.put(trader, coin).map_err(|refused| refused.reason)?;
    }
    exchange.add_liquidity_from(trader, pool, deposit, Shares::ZERO)?;
    Ok(Provider { trader, pool })
}

/// Swaps from a thousand units up to a sixteenth of a reserve, all magnitudes alike, either way.
fn swap_at_random(
    world: &mut Liquidity,
    [mint0, mint1]: &[Mint; 2],
    trader: TraderId,
    random: &mut Random,
) -> Result<(), ScenarioError> {
    let Liquidity { exchange, pool, .. } = world;
    let Reserves { reserve0, reserve1 } = exchange.market().pool(*pool)?.reserves();
    let (mint, reserve) = if random.below(2) == 0 { (mint0, reserve0) } else { (mint1, reserve1) };
    let bits = u32::try_from(random.below(36)).unwrap_or_default().saturating_add(4);
    let most = reserve.get().checked_shr(bits).unwrap_or_default();
    let units = random.below(u64::try_from(most).unwrap_or(u64::MAX)).saturating_add(1_000);
    let coin = exchange.issue(mint, units.into())?;
    let bought = exchange.swap(*pool, coin, Amount::ZERO).map_err(|refused| refused.reason)?;
    exchange.put(trader, bought).map_err(|refused| refused.reason)?;
    Ok(())
}
