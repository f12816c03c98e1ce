//! The trusted base is one short file: nothing else changes what the pools hold, and nothing
//! else makes a coin, a claim or a mint.
//!
//! Most of it the compiler already sees to, since the vault's fields and constructors are
//! private. What is left is the code that may see them, and the habit of reading one file: both
//! are checked here on the text of the sources.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::fs;
use std::path::{Path, PathBuf};

/// The file that is trusted, and those below it that may make coins.
const VAULT: &str = "vault.rs";
const MAKERS: [&str; 2] = [VAULT, "vault/supply.rs"];

/// The trusted base stays this short, in lines that are neither blank nor comment.
const LINES: usize = 130;

/// What writes numbers of a market or of a pool.
const WRITERS: [&str; 20] = [
    ".swap_exact(",
    ".settle(",
    ".mint(",
    ".burn(",
    ".sync(",
    ".replace(",
    ".apply(",
    ".restore(",
    ".set_history(",
    ".swap_flows(",
    ".swap_exact_in(",
    ".swap_exact_out(",
    ".execute(",
    ".run_order(",
    ".pools_mut(",
    ".with_reserves(",
    ".with_total_shares(",
    "Market::settle",
    "Market::execute",
    "Market::replace",
];

/// What lends somebody a market or a pool to write, or puts another one in its place.
const LENDERS: [&str; 7] = [
    "mut Market>",
    "mut Market ",
    "mut Market,",
    "mut Pool ",
    "mut self.market",
    ".market = ",
    ".vault = ",
];

/// What makes a coin, a claim or a mint.
const CONSTRUCTORS: [&str; 3] = ["Coin::new", "Claim::new", "Mint::new"];

/// A source file by its path below `src`.
struct Source {
    name: String,
    text: String,
}

/// One thing that is not to be there: the file and what was found in it.
#[derive(Debug, PartialEq, Eq)]
struct Offence {
    file: String,
    found: &'static str,
}

/// All sources of the crate.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    list(&root, &mut files);
    let source = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source { name, text: fs::read_to_string(path).unwrap() }
    };
    files.into_iter().map(source).collect()
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
    files.sort();
}

fn source(name: &str) -> Source {
    sources().into_iter().find(|source| source.name == name).unwrap()
}

/// The lines that are neither blank nor comment, without what stands behind `//` in them.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default().trim());
    code.filter(|line| !line.is_empty())
}

/// The code with a blank for each end of a line, and with a method chain on one line.
fn code(text: &str) -> String {
    let joined = code_lines(text).fold(String::new(), |joined, line| joined + " " + line);
    joined.replace(" .", ".").replace('>', "> ").replace("  ", " ") + " "
}

/// The receiver of the method call that begins at a place: the path before it.
fn receiver(code: &str, at: usize) -> &str {
    let before = code.get(..at).unwrap_or_default();
    let of_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    before.rsplit(|c| !of_path(c)).next().unwrap_or_default()
}

/// What a file that is not trusted does to a market. Calls of the vault's own operations are
/// allowed, and so are those of the exchange's own, which this looks into as well.
fn writes(source: &Source) -> Vec<Offence> {
    let code = code(&source.text);
    let allowed = |at| matches!(receiver(&code, at), "self.vault" | "self");
    let written = WRITERS.into_iter().filter(|writer| {
        code.match_indices(writer).any(|(at, _)| !writer.starts_with('.') || !allowed(at))
    });
    let lent = LENDERS.into_iter().filter(|lender| code.contains(lender));
    let offence = |found| Offence { file: source.name.clone(), found };
    written.chain(lent).map(offence).collect()
}

/// What a file that may not make them makes.
fn makes(source: &Source) -> Vec<Offence> {
    let code = code(&source.text);
    let made = CONSTRUCTORS.into_iter().filter(|constructor| code.contains(constructor));
    made.map(|found| Offence { file: source.name.clone(), found }).collect()
}

#[test]
fn only_the_vault_writes_reserves() {
    let untrusted = sources().into_iter().filter(|source| source.name != VAULT);
    let offences = untrusted.flat_map(|source| writes(&source)).collect::<Vec<_>>();
    assert_eq!(offences, []);
}

#[test]
fn only_the_vault_makes_coins_claims_and_mints() {
    let others = sources().into_iter().filter(|source| !MAKERS.contains(&source.name.as_str()));
    let offences = others.flat_map(|source| makes(&source)).collect::<Vec<_>>();
    assert_eq!(offences, []);
}

/// The constructors are visible in the vault only, and nothing but the value itself takes it
/// apart: `split` and `join` conserve, the rest reads.
#[test]
fn coins_claims_and_mints_have_no_other_way_in() {
    let surface = [
        ("vault/coin.rs", vec!["token", "amount", "split", "join"]),
        ("vault/claim.rs", vec!["pool", "shares", "split", "join"]),
        ("vault/mint.rs", vec!["token"]),
    ];
    for (name, public) in surface {
        let code = code(&source(name).text);
        assert_eq!(code.matches("pub(super) fn new(").count(), 1, "{name}");
        assert_eq!(code.matches("fn new(").count(), 1, "{name}");
        assert_eq!(code.matches("#[derive(").count(), 1, "{name}");
        assert!(code.contains("#[derive(Debug, PartialEq, Eq)]"), "{name}");
        assert_eq!(code.matches("impl ").count(), 1, "{name}: a trait may be a way in");
        let after = |at: &str| at.split('(').next().unwrap_or_default().to_owned();
        let found = code.split(" pub fn ").skip(1).map(after).collect::<Vec<_>>();
        assert_eq!(found, public, "{name}");
    }
}

#[test]
fn the_market_of_the_vault_is_private() {
    let code = code(&source(VAULT).text);
    let fields = code.split("pub(crate) struct Vault {").nth(1).unwrap();
    let fields = fields.split('}').next().unwrap();
    assert!(fields.contains(" market: Market,"), "{fields}");
    assert!(!fields.contains("pub"), "{fields}");
    assert_eq!(code.matches("&Market {").count(), 1, "one function lends it, to be read");
}

/// Neither the vault nor anybody else hands out a pool or a market to write.
#[test]
fn nothing_returns_what_could_be_written() {
    for source in sources() {
        let code = code(&source.text);
        for lender in ["mut Market", "mut Pool "] {
            assert!(!code.contains(lender), "{}: {lender}", source.name);
        }
    }
}

#[test]
fn the_trusted_base_is_short() {
    let lines = code_lines(&source(VAULT).text).count();
    assert!(lines < LINES, "{lines} lines of code");
}

/// The vault itself is where the writes are: if a name changed, the searches above would find
/// nothing and pass.
#[test]
fn the_search_finds_what_the_vault_does() {
    let vault = source(VAULT);
    let found = writes(&vault).into_iter().map(|offence| offence.found).collect::<Vec<_>>();
    assert_eq!(found, [".swap_exact(", ".settle(", ".mint(", ".burn("]);
    let made = |name| makes(&source(name)).into_iter().map(|offence| offence.found);
    assert_eq!(made(VAULT).collect::<Vec<_>>(), ["Coin::new", "Claim::new"]);
    assert_eq!(made("vault/supply.rs").collect::<Vec<_>>(), ["Coin::new", "Mint::new"]);
}

#[test]
fn the_search_finds_a_planted_offence() {
    let found = |text: &str| {
        let source = Source { name: "planted.rs".to_owned(), text: text.to_owned() };
        let all = writes(&source).into_iter().chain(makes(&source));
        all.map(|offence| offence.found).collect::<Vec<_>>()
    };
    assert_eq!(found("self.market.settle(pool, &fill);"), [".settle("]);
    assert_eq!(found("self.vault.market.settle(pool, &fill);"), [".settle("]);
    assert_eq!(found("self.vault\n    .market\n    .burn(pool, shares)?;"), [".burn("]);
    assert_eq!(found("let market = &mut x; market.execute(&route)"), [".execute("]);
    assert_eq!(found("Market::settle(&mut x, pool, &fill)"), ["Market::settle"]);
    assert_eq!(found("Pool::new(a, b, fee)?.with_reserves(all)?"), [".with_reserves("]);
    assert_eq!(found("fn m(&mut self) -> &mut Market { &mut self.market }").len(), 2);
    assert_eq!(found("fn m<'a>(&'a mut self) -> Option<&'a mut Market> {}").len(), 1);
    assert_eq!(found("self.market = fork;"), [".market = "]);
    assert_eq!(found("for pool in self.market.pools_mut() {}"), [".pools_mut("]);
    assert_eq!(found("pool.run_order(direction, order)?"), [".run_order("]);
    assert_eq!(found("Ok(Coin::new(id, token, amount))"), ["Coin::new"]);

    // What is allowed: the vault's operations, the exchange's own, and words in a comment.
    assert_eq!(found("self.vault.execute(&route, paid)?"), [""; 0]);
    assert_eq!(found("self.vault\n    .burn(mint, coin)"), [""; 0]);
    assert_eq!(found("self.settle(trader, hops, &legs)"), [""; 0]);
    assert_eq!(found("/// Calls `market.settle(pool)`.\nfn f() {} // Coin::new"), [""; 0]);
}
