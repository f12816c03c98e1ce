//! [`TraderId`]: who trades, and what they do from their wallets.

use core::fmt;

use cenote_pool::{
    Amount, Fill, Hop, Leg, MAX_HOPS, MintError, Order, PoolId, Route, Shares, SwapError, TokenId,
};

use crate::exchange::{Added, Exchange};
use crate::refused::{AddReason, ProvideError, PutReason, Refused, TradeError, WalletError};
use crate::vault::claim::Claim;
use crate::vault::coin::Coin;
use crate::wallet::Wallet;

/// A wallet of an exchange, by its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraderId(u32);

impl TraderId {
    /// The place in the list of wallets.
    #[inline]
    pub fn index(self) -> usize {
        // Where a usize is shorter than 32 bits no list reaches such a place.
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The place as it is stored: 32 bits.
    #[inline]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl From<u32> for TraderId {
    fn from(place: u32) -> Self {
        Self(place)
    }
}

impl fmt::Display for TraderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trader {}", self.0)
    }
}

impl fmt::Debug for TraderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a trader does from a wallet.
impl Exchange {
    /// Opens an empty wallet; `None` once there are 2^32 - 1.
    pub fn open_wallet(&mut self) -> Option<TraderId> {
        let place = u32::try_from(self.wallets.len()).ok().filter(|place| *place < u32::MAX)?;
        let trader = TraderId::from(place);
        self.wallets.push(Wallet::default());
        Some(trader)
    }

    /// What a trader's wallet holds of a token.
    pub fn balance(&self, trader: TraderId, token: TokenId) -> Amount {
        self.cells.balance(trader, token)
    }

    /// How many shares of a pool a trader's wallet holds.
    pub fn shares(&self, trader: TraderId, pool: PoolId) -> Shares {
        self.wallets.get(trader.index()).map_or(Shares::ZERO, |wallet| wallet.shares(pool))
    }

    /// Puts a coin into a wallet.
    ///
    /// # Errors
    ///
    /// [`Refused`] with the coin, if it is another exchange's or there is no such wallet.
    pub fn put(&mut self, trader: TraderId, coin: Coin) -> Result<(), Refused<PutReason>> {
        let known = self.check(trader).map_err(|_| PutReason::UnknownTrader { trader });
        match self.vault.check(&coin).map_err(PutReason::from).and(known) {
            Ok(()) => self.cells.put(trader, coin),
            Err(reason) => return Err(Refused { reason, paid: coin }),
        }
        Ok(())
    }

    /// Takes a coin out of a wallet.
    ///
    /// # Errors
    ///
    /// [`WalletError`]: `UnknownTrader`, `InsufficientFunds`; the wallet is then as it was.
    pub fn take(
        &mut self,
        trader: TraderId,
        token: TokenId,
        amount: Amount,
    ) -> Result<Coin, WalletError> {
        self.check(trader)?;
        self.cells.take(trader, token, amount)
    }

    /// Puts a claim into a wallet.
    ///
    /// # Errors
    ///
    /// [`Refused`] with the claim, if it is another exchange's or there is no such wallet.
    pub fn put_claim(
        &mut self,
        trader: TraderId,
        claim: Claim,
    ) -> Result<(), Refused<PutReason, Claim>> {
        let reason = match (self.vault.check_claim(&claim), self.wallets.get_mut(trader.index())) {
            (Ok(()), Some(wallet)) => {
                wallet.put_claim(claim);
                return Ok(());
            }
            (Ok(()), None) => PutReason::UnknownTrader { trader },
            (Err(foreign), _) => foreign.into(),
        };
        Err(Refused { reason, paid: claim })
    }

    /// Takes a claim out of a wallet.
    ///
    /// # Errors
    ///
    /// [`WalletError`]: `UnknownTrader`, `InsufficientShares`; the wallet is then as it was.
    pub fn take_claim(
        &mut self,
        trader: TraderId,
        pool: PoolId,
        shares: Shares,
    ) -> Result<Claim, WalletError> {
        self.wallet(trader)?.take_claim(pool, shares)
    }

    /// Runs an order from a wallet: it pays, and what was bought comes back to it.
    ///
    /// An exact output is paid exactly, and costs the least that the pools accept for it.
    ///
    /// # Errors
    ///
    /// [`TradeError`]; the wallet and the pools are then as they were.
    #[inline]
    pub fn trade(&mut self, trader: TraderId, order: Order<'_>) -> Result<Leg, TradeError> {
        if let [hop] = order.hops {
            let pool = hop.pool;
            let entry = self.market().pool(pool).map_err(|_| SwapError::UnknownPool { pool })?;
            let fill = entry.fill_order(hop.direction, order)?;
            return self.settle_hop(trader, *hop, Leg::from(&fill));
        }
        self.trade_path(trader, order)
    }

    #[inline(never)]
    fn trade_path(&mut self, trader: TraderId, order: Order<'_>) -> Result<Leg, TradeError> {
        // A path that is longer is refused for its length.
        let mut fills = vec![Fill::default(); order.hops.len().min(MAX_HOPS)];
        self.market().fill_order(order, &mut fills)?;
        let legs = fills.iter().map(Leg::from).collect::<Vec<_>>();
        self.settle_path(trader, order.hops, &legs)
    }

    /// Asks for the two cells that an order of a trader will need soon, and does not wait for them.
    ///
    /// Changes nothing but the time that it takes: with millions of cells, asking some sixteen orders
    /// ahead makes orders several times faster. It reads the pools at the ends of the order: where
    /// there are too many for the caches, ask for those still earlier
    /// ([`Market::prefetch`](cenote_pool::Market::prefetch)).
    #[inline]
    pub fn prefetch(&self, trader: TraderId, order: Order<'_>) {
        let tokens = |hop: &Hop| Some(self.market().pool(hop.pool).ok()?.tokens(hop.direction));
        if let Some((token_in, _)) = order.hops.first().and_then(tokens) {
            self.cells.prefetch(trader, token_in);
        }
        if let Some((_, token_out)) = order.hops.last().and_then(tokens) {
            self.cells.prefetch(trader, token_out);
        }
    }

    /// Settles swaps in a row whose amounts somebody computed, on a fork or elsewhere: the
    /// trader's wallet pays the first input and receives what the last one gives.
    ///
    /// The vault takes no amount on trust: each swap must keep its pool's k, and no hop may spend
    /// more than what was paid and what the hops before it gave have left.
    ///
    /// # Errors
    ///
    /// [`TradeError`]; the wallet and the pools are then as they were.
    #[inline]
    pub fn settle(
        &mut self,
        trader: TraderId,
        hops: &[Hop],
        legs: &[Leg],
    ) -> Result<Leg, TradeError> {
        match (hops, legs) {
            ([hop], [leg]) => self.settle_hop(trader, *hop, *leg),
            _ => self.settle_path(trader, hops, legs),
        }
    }

    #[inline]
    fn settle_hop(&mut self, trader: TraderId, hop: Hop, leg: Leg) -> Result<Leg, TradeError> {
        let pool = hop.pool;
        let entry = self.market().pool(pool).map_err(|_| SwapError::UnknownPool { pool })?;
        let (token_in, _) = entry.tokens(hop.direction);
        self.check(trader)?;
        let paid = self.cells.take(trader, token_in, leg.amount_in)?;
        match self.vault.swap(hop, paid, leg.amount_out) {
            Ok(bought) => self.cells.put(trader, bought),
            Err(Refused { reason, paid }) => {
                self.cells.put(trader, paid);
                return Err(reason.into());
            }
        }
        Ok(leg)
    }

    fn settle_path(
        &mut self,
        trader: TraderId,
        hops: &[Hop],
        legs: &[Leg],
    ) -> Result<Leg, TradeError> {
        let route = self.market().route_of(hops, legs)?;
        let Route { amount_in, amount_out, token_in, .. } = route;
        self.check(trader)?;
        let paid = self.cells.take(trader, token_in, amount_in)?;
        match self.vault.execute(&route, paid) {
            Ok(coins) => {
                for coin in coins {
                    self.cells.put(trader, coin);
                }
            }
            Err(Refused { reason, paid }) => {
                self.cells.put(trader, paid);
                return Err(reason.into());
            }
        }
        Ok(Leg { amount_in, amount_out })
    }

    /// Adds liquidity from a wallet, at most these amounts of `token0` and `token1`; gives the
    /// shares, which go to the wallet.
    ///
    /// # Errors
    ///
    /// [`ProvideError`]; the wallet and the pool are then as they were.
    pub fn add_liquidity_from(
        &mut self,
        trader: TraderId,
        pool: PoolId,
        [most0, most1]: [Amount; 2],
        least: Shares,
    ) -> Result<Shares, ProvideError> {
        let entry = self.market().pool(pool).map_err(|_| MintError::UnknownPool { pool });
        let entry = *entry.map_err(AddReason::from)?;
        self.check(trader)?;
        let coin0 = self.cells.take(trader, entry.token0(), most0)?;
        let coin1 = match self.cells.take(trader, entry.token1(), most1) {
            Ok(coin1) => coin1,
            Err(error) => {
                self.cells.put(trader, coin0);
                return Err(error.into());
            }
        };
        let (rest, shares) = match self.vault.deposit(pool, [coin0, coin1], least) {
            Ok(Added { claim, change }) => {
                let shares = claim.shares();
                self.wallet(trader)?.put_claim(claim);
                (change, Ok(shares))
            }
            Err(Refused { reason, paid }) => (paid, Err(reason.into())),
        };
        for coin in rest {
            self.cells.put(trader, coin);
        }
        shares
    }

    /// Redeems shares from a wallet; both coins go to the wallet.
    ///
    /// # Errors
    ///
    /// [`WalletError`]: `UnknownTrader`, `InsufficientShares`; everything is then as it was. A
    /// trader who redeems no more than it holds is never refused.
    pub fn redeem_from(
        &mut self,
        trader: TraderId,
        pool: PoolId,
        shares: Shares,
    ) -> Result<[Amount; 2], WalletError> {
        let wallet =
            self.wallets.get_mut(trader.index()).ok_or(WalletError::UnknownTrader { trader })?;
        // A wallet without a claim on the pool holds no shares, and gives none.
        if shares.is_zero() {
            return Ok([Amount::ZERO; 2]);
        }
        let claim = wallet.take_claim(pool, shares)?;
        match self.vault.redeem(claim) {
            Ok(coins) => Ok(coins.map(|coin| {
                let amount = coin.amount();
                self.cells.put(trader, coin);
                amount
            })),
            // Wallets hold claims of this exchange only.
            Err(Refused { paid, .. }) => {
                wallet.put_claim(paid);
                Ok([Amount::ZERO; 2])
            }
        }
    }

    /// How many wallets there are; their places are `0..wallet_count()`.
    pub fn wallet_count(&self) -> usize {
        self.wallets.len()
    }

    /// What all wallets hold of each token that they ever held, by trader and token.
    pub fn holdings(&self) -> impl Iterator<Item = (TraderId, TokenId, Amount)> {
        let coins = self.cells.sorted().into_iter();
        coins.map(|(trader, coin)| (trader, coin.token(), coin.amount()))
    }

    /// What shares a wallet holds of each pool that it ever provided, in the order of the pools.
    pub fn claims(&self, trader: TraderId) -> impl Iterator<Item = (PoolId, Shares)> {
        let wallet = self.wallets.get(trader.index());
        let claims = wallet.map_or(&[][..], Wallet::claims);
        claims.iter().map(|claim| (claim.pool(), claim.shares()))
    }

    #[inline]
    fn check(&self, trader: TraderId) -> Result<(), WalletError> {
        let known = trader.index() < self.wallets.len();
        known.then_some(()).ok_or(WalletError::UnknownTrader { trader })
    }

    fn wallet(&mut self, trader: TraderId) -> Result<&mut Wallet, WalletError> {
        self.wallets.get_mut(trader.index()).ok_or(WalletError::UnknownTrader { trader })
    }
}
