//! Files: read as streams, written whole or not at all.

use std::fs::{self, File, FileType};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cenote::{Market, Snapshots, read_pools};
use tempfile::NamedTempFile;

use crate::args::Pools;
use crate::print;

/// Whether a path means stdin or stdout.
pub(crate) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How an output is called in messages.
pub(crate) fn output_name(path: &Path) -> String {
    if is_dash(path) { "stdout".to_owned() } else { name(path) }
}

/// How a file is called in messages; hostile names are escaped.
pub(crate) fn name(path: &Path) -> String {
    if is_dash(path) { "stdin".to_owned() } else { print::printable_path(path) }
}

/// Opens a file to read, or stdin; with its length where that is known.
pub(crate) fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>)> {
    if is_dash(path) {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = File::open(path).with_context(|| name(path))?;
    let length = file.metadata().ok().filter(fs::Metadata::is_file).map(|file| file.len());
    Ok((Box::new(file), length))
}

/// Reads the market of a pools.csv.
pub(crate) fn read_market(path: &Path, options: &Pools) -> Result<Market> {
    let (input, _) = open(path)?;
    read_pools(input, &options.for_reader()).with_context(|| name(path))
}

/// Reads the market of a pools.csv that says of which block it is.
#[cfg(feature = "chain")]
pub(crate) fn read_market_of_block(path: &Path) -> Result<(Market, cenote::StateBlock)> {
    let (input, _) = open(path)?;
    let read = cenote::read_pools_of_block(input, &cenote::PoolsOptions::default());
    let (market, block) = read.with_context(|| name(path))?;
    let missing =
        || format!("{}: state_block and state_hash are not there, or no pool", name(path));
    Ok((market, block.with_context(missing)?))
}

/// Reads every state of a pools.csv.
pub(crate) fn read_snapshots(path: &Path, options: &Pools) -> Result<Snapshots> {
    let (input, _) = open(path)?;
    cenote::read_snapshots(input, &options.for_reader()).with_context(|| name(path))
}

/// Refuses to read two things from one stdin.
pub(crate) fn refuse_two_from_stdin(inputs: &[(&str, &Path)]) -> Result<()> {
    let mut dashes = inputs.iter().filter(|(_, path)| is_dash(path)).map(|(option, _)| option);
    if let (Some(first), Some(second)) = (dashes.next(), dashes.next()) {
        bail!("{first} and {second} cannot both be stdin");
    }
    Ok(())
}

/// A file that is there once it is finished, and not before.
#[derive(Debug)]
pub(crate) enum Output {
    /// Written beside its place and moved there when it is whole.
    File { temporary: BufWriter<NamedTempFile>, path: PathBuf },
    /// A device or a pipe, written as it is.
    Stream(BufWriter<File>),
    /// Stdout.
    Stdout(BufWriter<io::Stdout>),
}

impl Output {
    /// Begins a file; nothing is at `path` until [`finish`](Self::finish).
    pub(crate) fn create(path: &Path) -> Result<Self> {
        if is_dash(path) {
            return Ok(Self::Stdout(BufWriter::new(io::stdout())));
        }
        if let Ok(metadata) = fs::symlink_metadata(path) {
            let kind = metadata.file_type();
            if kind.is_symlink() {
                bail!("{}: is a symbolic link, which is not written through", name(path));
            }
            if kind.is_dir() {
                bail!("{}: is a directory", name(path));
            }
            if is_special(kind) {
                let stream = File::options().write(true).open(path);
                return Ok(Self::Stream(BufWriter::new(stream.with_context(|| name(path))?)));
            }
        }
        if !folder(path).is_dir() {
            bail!("{}: its folder does not exist", name(path));
        }
        let temporary = temporary_for(path).with_context(|| name(path))?;
        Ok(Self::File { temporary: BufWriter::new(temporary), path: path.to_owned() })
    }

    /// Puts the whole file in its place, on the disk.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::File { temporary, path } => {
                persist(temporary, &path).with_context(|| name(&path))
            }
            Self::Stream(mut stream) => Ok(stream.flush()?),
            Self::Stdout(mut stdout) => Ok(stdout.flush()?),
        }
    }
}

fn persist(temporary: BufWriter<NamedTempFile>, path: &Path) -> io::Result<()> {
    let temporary = temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
    // What replaces a file takes its permissions.
    if let Ok(metadata) = fs::metadata(path) {
        temporary.as_file().set_permissions(metadata.permissions())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    // The new name is on the disk once its folder is; where folders cannot be opened, so be it.
    if let Ok(folder) = File::open(folder(path)) {
        folder.sync_all()?;
    }
    Ok(())
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn is_special(kind: FileType) -> bool {
    !kind.is_file()
}

#[cfg(not(unix))]
fn is_special(_: FileType) -> bool {
    false
}

/// A file beside the one that it will be. A new file is like any other: it has the permissions
/// that the user's mask leaves. What will replace a file is private until it takes that one's.
#[cfg(unix)]
fn temporary_for(path: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.exists() { 0o600 } else { 0o666 };
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(mode)).tempfile_in(folder(path))
}

#[cfg(not(unix))]
fn temporary_for(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder(path))
}

/// Refuses to write over what is read.
pub(crate) fn refuse_overwriting(output: &Path, inputs: &[&Path]) -> Result<()> {
    let place = |path: &Path| fs::canonicalize(path).ok();
    for input in inputs.iter().filter(|input| !is_dash(input)) {
        if !is_dash(output) && place(output).is_some() && place(output) == place(input) {
            bail!("{}: is also an input", name(output));
        }
    }
    Ok(())
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File { temporary, .. } => temporary.write(bytes),
            Self::Stream(stream) => stream.write(bytes),
            Self::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { temporary, .. } => temporary.flush(),
            Self::Stream(stream) => stream.flush(),
            Self::Stdout(stdout) => stdout.flush(),
        }
    }
}
