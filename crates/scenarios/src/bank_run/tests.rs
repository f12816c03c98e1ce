use cenote_exchange::Exchange;
use cenote_pool::{Amount, Reserves, Shares};

use super::*;
use crate::institution::{Exit, Institution, Provider};
use crate::outcome::Difference;

fn amount(units: u64) -> Amount {
    units.into()
}

fn column(run: &BankRun, at: usize) -> Outcome {
    run.columns[at]
}

#[test]
fn everybody_is_paid_by_the_exchange() {
    let run = bank_run(1).unwrap();
    let dex = column(&run, 0);
    assert_eq!((dex.customers, dex.paid_in_full), (1_600, 1_600));
    assert_eq!((dex.paid_partly, dex.paid_nothing, dex.unpaid_claims), (0, 0, 0));
    assert_eq!(dex.shortfall, Payment::default());
    assert_eq!(
        (dex.windfall, dex.first_minus_last),
        (amount(1), Difference { amount0: -1, amount1: -1 })
    );
}

#[test]
fn a_segregated_custodian_pays_the_same() {
    let run = bank_run(1).unwrap();
    let segregated = column(&run, 1);
    assert_eq!((segregated.paid_in_full, segregated.unpaid_claims), (1_600, 0));
    assert_eq!((segregated.paid_partly, segregated.paid_nothing), (0, 0));
    assert_eq!(segregated.due, Payment::of_one(amount(16_000_000_000_000_000)));
    assert_eq!(segregated.shortfall, Payment::default());
    assert_eq!(segregated.first_minus_last, Difference::default());
    assert_eq!(run.forbidden.amount, amount(10_000_000_000_000_000));
}

/// Source: the table of the founding contrast, to the unit.
#[test]
fn a_commingled_custodian_pays_those_who_come_first() {
    let run = bank_run(1).unwrap();
    let all = Difference { amount0: 10_000_000_000_000, amount1: 0 };
    let lent = column(&run, 2);
    assert_eq!((lent.paid_in_full, lent.paid_partly, lent.paid_nothing), (600, 0, 1_000));
    assert_eq!(lent.shortfall, Payment::of_one(amount(10_000_000_000_000_000)));
    assert_eq!((lent.unpaid_claims, lent.first_minus_last), (1_000, all));

    let sold = column(&run, 3);
    assert_eq!((sold.paid_in_full, sold.paid_partly, sold.paid_nothing), (609, 1, 990));
    assert_eq!(sold.partial_payments, Payment::of_one(amount(9_006_951_340_615)));
    assert_eq!(sold.shortfall, Payment::of_one(amount(9_900_993_048_659_385)));
    assert_eq!((sold.unpaid_claims, sold.first_minus_last), (991, all));
}

/// What custodians say they owe is what their customers did not get.
#[test]
fn liabilities_are_the_shortfall() {
    let mut custodian = Commingled::open(vec![DEPOSIT; CUSTOMERS]).unwrap();
    custodian.lend(LOAN, LOAN).unwrap();
    assert_eq!(custodian.vault(), amount(6_000_000_000_000_000));
    let queue: Vec<usize> = (0..CUSTOMERS).collect();
    let exits = run(&mut custodian, &queue);
    let owed: u128 =
        exits.iter().filter_map(|exit| exit.unpaid).map(|left| left.amount.get()).sum();
    assert_eq!(owed, Outcome::of("bank", &exits).shortfall.amount0.get());
    assert_eq!(custodian.vault(), Amount::ZERO);
}

#[test]
fn the_honest_half_is_exact() {
    let half = bank_run(1).unwrap().honest_half;
    assert_eq!(half.mark, amount(10_000_000_000_000_000));
    assert_eq!(half.proceeds, amount(99_006_951_340_615));
    assert_eq!(half.value_before, amount(200_000_000_000_000));
    assert_eq!(half.value_after, amount(1_986_097_318_770));
    let Reserves { reserve0, reserve1 } = half.reserves_after;
    assert_eq!((reserve0, reserve1), (amount(993_048_659_385), amount(404_000_000_000_000)));
    assert_eq!(half.k_before, 400_000_000_000_000_000_000_000_000);
    assert_eq!(half.k_after, 401_191_658_391_540_000_000_000_000);
    assert_eq!(half.provider_paid, half.provider_due);
    // All but the share of the locked.
    assert_eq!(half.provider_paid.amount0, amount(993_048_659_335));
    assert_eq!(half.provider_paid.amount1, amount(403_999_999_979_800));
}

/// After each of ten sales of a tenth, the provider of a fork leaves with its part of both.
#[test]
fn the_provider_can_leave_at_any_moment_of_the_dump() {
    let xt = XtMarket::new().unwrap();
    let shares = xt.exchange.shares(xt.provider.trader, xt.pool);
    let mut market = xt.exchange.market().clone();
    let token = market.pool(xt.pool).unwrap().token1();
    for _ in 0..10 {
        market.swap_exact_in(xt.pool, token, amount(40_000_000_000_000), Amount::ZERO).unwrap();
        let worth = market.pool(xt.pool).unwrap().worth_floor(shares);
        let left = market.clone().burn(xt.pool, shares).unwrap();
        assert_eq!((left.amount0, left.amount1), worth);
        assert!(!left.amount0.is_zero() && !left.amount1.is_zero());
    }
}

/// Invariants B1 (nobody below the floor), B2 (at most one unit more for each earlier exit) and
/// B3 (what the locked shares are worth stays, and less than one unit for each exit).
#[test]
fn no_order_of_exit_pays_anybody_less() {
    for seed in [1, 2, 0xdead_beef] {
        let dex = Liquidity::traded(&mut Random::new(seed)).unwrap();
        let start = *dex.exchange.market().pool(dex.pool).unwrap();
        let study = random_orders(&dex, &mut Random::new(seed)).unwrap();
        assert_eq!((study.providers, study.orders), (1_600, 300));
        assert_eq!((study.below_floor, study.beyond_bound), (0, 0));
        assert_eq!(study.shares_left, Shares::LOCKED);
        let total = start.total_shares().unwrap().get();
        let Reserves { reserve0, reserve1 } = start.reserves();
        let residuals = [
            (reserve0, study.residual_least.amount0, study.residual_most.amount0),
            (reserve1, study.residual_least.amount1, study.residual_most.amount1),
        ];
        for (reserve, least, most) in residuals {
            let locked = 1_000 * reserve.get();
            assert!(locked <= least.get() * total, "{locked} {least} {total}");
            assert!(most.get() * total < locked + 1_600 * total);
        }
    }
}

#[test]
fn five_unequal_providers_end_in_one_state_in_all_orders() {
    let study = bank_run(1).unwrap().every_order;
    assert_eq!((study.providers, study.orders), (5, 120));
    assert_eq!((study.below_floor, study.beyond_bound, study.windfall), (0, 0, amount(2)));
    let end = Payment { amount0: amount(354), amount1: amount(2_829) };
    assert_eq!((study.residual_least, study.residual_most), (end, end));
    assert_eq!(study.shares_left, Shares::LOCKED);
}

/// What the custodians owe does not depend on the seed, and a seed gives one result.
#[test]
fn a_seed_decides_the_exchange_alone() {
    let (first, again, other) = (bank_run(1), bank_run(1), bank_run(2));
    assert_eq!(first, again);
    let (first, other) = (first.unwrap(), other.unwrap());
    assert_ne!(column(&first, 0).due, column(&other, 0).due);
    assert_eq!(first.columns[1..], other.columns[1..]);
    assert_eq!(first.honest_half, other.honest_half);
}

/// The exchange that ran has lost nothing: what providers took is in their wallets.
#[test]
fn the_audit_balances_after_the_run() {
    let mut dex = Liquidity::traded(&mut Random::new(1)).unwrap();
    let exits: Vec<Exit<<Exchange as Institution>::Liability>> =
        run(&mut dex.exchange, &dex.providers);
    for exit in exits {
        let None = exit.unpaid;
    }
    let audit = dex.exchange.audit().unwrap();
    assert!(audit.nothing_outside() && audit.every_share_backed());
    assert_eq!(audit.shares[0].total, Shares::LOCKED);
    let stay = |&Provider { trader, pool }: &Provider| dex.exchange.shares(trader, pool).is_zero();
    assert!(dex.providers.iter().all(stay));
}

/// The page in full: a change of wording or of a digit shows here.
#[test]
fn it_prints_the_whole_page() {
    assert_eq!(bank_run(1).unwrap().to_string(), include_str!("page.txt"));
}
