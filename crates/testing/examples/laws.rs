//! Prints every law and every fault, as `docs/laws.md` shows them:
//!
//!     cargo run -p cenote-testing --example laws > docs/laws.md

#![expect(clippy::print_stdout, reason = "what is printed is the page")]

use std::fmt::{Error, Write};

use cenote_testing::faults::faults;
use cenote_testing::{Property, custody, determinism, properties, texts};

fn table<I: ?Sized>(page: &mut String, title: &str, laws: &[Property<I>]) -> Result<(), Error> {
    writeln!(page, "\n## {title}\n\n| law | it says | noticed faults |\n|---|---|---|")?;
    for law in laws {
        let named = faults().filter(|fault| fault.noticed_by == law.id);
        let named = named.map(|fault| fault.number.to_string()).collect::<Vec<_>>();
        writeln!(page, "| {} | {} | {} |", law.id, law.statement, named.join(", "))?;
    }
    Ok(())
}

fn page() -> Result<String, Error> {
    let mut page = String::from(
        "# Laws and faults

Printed by `cargo run -p cenote-testing --example laws`; a test keeps it so. Each law is one function of
`cenote-testing`, driven by enumeration, by proptest and by libFuzzer. Each fault is wrong on purpose
and names the law that must notice it; a law that none names notices some of them all the same, which a
test asserts too, but of T3, for which `tests/determinism.rs` has a batch of its own that is wrong, and T4,
which has none. In the laws, a pool holds `x` of the token that comes in and `y` of the one that goes out,
has `S` shares and a fee of `f`. [proofs.md](proofs.md) says why the laws hold.
",
    );
    table(&mut page, "Pools", properties::PROPERTIES)?;
    table(&mut page, "Custody", custody::LAWS)?;
    table(&mut page, "Determinism", determinism::LAWS)?;
    table(&mut page, "Input", texts::LAWS)?;
    writeln!(page, "\n## Faults\n\n| | what is wrong | noticed by |\n|---|---|---|")?;
    let mut all = faults().collect::<Vec<_>>();
    all.sort_by_key(|fault| fault.number);
    for fault in all {
        writeln!(page, "| {} | {} | {} |", fault.number, fault.story, fault.noticed_by)?;
    }
    Ok(page)
}

fn main() -> Result<(), Error> {
    print!("{}", page()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_in_the_documents_is_this_one() {
        let page = super::page().unwrap_or_default();
        assert!(page == include_str!("../../../docs/laws.md"), "print docs/laws.md anew");
    }
}
