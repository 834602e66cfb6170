//! What the three formats have in common: members that are unpacked step by step.

use super::{Packing, gzip::Gzip, xz::Xz, zstd::Zstd};
use std::io;

/// Room that a step has for what it unpacks: a whole block of zstd, so that none stays behind when the next is corrupt.
pub(super) const ROOM: usize = 128 * 1024;

/// Unpacks one member after the other.
pub(super) trait Decoder {
    /// Unpacks some of the bytes into room of [`ROOM`]. Without bytes, which means that the input has ended, it gives what it still has.
    /// What it could unpack before it failed is given out by the step that fails, or was by those before.
    fn step(&mut self, packed: &[u8], room: &mut [u8]) -> Step;

    /// Prepares for another member.
    fn restart(&mut self) -> io::Result<()>;
}

/// What a step did.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    pub(super) state: State,
}

/// How the member goes on.
#[derive(Debug)]
pub(super) enum State {
    Going,
    Ended,
    Failed(&'static str),
}

impl Packing {
    pub(super) fn decoder(self) -> io::Result<Box<dyn Decoder>> {
        Ok(match self {
            Self::Gzip => Box::new(Gzip::new()),
            Self::Xz => Box::new(Xz::new()?),
            Self::Zstd => Box::new(Zstd::new()?),
        })
    }
}
