//! A market as pools.csv.

use std::io::{self, Write};

use cenote_pool::{Direction, History, Market, Pool, PoolId, Product, Reserves, TokenId};
use primitive_types::U256;

use super::history::HISTORY_NAMES;
use super::state_block::{STATE_BLOCK_NAMES, StateBlock};
use crate::write::{Lines, WriteError, put_amount, put_number, put_text};

/// Writes a market as pools.csv, and gives the output back.
///
/// A market that [`read_pools`](crate::read_pools) made reads back equal. In another one, tokens
/// without a pool are not written, tokens change places if pools do not name them in order, and
/// an empty symbol becomes an unknown one. Symbols and identifiers are written as they are, also
/// where a spreadsheet would take them for formulas: import such a file as text.
///
/// The columns of pasts are there where the market knows any, and a fee for each direction where
/// some pool has two different ones.
///
/// # Errors
///
/// [`WriteError`]: `Symbol`, `Io`.
pub fn write_pools<W: Write>(market: &Market, output: W) -> Result<W, WriteError> {
    write_rows(market, output, None)
}

/// [`write_pools`] with the block at whose end the market was so, in the columns `state_block` and
/// `state_hash` of each row, for [`read_pools_of_block`](crate::read_pools_of_block).
///
/// # Errors
///
/// [`WriteError`]: `Symbol`, `Io`.
pub fn write_pools_of_block<W: Write>(
    market: &Market,
    block: &StateBlock,
    output: W,
) -> Result<W, WriteError> {
    write_rows(market, output, Some(block))
}

fn write_rows<W: Write>(
    market: &Market,
    output: W,
    block: Option<&StateBlock>,
) -> Result<W, WriteError> {
    let form = Form::of(market);
    let mut header = form.header();
    let mut tail = Vec::new();
    if let Some(block) = block {
        for name in STATE_BLOCK_NAMES {
            header.push(',');
            header.push_str(name);
        }
        block.put(&mut tail)?;
    }
    let mut lines = Lines::new(output, &header);
    for (id, pool) in market.pools_with_id() {
        write_pool(&mut lines, form, market, (id, pool))?;
        lines.rest().extend_from_slice(&tail);
        lines.end()?;
    }
    Ok(lines.finish()?)
}

/// Which columns a market needs.
#[derive(Debug, Clone, Copy)]
struct Form {
    fees: FeeForm,
    past: PastForm,
}

/// The columns of fees.
#[derive(Debug, Clone, Copy)]
enum FeeForm {
    One,
    EachDirection,
}

/// The columns of pasts.
#[derive(Debug, Clone, Copy)]
enum PastForm {
    None,
    All,
}

impl Form {
    fn of(market: &Market) -> Self {
        let differ = |pool: &Pool| {
            let [fee0, fee1] = Direction::BOTH.map(|direction| pool.fee(direction));
            fee0 != fee1
        };
        let fees =
            if market.pools().iter().any(differ) { FeeForm::EachDirection } else { FeeForm::One };
        let past = if market.has_histories() { PastForm::All } else { PastForm::None };
        Self { fees, past }
    }

    fn header(self) -> String {
        let fees = match self.fees {
            FeeForm::One => "fee_pips",
            FeeForm::EachDirection => "fee0_pips,fee1_pips",
        };
        let mut header = format!("pool,token0,token1,reserve0,reserve1,{fees},total_supply");
        if let PastForm::All = self.past {
            for name in HISTORY_NAMES {
                header.push(',');
                header.push_str(name);
            }
        }
        header.push_str(",decimals0,decimals1,symbol0,symbol1");
        header
    }
}

/// Writes the columns of a pool, and does not end the line.
fn write_pool<W: Write>(
    lines: &mut Lines<W>,
    form: Form,
    market: &Market,
    (id, pool): (PoolId, &Pool),
) -> Result<(), WriteError> {
    let line = lines.begin();
    let tokens = [pool.token0(), pool.token1()];
    line.extend_from_slice(market.pool_name(id).as_bytes());
    for token in tokens {
        line.push(b',');
        line.extend_from_slice(market.token_name(token).as_bytes());
    }
    let Reserves { reserve0, reserve1 } = pool.reserves();
    for reserve in [reserve0, reserve1] {
        line.push(b',');
        put_amount(line, Some(reserve));
    }
    put_fees(line, form.fees, pool);
    line.push(b',');
    if let Some(total) = pool.total_shares() {
        put_number(line, total.get());
    }
    if let PastForm::All = form.past {
        put_history(line, &market.history(id))?;
    }
    put_labels(lines, market, tokens)
}

fn put_fees(line: &mut Vec<u8>, form: FeeForm, pool: &Pool) {
    let directions: &[Direction] = match form {
        FeeForm::One => &[Direction::ZeroForOne],
        FeeForm::EachDirection => &Direction::BOTH,
    };
    for direction in directions {
        line.push(b',');
        put_number(line, pool.fee(*direction).pips().into());
    }
}

/// Writes the columns of [`HISTORY_NAMES`].
fn put_history(line: &mut Vec<u8>, history: &History) -> io::Result<()> {
    let History { k_last, ts_last, price0_cum, price1_cum } = *history;
    for number in [k_last.map(Product::get), ts_last.map(U256::from), price0_cum, price1_cum] {
        line.push(b',');
        if let Some(number) = number {
            write!(line, "{number}")?;
        }
    }
    Ok(())
}

fn put_labels<W: Write>(
    lines: &mut Lines<W>,
    market: &Market,
    tokens: [TokenId; 2],
) -> Result<(), WriteError> {
    for token in tokens {
        let line = lines.rest();
        line.push(b',');
        if let Some(decimals) = market.label(token).and_then(|label| label.decimals) {
            put_number(line, decimals.into());
        }
    }
    for token in tokens {
        let line = lines.rest();
        line.push(b',');
        if let Some(symbol) = market.label(token).and_then(|label| label.symbol.as_deref()) {
            put_text(line, symbol);
            if symbol.contains(['\n', '\r', '\0']) || !lines.fits() {
                return Err(WriteError::Symbol { token });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NO_OPTIONS, Numbers, real_file};
    use crate::{FormatError, PoolsOptions, read_pools};
    use cenote_pool::{Amount, Fee, Fees, Label};

    fn read(text: &str) -> Result<Market, FormatError> {
        read_pools(text.as_bytes(), &NO_OPTIONS)
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let text = "pool,token0,token1,reserve0,reserve1,fee_pips,total_supply,symbol0,decimals1\n\
                    p,a,b,5192296858534827628530496329220095,1,999999,,\" =cmd|'\"\"x\"\", \",255\n\
                    q,c,a,0,0,0,,\u{202e}\u{1b}[2J,\nr,c,b,7,7,1,1000,,\ns,b,a,7,7,1,0,,\n";
        let market = read(text).unwrap();
        let written = write_pools(&market, Vec::new()).unwrap();
        assert_eq!(read_pools(&*written, &NO_OPTIONS).unwrap(), market);
        assert_eq!(write_pools(&market, Vec::new()).unwrap(), written);
    }

    /// A market of some pools; half of the markets know pasts, half have two fees in a pool.
    fn random_market(numbers: &mut Numbers) -> Market {
        let mut market = Market::new();
        let (pasts, two_fees) = (numbers.next(2), numbers.next(2));
        for at in 0..numbers.next(5) {
            let names = [format!("a{at}"), format!("b{at}")];
            let [token0, token1] = names.map(|name| market.add_token(&name).unwrap());
            let symbol = numbers.pick(&[None, Some("\"x\", y"), Some("\u{202e}")]);
            let decimals = numbers.pick(&[None, Some(0), Some(255)]);
            market.label_token(token1, Label { symbol: symbol.map(Into::into), decimals });
            let pips = [numbers.next(1_000_000), numbers.next(1_000_000)];
            let [fee0, fee1] = pips.map(|pips| Fee::from_pips(pips.try_into().unwrap()).unwrap());
            let fees = Fees::new(fee0, if two_fees == 0 { fee0 } else { fee1 });
            let some = |amount: Amount| amount.max(Amount::from_u64(1));
            let [reserve0, reserve1] = [some(numbers.amount()), some(numbers.amount())];
            let pool = Pool::new(token0, token1, fees)
                .and_then(|pool| pool.with_reserves(Reserves { reserve0, reserve1 }));
            let id = market.add_pool(&format!("p{at}"), pool.unwrap()).unwrap();
            if pasts == 1 {
                market.set_history(id, random_history(numbers)).unwrap();
            }
        }
        market
    }

    fn random_history(numbers: &mut Numbers) -> History {
        let [reserve0, reserve1] = [numbers.amount(), numbers.amount()];
        let [low, high] = [U256::from(reserve0), !U256::from(reserve1)];
        let sums = [None, Some(low), Some(high), Some(U256::MAX)];
        let (price0_cum, price1_cum) = (numbers.pick(&sums), numbers.pick(&sums));
        let product = Product::of(Reserves { reserve0, reserve1 });
        let k_last = numbers.pick(&[None, Some(Product::ZERO), Some(product)]);
        let ts_last = numbers.pick(&[None, Some(0), Some(7), Some(u32::MAX)]);
        History { price0_cum, price1_cum, k_last, ts_last }
    }

    #[test]
    fn random_markets_read_back_equal() {
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        for _ in 0..2_000 {
            let market = random_market(&mut numbers);
            let written = write_pools(&market, Vec::new()).unwrap();
            let read = read_pools(&*written, &NO_OPTIONS);
            assert_eq!(read.unwrap(), market, "{}", String::from_utf8(written).unwrap());
        }
    }

    #[test]
    fn columns_come_with_what_they_hold() {
        let header = |text: &str| {
            let written = write_pools(&read(text).unwrap(), Vec::new()).unwrap();
            String::from_utf8(written).unwrap().lines().next().unwrap().to_owned()
        };
        let plain = "pool,token0,token1,reserve0,reserve1,fee_pips,total_supply,\
                     decimals0,decimals1,symbol0,symbol1";
        assert_eq!(header("pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,1,3"), plain);
        let names = "pool,token0,token1,reserve0,reserve1,fee0_pips,fee1_pips";
        assert_eq!(header(&format!("{names},k_last\np,a,b,1,1,3,3,\n")), plain);
        assert_eq!(
            header(&format!("{names}\np,a,b,1,1,3,3\nq,a,b,1,1,3,4\n")),
            plain.replace("fee_pips", "fee0_pips,fee1_pips")
        );
        assert_eq!(
            header(&format!("{names},k_last\np,a,b,1,1,3,3,\nq,a,b,1,1,3,3,0\n")),
            plain.replace("total_supply,", "total_supply,k_last,ts_last,price0_cum,price1_cum,")
        );
    }

    #[test]
    fn a_symbol_that_fits_no_line_is_not_written() {
        for symbol in ["a\nb".to_owned(), "a\rb".into(), "a\0b".into(), "\"".repeat(600_000)] {
            let mut market =
                read("pool,token0,token1,reserve0,reserve1,fee_bps\np,a,b,1,1,30\n").unwrap();
            let token = market.token("b").unwrap();
            market.label_token(token, Label { symbol: Some(symbol.into()), decimals: None });
            let refused = write_pools(&market, Vec::new());
            assert!(matches!(refused, Err(WriteError::Symbol { token: t }) if t == token));
        }
    }

    #[test]
    fn real_pools_are_read_and_written() {
        let default_fee = Some(Fee::UNISWAP_V2);
        let names = [
            "pools_2020/pools.csv",
            "pools_2023/pools_A_uniswap_sushi.csv",
            "pools_2023/pools_B_five_venues.csv",
            "pools_2023/pools_C_forks.csv",
            "pools_2024_block_20440688/pools.csv",
        ];
        for name in names {
            let Some(text) = real_file(name) else { continue };
            let needs_default = name.contains("_B_") || name.contains("_C_");
            let market = read_pools(&*text, &NO_OPTIONS);
            assert_eq!(market.is_err(), needs_default, "{name}");
            let options = PoolsOptions { default_fee, ..NO_OPTIONS };
            let market = read_pools(&*text, &options).expect(name);
            assert_eq!(market.pools().len(), text.split(|byte| *byte == b'\n').count() - 2);
            if name == "pools_2020/pools.csv" {
                let empty = market.pools().iter().filter(|pool| pool.is_empty()).count();
                assert_eq!((market.pools().len(), empty), (10_909, 70));
            }
            let written = write_pools(&market, Vec::new()).unwrap();
            assert_eq!(read_pools(&*written, &NO_OPTIONS).unwrap(), market, "{name}");
        }
    }
}
