//! [`Builder`]: a network while it is made.

#![expect(clippy::float_arithmetic, reason = "reserves are made of prices, then rounded")]

use cenote_pool::{Amount, Fee, Label, Market, Pool, Reserves, TokenId};

use super::draw::Draw;

/// A token's decimals, one chosen evenly from these: half of all have 18.
const DECIMALS: [u8; 10] = [18, 18, 18, 18, 18, 9, 8, 8, 6, 6];
/// A pool's fee in hundredths of a basis point, one chosen evenly from these.
const FEES_PIPS: [u32; 7] = [3_000, 3_000, 3_000, 2_500, 500, 1_000, 10_000];
/// The part of its fee's band that a pool's price fills at most, where there is no arbitrage.
const WITHIN: f64 = 0.9;
/// The least reserve, where there is no arbitrage: rounding to whole units then moves a pool's log
/// price by at most 10^-5, a fifth of what the least fee, of 0.05 %, leaves of its band.
const COARSEST: f64 = 1e5;

/// How far a pool's price is from the tokens' prices.
#[derive(Debug, Clone, Copy)]
pub(super) enum Noise {
    /// Evenly within 0.9 of the band of its fee.
    WithinBand,
    /// Normal with this standard deviation in log price.
    Normal(f64),
}

/// A market and the prices of its tokens.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) draw: Draw,
    /// How pools are priced from now on.
    pub(super) noise: Noise,
    /// The least reserve of the pools from now on.
    pub(super) least: f64,
    market: Market,
    prices: Vec<f64>,
}

impl Builder {
    pub(super) fn new(seed: u64) -> Self {
        let (draw, noise, least) = (Draw::new(seed), Noise::WithinBand, COARSEST);
        Self { draw, noise, least, market: Market::new(), prices: Vec::new() }
    }

    pub(super) fn finish(self) -> (Market, Vec<f64>) {
        (self.market, self.prices)
    }

    /// Adds a token of which one whole coin is worth `value`.
    pub(super) fn add_token(&mut self, value: f64, decimals: u8) {
        let name = format!("T{}", self.prices.len());
        if let Ok(token) = self.market.add_token(&name) {
            self.market.label_token(token, Label { symbol: None, decimals: Some(decimals) });
            self.prices.push(value / 10_f64.powi(decimals.into()));
        }
    }

    /// Adds tokens of random decimals and values (log-normal around 1, sigma 3) until there are
    /// `count`.
    pub(super) fn add_tokens(&mut self, count: usize) {
        while self.prices.len() < count {
            let decimals = self.draw.one_of(&DECIMALS);
            let value = self.draw.log_normal(1.0, 3.0);
            self.add_token(value, decimals);
        }
    }

    pub(super) fn token_count(&self) -> usize {
        self.prices.len()
    }

    pub(super) fn pool_count(&self) -> usize {
        self.market.pools().len()
    }

    /// Adds a pool of two tokens that is worth `value` and has one of the usual fees.
    pub(super) fn add_pool(&mut self, tokens: [usize; 2], value: f64) {
        let fee_pips = self.draw.one_of(&FEES_PIPS);
        self.add_pool_of_fee(tokens, value, fee_pips);
    }

    /// Adds a pool of two tokens that is worth `value`, or as much more as its least reserve makes
    /// it.
    pub(super) fn add_pool_of_fee(&mut self, tokens: [usize; 2], value: f64, fee_pips: u32) {
        let [price0, price1] = tokens.map(|at| self.prices.get(at).copied().unwrap_or(1.0));
        let tilt = match self.noise {
            Noise::WithinBand => self.draw.even(-WITHIN, WITHIN) * band(fee_pips),
            Noise::Normal(sigma) => self.draw.normal(sigma),
        };
        let side = value / 2.0;
        let (x, y) = (side / price0 * (tilt / 2.0).exp(), side / price1 * (-tilt / 2.0).exp());
        let scale = (self.least / x.min(y)).max(1.0);
        self.add_reserves(tokens, [x, y].map(|reserve| amount(reserve * scale)), fee_pips);
    }

    /// Adds a pool with these reserves.
    pub(super) fn add_reserves(
        &mut self,
        tokens: [usize; 2],
        [reserve0, reserve1]: [Amount; 2],
        fee_pips: u32,
    ) {
        let [token0, token1] = tokens.map(|at| TokenId::from_index(at).unwrap_or(TokenId::FIRST));
        let pool = Fee::from_pips(fee_pips)
            .ok()
            .and_then(|fee| Pool::new(token0, token1, fee).ok())
            .and_then(|pool| pool.with_reserves(Reserves { reserve0, reserve1 }).ok());
        let name = format!("P{}", self.pool_count());
        // Places give different names, and pools are made of two tokens that are there.
        let added = pool.map(|pool| self.market.add_pool(&name, pool));
        debug_assert!(matches!(added, Some(Ok(_))), "a made pool is valid");
    }
}

/// How far in log price a pool may be from the tokens' prices before somebody gains: `-ln(gamma)`.
pub(super) fn band(fee_pips: u32) -> f64 {
    -(-f64::from(fee_pips) / f64::from(Fee::SCALE)).ln_1p()
}

/// The nearest amount that is not zero.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "such a cast saturates, and the bound is tested next"
)]
pub(super) fn amount(units: f64) -> Amount {
    Amount::new((units.round() as u128).max(1)).unwrap_or(Amount::MAX)
}
