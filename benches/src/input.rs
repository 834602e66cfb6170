//! The files that the reader is run on.

use crate::dense::Dense;
use crate::kernel;
use crate::log::{self, Plan};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Without any record nothing would tell that the rest was a log.
const FRONT: Plan = Plan { size: 100_000, ..Plan::BUSY };

/// What is in a file.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// A log.
    Log(Plan),
    /// A kernel's log in syslog's form, of so many bytes, by its seed.
    Kernel(u64, u64),
    /// A log of a family of so many bytes, by its seed: every line is of a record.
    Dense(Dense, u64, u64),
    /// A few records, and so many bytes of text without a line end.
    OneLine(u64),
    /// A few records, and so many NULs.
    Nuls(u64),
}

impl Input {
    /// Writes the file.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        match self {
            Self::Log(plan) => log::write(plan, &mut out)?,
            Self::Kernel(size, seed) => kernel::write(*size, *seed, &mut out)?,
            Self::Dense(dense, size, seed) => dense.write(*size, *seed, &mut out)?,
            Self::OneLine(size) => {
                log::write(&FRONT, &mut out)?;
                repeat(b"all on one line, ", *size, &mut out)?;
            }
            Self::Nuls(size) => {
                log::write(&FRONT, &mut out)?;
                repeat(&[0; 4096], *size, &mut out)?;
            }
        }
        out.flush()
    }
}

fn repeat(piece: &[u8], size: u64, out: &mut impl Write) -> io::Result<()> {
    let mut left = size;
    while left > 0 {
        let length = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
        out.write_all(&piece[..length])?;
        left -= length as u64;
    }
    Ok(())
}
