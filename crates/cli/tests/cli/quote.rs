//! `cenote quote`

use serde_json::json;

use crate::{Folder, POOLS, Ran, real_pools};

/// Asks for a quote of the known pools.
fn quote(rest: &str) -> Ran {
    Folder::with("p.csv", POOLS).run(&format!("quote --pools p.csv {rest}"))
}

#[test]
fn text_says_what_is_paid_what_is_got_and_the_fee() {
    assert_eq!(
        quote("--pool eth/usd --token-in eth --amount-in 10").result(),
        "pay   10 ETH  (10 units)\n\
         get   394.86 USD  (39486 units)\n\
         fee   0.3 %, 1 ETH  (1 units)\n\
         price 39.486 USD for 1 ETH, 1.285 % below the spot price\n"
    );
    assert_eq!(
        quote("--pool usd/dai --token-in dai --amount-in 1000").result(),
        "pay   1000 dai  (1000 units)\n\
         get   9.98 USD  (998 units)\n\
         fee   0.05 %, 1 dai  (1 units)\n\
         price 0.00998 USD for 1 dai, 0.2 % below the spot price\n"
    );
}

#[test]
fn json_has_names_and_amounts_as_strings() {
    let line = "--pool eth/usd --token-in eth --amount-in 10 --format json";
    let expected = json!({
        "pool": "eth/usd", "token_in": "eth", "amount_in": "10",
        "token_out": "usd", "amount_out": "39486",
        "price": "3948.6", "price_impact": "0.01285",
    });
    assert_eq!(quote(line).json(), expected);
}

/// The input of an exact output is the least one: a unit less buys less.
#[test]
fn an_exact_output_asks_for_the_least_input() {
    let line = |rest: &str| format!("--pool eth/usd --token-in usd {rest} --format json");
    let bought = quote(&line("--amount-out 10")).json();
    assert_eq!((&bought["amount_in"], &bought["amount_out"]), (&json!("40526"), &json!("10")));
    let enough = quote(&line("--amount-in 40526")).json();
    assert_eq!(enough["amount_out"], "10");
    let short = quote(&line("--amount-in 40525")).json();
    assert_eq!(short["amount_out"], "9");
}

#[test]
fn pools_may_come_from_stdin() {
    let line = "quote --pools - --pool eth/usd --token-in eth --amount-in 10 --format json";
    let ran = Folder::new().feed(line, POOLS.into());
    assert_eq!(ran.json()["amount_out"], "39486");
    let broken = Folder::new().feed(line, POOLS.replace("1000,4000000", "x,4000000").into());
    broken.refused(
        "stdin: line 2, column 4 (reserve0): not a decimal number: unexpected character at \
         position 1",
    );
}

/// The price of a real pool, worked out apart: 1,000 USDC in October 2020.
#[test]
fn a_real_pool_gives_the_exact_amount() {
    let Some(path) = real_pools("pools_2020/pools.csv") else { return };
    let pool = "0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc";
    let usdc = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    let line = format!("quote --pool {pool} --token-in {usdc} --amount-in 1000000000 --pools");
    let ran = Ran::of(Folder::new().command(&line).arg(path));
    assert_eq!(
        ran.result(),
        "pay   1000 USDC  (1000000000 units)\n\
         get   2.962269427843301939 WETH  (2962269427843301939 units)\n\
         fee   0.3 %, 3 USDC  (3000000 units)\n\
         price 0.00296227 WETH for 1 USDC, 0.300563 % below the spot price\n"
    );
}

#[test]
fn what_cannot_be_quoted_is_refused_with_its_reason() {
    let cases = [
        ("--pool none --token-in eth --amount-in 1", "--pool none: unknown pool"),
        ("--pool eth/usd --token-in none --amount-in 1", "--token-in none: unknown token"),
        ("--pool eth/usd --token-in eth --amount-in 0", "zero amount"),
        ("--pool eth/usd --token-in eth --amount-out 0", "zero amount"),
        ("--pool void --token-in eth --amount-in 1", "the pool is empty"),
        ("--pool eth/usd --token-in usd --amount-in 1", "1 buys less than one unit"),
        ("--pool eth/usd --token-in usd --amount-out 1000", "1000 asked for, the pool holds 1000"),
        (
            "--pool eth/usd --token-in usd --amount-in 5192296858534827628530496329220095",
            "the reserve of the token that comes in would exceed 2^112 - 1",
        ),
    ];
    for (line, message) in cases {
        quote(line).refused(message);
    }
    let foreign = "--pool eth/usd --token-in dai --amount-in 1";
    quote(foreign).refused("--token-in dai: not a token of this pool");
}

#[test]
fn exactly_one_amount_is_given() {
    let line = "--pool eth/usd --token-in eth";
    quote(line).refused_with("required arguments were not provided");
    let both = format!("{line} --amount-in 1 --amount-out 1");
    quote(&both).refused_with("cannot be used with");
}

#[test]
fn an_amount_on_the_command_line_has_one_spelling() {
    for (text, part) in [
        ("-5", "position 1"),
        ("+5", "position 1"),
        ("05", "leading zero"),
        ("1e3", "position 2"),
        ("0x10", "position 2"),
        ("1_000", "position 2"),
        ("\u{663}", "position 1"),
        ("5.0", "position 2"),
        ("5192296858534827628530496329220096", "too large"),
        ("1111111111111111111111111111111111111111", "too large"),
    ] {
        for side in ["--amount-in", "--amount-out"] {
            quote(&format!("--pool eth/usd --token-in eth {side} {text}")).refused_with(part);
        }
    }
}

/// Symbols are the choice of whoever makes a token.
#[test]
fn a_hostile_symbol_does_not_reach_the_terminal() {
    let pools = POOLS.replace(",ETH,USD", ",\u{1b}[2J\u{202e},USD");
    let folder = Folder::with("p.csv", pools);
    let line = "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10";
    let text = folder.run(line).result();
    assert!(text.starts_with("pay   10 \\u{1b}[2J\\u{202e}  (10 units)\n"), "{text}");
}
