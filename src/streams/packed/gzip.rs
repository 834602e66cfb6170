//! A gzip member, by RFC 1952: a header, data in deflate, and two sums.

use super::decoder::{Decoder, State, Step};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io;

/// How far deflate looks back. The inflater keeps as much in a ring.
const RING: u64 = 32 * 1024;

/// The parts of a member, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Head,
    ExtraLength,
    Extra,
    Name,
    Comment,
    HeadSum,
    Body,
    Sums,
}

/// Parts that a header may have, each with its flag.
const OPTIONAL: [(Part, u8); 4] = [(Part::ExtraLength, 4), (Part::Name, 8), (Part::Comment, 16), (Part::HeadSum, 2)];

/// Flags that no standard gives a meaning.
const RESERVED: u8 = 0xe0;

pub(super) struct Gzip {
    part: Part,
    flags: u8,
    /// Bytes of a part whose length is known and small.
    held: Vec<u8>,
    /// Bytes to come of the part whose length the header tells.
    extra: u16,
    head: Crc,
    body: Decompress,
    content: Crc,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            part: Part::Head,
            flags: 0,
            held: Vec::new(),
            extra: 0,
            head: Crc::new(),
            body: Decompress::new(false),
            content: Crc::new(),
        }
    }

    fn inflate(&mut self, packed: &[u8], room: &mut [u8]) -> Step {
        let (read, wrote) = (self.body.total_in(), self.body.total_out());
        // What the ring holds when the data is found to be corrupt would be lost, were there not room for all of it.
        let room_to_wrap = usize::try_from(RING - wrote % RING).unwrap_or(room.len()).min(room.len());
        let room = room.get_mut(..room_to_wrap).unwrap_or_default();
        let state = match self.body.decompress(packed, room, FlushDecompress::None) {
            Ok(Status::StreamEnd) => {
                self.part = Part::Sums;
                State::Going
            }
            Ok(Status::Ok | Status::BufError) => State::Going,
            Err(_) => State::Failed("the gzip data is corrupt"),
        };
        let difference = |now: u64, before: u64| usize::try_from(now - before).unwrap_or_default();
        let produced = difference(self.body.total_out(), wrote);
        self.content.update(room.get(..produced).unwrap_or_default());
        Step { consumed: difference(self.body.total_in(), read), produced, state }
    }

    /// Takes a byte of the header or of the sums behind the data.
    fn take(&mut self, byte: u8) -> State {
        if self.part != Part::HeadSum {
            self.head.update(&[byte]);
        }
        match self.part {
            Part::Name | Part::Comment if byte != 0 => {}
            Part::Name | Part::Comment => self.part = self.following(),
            Part::Extra => {
                self.extra = self.extra.saturating_sub(1);
                if self.extra == 0 {
                    self.part = self.following();
                }
            }
            _ => {
                self.held.push(byte);
                return self.judge();
            }
        }
        State::Going
    }

    /// Judges a part of known length when all of it is there.
    fn judge(&mut self) -> State {
        match (self.part, self.held.as_slice()) {
            (Part::Head, &[0x1f, 0x8b, 8, flags, _, _, _, _, _, _]) if flags & RESERVED == 0 => self.flags = flags,
            (Part::Head, &[_, _, _, _, _, _, _, _, _, _]) => return State::Failed("the gzip header is corrupt"),
            (Part::ExtraLength, &[low, high]) => {
                self.extra = u16::from_le_bytes([low, high]);
                if self.extra > 0 {
                    self.held.clear();
                    self.part = Part::Extra;
                    return State::Going;
                }
            }
            (Part::HeadSum, sum @ &[_, _]) if self.head.sum().to_le_bytes().starts_with(sum) => {}
            (Part::HeadSum, &[_, _]) => return State::Failed("the checksum of the gzip header does not match"),
            (Part::Sums, sums @ &[_, _, _, _, _, _, _, _]) => {
                let (sum, length) = (self.content.sum().to_le_bytes(), self.content.amount().to_le_bytes());
                let same = *sums == [sum, length].concat();
                return if same { State::Ended } else { State::Failed("the gzip checksum does not match") };
            }
            _ => return State::Going,
        }
        self.held.clear();
        self.part = self.following();
        State::Going
    }

    fn following(&self) -> Part {
        let follows = |(part, flag): &&(Part, u8)| *part > self.part && self.flags & flag != 0;
        OPTIONAL.iter().find(follows).map_or(Part::Body, |(part, _)| *part)
    }
}

impl Decoder for Gzip {
    fn step(&mut self, packed: &[u8], room: &mut [u8]) -> Step {
        if self.part == Part::Body {
            return self.inflate(packed, room);
        }
        let mut consumed = 0;
        let mut state = State::Going;
        for byte in packed {
            consumed += 1;
            state = self.take(*byte);
            if self.part == Part::Body || !matches!(state, State::Going) {
                break;
            }
        }
        Step { consumed, produced: 0, state }
    }

    fn restart(&mut self) -> io::Result<()> {
        (self.part, self.flags, self.extra) = (Part::Head, 0, 0);
        self.held.clear();
        self.head.reset();
        self.body.reset(false);
        self.content.reset();
        Ok(())
    }
}
