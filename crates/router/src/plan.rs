//! [`Plan`]: a route with a proof of how good it is.

use std::collections::HashSet;

use cenote_pool::{Amount, Exact, Route};

use crate::bound::ppm;
use crate::query::Query;
use crate::router::RoutingError;

/// A route, and a bound that no route can pass: whoever trades on the same market, by whatever
/// steps, in whatever order, using pools as often as they like.
///
/// # Why nothing passes the bound
///
/// Take any prices `p > 0`, one for each token. Whoever begins with `amount_in` and swaps ends with
/// no debt, so what they hold of the token bought is worth at most all that they hold:
///
/// ```text
/// output * p_out <= amount_in * p_in + sum over pools of (what the pool lost, at these prices)
/// ```
///
/// One swap of `D` for `L` in a pool of `x` and `y` that keeps `g` of an input as trade has
/// `L <= y * g * D / (x + g * D)`. With `m = x + g * D`, what the pool loses is at most
///
/// ```text
/// p_y * L - p_x * D <= p_y * y + p_x * x / g - (p_y * y * x / m + p_x * m / g)
///                   <= (sqrt(p_y * y) - sqrt(p_x * x / g))^2
/// ```
///
/// since a sum of two numbers is at least twice the root of their product; and where the first root
/// is the smaller one no swap loses anything. The two directions cannot both lose: that would need
/// fees below zero.
///
/// Many swaps in one pool lose no more than one. Let `s` and `t` be the logarithms of its reserves.
/// A swap that moves `s` by `d` moves `t` by at least `f(d)`, which is `-ln(1 - g + g * e^d)` for
/// `d >= 0` and the inverse of the like for the other direction and fee below: each half is concave
/// with `f(0) = 0`, and its slope is between -1 and 0 above zero and at most -1 below. So `f(a) +
/// f(b) >= f(a + b)`, for two of one sign since concave functions through zero are subadditive, and
/// for two of different signs since the one half never falls faster than by 1 and the other never
/// more slowly. After any swaps, whatever was traded elsewhere in between, the pool holds at least
/// what one swap to the same `s` would have left. Units that are rounded stay in the pool.
///
/// So the sum is at most what [`Query::bound`] adds up; for an exact output the same inequality is
/// solved for `amount_in`, and what each pool used costs is taken from what it can lose, but not
/// below nothing, since it need not be used.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a plan does nothing until it is executed"]
#[non_exhaustive]
pub struct Plan {
    /// The steps, in an order in which each can be paid with what the ones before it bought.
    pub route: Route,
    /// Which side was given.
    pub exact: Exact,
    /// What the pools used cost together: of the token bought for an exact input, of the token paid
    /// for an exact output.
    pub gas: Amount,
    /// The most output less gas for an exact input, the least input plus gas for an exact output.
    pub bound: Amount,
    pub(crate) prices: Vec<f64>,
}

impl Plan {
    /// The prices that prove the bound, one for each token of the market, in units of the token
    /// that is counted: the one bought for an exact input, the one paid for an exact output.
    ///
    /// Anybody can compute the bound from them; see [`Query::bound`](crate::Query::bound).
    pub fn prices(&self) -> &[f64] {
        &self.prices
    }

    /// What is counted: output less gas or input plus gas. An output that does not even pay for
    /// the gas counts as nothing.
    #[must_use]
    pub fn net(&self) -> Amount {
        match self.exact {
            Exact::In => self.route.amount_out.checked_sub(self.gas).unwrap_or_default(),
            Exact::Out => self.route.amount_in.checked_add(self.gas).unwrap_or(Amount::MAX),
        }
    }

    /// How far the plan is from the bound at most, in units of the token that is counted.
    #[must_use]
    pub fn gap_units(&self) -> Amount {
        let gap = match self.exact {
            Exact::In => self.bound.checked_sub(self.net()),
            Exact::Out => self.net().checked_sub(self.bound),
        };
        gap.unwrap_or_default()
    }

    /// How far the plan is from the bound at most, in millionths of it: a number for people.
    /// Infinite where the bound is zero, as in a market with so much arbitrage that nothing need be
    /// paid for a small output, and the plan is not at it.
    #[must_use]
    pub fn gap_ppm(&self) -> f64 {
        ppm(self.gap_units(), self.bound)
    }
}

impl Query<'_> {
    /// A route for this question, whoever made it, as a plan: with its gas, and the bound that the
    /// prices of [`split`](Self::split) prove.
    ///
    /// Whether the route can be executed is not looked at; see [`certify`](crate::certify()).
    ///
    /// # Errors
    ///
    /// [`RoutingError`]: those of a question that makes no sense.
    pub fn measure(&self, route: Route) -> Result<Plan, RoutingError> {
        self.check()?;
        let prices = self.proposed_prices();
        let bound = self.proven(&prices)?;
        let trade = self.trade();
        let pools = route.steps.iter().map(|step| step.pool).collect::<HashSet<_>>().len();
        let gas = u128::try_from(pools).ok().and_then(|pools| pools.checked_mul(trade.gas.get()));
        let gas = gas.and_then(|gas| Amount::new(gas).ok()).unwrap_or(Amount::MAX);
        Ok(Plan { route, exact: trade.exact, gas, bound, prices })
    }

    /// Prices that prove a good bound: the solver's, which is trusted for nothing.
    ///
    /// Where it finds no plan they are those at which nothing, or little, is to be earned.
    #[expect(clippy::float_arithmetic, reason = "any prices prove a bound")]
    pub(crate) fn proposed_prices(&self) -> Vec<f64> {
        match self.split().best() {
            Ok(plan) => plan.prices,
            Err(_) => self.router.fair.iter().map(|root| root * root).collect(),
        }
    }

    /// The bound that prices prove, in big integers where they are at hand.
    pub(crate) fn proven(&self, prices: &[f64]) -> Result<Amount, RoutingError> {
        #[cfg(feature = "exact")]
        return self.bound_exactly(prices);
        #[cfg(not(feature = "exact"))]
        self.bound(prices)
    }
}
