//! [`Segregated`] and [`Commingled`]: two custodians, as small as models can be.
//!
//! A custodian keeps two numbers that need not agree: what its customers claim, and what is in
//! the vault. All amounts are USD in units of 10^-6.

use core::convert::Infallible;

use cenote_pool::Amount;
use thiserror::Error;

use crate::institution::{Institution, Payment};

/// A custodian that keeps its customers' money apart: the vault is the sum of the claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segregated(Book);

/// A custodian whose operator may lend what is in the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commingled(Book);

/// A custodian's liability: what is left of a customer's claim on it when the vault is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unpaid {
    /// The customer's place in the book.
    pub customer: usize,
    /// What the custodian still owes.
    pub amount: Amount,
}

/// The claims of all customers together exceed 2^112 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the claims together exceed 2^112 - 1")]
pub struct OpenError;

/// The operator of a segregated custodian asked for its customers' money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{amount} asked for of the {vault} in the vault, all of it the customers'")]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Forbidden {
    /// What the operator asked for.
    pub amount: Amount,
    /// What is in the vault.
    pub vault: Amount,
}

/// Why even a commingled custodian lends nothing, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LendError {
    /// The collateral at its mark is less than the loan.
    #[error("a loan of {amount} against collateral marked at {collateral}")]
    Uncovered {
        /// The loan asked for.
        amount: Amount,
        /// The collateral at its mark.
        collateral: Amount,
    },
    /// The vault holds less than the loan.
    #[error("a loan of {amount} from a vault of {vault}")]
    VaultTooSmall {
        /// The loan asked for.
        amount: Amount,
        /// What is in the vault.
        vault: Amount,
    },
}

impl Segregated {
    /// Takes a deposit of each customer.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(deposits: Vec<Amount>) -> Result<Self, OpenError> {
        Book::open(deposits).map(Self)
    }

    /// What is in the vault.
    pub fn vault(&self) -> Amount {
        self.0.vault
    }

    /// Refuses the operator's loan. That it cannot succeed is a rule that somebody has to write,
    /// to enforce and to audit: this function is where it stands.
    ///
    /// # Errors
    ///
    /// [`Forbidden`], always.
    pub fn lend(&mut self, amount: Amount) -> Result<Infallible, Forbidden> {
        Err(Forbidden { amount, vault: self.0.vault })
    }
}

impl Commingled {
    /// Takes a deposit of each customer.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(deposits: Vec<Amount>) -> Result<Self, OpenError> {
        Book::open(deposits).map(Self)
    }

    /// What is in the vault.
    pub fn vault(&self) -> Amount {
        self.0.vault
    }

    /// Lends from the vault against collateral worth at least as much at its mark. No claim
    /// changes: this is the line at which the two numbers come apart.
    ///
    /// # Errors
    ///
    /// [`LendError`], in the order of its variants.
    pub fn lend(&mut self, amount: Amount, collateral: Amount) -> Result<(), LendError> {
        if collateral < amount {
            return Err(LendError::Uncovered { amount, collateral });
        }
        let vault = self.0.vault;
        self.0.vault =
            vault.checked_sub(amount).ok_or(LendError::VaultTooSmall { amount, vault })?;
        Ok(())
    }

    /// Puts into the vault what was recovered of a loan, up to 2^112 - 1.
    pub fn recover(&mut self, amount: Amount) {
        self.0.vault = self.0.vault.checked_add(amount).unwrap_or(Amount::MAX);
    }
}

impl Institution for Segregated {
    type Customer = usize;
    type Liability = Unpaid;

    fn due(&self, customer: usize) -> Payment {
        self.0.due(customer)
    }

    fn withdraw(&mut self, customer: usize) -> (Payment, Option<Unpaid>) {
        self.0.withdraw(customer)
    }
}

impl Institution for Commingled {
    type Customer = usize;
    type Liability = Unpaid;

    fn due(&self, customer: usize) -> Payment {
        self.0.due(customer)
    }

    fn withdraw(&mut self, customer: usize) -> (Payment, Option<Unpaid>) {
        self.0.withdraw(customer)
    }
}

/// What both custodians are: claims, and a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Book {
    claims: Vec<Amount>,
    vault: Amount,
}

impl Book {
    fn open(claims: Vec<Amount>) -> Result<Self, OpenError> {
        let sum = claims.iter().try_fold(Amount::ZERO, |sum, &claim| sum.checked_add(claim));
        Ok(Self { claims, vault: sum.ok_or(OpenError)? })
    }

    fn due(&self, customer: usize) -> Payment {
        Payment::of_one(self.claims.get(customer).copied().unwrap_or_default())
    }

    /// Pays `min(claim, vault)`; the rest of the claim is still owed.
    fn withdraw(&mut self, customer: usize) -> (Payment, Option<Unpaid>) {
        let Some(claim) = self.claims.get_mut(customer) else {
            return (Payment::default(), None);
        };
        let paid = self.vault.min(*claim);
        // What is paid is at most either, so neither difference is below zero.
        self.vault = self.vault.checked_sub(paid).unwrap_or_default();
        *claim = claim.checked_sub(paid).unwrap_or_default();
        let unpaid = Unpaid { customer, amount: *claim };
        (Payment::of_one(paid), (!claim.is_zero()).then_some(unpaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::institution::run;

    fn amount(units: u64) -> Amount {
        units.into()
    }

    #[test]
    fn a_vault_pays_those_who_come_first() {
        let mut custodian = Commingled::open(vec![amount(10); 4]).unwrap();
        custodian.lend(amount(25), amount(25)).unwrap();
        let exits = run(&mut custodian, &[2, 0, 1, 3, 9]);
        let paid: Vec<u128> = exits.iter().map(|exit| exit.paid.amount0.get()).collect();
        assert_eq!(paid, [10, 5, 0, 0, 0]);
        let unpaid: Vec<Unpaid> = exits.iter().filter_map(|exit| exit.unpaid).collect();
        let left = |customer, units| Unpaid { customer, amount: amount(units) };
        assert_eq!(unpaid, [left(0, 5), left(1, 10), left(3, 10)]);
    }

    #[test]
    fn a_loan_needs_collateral_at_its_mark_and_a_vault() {
        let mut custodian = Commingled::open(vec![amount(10); 2]).unwrap();
        let before = custodian.clone();
        let uncovered = LendError::Uncovered { amount: amount(30), collateral: amount(29) };
        assert_eq!(custodian.lend(amount(30), amount(29)), Err(uncovered));
        let small = LendError::VaultTooSmall { amount: amount(30), vault: amount(20) };
        assert_eq!(custodian.lend(amount(30), amount(30)), Err(small));
        assert_eq!(custodian, before);
    }

    #[test]
    fn a_segregated_custodian_refuses_its_operator() {
        let mut custodian = Segregated::open(vec![amount(10); 2]).unwrap();
        // There is no other case, so no `else`.
        let Err(forbidden) = custodian.lend(amount(1));
        assert_eq!(forbidden, Forbidden { amount: amount(1), vault: amount(20) });
        assert_eq!(custodian.vault(), amount(20));
    }

    #[test]
    fn claims_are_bounded_like_amounts() {
        assert_eq!(Segregated::open(vec![Amount::MAX, amount(1)]), Err(OpenError));
    }
}
