//! Prices of tokens as JSON, by name.

use core::fmt;
use std::io::{self, Read};

use cenote_pool::{Market, TokenId};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::display::printable;
use crate::route::{MAX_DOCUMENT, bounded, without_place};

/// Prices by the names of tokens, `{"weth": 2500.0, "usdc": 1e-12}`: of one smallest unit each, in
/// units of whatever they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct PricesDocument {
    /// Tokens and prices, in the order of the document.
    pub prices: Vec<(Box<str>, f64)>,
}

/// Why a document has no prices for a market, in the order of the checks.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PricesDocumentError {
    /// The input cannot be read.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// There are more than [`MAX_DOCUMENT`] bytes.
    #[error("more than {MAX_DOCUMENT} bytes")]
    TooLong,
    /// The text is no JSON, or not of this form.
    #[error("line {}, column {}: {}", .0.line(), .0.column(), without_place(.0))]
    Json(serde_json::Error),
    /// The market has no such token.
    #[error("unknown token {}", printable(name))]
    UnknownToken {
        /// The name asked for.
        name: Box<str>,
    },
    /// A price is not above zero.
    #[error("the price of {} is not above zero", printable(name))]
    NotPositive {
        /// The token.
        name: Box<str>,
    },
    /// A token has two prices.
    #[error("token {} has two prices", printable(name))]
    Repeated {
        /// The token.
        name: Box<str>,
    },
    /// A token of the market has none.
    #[error("no price for token {}", printable(name))]
    Missing {
        /// The token.
        name: Box<str>,
    },
}

impl PricesDocument {
    /// Prices of a market's tokens, of which the first one has the first price.
    pub fn new(market: &Market, prices: &[f64]) -> Self {
        let named = |(token, price): (TokenId, &f64)| (market.token_name(token).into(), *price);
        Self { prices: market.tokens().zip(prices).map(named).collect() }
    }

    /// Reads a document, all of the input.
    ///
    /// # Errors
    ///
    /// [`PricesDocumentError`]: `Io`, `TooLong`, `Json`.
    pub fn read<R: Read>(input: R) -> Result<Self, PricesDocumentError> {
        let text = bounded(input).map_err(PricesDocumentError::Io)?;
        let text = text.ok_or(PricesDocumentError::TooLong)?;
        serde_json::from_slice(&text).map_err(PricesDocumentError::Json)
    }

    /// The price of each token of a market, in the order of their places.
    ///
    /// # Errors
    ///
    /// [`PricesDocumentError`]: `UnknownToken`, `NotPositive`, `Repeated`, `Missing`.
    pub fn for_market(&self, market: &Market) -> Result<Vec<f64>, PricesDocumentError> {
        let mut prices = vec![None; market.token_count()];
        for (name, price) in &self.prices {
            let unknown = |_| PricesDocumentError::UnknownToken { name: name.clone() };
            let token = market.token(name).map_err(unknown)?;
            if !(0.0 < *price && price.is_finite()) {
                return Err(PricesDocumentError::NotPositive { name: name.clone() });
            }
            let place = prices.get_mut(token.index()).filter(|place| place.is_none());
            let place =
                place.ok_or_else(|| PricesDocumentError::Repeated { name: name.clone() })?;
            *place = Some(*price);
        }
        let missing =
            |token| PricesDocumentError::Missing { name: market.token_name(token).into() };
        let priced = market.tokens().zip(prices);
        priced.map(|(token, price)| price.ok_or_else(|| missing(token))).collect()
    }
}

impl Serialize for PricesDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.prices.iter().map(|(name, price)| (name, price)))
    }
}

impl<'de> Deserialize<'de> for PricesDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

/// Keeps every pair of a map, so that a name that stands twice is noticed.
struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = PricesDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from tokens to prices")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut prices = Vec::new();
        while let Some(pair) = map.next_entry()? {
            prices.push(pair);
        }
        Ok(PricesDocument { prices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Numbers;
    use crate::{PoolsOptions, read_pools};

    fn market() -> Market {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips\n\
                    p,a,b,1,1,0\nq,b,c,1,1,0\n";
        read_pools(text.as_bytes(), &PoolsOptions::default()).unwrap()
    }

    fn read(text: &str) -> Result<Vec<f64>, String> {
        let document = PricesDocument::read(text.as_bytes()).map_err(|error| error.to_string())?;
        document.for_market(&market()).map_err(|error| error.to_string())
    }

    #[test]
    fn prices_survive_to_the_last_bit() {
        let prices = [1.0 / 3.0, 5e-324, f64::MAX];
        let document = PricesDocument::new(&market(), &prices);
        let text = serde_json::to_string(&document).unwrap();
        assert!(text.starts_with(r#"{"a":0.3333333333333333,"b":5e-324,"c":1.79"#), "{text}");
        assert_eq!(read(&text).unwrap(), prices);
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for _ in 0..20_000 {
            let mut price = || f64::from_bits((numbers.next(1 << 54) << 9) | numbers.next(1 << 9));
            let prices = [price(), price(), price()]
                .map(|price| if price.is_normal() { price.abs() } else { 1.0 });
            let document = PricesDocument::new(&market(), &prices);
            assert_eq!(read(&serde_json::to_string(&document).unwrap()).unwrap(), prices);
        }
        assert_eq!(read(r#"{"c": 3, "a": 1, "b": 2.0}"#).unwrap(), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn bad_prices_are_refused_with_their_token() {
        let cases = [
            (r#"{"a": 1, "b": 2}"#, "no price for token c"),
            (r#"{"a": 1, "b": 2, "c": 0}"#, "the price of c is not above zero"),
            (r#"{"a": 1, "b": -2.5, "c": 1}"#, "the price of b is not above zero"),
            (r#"{"a": 1, "a": 1, "b": 1, "c": 1}"#, "token a has two prices"),
            (r#"{"a": 1, "\u001b[2J": 1}"#, r"unknown token \u{1b}[2J"),
            (r#"{"a": 1e999}"#, "line 1, column 11: number out of range"),
            (r#"{"a": "1"}"#, "line 1, column 9: invalid type: string \"1\", expected f64"),
            (r#"{"a": null}"#, "line 1, column 10: invalid type: null, expected f64"),
            ("[1, 2, 3]", "line 1, column 0: invalid type: sequence, expected a map from tokens"),
            (r#"{"a": 1} {}"#, "line 1, column 10: trailing characters"),
            ("", "line 1, column 0: EOF while parsing a value"),
        ];
        for (text, message) in cases {
            let refused = read(text).unwrap_err();
            assert!(refused.starts_with(message), "{text}: {refused}");
        }
        let endless = PricesDocument::read(io::repeat(b' '));
        assert!(matches!(endless, Err(PricesDocumentError::TooLong)));
    }
}
