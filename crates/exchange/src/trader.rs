//! [`TraderId`]: who trades, and what they do from their wallets.

use core::fmt;

use cenote_pool::TokenId;
use cenote_pool::{
    Amount, Fill, Hop, Leg, MAX_HOPS, MintError, Order, PoolId, Route, Shares, SwapError,
};

use crate::exchange::{Added, Exchange};
use crate::refused::{AddReason, Foreign, ProvideError, Refused, TradeError, WalletError};
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
    /// Opens an empty wallet; `None` once there are 2^32.
    pub fn open_wallet(&mut self) -> Option<TraderId> {
        let trader = TraderId::from(u32::try_from(self.wallets.len()).ok()?);
        self.wallets.push(Wallet::default());
        Some(trader)
    }

    /// What a trader's wallet holds of a token.
    pub fn balance(&self, trader: TraderId, token: TokenId) -> Amount {
        self.wallets.get(trader.index()).map_or(Amount::ZERO, |wallet| wallet.balance(token))
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
    pub fn put(&mut self, trader: TraderId, coin: Coin) -> Result<(), Refused<Foreign>> {
        match (self.vault.check(&coin), self.wallets.get_mut(trader.index())) {
            (Ok(()), Some(wallet)) => wallet.put(coin),
            _ => return Err(Refused { reason: Foreign, paid: coin }),
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
        self.wallet(trader)?.take(token, amount)
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
    ) -> Result<(), Refused<Foreign, Claim>> {
        match (self.vault.check_claim(&claim), self.wallets.get_mut(trader.index())) {
            (Ok(()), Some(wallet)) => wallet.put_claim(claim),
            _ => return Err(Refused { reason: Foreign, paid: claim }),
        }
        Ok(())
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
        if order.hops.len() == 1 {
            let mut fills = [Fill::default()];
            self.market().fill_order(order, &mut fills)?;
            return self.settle(trader, order.hops, &fills.map(|fill| Leg::from(&fill)));
        }
        // A path that is longer is refused for its length.
        let mut fills = vec![Fill::default(); order.hops.len().min(MAX_HOPS)];
        self.market().fill_order(order, &mut fills)?;
        let legs = fills.iter().map(Leg::from).collect::<Vec<_>>();
        self.settle(trader, order.hops, &legs)
    }

    /// Settles swaps in a row whose amounts somebody computed, on a fork or elsewhere: the
    /// trader's wallet pays the first input and receives what the last one gives.
    ///
    /// The vault takes no amount on trust: each swap must keep its pool's k, and each hop must
    /// spend no more than the one before it gave.
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
        let ([hop], [leg]) = (hops, legs) else {
            return self.settle_path(trader, hops, legs);
        };
        let Leg { amount_in, amount_out } = *leg;
        let pool = hop.pool;
        let entry = self.market().pool(pool).map_err(|_| SwapError::UnknownPool { pool })?;
        let (token_in, _) = entry.tokens(hop.direction);
        let wallet = self.wallets.get_mut(trader.index());
        let wallet = wallet.ok_or(WalletError::UnknownTrader { trader })?;
        let paid = wallet.take(token_in, amount_in)?;
        match self.vault.swap(pool, paid, amount_out) {
            Ok(bought) => wallet.put(bought),
            Err(Refused { reason, paid }) => {
                wallet.put(paid);
                return Err(reason.into());
            }
        }
        Ok(Leg { amount_in, amount_out })
    }

    fn settle_path(
        &mut self,
        trader: TraderId,
        hops: &[Hop],
        legs: &[Leg],
    ) -> Result<Leg, TradeError> {
        let route = self.market().route_of(hops, legs)?;
        let Route { amount_in, amount_out, token_in, .. } = route;
        let wallet = self.wallets.get_mut(trader.index());
        let wallet = wallet.ok_or(WalletError::UnknownTrader { trader })?;
        let paid = wallet.take(token_in, amount_in)?;
        match self.vault.execute(&route, paid) {
            Ok(coins) => {
                for coin in coins {
                    wallet.put(coin);
                }
            }
            Err(Refused { reason, paid }) => {
                wallet.put(paid);
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
        let wallet = self.wallet(trader)?;
        let coin0 = wallet.take(entry.token0(), most0)?;
        let coin1 = match wallet.take(entry.token1(), most1) {
            Ok(coin1) => coin1,
            Err(error) => {
                wallet.put(coin0);
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
        let wallet = self.wallet(trader)?;
        for coin in rest {
            wallet.put(coin);
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
                wallet.put(coin);
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

    /// What a wallet holds of each token that it ever held, in the order of the tokens.
    pub fn holdings(&self, trader: TraderId) -> impl Iterator<Item = (TokenId, Amount)> {
        let wallet = self.wallets.get(trader.index());
        let coins = wallet.map_or(&[][..], Wallet::coins);
        coins.iter().map(|coin| (coin.token(), coin.amount()))
    }

    /// What shares a wallet holds of each pool that it ever provided, in the order of the pools.
    pub fn claims(&self, trader: TraderId) -> impl Iterator<Item = (PoolId, Shares)> {
        let wallet = self.wallets.get(trader.index());
        let claims = wallet.map_or(&[][..], Wallet::claims);
        claims.iter().map(|claim| (claim.pool(), claim.shares()))
    }

    fn wallet(&mut self, trader: TraderId) -> Result<&mut Wallet, WalletError> {
        self.wallets.get_mut(trader.index()).ok_or(WalletError::UnknownTrader { trader })
    }
}
