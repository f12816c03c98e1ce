//! `cenote generate`

use std::fs;
use std::io::{self, Write};

use anyhow::{Context, Result, bail};
use cenote::{Orders, SwapWriter, Traffic, generate_market, write_pools};

use crate::Verdict;
use crate::args::Generate;
use crate::files::{self, Output, is_dash, read_market};
use crate::print::thousands;
use crate::progress::bar;

/// Traders of the traffic.
pub(crate) const TRADERS: u32 = 10_000;

/// Orders made at once.
pub(crate) const WINDOW: usize = 65_536;

pub(crate) fn run(args: &Generate) -> Result<Verdict> {
    if is_dash(&args.out) {
        bail!("--out names a folder, not stdout");
    }
    if args.over.is_none() {
        args.options.refuse("without --over")?;
    }
    let market = match (&args.over, args.pools) {
        (Some(path), _) => read_market(path, &args.options)?,
        (None, pools) => generate_market(pools.unwrap_or_default(), args.seed),
    };
    if args.swaps > 0 && market.pools().iter().all(cenote::Pool::is_empty) {
        bail!("no pool holds anything, so no swap can be made");
    }
    fs::create_dir_all(&args.out).with_context(|| files::name(&args.out))?;
    let (pools, swaps) = (args.out.join("pools.csv"), args.out.join("swaps.csv"));
    let inputs = args.over.as_deref();
    for output in [&pools, &swaps] {
        files::refuse_overwriting(output, inputs.as_slice())?;
    }
    let written =
        write_pools(&market, Output::create(&pools)?).with_context(|| files::name(&pools))?;

    let mut writer = SwapWriter::new(Output::create(&swaps)?);
    let mut traffic = Traffic::new(&market, TRADERS, args.seed);
    let (mut orders, mut traders) = (Orders::new(), Vec::new());
    let progress = bar(Some(args.swaps), "swaps");
    let mut left = args.swaps;
    while left > 0 {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(WINDOW);
        orders.clear();
        traders.clear();
        traffic.write(count, &mut orders, &mut traders);
        for (order, trader) in orders.iter().zip(&traders) {
            writer
                .write(&market, order, &format!("trader-{trader}"))
                .with_context(|| files::name(&swaps))?;
        }
        left = left.saturating_sub(u64::try_from(count).unwrap_or(left));
        progress.set_position(args.swaps.saturating_sub(left));
    }
    progress.finish_and_clear();
    let finished = writer.finish().with_context(|| files::name(&swaps))?;
    // Neither file appears before both are whole.
    written.finish()?;
    finished.finish()?;
    let pools = u64::try_from(market.pools().len()).unwrap_or_default();
    let (pools, swaps) = (thousands(pools), thousands(args.swaps));
    let folder = files::name(&args.out);
    // Both files are there whether or not somebody hears of it.
    let _: io::Result<()> =
        writeln!(io::stderr(), "wrote {pools} pools and {swaps} swaps to {folder}");
    Ok(Verdict::Good)
}
