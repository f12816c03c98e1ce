//! A bank run on a small custodian of your own, then the whole contrast.
#![expect(clippy::print_stdout, reason = "an example prints")]

use cenote::scenarios::{Commingled, Outcome, Segregated, bank_run, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Four customers deposit 100 each. `run` lets them withdraw everything, in queue order.
    let deposits = vec![100_u64.into(); 4];
    let queue = [0, 1, 2, 3];

    // This operator may lend what is in the vault, against collateral marked high enough.
    let mut commingled = Commingled::open(deposits.clone())?;
    commingled.lend(250_u64.into(), 250_u64.into())?;
    let exits = run(&mut commingled, &queue);
    for (customer, exit) in exits.iter().enumerate() {
        println!("customer {customer} is due {} and gets {}", exit.due.amount0, exit.paid.amount0);
    }
    let outcome = Outcome::of("mine", &exits);
    println!(
        "{} claims are left unpaid, {} short\n",
        outcome.unpaid_claims, outcome.shortfall.amount0
    );

    // This one refuses its operator, always, and so the result has no other case.
    let mut segregated = Segregated::open(deposits)?;
    let Err(forbidden) = segregated.lend(250_u64.into());
    println!("the segregated one refuses: {forbidden}");
    let outcome = Outcome::of("mine", &run(&mut segregated, &queue));
    println!("{} of {} are paid in full\n", outcome.paid_in_full, outcome.customers);

    // The same `run` on a real exchange with 1,600 providers, beside both custodians. The seed
    // decides the swaps before the run and the orders of exit.
    println!("{}", bank_run(1)?);
    Ok(())
}
