//! Every error that the library's crates have converts into the one of the front door.

use std::fs;
use std::path::Path;

const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Neither the front door's own error nor a program's.
const NOT_BEHIND_THE_DOOR: [&str; 2] = ["cenote", "cli"];

fn sources(folder: &Path, texts: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(path)?);
        }
    }
    Ok(())
}

/// The word after `pub enum` or `pub struct`.
fn public_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub enum ").or_else(|| line.strip_prefix("pub struct "))?;
    rest.split(|c: char| !c.is_alphanumeric()).next()
}

/// The public types of a text that derive `Error`.
fn errors_of(text: &str) -> Vec<&str> {
    let derives = |line: &str| {
        let traits = line.trim().strip_prefix("#[derive(").unwrap_or_default();
        traits.split([',', ')']).any(|word| matches!(word.trim(), "Error" | "ThisError"))
    };
    let (mut lines, mut names) = (text.lines(), Vec::new());
    while let Some(line) = lines.next() {
        if derives(line) {
            let item = lines.find(|line| !line.trim().starts_with(['#', '/']));
            names.extend(item.and_then(public_name));
        }
    }
    names
}

#[test]
fn every_public_error_converts() {
    let mut expected = Vec::new();
    for entry in fs::read_dir(CRATES).unwrap() {
        let folder = entry.unwrap().path();
        if NOT_BEHIND_THE_DOOR.iter().any(|name| folder.ends_with(name)) {
            continue;
        }
        let mut texts = Vec::new();
        sources(&folder.join("src"), &mut texts).unwrap();
        for text in &texts {
            assert!(!text.contains(" Error for "), "an error that is not derived");
            expected.extend(errors_of(text).into_iter().map(str::to_owned));
        }
    }
    // The compiler makes a conversion of each `#[from]`.
    let own = include_str!("../src/error.rs");
    let converted = own.lines().filter_map(|line| line.trim().split_once("(#[from] crate::"));
    let converted =
        converted.filter_map(|(_, path)| path.trim_end_matches("),").split("::").last());
    let mut converted = converted.map(str::to_owned).collect::<Vec<_>>();
    expected.sort_unstable();
    converted.sort_unstable();
    assert_eq!(converted, expected);
    assert!(50 < expected.len(), "the sources were not found");
}

#[test]
fn what_is_read_is_what_is_public() {
    let text = "#[derive(Debug, Error)]\n#[error(\"no\")]\npub struct No;\n\
                #[derive(Error, Debug)]\n/// Why.\npub enum Why {}\n\
                #[derive(Debug, Error)]\npub(crate) enum Hidden {}\n\
                #[derive(Debug)]\npub enum ErrorLike {}\n";
    assert_eq!(errors_of(text), ["No", "Why"]);
}
