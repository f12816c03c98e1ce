//! Serialisation: amounts and shares as decimal strings, everything else through its checks.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use primitive_types::U256;

use crate::{
    Amount, Direction, Fee, Fees, History, Label, Market, Pool, Product, Reserves, Shares, TokenId,
};

/// Serialises a number as a decimal string and reads it back through the strict grammar.
macro_rules! as_string {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(DecimalString).and_then(|units| {
                    Self::new(units).map_err(de::Error::custom)
                })
            }
        }
    )*};
}

as_string!(Amount, Shares);

struct DecimalString;

impl Visitor<'_> for DecimalString {
    type Value = u128;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a decimal number in a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u128, E> {
        crate::decimal::parse(text.as_bytes(), Amount::MAX.get()).map_err(E::custom)
    }
}

/// As the number of pips.
impl Serialize for Fee {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.pips())
    }
}

impl<'de> Deserialize<'de> for Fee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_pips(u32::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A pool as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolData {
    token0: TokenId,
    token1: TokenId,
    reserve0: Amount,
    reserve1: Amount,
    /// Of both directions, or of `token0` alone.
    fee_pips: Fee,
    /// Of `token1`, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fee1_pips: Option<Fee>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total_shares: Option<Shares>,
}

impl From<&Pool> for PoolData {
    fn from(pool: &Pool) -> Self {
        let Reserves { reserve0, reserve1 } = pool.reserves();
        let [fee0, fee1] = Direction::BOTH.map(|direction| pool.fee(direction));
        Self {
            token0: pool.token0(),
            token1: pool.token1(),
            reserve0,
            reserve1,
            fee_pips: fee0,
            fee1_pips: Some(fee1).filter(|fee1| *fee1 != fee0),
            total_shares: pool.total_shares(),
        }
    }
}

impl TryFrom<PoolData> for Pool {
    type Error = crate::PoolError;

    fn try_from(data: PoolData) -> Result<Self, Self::Error> {
        let PoolData { token0, token1, reserve0, reserve1, fee_pips, fee1_pips, total_shares } =
            data;
        let fees = Fees::new(fee_pips, fee1_pips.unwrap_or(fee_pips));
        let pool =
            Self::new(token0, token1, fees)?.with_reserves(Reserves { reserve0, reserve1 })?;
        match total_shares {
            Some(total) => pool.with_total_shares(total),
            None => Ok(pool),
        }
    }
}

impl Serialize for Pool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PoolData::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Pool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PoolData::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

/// A market as it is written: tokens and pools in the order of their places.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarketData {
    tokens: Vec<TokenEntry>,
    pools: Vec<PoolEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenEntry {
    name: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    symbol: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decimals: Option<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolEntry {
    name: Box<str>,
    state: Pool,
    #[serde(default, skip_serializing_if = "is_unknown")]
    history: History,
}

fn is_unknown(history: &History) -> bool {
    *history == History::UNKNOWN
}

/// A pair's past as it is written: numbers as decimal strings, what is unknown not at all.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price0_cum: Option<Sum>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price1_cum: Option<Sum>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    k_last: Option<Product>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ts_last: Option<u32>,
}

/// A price accumulator.
struct Sum(U256);

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(WideDecimalString).map(Self)
    }
}

impl Serialize for Product {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Product {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_str(WideDecimalString)?;
        Self::new(value).map_err(de::Error::custom)
    }
}

struct WideDecimalString;

impl Visitor<'_> for WideDecimalString {
    type Value = U256;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a decimal number in a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<U256, E> {
        crate::decimal::parse_wide(text.as_bytes(), 256).map_err(E::custom)
    }
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { price0_cum, price1_cum, k_last, ts_last } = *self;
        let (price0_cum, price1_cum) = (price0_cum.map(Sum), price1_cum.map(Sum));
        HistoryData { price0_cum, price1_cum, k_last, ts_last }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for History {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let data = HistoryData::deserialize(deserializer)?;
        let sum = |sum: Option<Sum>| sum.map(|Sum(sum)| sum);
        let (price0_cum, price1_cum) = (sum(data.price0_cum), sum(data.price1_cum));
        Ok(Self { price0_cum, price1_cum, k_last: data.k_last, ts_last: data.ts_last })
    }
}

impl Serialize for Market {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = |token| {
            let label = self.label(token).cloned().unwrap_or_default();
            let Label { symbol, decimals } = label;
            TokenEntry { name: self.token_name(token).into(), symbol, decimals }
        };
        let pools = self.pools_with_id().map(|(id, pool)| {
            let (name, history) = (self.pool_name(id).into(), self.history(id));
            PoolEntry { name, state: *pool, history }
        });
        MarketData { tokens: self.tokens().map(token).collect(), pools: pools.collect() }
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Market {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let data = MarketData::deserialize(deserializer)?;
        let mut market = Self::new();
        for TokenEntry { name, symbol, decimals } in data.tokens {
            let token = market.add_token(&name).map_err(de::Error::custom)?;
            market.label_token(token, Label { symbol, decimals });
        }
        for PoolEntry { name, state, history } in data.pools {
            let pool = market.add_pool(&name, state).map_err(de::Error::custom)?;
            market.set_history(pool, history).map_err(de::Error::custom)?;
        }
        Ok(market)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_strings_and_nothing_else() {
        assert_eq!(serde_json::to_string(&Amount::from_u64(7)).unwrap(), "\"7\"");
        assert_eq!(serde_json::from_str::<Amount>("\"7\"").unwrap(), Amount::from_u64(7));
        for text in ["7", "7.0", "\"07\"", "\"+7\"", "\"1e3\"", "null", "9007199254740993", "\"\""]
        {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
        let above = "\"5192296858534827628530496329220096\"";
        assert!(serde_json::from_str::<Amount>(above).is_err());
        assert!(serde_json::from_str::<Shares>(above).is_err());
        assert!(serde_json::from_str::<Fee>("1000000").is_err());
        assert!(serde_json::from_str::<Fee>("-1").is_err());
    }

    #[test]
    fn a_number_that_is_no_string_is_refused_with_what_was_expected() {
        let amount = serde_json::from_str::<Amount>("7").unwrap_err();
        let product = serde_json::from_str::<Product>("7").unwrap_err();
        let reason = "invalid type: integer `7`, expected a decimal number in a string";
        for error in [amount, product] {
            assert_eq!(error.to_string(), format!("{reason} at line 1 column 1"));
        }
    }

    #[test]
    fn what_is_not_known_is_not_written() {
        let mut market = Market::new();
        let [a, b] = ["a", "b"].map(|name| market.add_token(name).unwrap());
        let pool = Pool::new(a, b, Fee::ZERO).unwrap();
        let reserves = Reserves { reserve0: Amount::from_u64(5), reserve1: Amount::from_u64(7) };
        let id = market.add_pool("a/b", pool.with_reserves(reserves).unwrap()).unwrap();
        let state = r#"{"token0":0,"token1":1,"reserve0":"5","reserve1":"7","fee_pips":0}"#;
        let text = |more: &str| {
            let tokens = r#"[{"name":"a"},{"name":"b"}]"#;
            let pools = format!(r#"[{{"name":"a/b","state":{state}{more}}}]"#);
            format!(r#"{{"tokens":{tokens},"pools":{pools}}}"#)
        };
        assert_eq!(serde_json::to_string(&market).unwrap(), text(""));
        market.set_history(id, History { ts_last: Some(9), ..History::UNKNOWN }).unwrap();
        assert_eq!(serde_json::to_string(&market).unwrap(), text(r#","history":{"ts_last":9}"#));
    }

    #[test]
    fn a_market_survives_and_a_bad_one_is_refused() {
        let mut market = Market::new();
        let eth = market.add_token("eth").unwrap();
        let usd = market.add_token("usd").unwrap();
        market.label_token(usd, Label { symbol: Some("U\u{1f4b5}".into()), decimals: Some(6) });
        let reserves = Reserves { reserve0: Amount::MAX, reserve1: Amount::from_u64(1) };
        let pool = Pool::new(eth, usd, Fee::UNISWAP_V2).unwrap();
        market.add_pool("empty", pool).unwrap();
        let known = market.add_pool("known", pool.with_reserves(reserves).unwrap()).unwrap();
        let history = History {
            price0_cum: Some(U256::MAX),
            k_last: Some(Product::new((U256::one() << 224) - 1).unwrap()),
            ts_last: Some(u32::MAX),
            ..History::UNKNOWN
        };
        market.set_history(known, history).unwrap();
        let fees = Fees::new(Fee::ZERO, Fee::UNISWAP_V2);
        market.add_pool("two-fees", Pool::new(eth, usd, fees).unwrap()).unwrap();
        let text = serde_json::to_string(&market).unwrap();
        let read: Market = serde_json::from_str(&text).unwrap();
        assert_eq!(read, market);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);

        let faults = [
            ("\"k_last\":\"2", "\"k_last\":\"3"),         // above 2^224 - 1
            ("\"price0_cum\":\"1", "\"price0_cum\":\"2"), // above 2^256 - 1
            ("\"1\"", "\"0\""),                           // one reserve zero
            ("\"name\":\"usd\"", "\"name\":\"eth\""),     // a token twice
            ("\"name\":\"known\"", "\"name\":\"empty\""), // a pool twice
            ("\"token1\":1", "\"token1\":2"),             // an unknown token
            ("\"token1\":1", "\"token1\":0"),             // one token on both sides
            ("\"fee_pips\"", "\"fee\":1,\"fee_pips\""),   // an unknown field
            ("\"fee_pips\":3000", "\"fee_pips\":3000,\"fee_pips\":0"), // a field twice
        ];
        for (good, bad) in faults {
            let text = text.replacen(good, bad, 1);
            assert!(serde_json::from_str::<Market>(&text).is_err(), "{text}");
        }
    }
}
