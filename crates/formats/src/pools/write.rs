//! A market as pools.csv.

use std::io::Write;

use cenote_pool::{Direction, Market, Pool, PoolId, Reserves};

use crate::write::{Lines, WriteError, put_amount, put_number, put_text};

/// What [`write_pools`] writes.
const HEADER: &str = "pool,token0,token1,reserve0,reserve1,fee_pips,total_supply,\
                      decimals0,decimals1,symbol0,symbol1";

/// Writes a market as pools.csv, and gives the output back.
///
/// A market that [`read_pools`] made reads back equal. In another one, tokens without a pool are
/// not written, tokens change places if pools do not name them in order, and an empty symbol
/// becomes an unknown one. Symbols and identifiers are written as they are, also where a
/// spreadsheet would take them for formulas: import such a file as text.
///
/// # Errors
///
/// [`WriteError`]: `Symbol`, `Io`.
pub fn write_pools<W: Write>(market: &Market, output: W) -> Result<W, WriteError> {
    let mut lines = Lines::new(output, HEADER);
    for (id, pool) in market.pools_with_id() {
        write_pool(&mut lines, market, id, pool)?;
    }
    Ok(lines.finish()?)
}

fn write_pool<W: Write>(
    lines: &mut Lines<W>,
    market: &Market,
    id: PoolId,
    pool: &Pool,
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
    line.push(b',');
    put_number(line, pool.fee(Direction::ZeroForOne).pips().into());
    line.push(b',');
    if let Some(total) = pool.total_shares() {
        put_number(line, total.get());
    }
    for token in tokens {
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
    Ok(lines.end()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NO_OPTIONS, real_file};
    use crate::{FormatError, PoolsOptions, read_pools};
    use cenote_pool::{Fee, Label};

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
