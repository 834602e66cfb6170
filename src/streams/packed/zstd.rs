//! A frame of Zstandard, skippable frames included.

use super::MEMORY_LOG;
use super::decoder::{Decoder, State, Step};
use std::io;
use zstd::stream::raw::{self, DParameter, InBuffer, Operation, OutBuffer};

/// Bytes of a block's header.
const BLOCK_HEADER: usize = 3;

/// Bytes of a frame's header that tell how long it is.
const FRAME_START: usize = 5;

pub(super) struct Zstd {
    decoder: raw::Decoder<'static>,
    /// How many bytes the decoder wants next.
    wants: usize,
}

impl Zstd {
    pub(super) fn new() -> io::Result<Self> {
        let mut decoder = raw::Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(MEMORY_LOG))?;
        Ok(Self { decoder, wants: FRAME_START })
    }
}

impl Decoder for Zstd {
    /// The decoder forgets what it unpacked in a call that fails. What it wants is a block and the header of the next; so it is given
    /// the block alone, and a corrupt one takes no other with it.
    fn step(&mut self, packed: &[u8], room: &mut [u8]) -> Step {
        let wanted = if self.wants > BLOCK_HEADER { self.wants - BLOCK_HEADER } else { self.wants };
        let mut input = InBuffer::around(packed.get(..wanted).unwrap_or(packed));
        let mut output = OutBuffer::around(room);
        let state = match self.decoder.run(&mut input, &mut output) {
            Ok(0) => State::Ended,
            Ok(wants) => {
                self.wants = wants;
                State::Going
            }
            // It does not tell how far it came. It needed all that it was given.
            Err(error) => {
                let consumed = input.src.len();
                return Step { consumed, produced: 0, state: State::Failed(why(&error)) };
            }
        };
        Step { consumed: input.pos(), produced: output.pos(), state }
    }

    fn restart(&mut self) -> io::Result<()> {
        self.wants = FRAME_START;
        self.decoder.reinit()
    }
}

/// The library tells its errors by their texts only.
fn why(error: &io::Error) -> &'static str {
    match error.to_string() {
        text if text.contains("too much memory") => "unpacking the zstd data takes more than 128 MiB of memory",
        text if text.contains("Dictionary") => "the zstd data needs a dictionary",
        text if text.contains("checksum") => "the zstd checksum does not match",
        _ => "the zstd data is corrupt",
    }
}
