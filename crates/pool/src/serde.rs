//! Serialisation: amounts and shares as decimal strings, everything else through its checks.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::{Amount, Direction, Fee, Fees, Label, Market, Pool, Reserves, Shares, TokenId};

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
}

impl Serialize for Market {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = |token| {
            let label = self.label(token).cloned().unwrap_or_default();
            let Label { symbol, decimals } = label;
            TokenEntry { name: self.token_name(token).into(), symbol, decimals }
        };
        let pools = self
            .pools_with_id()
            .map(|(id, pool)| PoolEntry { name: self.pool_name(id).into(), state: *pool });
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
        for PoolEntry { name, state } in data.pools {
            market.add_pool(&name, state).map_err(de::Error::custom)?;
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
    fn a_market_survives_and_a_bad_one_is_refused() {
        let mut market = Market::new();
        let eth = market.add_token("eth").unwrap();
        let usd = market.add_token("usd").unwrap();
        market.label_token(usd, Label { symbol: Some("U\u{1f4b5}".into()), decimals: Some(6) });
        let reserves = Reserves { reserve0: Amount::MAX, reserve1: Amount::from_u64(1) };
        let pool = Pool::new(eth, usd, Fee::UNISWAP_V2).unwrap();
        market.add_pool("empty", pool).unwrap();
        market.add_pool("known", pool.with_reserves(reserves).unwrap()).unwrap();
        let text = serde_json::to_string(&market).unwrap();
        let read: Market = serde_json::from_str(&text).unwrap();
        assert_eq!(read, market);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);

        let faults = [
            ("\"1\"", "\"0\""),                                        // one reserve zero
            ("\"name\":\"usd\"", "\"name\":\"eth\""),                  // a token twice
            ("\"name\":\"known\"", "\"name\":\"empty\""),              // a pool twice
            ("\"token1\":1", "\"token1\":2"),                          // an unknown token
            ("\"token1\":1", "\"token1\":0"),                          // one token on both sides
            ("\"fee_pips\"", "\"fee\":1,\"fee_pips\""),                // an unknown field
            ("\"fee_pips\":3000", "\"fee_pips\":3000,\"fee_pips\":0"), // a field twice
        ];
        for (good, bad) in faults {
            let text = text.replacen(good, bad, 1);
            assert!(serde_json::from_str::<Market>(&text).is_err(), "{text}");
        }
    }
}
