//! Routes as JSON, with names in place of places.

use std::io::{self, Read};

use cenote_pool::{Amount, Exact, MAX_STEPS, Market, Route, Step};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::display::printable;
use crate::prices::PricesDocument;

/// The longest document: 64 MiB, several times what [`MAX_STEPS`] steps need.
pub const MAX_DOCUMENT: u64 = 1 << 26;

/// A route by names, and how far from the best one it can be.
///
/// Amounts are strings. When one is read only tokens, amounts and steps count; other keys are
/// ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteDocument {
    /// What the trader pays with.
    pub token_in: Box<str>,
    /// What the trader buys.
    pub token_out: Box<str>,
    /// What the trader pays.
    pub amount_in: Amount,
    /// The least that the trader accepts.
    pub amount_out: Amount,
    /// The swaps, in the order of execution.
    pub steps: Vec<StepDocument>,
    /// How good the best route can be.
    #[serde(flatten, skip_deserializing)]
    pub bound: Bound,
    /// How far the route is from the bound, in smallest units.
    #[serde(skip_deserializing)]
    pub gap_units: Option<Amount>,
    /// How far the route is from the bound, in millionths of it.
    #[serde(skip_deserializing)]
    pub gap_ppm: Option<f64>,
    /// The prices that prove the bound; left out where none are asked for.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub prices: Option<PricesDocument>,
}

/// How good the best route can be, where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Bound {
    /// For an exact input: no route gives more.
    #[serde(rename = "upper_bound")]
    Upper(Option<Amount>),
    /// For an exact output: no route takes less.
    #[serde(rename = "lower_bound")]
    Lower(Option<Amount>),
}

impl Default for Bound {
    fn default() -> Self {
        Self::Upper(None)
    }
}

/// A step by names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDocument {
    /// Where it swaps.
    pub pool: Box<str>,
    /// What it pays with.
    pub token_in: Box<str>,
    /// What it pays.
    pub amount_in: Amount,
    /// What it buys.
    pub token_out: Box<str>,
    /// The least that it accepts.
    pub amount_out: Amount,
}

/// Why a document is no route, in the order of the checks.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RouteDocumentError {
    /// The input cannot be read.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// There are more than [`MAX_DOCUMENT`] bytes.
    #[error("more than {MAX_DOCUMENT} bytes")]
    TooLong,
    /// The text is no JSON, or not of this form.
    #[error("line {}, column {}: {}", .0.line(), .0.column(), without_place(.0))]
    Json(serde_json::Error),
    /// There are more than [`MAX_STEPS`] steps.
    #[error("a route of {steps} steps, the limit is {MAX_STEPS}")]
    TooManySteps {
        /// The number of steps given.
        steps: usize,
    },
    /// The market has no such token.
    #[error("unknown token {}", printable(name))]
    UnknownToken {
        /// The name asked for.
        name: Box<str>,
    },
    /// The market has no such pool.
    #[error("step {at}: unknown pool {}", printable(name))]
    UnknownPool {
        /// Which step, counted from 0.
        at: usize,
        /// The name asked for.
        name: Box<str>,
    },
}

/// All of an input, or `None` where it is longer than a document may be.
pub(crate) fn bounded<R: Read>(input: R) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    // One byte more than allowed tells a document that is too long from the longest one.
    let length = input.take(MAX_DOCUMENT.saturating_add(1)).read_to_end(&mut text)?;
    let fits = u64::try_from(length).is_ok_and(|length| length <= MAX_DOCUMENT);
    Ok(fits.then_some(text))
}

/// The parser's message, escaped and cut, without the place that it ends with.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    printable(message.strip_suffix(&place).unwrap_or(&message)).to_string()
}

impl RouteDocument {
    /// A route of a market by names, the fixed side of which tells which bound it would have; the
    /// bound is not known.
    pub fn new(market: &Market, route: &Route, exact: Exact) -> Self {
        let token = |token| Box::<str>::from(market.token_name(token));
        let steps = route.steps.iter().map(|step| StepDocument {
            pool: market.pool_name(step.pool).into(),
            token_in: token(step.token_in),
            amount_in: step.amount_in,
            token_out: token(step.token_out),
            amount_out: step.amount_out,
        });
        Self {
            token_in: token(route.token_in),
            token_out: token(route.token_out),
            amount_in: route.amount_in,
            amount_out: route.amount_out,
            steps: steps.collect(),
            bound: match exact {
                Exact::In => Bound::Upper(None),
                Exact::Out => Bound::Lower(None),
            },
            gap_units: None,
            gap_ppm: None,
            prices: None,
        }
    }

    /// The document with the bound of its side, and how far the route is from it; an infinite part
    /// of a bound of zero is none.
    #[must_use]
    pub fn with_bound(self, bound: Amount, gap_units: Amount, gap_ppm: f64) -> Self {
        let bound = match self.bound {
            Bound::Upper(_) => Bound::Upper(Some(bound)),
            Bound::Lower(_) => Bound::Lower(Some(bound)),
        };
        let gap_ppm = Some(gap_ppm).filter(|ppm| ppm.is_finite());
        Self { bound, gap_units: Some(gap_units), gap_ppm, ..self }
    }

    /// Reads a document, all of the input.
    ///
    /// # Errors
    ///
    /// [`RouteDocumentError`]: `Io`, `TooLong`, `Json`.
    ///
    /// ```
    /// use cenote_formats::RouteDocument;
    ///
    /// let text = r#"{"token_in": "eth", "token_out": "usd", "amount_in": "10",
    ///                "amount_out": "01", "steps": []}"#;
    /// let error = RouteDocument::read(text.as_bytes()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2, column 33: not a decimal number: leading zero"
    /// );
    /// ```
    pub fn read<R: Read>(input: R) -> Result<Self, RouteDocumentError> {
        let text = bounded(input).map_err(RouteDocumentError::Io)?;
        let text = text.ok_or(RouteDocumentError::TooLong)?;
        serde_json::from_slice(&text).map_err(RouteDocumentError::Json)
    }

    /// The route in a market. Whether it can be executed is the market's answer.
    ///
    /// # Errors
    ///
    /// [`RouteDocumentError`]: `TooManySteps`, `UnknownToken`, `UnknownPool`.
    pub fn route(&self, market: &Market) -> Result<Route, RouteDocumentError> {
        if MAX_STEPS < self.steps.len() {
            return Err(RouteDocumentError::TooManySteps { steps: self.steps.len() });
        }
        let token = |name: &str| {
            let unknown = |_| RouteDocumentError::UnknownToken { name: name.into() };
            market.token(name).map_err(unknown)
        };
        let step = |(at, step): (usize, &StepDocument)| {
            let unknown = |_| RouteDocumentError::UnknownPool { at, name: step.pool.clone() };
            Ok(Step {
                pool: market.pool_id(&step.pool).map_err(unknown)?,
                token_in: token(&step.token_in)?,
                amount_in: step.amount_in,
                token_out: token(&step.token_out)?,
                amount_out: step.amount_out,
            })
        };
        Ok(Route {
            token_in: token(&self.token_in)?,
            token_out: token(&self.token_out)?,
            amount_in: self.amount_in,
            amount_out: self.amount_out,
            steps: self.steps.iter().enumerate().map(step).collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PoolsOptions, read_pools};
    use cenote_pool::{Direction, Hop};

    fn market() -> Market {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                    p,a,b,100000,100000,3000\nq,b,c,100000,100000,3000\n";
        read_pools(text.as_bytes(), &PoolsOptions::default()).unwrap()
    }

    fn document() -> RouteDocument {
        let hops =
            [0, 1].map(|pool: u32| Hop { pool: pool.into(), direction: Direction::ZeroForOne });
        let route = market().route_exact_in(&hops, Amount::from_u64(1000)).unwrap();
        let document = RouteDocument::new(&market(), &route, Exact::In);
        assert_eq!(document.route(&market()).unwrap(), route);
        document
    }

    #[test]
    fn a_route_survives() {
        let document = document();
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(
            text,
            r#"{"token_in":"a","token_out":"c","amount_in":"1000","amount_out":"974","steps":["#
                .to_owned()
                + r#"{"pool":"p","token_in":"a","amount_in":"1000","token_out":"b","amount_out":"987"},"#
                + r#"{"pool":"q","token_in":"b","amount_in":"987","token_out":"c","amount_out":"974"}],"#
                + r#""upper_bound":null,"gap_units":null,"gap_ppm":null}"#
        );
        assert_eq!(RouteDocument::read(text.as_bytes()).unwrap(), document);
        let prices = Some(PricesDocument::new(&market(), &[1.5, 1.25, 1.0]));
        let bounded = RouteDocument { prices, ..document.clone() }.with_bound(
            Amount::from_u64(975),
            Amount::from_u64(1),
            1025.5,
        );
        let text = serde_json::to_string(&bounded).unwrap();
        let end = r#""upper_bound":"975","gap_units":"1","gap_ppm":1025.5,"#.to_owned()
            + r#""prices":{"a":1.5,"b":1.25,"c":1.0}}"#;
        assert!(text.ends_with(&end), "{text}");
        let noted = text.replacen('{', r#"{"note":{"x":[1.5,null]},"upper_bound":1e3,"#, 1);
        assert_eq!(RouteDocument::read(noted.as_bytes()).unwrap(), document);
    }

    #[test]
    fn an_exact_output_has_a_bound_from_below() {
        let route = document().route(&market()).unwrap();
        let document = RouteDocument::new(&market(), &route, Exact::Out);
        let text = serde_json::to_string(&document).unwrap();
        assert!(text.contains(r#""lower_bound":null"#) && !text.contains("upper_bound"), "{text}");
    }

    #[test]
    fn bad_documents_are_refused() {
        let text = serde_json::to_string(&document()).unwrap();
        let faults = [
            (r#""amount_in":"1000""#, r#""amount_in":1000"#),
            (r#""amount_in":"1000""#, r#""amount_in":1000.0"#),
            (r#""amount_in":"1000""#, r#""amount_in":9007199254740993"#),
            (r#""amount_in":"1000""#, r#""amount_in":NaN"#),
            (r#""amount_in":"1000""#, r#""amount_in":-0"#),
            (r#""amount_in":"1000""#, r#""amount_in":"+1""#),
            (r#""amount_in":"1000""#, r#""amount_in":"1e3""#),
            (r#""amount_in":"1000""#, r#""amount_in":"5192296858534827628530496329220096""#),
            (r#""amount_in":"1000""#, r#""amount_in":"1","amount_in":"2""#),
            (r#""pool":"q""#, r#""pool":"q","pool":"q""#),
            (r#""token_in":"a","#, ""),
            ("{", "\u{feff}{"),
            (r#""gap_ppm":null}"#, r#""gap_ppm":null}}"#),
            (r#""gap_ppm":null}"#, r#""gap_ppm":null"#),
        ];
        for (good, bad) in faults {
            let text = text.replacen(good, bad, 1);
            let refused = RouteDocument::read(text.as_bytes());
            assert!(matches!(refused, Err(RouteDocumentError::Json(_))), "{text}");
        }
        for length in 0..text.len() {
            assert!(RouteDocument::read(&text.as_bytes()[..length]).is_err());
        }
        let deep = text.replacen('{', &format!("{{\"x\":{},", "[".repeat(100_000)), 1);
        assert!(RouteDocument::read(deep.as_bytes()).is_err());
        let endless = RouteDocument::read(io::repeat(b' '));
        assert!(matches!(endless, Err(RouteDocumentError::TooLong)));
    }

    #[test]
    fn unknown_names_are_named_and_escaped() {
        let mut document = document();
        document.steps[1].pool = "\u{1b}[2J".into();
        let error = document.route(&market()).unwrap_err();
        assert_eq!(error.to_string(), r"step 1: unknown pool \u{1b}[2J");
        document.steps[0].token_in = "x".into();
        let error = document.route(&market()).unwrap_err();
        assert_eq!(error.to_string(), "unknown token x");
        let steps = vec![document.steps[0].clone(); MAX_STEPS + 1];
        let error = RouteDocument { steps, ..document }.route(&market()).unwrap_err();
        assert!(matches!(error, RouteDocumentError::TooManySteps { steps: 65_537 }));
        let text = "{\"token_in\":\"\u{202e}".to_owned() + &"x".repeat(1000) + "\", \"steps\": 0}";
        assert!(RouteDocument::read(text.as_bytes()).unwrap_err().to_string().len() < 200);
    }
}
