//! [`certify`]: how good is a route that somebody made?
//!
//! The answer has two halves, and neither trusts who made the route, nor the solver of this crate.
//! What the trader ends up with is what the market's own rules say of each step. What nobody can
//! pass is a sum over all pools at some prices, a bound whatever the prices are (see
//! [`Plan`](crate::Plan)); the solver only proposes them.

use cenote_pool::{Amount, Market, Route, RouteError, RouteFill, Step, TokenId};
use thiserror::Error;

use crate::bound::ppm;
use crate::query::Query;
use crate::router::{Router, RoutingError};

/// What a route is worth, and what no route can be worth.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a verdict says something only to who reads it"]
#[non_exhaustive]
pub struct Certified {
    /// What the trader ends up with of the token bought: at least what the route promises.
    pub amount_out: Amount,
    /// What the trader is left with of other tokens, in the order of first use; it does not count.
    pub holdings: Vec<(TokenId, Amount)>,
    /// The most that anybody can end up with for the same input.
    pub bound: Amount,
    /// The prices that prove the bound, one for each token of the market.
    pub prices: Vec<f64>,
}

/// Why a route has no certificate, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertifyError {
    /// It cannot be executed, or leaves less than it promises.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// It can be executed, and is no trade of one token for another.
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// It leaves more than the bound allows, so this library is wrong: please report it.
    #[error("the route leaves {amount_out}, above the bound {bound}: a fault of this library")]
    Beaten {
        /// What the trader ends up with.
        amount_out: Amount,
        /// What nobody should.
        bound: Amount,
    },
}

impl Certified {
    /// How far the route is from the bound, in units of the token bought.
    #[must_use]
    pub fn gap_units(&self) -> Amount {
        // `judge` has compared the two.
        self.bound.checked_sub(self.amount_out).unwrap_or_default()
    }

    /// How far the route is from the bound, in millionths of it: a number for people.
    #[must_use]
    pub fn gap_ppm(&self) -> f64 {
        ppm(self.gap_units(), self.bound)
    }
}

/// Judges a route that spends its `amount_in`, at the prices of the best split.
///
/// Time is that of a split over the whole market, and of a [`Router`] made for it.
///
/// # Errors
///
/// [`CertifyError`], in the order of its variants.
pub fn certify(market: &Market, route: &Route) -> Result<Certified, CertifyError> {
    let filled = execute(market, route)?;
    let router = Router::new(market);
    let query = question(&router, market, route);
    judge(&query, (route, filled), query.proposed_prices())
}

/// Judges a route that spends its `amount_in`, at these prices, one for each token of the market:
/// no solver takes part.
///
/// # Errors
///
/// [`CertifyError`], in the order of its variants.
pub fn certify_with(
    market: &Market,
    route: &Route,
    prices: Vec<f64>,
) -> Result<Certified, CertifyError> {
    let filled = execute(market, route)?;
    let router = Router::new(market);
    judge(&question(&router, market, route), (route, filled), prices)
}

/// What the steps do, told by both rules of a pool, which share no code: what it gives for an input
/// ([`Market::fill_route`]), and whether it may take and give just these amounts
/// ([`Market::judge_route`]).
fn execute(market: &Market, route: &Route) -> Result<RouteFill, RouteError> {
    let filled = market.fill_route(route)?;
    let steps = route.steps.iter().zip(&filled.fills);
    let steps = steps.map(|(step, fill)| Step { amount_out: fill.amount_out, ..*step }).collect();
    market.judge_route(&Route { steps, ..*route })
}

fn question<'a>(router: &'a Router, market: &'a Market, route: &Route) -> Query<'a> {
    router.sell(market, route.token_in, route.amount_in).to(route.token_out)
}

fn judge(
    query: &Query<'_>,
    (route, filled): (&Route, RouteFill),
    prices: Vec<f64>,
) -> Result<Certified, CertifyError> {
    let bound = query.proven(&prices)?;
    let mut holdings = filled.holdings;
    let is_bought = |(token, _): &(TokenId, Amount)| *token == route.token_out;
    let bought = holdings.iter().position(is_bought).map(|place| holdings.remove(place));
    let amount_out = bought.map_or(Amount::ZERO, |(_, amount)| amount);
    if bound < amount_out {
        return Err(CertifyError::Beaten { amount_out, bound });
    }
    Ok(Certified { amount_out, holdings, bound, prices })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenote_pool::{Direction, Fee, Hop, Pool, Reserves};

    /// Holdings that no steps lead to are not believed.
    #[test]
    fn what_passes_the_bound_is_no_certificate() {
        let mut market = Market::new();
        let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
        let reserves = Reserves { reserve0: 1000_u64.into(), reserve1: 1000_u64.into() };
        let pool = Pool::new(a, b, Fee::ZERO).unwrap().with_reserves(reserves).unwrap();
        let pool = market.add_pool("ab", pool).unwrap();
        let hop = Hop { pool, direction: Direction::ZeroForOne };
        let route = market.route_exact_in(&[hop], 1000_u64.into()).unwrap();
        let router = Router::new(&market);
        let query = question(&router, &market, &route);
        let held = |units: u64| RouteFill { fills: Vec::new(), holdings: vec![(b, units.into())] };
        let judged = |units| judge(&query, (&route, held(units)), vec![0.25, 1.0]);
        assert_eq!(judged(500).unwrap().gap_units(), Amount::ZERO);
        let (amount_out, bound) = (501_u64.into(), 500_u64.into());
        assert_eq!(judged(501), Err(CertifyError::Beaten { amount_out, bound }));
    }
}
