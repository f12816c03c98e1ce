//! Contracts that are listed as pairs and do what pairs cannot do.

use cenote_chain::{Address, FlagReason, Notice, Record};
use cenote_pool::{Amount, EventError, Flows, ProtocolFee, Reserves, Shares};

use crate::chain::{Act, Chain};

const UNITS: u64 = 1_000_000;

fn amount(units: u64) -> Amount {
    units.into()
}

/// A chain whose first pair holds one and three millions, and who follows it.
fn scene() -> (Chain, cenote_chain::Follower, Address) {
    let mut chain = Chain::new(ProtocolFee::Off);
    let mut follower = chain.follower(9);
    let (header, records) = chain.block(&[Act { kind: 6, place: 0, units: UNITS }]);
    follower.push(&header, &records).unwrap();
    let address = follower.market().pool_name(0.into()).parse().unwrap();
    (chain, follower, address)
}

fn reserves(reserve0: u64, reserve1: u64) -> Reserves {
    Reserves { reserve0: amount(reserve0), reserve1: amount(reserve1) }
}

/// What a block of these notices makes of the first pair: the flags, and its reserves.
fn said(notices: &[Notice]) -> (Vec<(u64, FlagReason)>, Reserves, Option<Shares>) {
    let (mut chain, mut follower, address) = scene();
    let before = follower.market().clone();
    let (header, _) = chain.block(&[]);
    let records = (5..).zip(notices).map(|(log_index, notice)| Record {
        log_index,
        address,
        notice: *notice,
    });
    let applied = follower.push(&header, &records.collect::<Vec<_>>()).unwrap();
    assert_eq!(follower.flagged().count(), usize::from(!applied.flags.is_empty()));
    let flags = applied.flags.iter().map(|flag| (flag.log_index, flag.reason)).collect();
    let pool = *follower.market().pool(0.into()).unwrap();
    // A flag goes with its block.
    follower.rollback(header.parent).unwrap();
    assert_eq!((follower.market(), follower.flagged().count()), (&before, 0));
    (flags, pool.reserves(), pool.total_shares())
}

#[test]
fn what_cannot_be_is_flagged_and_its_reserves_taken() {
    let swap = |amount1_out: u64| {
        let flows = Flows {
            amount0_in: amount(1_000),
            amount1_out: amount(amount1_out),
            ..Flows::default()
        };
        Notice::Swap(flows)
    };
    let known = Some(Shares::new(1_732_050).unwrap());
    // 3 * 10^6 * 997,000 / (10^6 * 1,000 + 997,000) = 2,988.02
    let after = reserves(UNITS + 1_000, 3 * UNITS - 2_988);
    assert_eq!(said(&[Notice::Sync(after), swap(2_988)]), (vec![], after, known));
    let more = reserves(UNITS + 1_000, 3 * UNITS - 2_989);
    let (flags, held, shares) = said(&[Notice::Sync(more), swap(2_989)]);
    assert!(matches!(flags[..], [(6, FlagReason::Event(EventError::Swap(_)))]), "{flags:?}");
    assert_eq!((held, shares), (more, known));
    let (flags, held, _) = said(&[Notice::Sync(more), swap(2_988)]);
    assert!(
        matches!(flags[..], [(6, FlagReason::Event(EventError::Reserves { .. }))]),
        "{flags:?}"
    );
    assert_eq!(held, more);
    let (flags, held, _) = said(&[swap(2_988)]);
    assert_eq!((flags, held), (vec![(5, FlagReason::NoSync)], reserves(UNITS, 3 * UNITS)));
    let (flags, held, _) = said(&[Notice::Sync(reserves(0, 7))]);
    let because = FlagReason::Event(EventError::OneReserveZero);
    assert_eq!((flags, held), (vec![(5, because)], reserves(UNITS, 3 * UNITS)));
}

#[test]
fn shares_are_what_the_rules_make() {
    let shares = |units: u64| Shares::from(units);
    let made = |units| Notice::SharesMade { to: Address::ZERO, shares: shares(units) };
    let sync = Notice::Sync(reserves(UNITS + 1_000, 3 * UNITS + 3_000));
    let mint = Notice::Mint { amount0: amount(1_000), amount1: amount(3_000) };
    let after = shares(1_732_050 + 1_732);
    assert_eq!(said(&[made(1_732), sync, mint]).0, []);
    assert_eq!(said(&[sync, mint]).2, Some(after), "where nobody said how many");
    let (flags, _, total) = said(&[made(1_733), sync, mint]);
    let because = EventError::Shares { expected: shares(1_732), found: shares(1_733) };
    assert_eq!((flags, total), (vec![(7, FlagReason::Event(because))], None));
    // Somebody gets shares beside the depositor.
    let (flags, _, total) = said(&[made(500), made(1_732), sync, mint]);
    let because = FlagReason::Shares { expected: after, found: shares(after.get() as u64 + 500) };
    assert_eq!((flags, total), (vec![(8, because)], None));
    assert_eq!(said(&[made(500)]).0, [(5, FlagReason::StrayShares)]);
    // A withdrawal whose amounts no amount can be: nobody can say why the shares were given up.
    let given_up = Notice::SharesGivenUp { shares: shares(1_000) };
    let (flags, held, _) = said(&[given_up, sync]);
    assert_eq!((flags, sync), (vec![(5, FlagReason::StrayShares)], Notice::Sync(held)));
}
