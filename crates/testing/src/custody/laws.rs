//! The numbered laws of custody, in one table.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "512-bit sums of as many numbers of 128 bits as there are customers and pools"
)]

use primitive_types::U512;

use super::{Act, Books, Custody, FOUNDINGS, Founding, House, TRADERS, TextbookCustody};
use crate::laws::{shares_keep_value, something_stays};
use crate::property::Property;
use crate::violation::{Law, Violation, equal, holds};

type Judged = Result<(), Violation>;

/// The laws as they judge Cenote's own exchange.
pub const LAWS: &[Property<[Act]>] = &table::<House>();

/// Writes the table: a number, the function that judges it, and what it says.
macro_rules! table {
    ($($id:literal $judge:path: $statement:literal,)*) => {
        /// How many laws there are.
        const COUNT: usize = [$($id),*].len();

        /// The laws as they judge an exchange of any kind.
        pub const fn table<C: Custody>() -> [Property<[Act]>; COUNT] {
            [$(Property::new($id, $statement, $judge)),*]
        }
    };
}

table! {
    "C1w" c1w::<C>: "of each token, wallets and pools hold together what was issued, and no act changes that",
    "C2" c2::<C>: "an act takes from its actor at most what the actor has",
    "C3" c3::<C>: "an act lowers nobody's balance or shares but its actor's",
    "C4" c4::<C>: "sending to oneself, or sending nothing, changes nothing",
    "C5" c5::<C>: "a pool has two different tokens",
    "L7w" l7w::<C>: "the shares in wallets and the 1,000 locked ones are all there are",
    "V1" v1::<C>: "no act lowers x y / S^2 of a pool, nor empties it",
    "T1w" t1w::<C>: "an act that is refused changes nothing",
    "T2" t2::<C>: "two acts that touch nothing in common may change places",
    "T6" t6::<C>: "limits hold of what was really moved",
    "B4w" b4w::<C>: "afterwards everybody can redeem everything",
    "E1" e1::<C>: "an act is done if and only if the textbook's exchange does it, and moves as much",
}

/// One act, what was before and after it, and whether it happened.
struct Deed<'a> {
    act: &'a Act<u128>,
    before: &'a Books,
    after: &'a Books,
    done: bool,
}

/// Runs acts at a new exchange of each founding, and judges each deed.
fn each_deed<C: Custody>(acts: &[Act], judge: impl Fn(&Deed<'_>) -> Judged) -> Judged {
    FOUNDINGS.iter().try_for_each(|founding| {
        let Some(mut custody) = C::open(founding) else {
            return unopened(founding);
        };
        let mut before = custody.books();
        for act in acts {
            let act = act.resolve(&before);
            let done = custody.act(&act);
            let after = custody.books();
            judge(&Deed { act: &act, before: &before, after: &after, done })?;
            before = after;
        }
        Ok(())
    })
}

fn unopened(founding: &Founding) -> Judged {
    holds(("T7", "an exchange can be opened"), false, founding.balance)
}

fn total(units: impl Iterator<Item = u128>) -> U512 {
    units.fold(U512::zero(), |sum, units| sum + U512::from(units))
}

/// What the pools hold of a token.
fn in_pools(books: &Books, token: usize) -> U512 {
    let reserves = books.pools.iter().flat_map(|pool| {
        let reserves = [pool.state.reserve0, pool.state.reserve1];
        pool.tokens.into_iter().zip(reserves)
    });
    total(reserves.filter(|(of, _)| *of == token).map(|(_, reserve)| reserve))
}

fn c1w<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        for (token, issued) in deed.after.issued.iter().enumerate() {
            let wallets = total((0..TRADERS).map(|trader| deed.after.balance(trader, token)));
            let law = ("C1w", "wallets + pools = issued");
            equal(law, wallets + in_pools(deed.after, token), *issued)?;
        }
        holds(("C1w", "no act issues"), deed.before.issued == deed.after.issued, 0)
    })
}

/// What an act takes from its actor's wallet: tokens and units. What a pool asks is seen in its
/// reserves.
fn taken(deed: &Deed<'_>) -> [(usize, u128); 2] {
    let reserve = |books: &Books, pool: u8, at: usize| {
        let pool = books.pools.get(usize::from(pool));
        pool.map_or(0, |pool| {
            [pool.state.reserve0, pool.state.reserve1].into_iter().nth(at).unwrap_or(0)
        })
    };
    let none = (usize::MAX, 0);
    match deed.act {
        Act::Sell { hop, amount_in, .. } => [(deed.before.tokens(*hop)[0], *amount_in), none],
        Act::SellTwice { hops, amount_in, .. } => {
            [(deed.before.tokens(hops[0])[0], *amount_in), none]
        }
        Act::Buy { hop, .. } => {
            let [x, x_after] = [deed.before, deed.after].map(|books| books.oriented(*hop)[0]);
            [(deed.before.tokens(*hop)[0], x_after.saturating_sub(x)), none]
        }
        Act::Deposit { pool, .. } => [0, 1].map(|at| {
            let token = deed.before.pools.get(usize::from(*pool)).map(|pool| pool.tokens);
            let token = token.and_then(|tokens| tokens.into_iter().nth(at)).unwrap_or(usize::MAX);
            let [x, x_after] = [deed.before, deed.after].map(|books| reserve(books, *pool, at));
            (token, x_after.saturating_sub(x))
        }),
        Act::Send { token, amount, .. } => [((*token).into(), *amount), none],
        Act::Redeem { .. } | Act::Open { .. } => [none; 2],
    }
}

fn c2<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        let Some(by) = deed.act.by().filter(|_| deed.done) else {
            return Ok(());
        };
        holds(("C2", "only customers act"), by < TRADERS, 0)?;
        for (token, units) in taken(deed) {
            let held = deed.before.balance(by, token);
            holds(("C2", "taken <= held"), units <= held, units)?;
        }
        match deed.act {
            Act::Redeem { pool, shares, .. } => {
                let held = deed.before.claim(by, (*pool).into());
                holds(("C2", "shares given up <= shares held"), *shares <= held, *shares)
            }
            _ => Ok(()),
        }
    })
}

fn c3<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        let (before, after) = (deed.before, deed.after);
        for trader in (0..TRADERS).filter(|trader| Some(*trader) != deed.act.by()) {
            for token in 0..before.issued.len() {
                let [was, is] = [before, after].map(|books| books.balance(trader, token));
                holds(("C3", "no other balance falls"), was <= is, was)?;
                let moved = was != is && deed.act.to() != Some(trader);
                holds(("C3", "no other balance moves"), !moved, was)?;
            }
            for pool in 0..before.pools.len() {
                let [was, is] = [before, after].map(|books| books.claim(trader, pool));
                holds(("C3", "nobody else's shares change"), was == is, was)?;
            }
        }
        let touched = deed.act.pools();
        for (at, was) in before.pools.iter().enumerate() {
            let same = touched.contains(&Some(at)) || after.pools.get(at) == Some(was);
            holds(("C3", "no other pool changes"), same, was.state.reserve0)?;
        }
        Ok(())
    })
}

fn c4<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| match deed.act {
        Act::Send { by, to, amount, .. } if by == to || *amount == 0 => {
            holds(("C4", "nothing changes"), deed.before == deed.after, *amount)
        }
        _ => Ok(()),
    })
}

fn c5<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        let alike = deed.after.pools.iter().find(|pool| pool.tokens[0] == pool.tokens[1]);
        holds(("C5", "two different tokens"), alike.is_none(), 0)
    })
}

fn l7w<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        for (at, pool) in deed.after.pools.iter().enumerate() {
            let all = pool.state.total_shares;
            let held = total((0..TRADERS).map(|trader| deed.after.claim(trader, at)));
            let law = ("L7w", "shares held + 1000 = S");
            equal(law, held + U512::from(all.min(1000)), all)?;
        }
        Ok(())
    })
}

fn v1<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        for (was, is) in deed.before.pools.iter().zip(&deed.after.pools) {
            if 0 < was.state.total_shares {
                shares_keep_value("V1", &was.state, &is.state)?;
                something_stays("V1", &is.state)?;
            }
        }
        Ok(())
    })
}

fn t1w<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        let same = deed.done || deed.before == deed.after;
        holds(("T1w", "what is refused changes nothing"), same, 0)
    })
}

/// What an act may read or write: whose, of which token or pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Coins(usize, usize),
    Shares(usize, usize),
    Pool(usize),
    Pools,
}

fn footprint(books: &Books, act: &Act<u128>) -> Vec<Mark> {
    let mut marks = act.pools().into_iter().flatten().map(Mark::Pool).collect::<Vec<_>>();
    let tokens = |pool: usize| books.pools.get(pool).map_or([usize::MAX; 2], |pool| pool.tokens);
    for pool in act.pools().into_iter().flatten() {
        let coins = tokens(pool).map(|token| Mark::Coins(act.by().unwrap_or(usize::MAX), token));
        marks.extend(coins);
        marks.push(Mark::Shares(act.by().unwrap_or(usize::MAX), pool));
    }
    match act {
        Act::Send { token, .. } => {
            let of = [act.by(), act.to()].into_iter().flatten();
            marks.extend(of.map(|trader| Mark::Coins(trader, (*token).into())));
        }
        // It makes the pool of the next place, of which others may have spoken already.
        Act::Open { .. } => marks.extend([Mark::Pools, Mark::Pool(books.pools.len())]),
        _ => {}
    }
    marks
}

/// The last two acts, in both orders, after all others.
fn t2<C: Custody>(acts: &[Act]) -> Judged {
    let Some((last, [earlier @ .., first])) = acts.split_last() else {
        return Ok(());
    };
    FOUNDINGS.iter().try_for_each(|founding| {
        let ordered = |swapped: bool| {
            let mut custody = C::open(founding)?;
            for act in earlier {
                let act = act.resolve(&custody.books());
                custody.act(&act);
            }
            let books = custody.books();
            let acts = [first.resolve(&books), last.resolve(&books)];
            let marks = acts.map(|act| footprint(&books, &act));
            let [one, other] = if swapped { [acts[1], acts[0]] } else { acts };
            let done = [custody.act(&one), custody.act(&other)];
            let done = if swapped { [done[1], done[0]] } else { done };
            let apart = marks[0].iter().all(|mark| !marks[1].contains(mark));
            Some((apart, done, custody.books()))
        };
        match (ordered(false), ordered(true)) {
            (Some((apart, ..)), Some(_)) if !apart => Ok(()),
            (Some(one), Some(other)) => {
                holds(("T2", "either order gives the same"), one == other, 0)
            }
            _ => unopened(founding),
        }
    })
}

/// Whether what somebody had of a token, less what was paid, grew by at least `least`.
fn grew(deed: &Deed<'_>, law: Law, (by, token): (usize, usize), paid: u128, least: u128) -> Judged {
    let [was, is] = [deed.before, deed.after].map(|books| U512::from(books.balance(by, token)));
    let due = was + U512::from(least);
    holds(law, due <= is + U512::from(paid), least)
}

fn t6<C: Custody>(acts: &[Act]) -> Judged {
    each_deed::<C>(acts, |deed| {
        let Some(by) = deed.act.by().filter(|_| deed.done) else {
            return Ok(());
        };
        let fell = |token: usize| {
            let [was, is] = [deed.before, deed.after].map(|books| books.balance(by, token));
            was.checked_sub(is)
        };
        match deed.act {
            Act::Sell { hop, amount_in, least, .. } => {
                let [token_in, token_out] = deed.before.tokens(*hop);
                holds(("T6", "paid = asked"), fell(token_in) == Some(*amount_in), *amount_in)?;
                grew(deed, ("T6", "given >= least"), (by, token_out), 0, *least)
            }
            Act::SellTwice { hops, amount_in, least, .. } => {
                let token_in = deed.before.tokens(hops[0])[0];
                let token_out = deed.before.tokens(hops[1])[1];
                let paid = if token_in == token_out { *amount_in } else { 0 };
                grew(deed, ("T6", "given >= least"), (by, token_out), paid, *least)
            }
            Act::Buy { hop, amount_out, most, .. } => {
                let [token_in, token_out] = deed.before.tokens(*hop);
                let within = fell(token_in).is_some_and(|cost| cost <= *most);
                holds(("T6", "paid <= most"), within, *most)?;
                grew(deed, ("T6", "given = asked"), (by, token_out), 0, *amount_out)
            }
            Act::Deposit { pool, most, least, .. } => {
                for ((_, units), most) in taken(deed).into_iter().zip(most) {
                    holds(("T6", "deposited <= most"), units <= *most, units)?;
                }
                let pool = usize::from(*pool);
                let [was, is] = [deed.before, deed.after].map(|books| books.claim(by, pool));
                let made = is.checked_sub(was);
                holds(("T6", "shares >= least"), made.is_some_and(|made| *least <= made), *least)
            }
            _ => Ok(()),
        }
    })
}

fn b4w<C: Custody>(acts: &[Act]) -> Judged {
    FOUNDINGS.iter().try_for_each(|founding| {
        let Some(mut custody) = C::open(founding) else {
            return unopened(founding);
        };
        for act in acts {
            let act = act.resolve(&custody.books());
            custody.act(&act);
        }
        let books = custody.books();
        let holders =
            (0..TRADERS).flat_map(|by| (0..books.pools.len()).map(move |pool| (by, pool)));
        for (by, pool) in holders {
            let shares = books.claim(by, pool);
            if shares == 0 {
                continue;
            }
            let (Ok(by), Ok(pool)) = (u8::try_from(by), u8::try_from(pool)) else {
                return Ok(());
            };
            let done = custody.act(&Act::Redeem { by, pool, shares });
            holds(("B4w", "nobody is refused"), done, shares)?;
        }
        let left = custody.books().pools.into_iter().map(|pool| pool.state.total_shares);
        let most = left.max().unwrap_or(0);
        holds(("B4w", "the locked shares stay, and no others"), most <= 1000, most)
    })
}

/// The other laws hold where nothing is ever done, and where nobody is paid; this one does not.
fn e1<C: Custody>(acts: &[Act]) -> Judged {
    FOUNDINGS.iter().try_for_each(|founding| {
        let (Some(mut custody), Some(mut book)) =
            (C::open(founding), TextbookCustody::open(founding))
        else {
            return unopened(founding);
        };
        let same = custody.books() == book.books();
        holds(("E1", "it opens with what was founded"), same, founding.balance)?;
        for act in acts {
            let act = act.resolve(&book.books());
            let done = [custody.act(&act), book.act(&act)];
            holds(("E1", "done if and only if due"), done[0] == done[1], 0)?;
            holds(("E1", "the books are the textbook's"), custody.books() == book.books(), 0)?;
        }
        Ok(())
    })
}
