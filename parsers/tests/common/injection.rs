//! Damage done to a log on purpose, and what must be left of it.

use super::log::Log;
use super::random::Random;
use std::ops::Range;

/// What is done. Overwriting keeps the length, the rest does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    NulOverwrite,
    RandomOverwrite,
    TextOverwrite,
    BinaryOverwrite,
    Insertion,
    OwnBytesInserted,
    Cut,
    OneByteCut,
    BitFlip,
    Truncation,
    LineSplice,
    BlockDuplication,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::NulOverwrite,
        Self::RandomOverwrite,
        Self::TextOverwrite,
        Self::BinaryOverwrite,
        Self::Insertion,
        Self::OwnBytesInserted,
        Self::Cut,
        Self::OneByteCut,
        Self::BitFlip,
        Self::Truncation,
        Self::LineSplice,
        Self::BlockDuplication,
    ];
}

#[derive(Debug, Clone, Copy)]
pub struct Injection {
    pub kind: Kind,
    /// Where; taken modulo the length of the log.
    pub at: usize,
    /// How many bytes, where the kind has a size.
    pub size: usize,
    /// Which bytes.
    pub seed: u64,
}

/// A damaged log: its bytes, and from where in the intact one each stretch of them came, if from there.
#[derive(Debug, Default)]
pub struct Damaged {
    pub bytes: Vec<u8>,
    pub stretches: Vec<(Range<usize>, Option<usize>)>,
}

impl Damaged {
    fn keep(&mut self, log: &Log, range: Range<usize>) {
        self.put(&log.bytes[range.clone()], Some(range.start));
    }

    fn put(&mut self, bytes: &[u8], origin: Option<usize>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        if !bytes.is_empty() {
            self.stretches.push((start..self.bytes.len(), origin));
        }
    }

    /// Where a range of the intact log stands whole in the damaged one.
    pub fn untouched(&self, range: &Range<usize>) -> Option<Range<usize>> {
        self.stretches.iter().find_map(|(here, origin)| {
            let ahead = range.start.checked_sub((*origin)?)?;
            let start = here.start + ahead;
            (start + range.len() <= here.end).then(|| start..start + range.len())
        })
    }

    /// The stretch of the damaged log where the remains of a touched range and what came in its place stand; empty if nothing
    /// of it is left.
    pub fn remains(&self, range: &Range<usize>) -> Range<usize> {
        let mut remains: Option<Range<usize>> = None;
        for (index, (here, origin)) in self.stretches.iter().enumerate() {
            let part = match origin {
                Some(origin) => {
                    let from = range.start.clamp(*origin, origin + here.len()) - origin;
                    let to = range.end.clamp(*origin, origin + here.len()) - origin;
                    here.start + from..here.start + to
                }
                None => {
                    let before = index.checked_sub(1).and_then(|index| self.stretches.get(index));
                    let start = before.and_then(|(here, origin)| Some((*origin)? + here.len())).unwrap_or(0);
                    let end = self.stretches.get(index + 1).and_then(|(_, origin)| *origin).unwrap_or(usize::MAX);
                    let overwritten = start.max(range.start)..end.min(range.end);
                    let inserted = start == end && range.start < start && start < range.end;
                    match (inserted, overwritten.is_empty()) {
                        (true, _) => here.clone(),
                        (false, true) => continue,
                        (false, false) => {
                            let ahead = (overwritten.start - start).min(here.len());
                            here.start + ahead..here.end.min(here.start + ahead + overwritten.len())
                        }
                    }
                }
            };
            if !part.is_empty() {
                let known = remains.get_or_insert(part.clone());
                known.end = part.end;
            }
        }
        remains.unwrap_or(0..0)
    }
}

impl Injection {
    pub fn apply(&self, log: &Log) -> Damaged {
        let mut random = Random::new(self.seed);
        let length = log.bytes.len();
        let at = self.at % length;
        let size = self.size.min(length - at);
        let mut damaged = Damaged::default();
        match self.kind {
            Kind::NulOverwrite => overwrite(log, at, &vec![0; size]),
            Kind::RandomOverwrite => {
                let bytes: Vec<u8> = (0..size).map(|_| random.byte()).collect();
                overwrite(log, at, &bytes)
            }
            Kind::TextOverwrite => overwrite(log, at, &text(&mut random, size)),
            Kind::BinaryOverwrite => overwrite(log, at, &binary(&mut random, size)),
            Kind::BitFlip => overwrite(log, at, &[log.bytes[at] ^ (1 << random.below(8))]),
            Kind::Insertion => {
                let bytes = match random.below(4) {
                    0 => vec![0; self.size],
                    1 => text(&mut random, self.size),
                    2 => binary(&mut random, self.size),
                    _ => (0..self.size).map(|_| random.byte()).collect(),
                };
                replace(log, at..at, &bytes)
            }
            Kind::OwnBytesInserted => {
                let from = random.below(length);
                replace(log, at..at, &log.bytes[from..length.min(from + self.size)])
            }
            Kind::Cut => replace(log, at..at + size, &[]),
            Kind::OneByteCut => replace(log, at..at + 1, &[]),
            Kind::Truncation => {
                damaged.keep(log, 0..at);
                damaged
            }
            Kind::LineSplice => {
                let pick = |random: &mut Random| log.records[random.below(log.records.len())].clone();
                let (head, tail) = (pick(&mut random), pick(&mut random));
                let (head_at, tail_at) = (head.start + random.below(head.len()), tail.start + random.below(tail.len()));
                replace(log, head_at..head.end, &log.bytes[tail_at..tail.end])
            }
            Kind::BlockDuplication => {
                let first = random.below(log.records.len());
                let end = log.records.len().min(first + 1 + random.below(40));
                let to = log.records[first + random.below(log.records.len() - first)].end;
                replace(log, to..to, &log.bytes[log.records[first].start..log.records[end - 1].end])
            }
        }
    }
}

/// What an overwriting changes begins and ends with a byte that differs: the others are as they were.
fn overwrite(log: &Log, at: usize, bytes: &[u8]) -> Damaged {
    let old = &log.bytes[at..at + bytes.len()];
    let same = |(old, new): &(&u8, &u8)| old == new;
    let front = old.iter().zip(bytes).take_while(same).count();
    let back = old[front..].iter().rev().zip(bytes[front..].iter().rev()).take_while(same).count();
    let (from, to) = (front, bytes.len() - back);
    replace(log, at + from..at + to, &bytes[from..to])
}

fn replace(log: &Log, range: Range<usize>, bytes: &[u8]) -> Damaged {
    let mut damaged = Damaged::default();
    damaged.keep(log, 0..range.start);
    damaged.put(bytes, None);
    damaged.keep(log, range.end..log.bytes.len());
    damaged
}

/// Text of other files: settings, prose, another program's log, a locale.
fn text(random: &mut Random, size: usize) -> Vec<u8> {
    const LINES: [&str; 8] = [
        "listen_addresses = '*'\t# what IP address(es) to listen on;\n",
        ";IGNORE;IGNORE;IGNORE # \u{6f00}\n",
        "Oct 25 05:00:02 db7 sshd[2211]: Accepted publickey for root from 10.0.0.7 port 52144 ssh2\n",
        "The quick brown fox, it is said, jumps over the lazy dog: 12, 34, 2013\n",
        "<U6F00> <U6F00>;IGNORE;IGNORE;IGNORE\n",
        "{\"at\":\"2013-10-26T08:39:13Z\",\"level\":\"info\",\"text\":\"May 5, 2013\"}\n",
        "\n",
        "export PATH=/usr/local/bin:/usr/bin\r\n",
    ];
    let mut bytes = Vec::new();
    while bytes.len() < size + 40 {
        bytes.extend_from_slice(LINES[random.below(LINES.len())].as_bytes());
    }
    let skip = random.below(40);
    bytes[skip..skip + size].to_vec()
}

/// Bytes of other files that are no text: headers, tables of numbers, code.
fn binary(random: &mut Random, size: usize) -> Vec<u8> {
    let magic: [&[u8]; 5] = [
        b"TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0d",
        b"\x7fELF\x02\x01\x01",
        b"\x1f\x8b\x08\0",
        b"SQLite format 3\0",
        b"",
    ];
    let mut bytes = magic[random.below(magic.len())].to_vec();
    while bytes.len() < size {
        let number = random.next();
        match random.below(4) {
            0 => bytes.extend_from_slice(&[0, 0, 0, number.to_le_bytes()[0]]),
            1 => bytes.extend_from_slice(b"__libc_start_main\0"),
            2 => bytes.extend_from_slice(&number.to_le_bytes()),
            _ => bytes.extend_from_slice(&[0; 8]),
        }
    }
    bytes.truncate(size);
    bytes
}
