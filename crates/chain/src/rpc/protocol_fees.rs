//! Whether factories take the protocol fee: no log says when that changes.

use std::collections::{BTreeMap, BTreeSet};

use alloy_sol_types::sol;
use cenote_pool::{PoolId, ProtocolFee};

use super::call::{Call, CallError, Contracts};
use super::node::Node;
use super::words::address;
use crate::address::Address;
use crate::block::BlockHash;
use crate::follower::Follower;

sol! {
    function factory() returns (address);
    function feeTo() returns (address);
}

impl Node {
    /// Asks the factories that a follower's pools name whether they take the protocol fee at the end
    /// of a block, and tells the follower. Where one does not answer the follower keeps what it
    /// knows.
    ///
    /// A market that was saved does not say it; and no log does when it changes, so ask again from
    /// time to time. Nodes keep the state of some of the last blocks only.
    ///
    /// # Errors
    ///
    /// [`CallError`], in the order of its variants; the follower is then as it was.
    pub async fn learn_protocol_fees(
        &self,
        follower: &mut Follower,
        at: BlockHash,
    ) -> Result<(), CallError> {
        let contracts = self.contracts(at).await?;
        let market = follower.market();
        let address_of = |(id, _): (PoolId, _)| Some((id, market.pool_name(id).parse().ok()?));
        let pools = market.pools_with_id().filter_map(address_of).collect::<Vec<_>>();
        let calls = pools.iter().map(|(_, pair)| Call::new(*pair, &factoryCall {}));
        let named = contracts.ask(&calls.collect::<Vec<_>>()).await?;
        let named = named.iter().map(|answer| answer.as_deref().and_then(address));
        let named = named.collect::<Vec<_>>();
        let fees = contracts.protocol_fees(named.iter().copied().flatten().collect()).await?;
        for ((pool, _), factory) in pools.into_iter().zip(named) {
            if let Some(fee) = factory.and_then(|factory| fees.get(&factory).copied().flatten()) {
                follower.set_protocol_fee(pool, fee);
            }
        }
        Ok(())
    }
}

impl Contracts<'_> {
    /// Whether the protocol fees of factories are on; `None` where one does not answer.
    pub(super) async fn protocol_fees(
        &self,
        factories: BTreeSet<Address>,
    ) -> Result<BTreeMap<Address, Option<ProtocolFee>>, CallError> {
        let calls = factories.iter().map(|factory| Call::new(*factory, &feeToCall {}));
        let answers = self.ask(&calls.collect::<Vec<_>>()).await?;
        let fee = |fee_to: Address| match fee_to {
            Address::ZERO => ProtocolFee::Off,
            _ => ProtocolFee::On,
        };
        let fees = answers.iter().map(|answer| answer.as_deref().and_then(address).map(fee));
        Ok(factories.into_iter().zip(fees).collect())
    }
}
