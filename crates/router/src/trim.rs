//! Taking back what a plan pays too much.

use std::collections::HashMap;

use cenote_pool::{Amount, Market, Step, TokenId};

/// Lets the steps of a plan buy no more than the later ones and `wanted` of the last token need, and
/// pay the least that this costs; steps that are not needed go. What the plan then needs of
/// `token_in`, and buys of `token_out`.
///
/// A plan that uses a pool twice, or that goes round, stays as it is: what a step costs there depends on the others.
pub(crate) fn trim(
    market: &Market,
    steps: &mut Vec<Step>,
    (token_in, token_out): (TokenId, TokenId),
    wanted: Amount,
) -> Option<(Amount, Amount)> {
    let mut pools = steps.iter().map(|step| step.pool).collect::<Vec<_>>();
    pools.sort_unstable();
    let goes_round = steps.iter().any(|step| step.token_out == token_in || step.token_in == token_out);
    if goes_round || pools.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return None;
    }
    // What is bought of each token beyond what is needed; negative never, for a plan that executes.
    let mut spare: HashMap<TokenId, Amount> = HashMap::new();
    for step in steps.iter() {
        let bought = spare.entry(step.token_out).or_default();
        *bought = bought.checked_add(step.amount_out)?;
    }
    for step in steps.iter().filter(|step| step.token_in != token_in) {
        let bought = spare.get_mut(&step.token_in)?;
        *bought = bought.checked_sub(step.amount_in)?;
    }
    let last = spare.get_mut(&token_out)?;
    *last = last.checked_sub(wanted)?;
    let mut paid = Amount::ZERO;
    for step in steps.iter_mut().rev() {
        let extra = spare.get(&step.token_out).copied().unwrap_or_default().min(step.amount_out);
        let amount_out = step.amount_out.checked_sub(extra)?;
        let (amount_in, amount_out) = if amount_out.is_zero() {
            (Amount::ZERO, Amount::ZERO)
        } else {
            let pool = market.pool(step.pool).ok()?;
            let direction = pool.direction(step.token_in).ok()?;
            let least = pool.fill_exact_out(direction, amount_out).ok()?;
            let fill = pool.fill_exact_in(direction, least.amount_in).ok()?;
            (fill.amount_in, fill.amount_out)
        };
        let extra = step.amount_out.checked_sub(amount_out)?;
        let saved = step.amount_in.checked_sub(amount_in)?;
        *spare.get_mut(&step.token_out)? = spare.get(&step.token_out)?.checked_sub(extra)?;
        if step.token_in == token_in {
            paid = paid.checked_add(amount_in)?;
        } else {
            let bought = spare.get_mut(&step.token_in)?;
            *bought = bought.checked_add(saved)?;
        }
        (step.amount_in, step.amount_out) = (amount_in, amount_out);
    }
    steps.retain(|step| !step.amount_in.is_zero());
    let bought = spare.get(&token_out)?.checked_add(wanted)?;
    Some((paid, bought))
}
