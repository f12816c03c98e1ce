//! Attacks on the files and on the command line, each under its number: `attack_44_...` is one of
//! those with the number 44. Whatever can be said of a text is tried on all three inputs,
//! pools.csv, swaps.csv and events.csv, and on every command that reads them.
//!
//! 42 to 47 are texts, 57 to 64 are files and circumstances. What is not here:
//!
//! - 43 is about JSON as an input, which is a plan (`certify.rs`); its numbers are tried on our
//!   output.
//! - 45 is about series of prices, of which there are none; its times are tried here.
//! - 48 to 56 are about a store, of which there is none.
//! - 60: nothing that a file says makes a thread panic, and the program has no hook to make one;
//!   what is left of it is a pool of threads that cannot be started.
//! - 63: builds for 32 bits and for the other order of bytes need other toolchains, and are not
//!   tried here.

mod chain;
mod files;
mod text;

use std::fs;

use crate::{Folder, POOLS};

const SIMULATE: &str = "simulate --pools p.csv --swaps s.csv --out o.csv";
const REPLAY: &str = "replay --pools p.csv --events e.csv";
const QUOTE: &str = "quote --pools p.csv --pool eth/usd --token-in eth --amount-in 10";

const SWAPS: &str = "pool,token_in,amount_in\neth/usd,eth,10\nusd/dai,dai,500\n";

/// A swap, a deposit and a withdrawal.
const EVENTS: &str = "\
block,timestamp,log_index,pool,kind,amount0_in,amount1_in,amount0_out,amount1_out,amount0,amount1,lp,reserve0,reserve1
7,100,0,eth/usd,sync,,,,,,,,1010,3960514
7,100,1,eth/usd,swap,10,0,0,39486,,,,,
7,100,2,usd/dai,sync,,,,,,,,1001000,1001000
7,100,3,usd/dai,mint,,,,,1000,1000,,,
8,112,0,usd/dai,sync,,,,,,,,1000000,1000000
8,112,1,usd/dai,burn,,,,,1000,1000,77,,
";

/// One of the three inputs.
#[derive(Clone, Copy)]
struct Input {
    file: &'static str,
    /// A good file.
    text: &'static str,
    /// The commands that read it.
    lines: &'static [&'static str],
    /// A header and a row that go with the good files.
    header: &'static str,
    row: &'static str,
}

const POOLS_FILE: Input = Input {
    file: "p.csv",
    text: POOLS,
    lines: &[SIMULATE, REPLAY, QUOTE],
    header: "pool,token0,token1,reserve0,reserve1,fee_bps",
    row: "p,a,b,5,5,30",
};

const SWAPS_FILE: Input = Input {
    file: "s.csv",
    text: SWAPS,
    lines: &[SIMULATE],
    header: "pool,token_in,amount_in",
    row: "eth/usd,eth,10",
};

const EVENTS_FILE: Input = Input {
    file: "e.csv",
    text: EVENTS,
    lines: &[REPLAY],
    header: "pool,block,timestamp,log_index,kind,amount0_in,amount1_in,amount0_out,amount1_out,\
             amount0,amount1,reserve0,reserve1",
    row: "eth/usd,7,100,0,sync,,,,,,,1000,4000000",
};

const INPUTS: [Input; 3] = [POOLS_FILE, SWAPS_FILE, EVENTS_FILE];

/// Good files, of which an attack spoils one.
fn good() -> Folder {
    INPUTS.iter().fold(Folder::new(), |folder, input| folder.and(input.file, input.text))
}

impl Input {
    /// Every command that reads these bytes refuses them for this reason, and nothing is there
    /// that was not there before; afterwards the file is good again.
    #[track_caller]
    fn refuses(&self, folder: &Folder, bytes: impl AsRef<[u8]>, message: &str) {
        let names = folder.names();
        fs::write(folder.path(self.file), bytes).unwrap();
        for line in self.lines {
            folder.run(line).refused(&format!("{}: {message}", self.file));
        }
        assert_eq!(folder.names(), names);
        fs::write(folder.path(self.file), self.text).unwrap();
    }

    /// The commands, with another file in its place.
    fn lines_with(&self, file: &str) -> impl Iterator<Item = String> {
        self.lines.iter().map(move |line| line.replace(self.file, file))
    }
}

#[test]
fn the_good_files_are_good() {
    let folder = good();
    for line in INPUTS.iter().flat_map(|input| input.lines) {
        folder.run(line).result();
    }
}
