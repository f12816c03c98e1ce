//! [`Exchange`]: pools that hold what they trade, and the wallets of those who trade.

use cenote_pool::{
    Amount, Fees, Fill, Hop, MAX_STEPS, Market, MarketError, PoolId, Route, RouteError, Shares,
    SwapError, TokenId,
};

use crate::audit::{Audit, AuditError};
use crate::cells::Cells;
use crate::refused::{
    AddReason, CreateError, Foreign, IssueError, Refused, RouteReason, SwapReason,
};
use crate::vault::Vault;
use crate::vault::claim::Claim;
use crate::vault::coin::Coin;
use crate::vault::mint::Mint;
use crate::wallet::Wallet;

/// An exchange that owns its pools' assets. It cannot be cloned, copied or forked; its numbers
/// can be read and forked as a [`Market`].
///
/// Amounts are computed here, by the same code that anybody may run on a market; the vault
/// underneath takes none of them on trust and is the only code that changes what pools hold.
#[derive(Debug)]
pub struct Exchange {
    pub(crate) vault: Vault,
    pub(crate) wallets: Vec<Wallet>,
    pub(crate) cells: Cells,
}

/// What adding liquidity gave.
#[derive(Debug)]
pub struct Added {
    /// The shares.
    pub claim: Claim,
    /// What they did not need, of `token0` and of `token1`.
    pub change: [Coin; 2],
}

/// What a route gave.
#[derive(Debug)]
pub struct Proceeds {
    /// The token that the route buys, if it left any.
    pub bought: Option<Coin>,
    /// What is left of every other token.
    pub leftovers: Vec<Coin>,
}

impl Default for Exchange {
    fn default() -> Self {
        Self::new()
    }
}

/// Tokens and pools.
impl Exchange {
    /// An exchange without tokens, pools and wallets.
    pub fn new() -> Self {
        Self { vault: Vault::new(), wallets: Vec::new(), cells: Cells::default() }
    }

    /// What the pools hold, as numbers to read, to quote on, and to fork.
    #[inline]
    pub fn market(&self) -> &Market {
        self.vault.market()
    }

    /// Creates a token and the one mint of it.
    ///
    /// # Errors
    ///
    /// [`MarketError`]: `Name`, `Duplicate`, `Full`.
    pub fn create_token(&mut self, name: &str) -> Result<Mint, MarketError> {
        self.vault.create_token(name)
    }

    /// Creates an empty pool of two tokens.
    ///
    /// # Errors
    ///
    /// [`CreateError`], in the order of its variants.
    pub fn create_pool(
        &mut self,
        name: &str,
        mint0: &Mint,
        mint1: &Mint,
        fees: impl Into<Fees>,
    ) -> Result<PoolId, CreateError> {
        self.vault.create_pool(name, [mint0, mint1], fees.into())
    }

    /// Issues a coin.
    ///
    /// # Errors
    ///
    /// [`IssueError`]: a mint of another exchange, or a supply above 2^112 - 1.
    pub fn issue(&mut self, mint: &Mint, amount: Amount) -> Result<Coin, IssueError> {
        self.vault.issue(mint, amount)
    }

    /// Burns a coin.
    ///
    /// # Errors
    ///
    /// Hands the coin back if it is not this mint's, or either is not this exchange's.
    pub fn burn(&mut self, mint: &Mint, coin: Coin) -> Result<(), Refused<Foreign>> {
        self.vault.burn(mint, coin)
    }

    /// What has been issued of a token and not burned.
    pub fn issued(&self, token: TokenId) -> Amount {
        self.vault.issued(token)
    }

    /// Counts every unit and every share again.
    ///
    /// # Errors
    ///
    /// [`AuditError`] if more is found than was issued: it would be an error in this code.
    pub fn audit(&self) -> Result<Audit, AuditError> {
        Audit::of(self)
    }
}

/// Coins and claims in hand.
impl Exchange {
    /// Trades a coin for at least `least` of the pool's other token.
    ///
    /// The pool keeps what was paid and the trader leaves with what it bought:
    /// [`Pool::quote_exact_in`](cenote_pool::Pool::quote_exact_in) says how much, rounded down.
    ///
    /// # Errors
    ///
    /// [`Refused`] with the coin, and nothing changed.
    #[inline]
    pub fn swap(&mut self, pool: PoolId, paid: Coin, least: Amount) -> Result<Coin, Refused> {
        match self.quote(pool, &paid, least) {
            Ok(Fill { direction, amount_out, .. }) => {
                self.vault.swap(Hop { pool, direction }, paid, amount_out)
            }
            Err(reason) => Err(Refused { reason, paid }),
        }
    }

    /// Trades as much of a coin as needed for exactly `amount_out` of the pool's other token,
    /// and leaves the rest in `purse`.
    ///
    /// # Errors
    ///
    /// [`SwapReason`], with the coin and everything else as it was: `ExcessiveInput` if the coin
    /// is too small.
    pub fn swap_exact_out(
        &mut self,
        pool: PoolId,
        purse: &mut Coin,
        amount_out: Amount,
    ) -> Result<Coin, SwapReason> {
        self.vault.check(purse)?;
        let entry = self.market().pool(pool).map_err(|_| SwapError::UnknownPool { pool })?;
        let direction = entry.direction(purse.token())?;
        let (amount_in, amount_in_max) =
            (entry.fill_exact_out(direction, amount_out)?.amount_in, purse.amount());
        let paid =
            purse.split(amount_in).ok_or(SwapError::ExcessiveInput { amount_in, amount_in_max })?;
        self.vault.swap(Hop { pool, direction }, paid, amount_out).map_err(|refused| {
            // What was split off a coin joins it again.
            drop(purse.join(refused.paid));
            refused.reason
        })
    }

    /// Trades a coin along a route, all of it or nothing. Each step spends exactly its
    /// `amount_in` and takes all that its pool gives, at least its `amount_out`.
    ///
    /// # Errors
    ///
    /// [`Refused`] with the coin, and nothing changed.
    pub fn execute(&mut self, route: &Route, paid: Coin) -> Result<Proceeds, Refused<RouteReason>> {
        let planned = self.vault.check(&paid).map_err(RouteReason::from).and_then(|()| {
            if paid.token() != route.token_in {
                return Err(RouteReason::WrongCoin);
            }
            // Checked before the route is copied, however long it is.
            if MAX_STEPS < route.steps.len() {
                return Err(RouteError::TooManySteps { steps: route.steps.len() }.into());
            }
            let funded = Route { amount_in: paid.amount(), ..route.clone() };
            let filled = self.market().fill_route(&funded)?;
            Ok(exactly(funded, &filled.fills))
        });
        let route = match planned {
            Ok(route) => route,
            Err(reason) => return Err(Refused { reason, paid }),
        };
        let mut leftovers = self.vault.execute(&route, paid)?;
        // A route that is executed leaves some of what it buys, or buys what it spends entirely.
        let at = leftovers.iter().position(|coin| coin.token() == route.token_out);
        Ok(Proceeds { bought: at.map(|at| leftovers.swap_remove(at)), leftovers })
    }

    /// Adds liquidity with at most both coins, which are of the pool's tokens in either order.
    ///
    /// The shares are those of both coins whole, rounded down; what they do not need comes back
    /// (see [`Pool::quote_mint_within`](cenote_pool::Pool::quote_mint_within)).
    ///
    /// # Errors
    ///
    /// [`Refused`] with both coins, and nothing changed.
    pub fn add_liquidity(
        &mut self,
        pool: PoolId,
        paid: [Coin; 2],
        least: Shares,
    ) -> Result<Added, Refused<AddReason, [Coin; 2]>> {
        let [first, second] = paid;
        let reversed = self.market().pool(pool).is_ok_and(|pool| pool.token1() == first.token());
        if !reversed {
            return self.vault.deposit(pool, [first, second], least);
        }
        self.vault.deposit(pool, [second, first], least).map_err(|mut refused| {
            // What is handed back is handed back as it was given.
            refused.paid.reverse();
            refused
        })
    }

    /// Redeems a claim for its part of both reserves, rounded down.
    ///
    /// It needs no permission and cannot fail for a claim of this exchange: the shares of a pool
    /// never exceed the root of the product of its reserves, so a share is worth at least one
    /// unit of a token, and the locked ones stay. One of the two coins may be empty.
    ///
    /// # Errors
    ///
    /// Hands another exchange's claim back.
    pub fn redeem(&mut self, claim: Claim) -> Result<[Coin; 2], Refused<Foreign, Claim>> {
        self.vault.redeem(claim)
    }

    #[inline]
    fn quote(&self, pool: PoolId, paid: &Coin, least: Amount) -> Result<Fill, SwapReason> {
        self.vault.check(paid)?;
        let entry = self.market().pool(pool).map_err(|_| SwapError::UnknownPool { pool })?;
        Ok(entry.quote_exact_in(paid.token(), paid.amount())?.at_least(least)?)
    }
}

/// The same route with what each step really does.
fn exactly(mut route: Route, fills: &[Fill]) -> Route {
    for (step, fill) in route.steps.iter_mut().zip(fills) {
        step.amount_out = fill.amount_out;
    }
    route
}
