//! Writes the seeds that are not text, anew: `cargo run -p cenote-fuzz --example seeds`.
//!
//! Each is a known attack, or one of every operation. They are bytes as `cenote_testing::inputs`
//! and the targets read them; those of the text targets are written by hand.

use std::path::Path;
use std::{fs, io};

/// 2^112 - 1.
const MAX: u128 = (1 << 112) - 1;

/// Uniswap v2's fee.
const V2: &[u8] = &[64];

/// No fee.
const FREE: &[u8] = &[0];

/// A number of units.
fn units(number: u128) -> Vec<u8> {
    let [low @ .., _, _] = number.to_le_bytes();
    // 14 bytes, whatever the number.
    [vec![13], low.to_vec()].concat()
}

/// A quantity of this many units.
fn exactly(number: u128) -> Vec<u8> {
    [vec![160], units(number)].concat()
}

/// A quantity of so many 65,536ths.
fn part(of: u16) -> Vec<u8> {
    [vec![0], of.to_le_bytes().to_vec()].concat()
}

const ALL: &[u8] = &[120];
const TOO_MUCH: &[u8] = &[152];

fn swap_in(amount: &[u8]) -> Vec<u8> {
    [&[0], amount].concat()
}

/// In the other direction.
fn swap_back(amount: &[u8]) -> Vec<u8> {
    [&[128], amount].concat()
}

fn swap_out(amount: &[u8]) -> Vec<u8> {
    [&[5], amount].concat()
}

fn mint(amount0: &[u8], amount1: &[u8]) -> Vec<u8> {
    [&[9], amount0, amount1].concat()
}

fn burn(shares: &[u8]) -> Vec<u8> {
    [&[13], shares].concat()
}

/// A first deposit of as much of both tokens.
fn found(amount: u128) -> Vec<u8> {
    mint(&exactly(amount), &exactly(amount))
}

/// Attacks on one pool by swaps, by their numbers where they have one.
fn swap_attacks() -> Vec<(&'static str, Vec<u8>)> {
    let (one, tiny) = (exactly(1), exactly(7));
    let full = [&found(MAX)[..], &swap_in(&one), &swap_back(&tiny), &burn(ALL)].concat();
    let uneven = mint(&exactly(1 << 100), &exactly(1001));
    let whale = swap_in(&exactly(1 << 90));
    let drained = [found(1 << 60), whale.repeat(4), swap_out(&one).repeat(8), swap_back(ALL)];
    let round = [swap_in(&part(9_000)), swap_back(ALL)].concat();
    let dear = [found(1 << 70), swap_in(&part(30_000)), swap_out(&part(65_535)), burn(ALL)];
    vec![
        ("05_full_reserve", [V2, &full].concat()),
        ("08_dust", [V2, &uneven, &swap_in(&one).repeat(20)].concat()),
        ("09_to_dust_and_back", [FREE, &drained.concat()].concat()),
        ("there_and_back", [V2, &found(1 << 50), &round.repeat(10)].concat()),
        ("nearly_all_fee", [&[144], &dear.concat()[..]].concat()),
    ]
}

/// Attacks on one pool by deposits and withdrawals.
fn share_attacks() -> Vec<(&'static str, Vec<u8>)> {
    let (none, one, tiny) = (exactly(0), exactly(1), exactly(7));
    let holds = mint(&part(999), &part(999));
    let micro = [found(10_000), holds, burn(&tiny).repeat(20)].concat();
    let victim = mint(&exactly(1_000_000), &exactly(1_000_000));
    let inflated = [found(1001), swap_in(&exactly(1 << 80)), victim, burn(ALL)].concat();
    let one_sided = [found(5000), mint(&none, &tiny), mint(&tiny, &none)].concat();
    let leaves = [burn(&part(65_535)), burn(TOO_MUCH), burn(ALL)].concat();
    let again = [burn(ALL), mint(&one, &one), mint(ALL, ALL), burn(ALL)].concat();
    vec![
        ("09_micro_burns", [FREE, &micro].concat()),
        ("14_first_deposits", [V2, &found(1000), &found(1001), &burn(ALL)].concat()),
        ("15_inflation", [V2, &inflated].concat()),
        ("18_one_sided", [V2, &one_sided].concat()),
        ("19_all_but_one", [V2, &found(5000), &mint(ALL, ALL), &leaves].concat()),
        ("20_founded_again", [V2, &found(1001), &mint(ALL, ALL), &again].concat()),
    ]
}

/// A case: a fee, a direction, reserves, shares, and two amounts.
fn case(fee: &[u8], reserves: [u128; 2], amounts: [u128; 2]) -> Vec<u8> {
    let [[x, y], [a, b]] = [reserves, amounts];
    [fee, &[0], &units(x), &units(y), &[0], &units(a), &units(b)].concat()
}

fn arithmetic() -> Vec<(&'static str, Vec<u8>)> {
    let million = 1_000_000;
    vec![
        ("plain", case(V2, [million, million << 3], [1000, 7000])),
        ("exact_division", case(&[192, 184, 11, 0], [997, 1000], [1000, 500])),
        ("01_nothing", case(V2, [million, million], [0, 0])),
        ("05_full", case(V2, [MAX, MAX], [1, MAX])),
        ("06_more_than_fits", case(FREE, [MAX, 1], [MAX, MAX])),
        ("07_root_of_the_largest", case(FREE, [MAX, MAX], [MAX, MAX])),
        ("08_dust", case(V2, [10_u128.pow(30), 1], [1, 1])),
        ("11_least_fee", case(&[128], [million, million], [1, 2])),
        ("12_extreme_ratio", case(V2, [1, MAX], [1, MAX])),
        ("nearly_all_fee", case(&[144], [million, million], [million, 1])),
    ]
}

/// One operation of each kind on an exchange, and some that must be refused.
fn exchange_ops() -> Vec<(String, Vec<u8>)> {
    let op = |kind: u8, places: [u8; 4], first: &[u8], second: &[u8]| {
        [&[kind], &places[..], first, second].concat()
    };
    // Of 21 kinds; no more than 16 fit a sequence.
    let half = part(32_768);
    let kinds = |from: u8| {
        (from..from.saturating_add(14))
            .map(|kind| op(kind, [9, 64, 10, 11], &half, &half))
            .collect::<Vec<_>>()
            .concat()
    };
    let mut seeds = Vec::new();
    for founding in 0..3_u8 {
        for from in [0, 7] {
            seeds.push((
                format!("kinds_from_{from}_founding_{founding}"),
                [vec![founding], kinds(from)].concat(),
            ));
        }
        let routes = [[255, 40, 41, 42], [255, 40, 40, 41], [130, 16, 40, 200]];
        let routes = routes.map(|places| {
            [13, 14, 15, 16].map(|kind| [op(kind, places, &half, ALL)].concat()).concat()
        });
        seeds.push((
            format!("routes_founding_{founding}"),
            [vec![founding], routes.concat()].concat(),
        ));
        let everybody =
            [17, 18, 19, 20].map(|kind| op(kind, [0, 64, 65, 66], ALL, TOO_MUCH)).concat();
        seeds.push((
            format!("too_much_founding_{founding}"),
            [vec![founding], everybody.repeat(4)].concat(),
        ));
    }
    seeds
}

/// What customers do: who (the lowest two bits of the second byte), at which pool (the next two)
/// and with which other place.
fn custody() -> Vec<(&'static str, Vec<u8>)> {
    let half = part(32_768);
    let act = |kind: u8, places: u8, quantities: &[u8]| [&[kind, places], quantities].concat();
    let both = [&half[..], &half].concat();
    let trades = [act(0, 17, &half), act(128, 17, ALL), act(3, 17, &half), act(5, 18, &half)];
    let provides = [act(7, 17, &both), act(8, 22, &both), act(10, 17, ALL), act(10, 16, &half)];
    let sends = [act(12, 17, &half), act(28, 16, ALL), act(44, 33, TOO_MUCH), act(12, 2, &half)];
    let opens = [act(15, 16, &[]), act(15, 0, &[]), act(15, 0x3c, &[])];
    let nobody = [0, 3, 5, 7, 10, 12].map(|kind| act(kind, 19, &both));
    vec![
        ("trades", trades.concat()),
        ("provides", provides.concat()),
        ("sends", sends.concat()),
        ("opens", opens.concat()),
        ("35_nobody_acts", nobody.concat()),
        ("of_all", [provides.concat(), trades.concat(), sends.concat()].concat()),
    ]
}

/// A pair's life, and stories of another one.
fn events() -> Vec<(&'static str, Vec<u8>)> {
    // The time, both fees of the pair, then reserves, fees, shares and `k_last` of the other.
    let reserves = [units(1_000_000), units(4_000_000)].concat();
    let known = [&[0, 200], ALL, ALL].concat();
    let pools = [&[1, 0, 0, 0], V2, &[0], &reserves, V2, &[0], ALL, &known].concat();
    let pays = |kind: u8, amount: &[u8]| [&[16, kind, 3], amount, amount].concat();
    let founds = pays(4, &exactly(1 << 60));
    let swaps = [&[16, 1, 0], &part(500)[..], &[0, 0, 0]].concat();
    let burns = [&[16, 13], &part(3000)[..]].concat();
    let story = |kind: u8, rest: &[u8]| [&[33, kind], rest, &[0]].concat();
    let sold = story(0, &[&[0], &part(600)[..], &[0]].concat());
    let made = story(4, &[&part(655)[..], &part(655), &[0, 0]].concat());
    let given = story(5, &[&part(900)[..], &[0, 0, 0, 0]].concat());
    let seen = story(7, &[part(40_000), part(20_000)].concat());
    let counts = [pays(6, &part(7)), pays(7, &part(7))].concat();
    let life = [&founds[..], &swaps.repeat(4), &burns, &counts, &founds];
    vec![
        ("life_of_a_pair", [&pools, &life.concat()[..]].concat()),
        ("stories", [&pools[..], &sold.repeat(3), &made, &given, &sold].concat()),
        ("both", [&pools[..], &founds, &swaps, &seen].concat()),
    ]
}

/// A triangle of pools, questions for its best paths, and a route that splits.
fn routes() -> Vec<(&'static str, Vec<u8>)> {
    let pool = |tokens: u8, x: u128, y: u128| [&[tokens], V2, &[0], &units(x), &units(y)].concat();
    let triangle = [
        vec![3],
        pool(0, 1000, 3_900_000),
        pool(4, 50_000, 200_000_000),
        pool(1, 80_000_000, 80_000_000),
        pool(0, 9, 7),
    ];
    let ask = |kind: u8| [&[0, kind, 0, 1, 0], &part(6_000)[..]].concat();
    let steps = [[0, 0, 0], [3, 0, 0]].map(|step| [&step[..], &part(30_000)].concat());
    let split = [&[200, 0, 1, 0], &part(6_000)[..], &[2], &steps.concat(), &[0]].concat();
    let order = [&[150, 0x32, 0, 0, 0, 128, 0, 0, 0], &part(6_000)[..]].concat();
    vec![
        ("one_pool_three_times", [triangle.concat(), order.repeat(4)].concat()),
        ("best_paths", [triangle.concat(), ask(2), ask(3), ask(4), ask(5)].concat()),
        ("a_split", [triangle.concat(), split.repeat(4)].concat()),
    ]
}

/// Everything that may be done to a fork, and every way to end one.
fn forks() -> Vec<(&'static str, Vec<u8>)> {
    let step =
        |kind: u8, place: u8, units: u32| [&[kind, place][..], &units.to_le_bytes()].concat();
    let [open, commit, undoable, undo, end] = [0, 2, 3, 4, 5].map(|kind| step(kind, 0, 0));
    let all = (6..16).flat_map(|kind| step(kind, 4, 1_000)).collect::<Vec<_>>();
    let nested = [&open[..], &open, &all, &end, &open, &all, &commit, &all, &commit];
    let undone = [&open[..], &all, &undoable, &open, &all, &undoable, &undo, &undo];
    vec![("nested", nested.concat()), ("undone", undone.concat())]
}

fn write(target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

fn main() -> io::Result<()> {
    for (target, seeds) in [
        ("pool_ops", swap_attacks()),
        ("pool_ops", share_attacks()),
        ("arithmetic", arithmetic()),
        ("canary", arithmetic()),
        ("custody", custody()),
        ("events", events()),
        ("forks", forks()),
        ("routes", routes()),
    ] {
        for (name, bytes) in seeds {
            write(target, name, &bytes)?;
        }
    }
    exchange_ops().into_iter().try_for_each(|(name, bytes)| write("exchange_ops", &name, &bytes))
}
