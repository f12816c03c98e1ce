//! The twins of the definition: one at a time in integers and in floats, many with each instruction
//! set.

use cenote_kernel::{Fees, Isa, NONE, Quotes, float, reference, scalar};

use crate::inputs::{Input, Inputs};

type Quote = fn(u128, u128, u128, u32, u32) -> Option<u128>;
type Batch = for<'a, 'b> fn(&'a Quotes<'b>, Isa, &mut [u128]) -> Result<(), cenote_kernel::Uneven>;

/// A formula: its definition, and what must equal it.
struct Formula {
    name: &'static str,
    definition: Quote,
    twins: [(&'static str, Quote); 2],
    batch: Batch,
}

const FORMULAS: [Formula; 3] = [
    Formula {
        name: "exact_in_floor",
        definition: reference::exact_in_floor,
        twins: [("scalar", scalar::exact_in_floor), ("float", float::exact_in_floor)],
        batch: |quotes, isa, answers| quotes.exact_in_floor(isa, answers),
    },
    Formula {
        name: "exact_out_ceil",
        definition: reference::exact_out_ceil,
        twins: [("scalar", scalar::exact_out_ceil), ("float", float::exact_out_ceil)],
        batch: |quotes, isa, answers| quotes.exact_out_ceil(isa, answers),
    },
    Formula {
        name: "exact_out_plus_one",
        definition: reference::exact_out_plus_one,
        twins: [("scalar", scalar::exact_out_plus_one), ("float", float::exact_out_plus_one)],
        batch: |quotes, isa, answers| quotes.exact_out_plus_one(isa, answers),
    },
];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn every_twin_equals_the_definition() {
    let (count, seed) = (setting("CENOTE_QUOTES", 1_000_000), setting("CENOTE_SEED", 1));
    let mut inputs = Inputs::new(seed);
    let mut compared = 0;
    while compared < count {
        // A batch of one kind has vectors of that kind; a batch of all kinds has all in one vector.
        let mixed = inputs.by_ref().take(1800).collect::<Vec<_>>();
        compared += 1800;
        let kinds = (0..9).flat_map(|kind| mixed.iter().skip(kind).step_by(9).copied());
        compare(&kinds.collect::<Vec<_>>());
        if compared % 18_000 == 0 {
            compare(&mixed);
        }
    }
}

fn compare(inputs: &[Input]) {
    let list = |number: fn(&Input) -> u128| inputs.iter().map(number).collect::<Vec<_>>();
    let (x, y) = (list(|input| input.x), list(|input| input.y));
    let amounts = list(|input| input.amount);
    let fees = inputs.iter().map(|input| input.fee).collect::<Vec<_>>();
    for formula in FORMULAS {
        let define = |input: &Input| {
            let [kept, scale] = input.fee;
            (formula.definition)(input.x, input.y, input.amount, kept, scale)
        };
        let defined = inputs.iter().map(define).collect::<Vec<_>>();
        for (input, defined) in inputs.iter().zip(&defined) {
            let [kept, scale] = input.fee;
            for (name, twin) in formula.twins {
                let answer = twin(input.x, input.y, input.amount, kept, scale);
                assert_eq!(answer, *defined, "{name}::{} {input:?}", formula.name);
            }
        }
        let quotes = Quotes::new(&x, &y, &amounts, Fees::Each(&fees)).unwrap();
        for isa in Isa::available() {
            let mut answers = vec![7; inputs.len()];
            (formula.batch)(&quotes, isa, &mut answers).unwrap();
            for ((answer, defined), input) in answers.iter().zip(&defined).zip(inputs) {
                let defined = defined.unwrap_or(NONE);
                assert_eq!(*answer, defined, "{} {} {input:?}", isa.name(), formula.name);
            }
        }
        compare_same_fee(&formula, (&x, &y, &amounts), inputs[0].fee);
    }
}

/// The first quotes again, all with one fee.
fn compare_same_fee(
    formula: &Formula,
    (x, y, amounts): (&[u128], &[u128], &[u128]),
    [kept, scale]: [u32; 2],
) {
    let count = 256.min(x.len());
    let quotes =
        Quotes::new(&x[..count], &y[..count], &amounts[..count], Fees::Same([kept, scale]))
            .unwrap();
    for isa in Isa::available() {
        let mut answers = vec![7; count];
        (formula.batch)(&quotes, isa, &mut answers).unwrap();
        for place in 0..count {
            let defined = (formula.definition)(x[place], y[place], amounts[place], kept, scale);
            assert_eq!(answers[place], defined.unwrap_or(NONE), "{} {place}", isa.name());
        }
    }
}
