//! Known values, the edges, and `scalar` against `reference` on random magnitudes.

use proptest::prelude::*;

use primitive_types::U256;

use crate::{Fees, Isa, NONE, Quotes, float, reference, scalar};

const E18: u128 = 1_000_000_000_000_000_000;
const FEES: [(u32, u32); 7] =
    [(1, 1), (997, 1000), (9975, 10_000), (999_999, 1_000_000), (1, 1_000_000), (7, 10), (0, 1)];

/// Source: Uniswap v2-core, `UniswapV2Pair.spec.ts`, "getInputPrice".
#[test]
fn exact_in_reproduces_the_published_vectors() {
    let vectors = [
        (1, 5, 10, 1_662_497_915_624_478_906),
        (1, 10, 5, 453_305_446_940_074_565),
        (2, 5, 10, 2_851_015_155_847_869_602),
        (2, 10, 5, 831_248_957_812_239_453),
        (1, 10, 10, 906_610_893_880_149_131),
        (1, 100, 100, 987_158_034_397_061_298),
        (1, 1000, 1000, 996_006_981_039_903_216),
    ];
    for (a, x, y, out) in vectors {
        for exact_in_floor in [reference::exact_in_floor, scalar::exact_in_floor] {
            assert_eq!(exact_in_floor(x * E18, y * E18, a * E18, 997, 1000), Some(out));
            assert_eq!(exact_in_floor(x * E18, y * E18, a * E18, 9970, 10_000), Some(out));
        }
        for keeps_k in [reference::keeps_k, scalar::keeps_k] {
            assert!(keeps_k(x * E18, y * E18, a * E18, out, (997, 1000)));
            assert!(!keeps_k(x * E18, y * E18, a * E18, out + 1, (997, 1000)));
        }
    }
}

/// Where v2's `floor + 1` and the true ceiling part: 997 / 1000 for 500 divides exactly.
#[test]
fn exact_out_is_the_true_ceiling() {
    for exact_out_ceil in [reference::exact_out_ceil, scalar::exact_out_ceil] {
        assert_eq!(exact_out_ceil(997, 1000, 500, 997, 1000), Some(1000));
        assert_eq!(exact_out_ceil(997, 1000, 1000, 997, 1000), None);
        assert_eq!(exact_out_ceil(997, 1000, 1001, 997, 1000), None);
    }
}

/// `isqrt` at squares and their neighbours for every length of root.
#[test]
fn the_root_is_exact_around_squares() {
    for bits in (1..=128_u32).step_by(if cfg!(miri) { 9 } else { 1 }) {
        let n = u128::MAX >> (128 - bits);
        assert_eq!(reference::sqrt_product_floor(n, n), n, "{n}^2");
        let square = U256::from(n) * U256::from(n);
        assert_eq!(reference::sqrt_floor(&square), n, "{n}^2");
        assert_eq!(reference::sqrt_floor(&(square - 1)), n - 1, "{n}^2 - 1");
        // (n - 1)(n + 1) = n^2 - 1 lies below the square, n (n + 1) above it.
        if let Some(above) = n.checked_add(1) {
            assert_eq!(reference::sqrt_product_floor(n - 1, above), n - 1, "{n}^2 - 1");
            assert_eq!(reference::sqrt_product_floor(n, above), n, "{n}^2 + {n}");
        }
    }
    assert_eq!(reference::sqrt_product_floor(0, u128::MAX), 0);
    assert_eq!(reference::sqrt_floor(&U256::MAX), u128::MAX);
}

/// Every combination of the values at which words, limbs and bounds change.
#[test]
fn scalar_equals_reference_at_every_edge() {
    let mut edges = vec![0, 1, 2, 3, 996, 997, 998, 999, 1000, E18];
    for bit in [31, 32, 63, 64, 65, 95, 106, 107, 108, 111, 112, 113, 126, 127] {
        edges.extend([(1 << bit) - 1, 1 << bit, (1 << bit) + 1]);
    }
    edges.extend([u128::MAX - 1, u128::MAX]);
    // An interpreter gets a sample: it looks for undefined behaviour, not for the answer.
    let edges = edges.into_iter().step_by(if cfg!(miri) { 20 } else { 1 }).collect::<Vec<_>>();
    for &x in &edges {
        for &y in &edges {
            for &a in &edges {
                compare(x, y, a);
            }
        }
    }
}

/// Source: Uniswap v2-core, `UniswapV2Pair.spec.ts`, "price{0,1}CumulativeLast".
#[test]
fn accumulators_reproduce_the_published_vectors() {
    for accumulate in [reference::accumulate, scalar::accumulate] {
        let one = accumulate(&U256::zero(), 3 * E18, 3 * E18, 1).unwrap();
        assert_eq!(one, U256::one() << 112);
        let ten = accumulate(&one, 3 * E18, 3 * E18, 9).unwrap();
        assert_eq!(ten, U256::from(10) << 112);
        let grown = |x, y| accumulate(&ten, x, y, 10).map(|sum| sum.to_string());
        let (x, y) = (6 * E18, 2 * E18);
        assert_eq!(grown(x, y).unwrap(), "69230624780464368380406617722934610");
        assert_eq!(grown(y, x).unwrap(), "207691874341393105141219853168803840");
        assert_eq!(accumulate(&U256::MAX, 1, 1, 1), Some((U256::one() << 112) - 1));
        assert_eq!(accumulate(&U256::MAX, 0, 1, 1), None);
    }
}

fn compare(x: u128, y: u128, a: u128) {
    for (kept, scale) in FEES {
        let expected = reference::exact_in_floor(x, y, a, kept, scale);
        assert_eq!(scalar::exact_in_floor(x, y, a, kept, scale), expected, "in {x} {y} {a} {kept}");
        assert_eq!(
            float::exact_in_floor(x, y, a, kept, scale),
            expected,
            "float {x} {y} {a} {kept}"
        );
        let asked = reference::exact_out_ceil(x, y, a, kept, scale);
        assert_eq!(scalar::exact_out_ceil(x, y, a, kept, scale), asked, "out {x} {y} {a} {kept}");
        assert_eq!(float::exact_out_ceil(x, y, a, kept, scale), asked, "float {x} {y} {a} {kept}");
        let router = reference::exact_out_plus_one(x, y, a, kept, scale);
        assert_eq!(scalar::exact_out_plus_one(x, y, a, kept, scale), router, "+1 {x} {y} {a}");
        // v2's router never asks for less than the pair, and for one unit more at most.
        if let Some((asked, router)) = asked.zip(router) {
            assert!(router.checked_sub(asked).is_some_and(|more| more < 2), "{x} {y} {a} {kept}");
        }
        let swapped = reference::swap_exact_in(x, y, a, kept, scale);
        assert_eq!(scalar::swap_exact_in(x, y, a, kept, scale), swapped, "swap {x} {y} {a} {kept}");
        if let Some((out, [x1, y1])) = swapped.filter(|_| kept <= scale) {
            assert_eq!((x1.checked_sub(x), y.checked_sub(y1)), (Some(a), Some(out)));
            assert!(reference::keeps_k(x, y, a, out, (kept, scale)), "k {x} {y} {a} {kept}");
        }
        compare_both([x, y], [a, a >> 3], [a >> 7, a], ([kept, scale], scale));
        let left = y.saturating_sub(expected.unwrap_or(1));
        compare_both([x, y], [x, left], [a, 0], ([kept, kept], scale));
        for out in expected.into_iter().flat_map(|out| [out, out.saturating_add(1)]) {
            assert_eq!(
                scalar::keeps_k(x, y, a, out, (kept, scale)),
                reference::keeps_k(x, y, a, out, (kept, scale)),
                "k {x} {y} {a} {out} {kept}"
            );
        }
    }
    assert_eq!(scalar::price_floor(x, y), reference::price_floor(x, y), "{x} {y}");
    let sum = U256([0, u64::MAX, 7, u64::MAX]).saturating_add(U256::from(a));
    for elapsed in [0, 1, 12, u32::MAX] {
        let expected = reference::accumulate(&sum, x, y, elapsed);
        assert_eq!(scalar::accumulate(&sum, x, y, elapsed), expected, "{x} {y} {sum} {elapsed}");
    }
    assert_eq!(scalar::mul_div_floor(x, y, a), reference::mul_div_floor(x, y, a), "{x} {y} {a}");
    assert_eq!(scalar::mul_div_ceil(x, y, a), reference::mul_div_ceil(x, y, a), "{x} {y} {a}");
}

fn compare_both(r: [u128; 2], left: [u128; 2], paid: [u128; 2], (kept, scale): ([u32; 2], u32)) {
    assert_eq!(
        scalar::keeps_k_both(r, left, paid, kept, scale),
        reference::keeps_k_both(r, left, paid, kept, scale),
        "both {r:?} {left:?} {paid:?} {kept:?} {scale}"
    );
}

/// One number that is too long for the fast path is enough to leave it, and so are several.
#[test]
fn any_long_number_of_a_pair_is_noticed() {
    for set in 0..64_u32 {
        let [r0, r1, left0, left1, in0, in1] =
            [0, 1, 2, 3, 4, 5].map(|place| if set >> place & 1 == 1 { u128::MAX } else { 7 });
        compare_both([r0, r1], [left0, left1], [in0, in1], ([997, 1000], 1000));
    }
}

/// A number whose length is uniform, so that dust and whales both occur.
fn magnitude() -> impl Strategy<Value = u128> {
    (any::<u128>(), 0..=128_u32).prop_map(|(bits, shift)| bits.checked_shr(shift).unwrap_or(0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 5 } else { 20_000 }))]

    #[test]
    fn scalar_equals_reference(x in magnitude(), y in magnitude(), a in magnitude()) {
        compare(x, y, a);
    }

    #[test]
    fn scalar_equals_reference_for_any_fee(
        x in magnitude(), y in magnitude(), a in magnitude(), kept: u32, scale: u32,
    ) {
        prop_assert_eq!(
            scalar::exact_in_floor(x, y, a, kept, scale),
            reference::exact_in_floor(x, y, a, kept, scale)
        );
        prop_assert_eq!(
            scalar::exact_out_ceil(x, y, a, kept, scale),
            reference::exact_out_ceil(x, y, a, kept, scale)
        );
        compare_both([x, y], [a, a >> 64], [a >> 64, a], ([kept, kept >> 1], scale));
        // With nothing on the way back, both legs are judged as one is.
        if kept <= scale {
            let out = reference::exact_in_floor(x, y, a, kept, scale).unwrap_or(y);
            for out in [out, out.saturating_add(1)] {
                let Some(left) = y.checked_sub(out) else { continue };
                prop_assert_eq!(
                    reference::keeps_k_both([x, y], [x, left], [a, 0], [kept, kept], scale),
                    reference::keeps_k(x, y, a, out, (kept, scale))
                );
            }
        }
        prop_assert_eq!(
            scalar::keeps_k(x, y, a, y >> 1, (kept, scale)),
            reference::keeps_k(x, y, a, y >> 1, (kept, scale))
        );
    }
}

/// Quotes of one market beside each other: dust and whales, exact divisions, more than there is.
#[test]
fn batches_equal_reference_for_each_instruction_set() {
    let numbers = |seed: u128| {
        (1..=300_u128).map(move |i| {
            let bits = i.wrapping_mul(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            bits >> (16 + bits % 112)
        })
    };
    let [x, y, amounts] = [3, 5, 7].map(|seed| numbers(seed).collect::<Vec<_>>());
    let fees = numbers(11).map(|bits| FEES[usize::try_from(bits % 7).unwrap()]);
    let fees = fees.map(|(kept, scale)| [kept, scale]).collect::<Vec<_>>();
    for isa in Isa::available() {
        // An interpreter gets a sample.
        for count in (0..=64).chain([255, 256, 257, 300]).step_by(if cfg!(miri) { 33 } else { 1 }) {
            let quotes = Quotes::new(
                &x[..count],
                &y[..count],
                &amounts[..count],
                Fees::Each(&fees[..count]),
            );
            let mut answers = vec![7; count];
            quotes.unwrap().exact_in_floor(isa, &mut answers).unwrap();
            for place in 0..count {
                let [kept, scale] = fees[place];
                let expected =
                    reference::exact_in_floor(x[place], y[place], amounts[place], kept, scale);
                assert_eq!(answers[place], expected.unwrap_or(NONE), "{} {place}", isa.name());
            }
        }
    }
}
