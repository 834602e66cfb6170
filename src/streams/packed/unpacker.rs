//! Reads the members of a compressed file one after the other.
//!
//! ```text
//!            ┌────────── another begins ──────────┐
//!            ▼                                    │
//!   ──▶   Member ──── it ends ────▶ Between ──────┘
//!            │                         │
//!            │ cut off, corrupt        │ the input ends, or something else follows
//!            └────────▶  Over  ◀───────┘
//! ```

use super::decoder::{Decoder, ROOM, State};
use super::window::Window;
use super::{Packing, Trouble};
use std::io::{self, Read};

/// How much of the compressed file is read at once.
const CHUNK: usize = 64 * 1024;

/// A compressed input being unpacked.
pub(in crate::streams) struct Unpacker {
    packing: Packing,
    decoder: Box<dyn Decoder>,
    packed: Window,
    unpacked: Window,
    /// Compressed bytes that were unpacked.
    at: u64,
    place: Place,
    silent: bool,
    trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Member,
    /// Behind a member, and behind so much padding, which xz allows.
    Between {
        padding: u64,
    },
    Over,
}

impl Unpacker {
    pub(in crate::streams) fn new(packing: Packing) -> io::Result<Self> {
        Ok(Self {
            packing,
            decoder: packing.decoder()?,
            packed: Window::new(CHUNK),
            unpacked: Window::new(ROOM),
            at: 0,
            place: Place::Member,
            silent: true,
            trouble: None,
        })
    }

    pub(in crate::streams) const fn packing(&self) -> Packing {
        self.packing
    }

    /// What is wrong, as far as it was read.
    pub(in crate::streams) const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Whether its data is wrong from the very start: nothing came out of it.
    pub(in crate::streams) fn nothing_came_out(&self) -> bool {
        self.silent && self.trouble.as_ref().is_some_and(Trouble::is_of_the_data)
    }

    /// Fills the buffer with unpacked bytes as far as they go; fewer bytes than asked mean their end.
    pub(in crate::streams) fn fill(&mut self, from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            if !self.unpack(from)? {
                break;
            }
            filled += self.unpacked.give(rest);
        }
        Ok(filled)
    }

    /// Unpacks until there is something to give; false at the end.
    fn unpack(&mut self, from: &mut impl Read) -> io::Result<bool> {
        while self.unpacked.held().is_empty() {
            match self.place {
                Place::Member => self.step(from)?,
                Place::Between { padding } => self.next_member(padding, from)?,
                Place::Over => return Ok(false),
            }
        }
        self.silent = false;
        Ok(true)
    }

    fn step(&mut self, from: &mut impl Read) -> io::Result<()> {
        let more = self.packed.more(from)?;
        let step = self.decoder.step(self.packed.held(), self.unpacked.anew());
        self.packed.drop_front(step.consumed);
        self.unpacked.wrote(step.produced);
        self.at += step.consumed as u64;
        let (packing, at) = (self.packing, self.at);
        match step.state {
            State::Ended => self.place = Place::Between { padding: 0 },
            State::Failed(why) => self.over(Some(Trouble::Failed { packing, at, why })),
            State::Going if step.consumed > 0 || step.produced > 0 => {}
            State::Going if more => {
                self.over(Some(Trouble::Failed { packing, at, why: "it leads nowhere" }));
            }
            State::Going => self.over(Some(Trouble::CutOff { packing, at })),
        }
        Ok(())
    }

    fn next_member(&mut self, padding: u64, from: &mut impl Read) -> io::Result<()> {
        let next = self.packed.at_least(Packing::MAGIC_MAX, from)?;
        let nuls = next.iter().take_while(|byte| **byte == 0).count();
        // Padding of xz is a multiple of four bytes, or none.
        let odd = !padding.is_multiple_of(4);
        if self.packing == Packing::Xz && nuls > 0 {
            self.packed.drop_front(nuls);
            self.at += nuls as u64;
            self.place = Place::Between { padding: padding + nuls as u64 };
        } else if next.is_empty() && !odd {
            self.over(None);
        } else if !next.is_empty() && self.packing.begins(next) && !odd {
            self.decoder.restart()?;
            self.place = Place::Member;
        } else {
            self.trailing(padding, from)?;
        }
        Ok(())
    }

    /// Reads what is no member to its end, to tell how much it is.
    fn trailing(&mut self, padding: u64, from: &mut impl Read) -> io::Result<()> {
        let (mut bytes, mut nul) = (padding, true);
        while self.packed.more(from)? {
            let held = self.packed.held();
            bytes += held.len() as u64;
            nul &= held.iter().all(|byte| *byte == 0);
            self.packed.drop_front(held.len());
        }
        self.over(Some(Trouble::Trailing { packing: self.packing, at: self.at - padding, bytes, nul }));
        Ok(())
    }

    fn over(&mut self, trouble: Option<Trouble>) {
        self.place = Place::Over;
        self.trouble = trouble;
    }
}
