//! What mints do: tokens, pools and the supply of coins.

use cenote_pool::{Amount, Fees, MarketError, Pool, PoolId, TokenId};

use super::Vault;
use super::coin::Coin;
use super::mint::Mint;
use crate::refused::{CreateError, Foreign, IssueError, Refused};

impl Vault {
    pub(crate) fn issued(&self, token: TokenId) -> Amount {
        self.issued.get(token.index()).copied().unwrap_or_default()
    }

    pub(crate) fn create_token(&mut self, name: &str) -> Result<Mint, MarketError> {
        let token = self.market.add_token(name)?;
        self.issued.push(Amount::ZERO);
        Ok(Mint::new(self.id, token))
    }

    pub(crate) fn create_pool(
        &mut self,
        name: &str,
        [mint0, mint1]: [&Mint; 2],
        fees: Fees,
    ) -> Result<PoolId, CreateError> {
        self.own(mint0.exchange())?;
        self.own(mint1.exchange())?;
        let pool = Pool::new(mint0.token(), mint1.token(), fees)?;
        Ok(self.market.add_pool(name, pool)?)
    }

    pub(crate) fn issue(&mut self, mint: &Mint, amount: Amount) -> Result<Coin, IssueError> {
        self.own(mint.exchange())?;
        let issued = self.issued.get_mut(mint.token().index()).ok_or(Foreign)?;
        let sum = issued.checked_add(amount).ok_or(IssueError::SupplyOverflow { amount })?;
        // From here on nothing can fail.
        *issued = sum;
        Ok(Coin::new(self.id, mint.token(), amount))
    }

    pub(crate) fn burn(&mut self, mint: &Mint, coin: Coin) -> Result<(), Refused<Foreign>> {
        let own = [mint.exchange(), coin.exchange()] == [self.id; 2];
        match self.issued.get_mut(coin.token().index()) {
            // A coin of this exchange is part of what was issued.
            Some(issued) if own && mint.token() == coin.token() => {
                *issued = issued.checked_sub(coin.amount()).unwrap_or_default();
                Ok(())
            }
            _ => Err(Refused { reason: Foreign, paid: coin }),
        }
    }
}
