//! [`ConstantProduct`]: what properties ask of a pool, in plain numbers.

use cenote_pool::{Amount, Direction, Fee, Pool, Product, Reserves, Shares, TokenId};

/// A pool's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct State {
    /// What it holds of its first token.
    pub reserve0: u128,
    /// What it holds of its second token.
    pub reserve1: u128,
    /// All its shares, the 1,000 locked ones included.
    pub total_shares: u128,
}

/// What a deposit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Minted {
    /// What the pool took of each token, at most what was offered.
    pub amounts: [u128; 2],
    /// The shares made for the depositor.
    pub shares: u128,
}

/// A constant-product pool as plain numbers: what the properties judge.
///
/// `None` is a refusal, after which the pool must be as it was. Methods must not panic, whatever
/// the numbers.
pub trait ConstantProduct: Clone {
    /// The largest reserve.
    const MAX: u128;

    /// The pool with these numbers and a fee in hundredths of a basis point; `None` if they are
    /// no pool's. All zero is an empty pool.
    fn open(state: State, fee_pips: u32) -> Option<Self>;

    /// What the pool holds now.
    fn state(&self) -> State;

    /// What paying `amount_in` would buy, rounded down.
    fn quote_exact_in(&self, direction: Direction, amount_in: u128) -> Option<u128>;

    /// What buying `amount_out` would cost, rounded up.
    fn quote_exact_out(&self, direction: Direction, amount_out: u128) -> Option<u128>;

    /// What Uniswap v2's router asks for `amount_out`, which may be one unit more than the pool
    /// does; for a pool without such a router, the same.
    fn quote_exact_out_v2_router(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        self.quote_exact_out(direction, amount_out)
    }

    /// The shares that the protocol fee makes now, where the pool held `last` after the last
    /// deposit or withdrawal; `None` for a pool that takes no such fee.
    fn protocol_shares(&self, _last: [u128; 2]) -> Option<u128> {
        None
    }

    /// Whether the pool lets `amount_out` go for `amount_in`, whoever computed them. For a pool
    /// that only trades at its own quote, what is at most the quote.
    fn accepts(&self, direction: Direction, amount_in: u128, amount_out: u128) -> bool {
        let quoted = self.quote_exact_in(direction, amount_in);
        0 < amount_out && quoted.is_some_and(|quoted| amount_out <= quoted)
    }

    /// Pays `amount_in`; gives what it bought.
    fn swap_exact_in(&mut self, direction: Direction, amount_in: u128) -> Option<u128>;

    /// Buys `amount_out`; gives what it cost.
    fn swap_exact_out(&mut self, direction: Direction, amount_out: u128) -> Option<u128>;

    /// Deposits at most these amounts.
    fn mint(&mut self, amount0: u128, amount1: u128) -> Option<Minted>;

    /// Gives up shares; gives what they paid, of each token.
    fn burn(&mut self, shares: u128) -> Option<[u128; 2]>;
}

fn amount(units: u128) -> Option<Amount> {
    Amount::new(units).ok()
}

impl ConstantProduct for Pool {
    const MAX: u128 = Amount::MAX.get();

    fn open(state: State, fee_pips: u32) -> Option<Self> {
        let fee = Fee::from_pips(fee_pips).ok()?;
        let pool = Self::new(TokenId::FIRST, TokenId::SECOND, fee).ok()?;
        let (reserve0, reserve1) = (amount(state.reserve0)?, amount(state.reserve1)?);
        let total = Shares::new(state.total_shares).ok()?;
        let pool = pool.with_reserves(Reserves { reserve0, reserve1 }).ok()?;
        pool.with_total_shares(total).ok()
    }

    fn state(&self) -> State {
        let Reserves { reserve0, reserve1 } = self.reserves();
        State {
            reserve0: reserve0.get(),
            reserve1: reserve1.get(),
            total_shares: self.total_shares().map_or(u128::MAX, Shares::get),
        }
    }

    fn quote_exact_in(&self, direction: Direction, amount_in: u128) -> Option<u128> {
        let (token_in, _) = self.tokens(direction);
        let fill = Self::quote_exact_in(self, token_in, amount(amount_in)?).ok()?;
        Some(fill.amount_out.get())
    }

    fn quote_exact_out(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        let (_, token_out) = self.tokens(direction);
        let fill = Self::quote_exact_out(self, token_out, amount(amount_out)?).ok()?;
        Some(fill.amount_in.get())
    }

    fn quote_exact_out_v2_router(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        let fill = self.fill_exact_out_v2_router(direction, amount(amount_out)?).ok()?;
        Some(fill.amount_in.get())
    }

    fn protocol_shares(&self, [last0, last1]: [u128; 2]) -> Option<u128> {
        let last = Reserves { reserve0: amount(last0)?, reserve1: amount(last1)? };
        let accrued = self.accrued(Product::of(last))?.total_shares()?;
        Some(accrued.checked_sub(self.total_shares()?)?.get())
    }

    fn accepts(&self, direction: Direction, amount_in: u128, amount_out: u128) -> bool {
        amount(amount_in)
            .zip(amount(amount_out))
            .is_some_and(|(paid, bought)| self.fill_exact(direction, paid, bought).is_ok())
    }

    fn swap_exact_in(&mut self, direction: Direction, amount_in: u128) -> Option<u128> {
        let (token_in, _) = self.tokens(direction);
        let fill = Self::swap_exact_in(self, token_in, amount(amount_in)?, Amount::ZERO).ok()?;
        Some(fill.amount_out.get())
    }

    fn swap_exact_out(&mut self, direction: Direction, amount_out: u128) -> Option<u128> {
        let (_, token_out) = self.tokens(direction);
        let fill = Self::swap_exact_out(self, token_out, amount(amount_out)?, Amount::MAX).ok()?;
        Some(fill.amount_in.get())
    }

    fn mint(&mut self, amount0: u128, amount1: u128) -> Option<Minted> {
        let (amount0, amount1) = (amount(amount0)?, amount(amount1)?);
        let deposit = Self::mint(self, amount0, amount1, Shares::ZERO).ok()?;
        let amounts = [deposit.amount0.get(), deposit.amount1.get()];
        Some(Minted { amounts, shares: deposit.shares.get() })
    }

    fn burn(&mut self, shares: u128) -> Option<[u128; 2]> {
        let withdrawal = Self::burn(self, Shares::new(shares).ok()?).ok()?;
        Some([withdrawal.amount0.get(), withdrawal.amount1.get()])
    }
}

/// A pool whose deposits bring only what their shares need, as those of an exchange do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within(pub Pool);

impl ConstantProduct for Within {
    const MAX: u128 = Amount::MAX.get();

    fn open(state: State, fee_pips: u32) -> Option<Self> {
        Pool::open(state, fee_pips).map(Self)
    }

    fn state(&self) -> State {
        self.0.state()
    }

    fn quote_exact_in(&self, direction: Direction, amount_in: u128) -> Option<u128> {
        ConstantProduct::quote_exact_in(&self.0, direction, amount_in)
    }

    fn quote_exact_out(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        ConstantProduct::quote_exact_out(&self.0, direction, amount_out)
    }

    fn quote_exact_out_v2_router(&self, direction: Direction, amount_out: u128) -> Option<u128> {
        ConstantProduct::quote_exact_out_v2_router(&self.0, direction, amount_out)
    }

    fn protocol_shares(&self, last: [u128; 2]) -> Option<u128> {
        self.0.protocol_shares(last)
    }

    fn accepts(&self, direction: Direction, amount_in: u128, amount_out: u128) -> bool {
        self.0.accepts(direction, amount_in, amount_out)
    }

    fn swap_exact_in(&mut self, direction: Direction, amount_in: u128) -> Option<u128> {
        ConstantProduct::swap_exact_in(&mut self.0, direction, amount_in)
    }

    fn swap_exact_out(&mut self, direction: Direction, amount_out: u128) -> Option<u128> {
        ConstantProduct::swap_exact_out(&mut self.0, direction, amount_out)
    }

    fn mint(&mut self, amount0: u128, amount1: u128) -> Option<Minted> {
        let needed = self.0.quote_mint_within(amount(amount0)?, amount(amount1)?).ok()?;
        ConstantProduct::mint(&mut self.0, needed.amount0.get(), needed.amount1.get())
    }

    fn burn(&mut self, shares: u128) -> Option<[u128; 2]> {
        ConstantProduct::burn(&mut self.0, shares)
    }
}
