//! [`Plan`]: a route with a proof of how good it is.

use cenote_pool::{Amount, Exact, Route};

/// A route, and a bound that no route can pass: whoever trades on the same market, by whatever
/// steps, in whatever order, using pools as often as they like.
#[derive(Debug, Clone, PartialEq)]
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
    pub fn net(&self) -> Amount {
        match self.exact {
            Exact::In => self.route.amount_out.checked_sub(self.gas).unwrap_or_default(),
            Exact::Out => self.route.amount_in.checked_add(self.gas).unwrap_or(Amount::MAX),
        }
    }

    /// How far the plan is from the bound at most, in units of the token that is counted.
    pub fn gap_units(&self) -> Amount {
        let gap = match self.exact {
            Exact::In => self.bound.checked_sub(self.net()),
            Exact::Out => self.net().checked_sub(self.bound),
        };
        gap.unwrap_or_default()
    }

    /// How far the plan is from the bound at most, in millionths of it: a number for people.
    #[expect(clippy::float_arithmetic, reason = "a value for people")]
    pub fn gap_ppm(&self) -> f64 {
        if self.bound.is_zero() {
            return 0.0;
        }
        let [gap, bound] =
            [self.gap_units(), self.bound].map(|units| crate::curve::to_f64(units.get()));
        gap / bound * 1e6
    }
}
