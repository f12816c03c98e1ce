//! [`Act`]: what a customer does at an exchange.

use cenote_pool::Direction;

use super::{Books, TRADERS};
use crate::quantity::Quantity;

/// What a customer does; amounts are [quantities](Quantity) until it is known what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act<Q = Quantity> {
    /// Sells an exact amount to a pool.
    Sell {
        /// Who.
        by: u8,
        /// Which pool, and which way.
        hop: Hop,
        /// Parts are of what the customer has.
        amount_in: Q,
        /// Parts are of what the pool holds.
        least: Q,
    },
    /// Sells an exact amount to a pool and what that gives to another one.
    SellTwice {
        /// Who.
        by: u8,
        /// Where, one after the other.
        hops: [Hop; 2],
        /// Parts are of what the customer has.
        amount_in: Q,
        /// Parts are of what the second pool holds.
        least: Q,
    },
    /// Buys an exact amount from a pool.
    Buy {
        /// Who.
        by: u8,
        /// Which pool, and which way.
        hop: Hop,
        /// Parts are of what the pool holds.
        amount_out: Q,
        /// Parts are of what the customer has.
        most: Q,
    },
    /// Deposits at most these amounts.
    Deposit {
        /// Who.
        by: u8,
        /// Where.
        pool: u8,
        /// Parts are of what the customer has.
        most: [Q; 2],
        /// The least shares; parts are of all shares.
        least: Q,
    },
    /// Gives up shares.
    Redeem {
        /// Who.
        by: u8,
        /// Where.
        pool: u8,
        /// Parts are of what the customer has.
        shares: Q,
    },
    /// Takes units out of a wallet and puts them into another, or back.
    Send {
        /// Whose.
        by: u8,
        /// To whom.
        to: u8,
        /// Of which token.
        token: u8,
        /// Parts are of what the customer has.
        amount: Q,
    },
    /// Opens an empty pool of two tokens, with a fee of
    /// [`OPENED_FEE_PIPS`](super::OPENED_FEE_PIPS).
    Open {
        /// Which.
        tokens: [u8; 2],
    },
}

/// A pool and a direction, by places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// Which pool.
    pub pool: u8,
    /// Which way.
    pub direction: Direction,
}

impl Hop {
    /// The hop in a market whose pools have the same places.
    pub fn in_market(self) -> cenote_pool::Hop {
        cenote_pool::Hop { pool: u32::from(self.pool).into(), direction: self.direction }
    }
}

impl<Q> Act<Q> {
    /// Who acts; `None` for a pool that anybody may open.
    pub fn by(&self) -> Option<usize> {
        match self {
            Self::Sell { by, .. }
            | Self::SellTwice { by, .. }
            | Self::Buy { by, .. }
            | Self::Deposit { by, .. }
            | Self::Redeem { by, .. }
            | Self::Send { by, .. } => Some(usize::from(*by)),
            Self::Open { .. } => None,
        }
    }

    /// Whom else it may concern: who receives what is sent.
    pub fn to(&self) -> Option<usize> {
        match self {
            Self::Send { to, .. } => Some(usize::from(*to)),
            _ => None,
        }
    }

    /// The pools that it may change.
    pub fn pools(&self) -> [Option<usize>; 2] {
        match self {
            Self::Sell { hop, .. } | Self::Buy { hop, .. } => [Some(hop.pool.into()), None],
            Self::SellTwice { hops: [first, second], .. } => {
                [Some(first.pool.into()), Some(second.pool.into())]
            }
            Self::Deposit { pool, .. } | Self::Redeem { pool, .. } => [Some((*pool).into()), None],
            Self::Send { .. } | Self::Open { .. } => [None; 2],
        }
    }
}

impl Act {
    /// The act in numbers, by what there is now.
    #[must_use]
    pub fn resolve(self, books: &Books) -> Act<u128> {
        let has = |by: u8, hop: Hop| books.balance(by.into(), books.tokens(hop)[0]);
        let holds = |hop: Hop| books.oriented(hop)[1];
        match self {
            Self::Sell { by, hop, amount_in, least } => Act::Sell {
                by,
                hop,
                amount_in: amount_in.of(has(by, hop)),
                least: least.of(holds(hop)),
            },
            Self::SellTwice { by, hops, amount_in, least } => Act::SellTwice {
                by,
                hops,
                amount_in: amount_in.of(has(by, hops[0])),
                least: least.of(holds(hops[1])),
            },
            Self::Buy { by, hop, amount_out, most } => Act::Buy {
                by,
                hop,
                amount_out: amount_out.of(holds(hop)),
                most: most.of(has(by, hop)),
            },
            Self::Deposit { by, pool, most: [most0, most1], least } => {
                let [zero, one] = Direction::BOTH.map(|direction| has(by, Hop { pool, direction }));
                let most = [most0.of(zero), most1.of(one)];
                let all =
                    books.pools.get(usize::from(pool)).map_or(0, |pool| pool.state.total_shares);
                Act::Deposit { by, pool, most, least: least.of(all) }
            }
            Self::Redeem { by, pool, shares } => {
                Act::Redeem { by, pool, shares: shares.of(books.claim(by.into(), pool.into())) }
            }
            Self::Send { by, to, token, amount } => {
                let amount = amount.of(books.balance(by.into(), token.into()));
                Act::Send { by, to, token, amount }
            }
            Self::Open { tokens } => Act::Open { tokens },
        }
    }

    /// Every act of a few quantities, by customers that are and one that is not.
    pub fn each() -> impl Iterator<Item = Self> {
        let few = [
            Quantity::Units(0),
            Quantity::Units(7),
            Quantity::Part(1 << 15),
            Quantity::All,
            Quantity::TooMuch,
        ];
        let acting = [0, 1, u8::try_from(TRADERS).unwrap_or(u8::MAX)];
        let hops = [0, 1]
            .into_iter()
            .flat_map(|pool| Direction::BOTH.map(|direction| Hop { pool, direction }));
        let hops = hops.collect::<Vec<_>>();
        let each = move |by: u8, amount: Quantity| {
            let none = Quantity::Units(0);
            let mut acts = vec![
                Self::Send { by, to: 2, token: 1, amount },
                Self::Send { by, to: by, token: 0, amount },
                Self::Send { by, to: 9, token: 0, amount },
            ];
            for pool in [0, 1] {
                acts.push(Self::Deposit { by, pool, most: [amount, Quantity::All], least: none });
                acts.push(Self::Redeem { by, pool, shares: amount });
            }
            acts.push(Self::Deposit { by, pool: 0, most: [Quantity::All; 2], least: amount });
            for hop in hops.iter().copied() {
                acts.push(Self::Sell { by, hop, amount_in: amount, least: none });
                acts.push(Self::Sell { by, hop, amount_in: Quantity::Units(20), least: amount });
                acts.push(Self::Buy { by, hop, amount_out: amount, most: Quantity::All });
                acts.push(Self::Buy { by, hop, amount_out: Quantity::Units(9), most: amount });
                let hops = [Hop { pool: 1, ..hop }, Hop { pool: 0, ..hop }];
                acts.push(Self::SellTwice { by, hops, amount_in: amount, least: none });
                let hops = [hop, Hop { pool: 1, direction: Direction::ZeroForOne }];
                acts.push(Self::SellTwice { by, hops, amount_in: Quantity::All, least: amount });
            }
            acts
        };
        let by_all = acting.into_iter().flat_map(move |by| few.map(|amount| (by, amount)));
        let opened = [[0, 0], [0, 1], [2, 2], [2, 0], [0, 7]].map(|tokens| Self::Open { tokens });
        by_all.flat_map(move |(by, amount)| each(by, amount)).chain(opened)
    }
}
