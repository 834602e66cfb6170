//! A stream of xz, unpacked by liblzma.

use super::MEMORY_LOG;
use super::decoder::{Decoder, State, Step};
use liblzma::stream::{Action, Error, Status, Stream};
use std::io;

pub(super) struct Xz(Stream);

impl Xz {
    pub(super) fn new() -> io::Result<Self> {
        // No flag: one stream at a time, so that what stands behind it can be told.
        Ok(Self(Stream::new_stream_decoder(1 << MEMORY_LOG, 0)?))
    }
}

impl Decoder for Xz {
    fn step(&mut self, packed: &[u8], room: &mut [u8]) -> Step {
        let (read, wrote) = (self.0.total_in(), self.0.total_out());
        let state = match self.0.process(packed, room, Action::Run) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(_) => State::Going,
            Err(Error::MemLimit) => State::Failed("unpacking the xz data takes more than 128 MiB of memory"),
            Err(Error::Mem) => State::Failed("there is not enough memory to unpack the xz data"),
            Err(Error::Options | Error::UnsupportedCheck) => {
                State::Failed("the xz data uses a filter that is not known")
            }
            Err(_) => State::Failed("the xz data is corrupt"),
        };
        let difference = |now: u64, before: u64| usize::try_from(now - before).unwrap_or_default();
        Step { consumed: difference(self.0.total_in(), read), produced: difference(self.0.total_out(), wrote), state }
    }

    fn restart(&mut self) -> io::Result<()> {
        *self = Self::new()?;
        Ok(())
    }
}
