//! [`Engine`]: what is compared with the contract; beside Cenote's, some that are wrong on purpose.

use cenote_pool::{Balances, Fee, History, Pair, ProtocolFee};
use cenote_testing::contract::{Call, Refused};
use primitive_types::U256;

type Answer = Result<Vec<U256>, Refused>;

/// An engine, as far as a comparison can tell.
#[derive(Debug, Clone, Copy)]
pub struct Engine {
    /// The fee of its pools.
    pub fee: Fee,
    /// How many units more than it should it quotes.
    pub generosity: u128,
    /// How it answers a call of a pair.
    pub act: fn(&Call, &mut Pair, ProtocolFee, u32) -> Answer,
}

impl Engine {
    /// Cenote's.
    pub const CENOTE: Self = Self { fee: Fee::UNISWAP_V2, generosity: 0, act: Call::act };

    /// One that quotes a unit more than the pair pays.
    pub const GENEROUS: Self = Self { generosity: 1, ..Self::CENOTE };

    /// One that takes 0.2999 %.
    pub fn cheap() -> Self {
        Self { fee: Fee::from_pips(2_999).unwrap(), ..Self::CENOTE }
    }

    /// One that does not write `k_last` after a deposit or a withdrawal.
    pub const FORGETFUL: Self = Self { act: forgets_k_last, ..Self::CENOTE };

    /// One that takes no protocol fee.
    pub const FREE: Self = Self { act: takes_no_protocol_fee, ..Self::CENOTE };

    /// One whose clock stands still where 32 bits wrap.
    pub const TIMELESS: Self = Self { act: does_not_wrap, ..Self::CENOTE };

    /// One that refuses a payment of nothing as one that is too small.
    pub const CONFUSED: Self = Self { act: confuses_reasons, ..Self::CENOTE };

    /// One that says what it skimmed and keeps it.
    pub const GREEDY: Self = Self { act: skims_nothing, ..Self::CENOTE };
}

fn forgets_k_last(call: &Call, pair: &mut Pair, fee: ProtocolFee, timestamp: u32) -> Answer {
    let k_last = pair.history().k_last;
    let answer = call.act(pair, fee, timestamp)?;
    let history = History { k_last, ..*pair.history() };
    let balances: Balances = pair.balances();
    *pair = Pair::new(*pair.pool(), history);
    pair.observe(balances);
    Ok(answer)
}

fn takes_no_protocol_fee(call: &Call, pair: &mut Pair, _: ProtocolFee, timestamp: u32) -> Answer {
    call.act(pair, ProtocolFee::Off, timestamp)
}

fn does_not_wrap(call: &Call, pair: &mut Pair, fee: ProtocolFee, timestamp: u32) -> Answer {
    let latest = pair.history().ts_last.map_or(timestamp, |last| last.max(timestamp));
    call.act(pair, fee, latest)
}

fn confuses_reasons(call: &Call, pair: &mut Pair, fee: ProtocolFee, timestamp: u32) -> Answer {
    use cenote_pool::FlowsError::{BreaksK, NoInput};
    call.act(pair, fee, timestamp).map_err(|refused| match refused {
        Refused::Swap(NoInput) => Refused::Swap(BreaksK),
        other => other,
    })
}

fn skims_nothing(call: &Call, pair: &mut Pair, fee: ProtocolFee, timestamp: u32) -> Answer {
    let before = *pair;
    let answer = call.act(pair, fee, timestamp)?;
    if *call == Call::Skim {
        *pair = before;
    }
    Ok(answer)
}
