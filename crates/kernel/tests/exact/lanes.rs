//! Every length of a batch, and what is special in every lane of it.

use cenote_kernel::{Fees, Isa, NONE, Quotes, Uneven, reference};

const FEE: [u32; 2] = [997, 1000];
const PLAIN: [u128; 3] = [1_000_000_007, 4_000_000_000_000_000_000_000, 12_345];

/// Numbers that floats cannot decide, or that have no answer, or too long for one way or the other.
const SPECIAL: [[u128; 3]; 9] = [
    [1_000_000, 4_000_000, 0],
    [0, 4_000_000, 0],
    [997, 1000, 500],
    [1 << 60, (1 << 104) + (1 << 80), 1 << 59],
    [1 << 60, 1 << 80, (1 << 105) + (1 << 59)],
    [(1 << 104) + 5, (1 << 104) + 1, 1 << 103],
    [1 << 111, (1 << 112) - 1, 1 << 110],
    [u128::MAX, u128::MAX, 1 << 127],
    [7, 3, 3],
];

#[test]
fn what_is_special_is_found_in_every_lane_of_every_length() {
    for (length, place) in
        (0..=64_usize).flat_map(|length| (0..=length).map(move |at| (length, at)))
    {
        let special = SPECIAL[(length + place) % SPECIAL.len()];
        // At the end there is none.
        let number = |at: usize, of: usize| if at == place { special[of] } else { PLAIN[of] };
        let [x, y, amounts] =
            [0, 1, 2].map(|of| (0..length).map(|at| number(at, of)).collect::<Vec<_>>());
        let quotes = Quotes::new(&x, &y, &amounts, Fees::Same(FEE)).unwrap();
        for isa in Isa::available() {
            let mut answers = vec![7; length];
            quotes.exact_in_floor(isa, &mut answers).unwrap();
            let defined = (0..length).map(|at| {
                reference::exact_in_floor(x[at], y[at], amounts[at], FEE[0], FEE[1]).unwrap_or(NONE)
            });
            assert_eq!(answers, defined.collect::<Vec<_>>(), "{} {length} {place}", isa.name());
            quotes.exact_out_ceil(isa, &mut answers).unwrap();
            let defined = (0..length).map(|at| {
                reference::exact_out_ceil(x[at], y[at], amounts[at], FEE[0], FEE[1]).unwrap_or(NONE)
            });
            assert_eq!(answers, defined.collect::<Vec<_>>(), "{} {length} {place}", isa.name());
        }
    }
}

#[test]
fn uneven_lists_are_refused_and_nothing_is_written() {
    let (three, two) = ([5_u128; 3], [5_u128; 2]);
    let fees = [FEE; 2];
    for (x, y, amounts, fees) in [
        (&two[..], &three[..], &three[..], Fees::Same(FEE)),
        (&three[..], &two[..], &three[..], Fees::Same(FEE)),
        (&three[..], &three[..], &two[..], Fees::Same(FEE)),
        (&three[..], &three[..], &three[..], Fees::Each(&fees)),
    ] {
        assert_eq!(Quotes::new(x, y, amounts, fees).err(), Some(Uneven));
    }
    let quotes = Quotes::new(&three, &three, &three, Fees::Same(FEE)).unwrap();
    for room in [2, 4] {
        let mut answers = vec![7; room];
        assert_eq!(quotes.exact_in_floor(Isa::best(), &mut answers), Err(Uneven));
        assert_eq!(quotes.exact_out_plus_one(Isa::best(), &mut answers), Err(Uneven));
        assert_eq!(answers, vec![7; room]);
    }
}

#[test]
fn an_instruction_set_has_a_name_and_the_best_comes_first() {
    let names = Isa::available().map(Isa::name).collect::<Vec<_>>();
    assert_eq!(names.last(), Some(&"portable"));
    assert_eq!(names.first(), Some(&Isa::best().name()));
    for missing in ["AVX-512", "AVX2"].into_iter().filter(|name| !names.contains(name)) {
        println!("this processor has no {missing}: not compared");
    }
}
