//! A buffer that is filled at its end and emptied at its front.

use crate::streams::raw::fill;
use std::io::{self, Read};
use std::ops::Range;

/// Bytes on their way.
pub(super) struct Window {
    bytes: Vec<u8>,
    held: Range<usize>,
}

impl Window {
    pub(super) fn new(length: usize) -> Self {
        Self { bytes: vec![0; length], held: 0..0 }
    }

    pub(super) fn held(&self) -> &[u8] {
        self.bytes.get(self.held.clone()).unwrap_or_default()
    }

    /// Takes bytes from the front.
    pub(super) fn drop_front(&mut self, length: usize) {
        self.held.start = self.held.end.min(self.held.start + length);
    }

    /// Hands out as many as there is room for.
    pub(super) fn give(&mut self, buffer: &mut [u8]) -> usize {
        let mut held = self.held();
        // Reading from a slice cannot fail.
        let length = held.read(buffer).unwrap_or_default();
        self.drop_front(length);
        length
    }

    /// Reads on if nothing is held; false at the end of the input.
    pub(super) fn more(&mut self, from: &mut impl Read) -> io::Result<bool> {
        if self.held.is_empty() {
            // One read, not a full buffer: what a slow writer has sent so far is looked at now.
            self.held = loop {
                match from.read(&mut self.bytes) {
                    Ok(length) => break 0..length,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            };
        }
        Ok(!self.held.is_empty())
    }

    /// Reads on until so many are held, or the input ends.
    pub(super) fn at_least(&mut self, length: usize, from: &mut impl Read) -> io::Result<&[u8]> {
        if self.held.len() < length {
            self.bytes.copy_within(self.held.clone(), 0);
            self.held = 0..self.held.len();
            let room = self.bytes.get_mut(self.held.end..length).unwrap_or_default();
            self.held.end += fill(from, room)?;
        }
        Ok(self.held())
    }

    /// The whole buffer, to be written anew from its start; [`Self::wrote`] tells how far.
    pub(super) fn anew(&mut self) -> &mut [u8] {
        self.held = 0..0;
        &mut self.bytes
    }

    pub(super) fn wrote(&mut self, length: usize) {
        self.held = 0..length.min(self.bytes.len());
    }
}
