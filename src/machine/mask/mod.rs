//! Masks the names in a capture: serial numbers, world-wide names, UUIDs and the host's name become others, so that who sends a
//! capture with a report does not tell which drives it is about.
//!
//! * **A name is found where it is known to stand** (`places`): by the question, as the file `…/vpd_pg80` or the command INQUIRY
//!   for page 83h, or by its form, as `naa.5000c5…` in whatever text. **Then it is replaced wherever it stands** (`table`), in
//!   every form that hardware and kernel give it: plain, in hexadecimal, with its bytes swapped, in either order of bytes.
//! * **The same name becomes the same other one**, of the same length and of the same kind of letters; a world-wide name keeps its
//!   vendor. So what is understood of the masked capture is what was understood of the machine.
//! * **No mask is computed from the name**: its letters are drawn, and the table of them is forgotten with the run. Nobody can
//!   compute it back, nor find out whether a name that he knows is the one behind a mask.
//! * **Nothing else changes**: questions that name no drive, lengths, the number of lines. Checksums that were right are right.
//!
//! Some names say nothing of their own: `1`, `0000`, `NONE`. Replaced wherever their letters stand, they would change what
//! is no name. They are replaced only where they were found.
//!
//! Left as they are: the boot id, addresses of network cards, labels that people gave. A line that is no entry of a capture is not
//! passed on, for nobody can tell what it names: a line stands for it that is no entry either.

mod host;
mod places;
mod table;
#[cfg(test)]
mod tests;

use self::host::Hosts;
use self::places::{Content, Place};
use self::table::Table;
use super::entry::{End, hex, unhex};
use super::{Entry, Request};
use std::collections::HashSet;
use std::io::Read as _;

/// The capture with its serial numbers, world-wide names and the host's name replaced, each time by others.
pub fn masked(bytes: &[u8]) -> Vec<u8> {
    masked_with(bytes, seed())
}

/// As [`masked`], by that seed: the same seed draws the same letters.
pub fn masked_with(bytes: &[u8], seed: [u8; 16]) -> Vec<u8> {
    let lines = || bytes.split(|byte| *byte == b'\n');
    let mut seen = Seen::default();
    lines().filter_map(entry).for_each(|entry| seen.take(&entry));
    let mask = seen.mask(Random::new(seed));
    let mut out = Vec::with_capacity(bytes.len());
    for (number, line) in lines().enumerate() {
        if number > 0 {
            out.push(b'\n');
        }
        match entry(line) {
            _ if line.trim_ascii().is_empty() => out.extend(line),
            None => out.extend(NOT_UNDERSTOOD),
            Some(entry) => {
                let after = mask.entry(&entry);
                match serde_json::to_vec(&after) {
                    Ok(text) if after != entry => out.extend(text),
                    Ok(_) => out.extend(line),
                    // An entry is strings and numbers, and always can be written.
                    Err(_) => out.extend(NOT_UNDERSTOOD),
                }
            }
        }
    }
    out
}

/// What stands for a line that is no entry. It is none either, so it counts as before.
const NOT_UNDERSTOOD: &[u8] = br#"{"masked":"a line that is not understood"}"#;

fn entry(line: &[u8]) -> Option<Entry> {
    serde_json::from_slice(line).ok()
}

/// Letters that nobody can foresee. Where the system has none to give, the standard library's own still differ from run to run.
fn seed() -> [u8; 16] {
    use std::hash::{BuildHasher as _, RandomState};
    let mut seed = [0; 16];
    let file = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut seed));
    if file.is_err() {
        let of_library = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(0_u8).to_le_bytes());
        seed.iter_mut().zip(of_library.as_flattened()).for_each(|(byte, other)| *byte = *other);
    }
    seed
}

/// Draws letters (SplitMix64, by both halves of the seed). Masks do not depend on names, so whoever foresees the letters still does
/// not know what they stand for.
#[derive(Debug)]
struct Random {
    state: u64,
    other: u64,
}

impl Random {
    fn new(seed: [u8; 16]) -> Self {
        let number = u128::from_le_bytes(seed);
        let half = |shift: u32| u64::try_from(number >> shift & u128::from(u64::MAX)).unwrap_or_default();
        Self { state: half(0), other: half(64) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mix = |mut word: u64| {
            word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^ word >> 31
        };
        mix(mix(self.state) ^ self.other)
    }

    /// One of them.
    fn one_of(&mut self, letters: &[u8]) -> u8 {
        let index = self.next() % (letters.len() as u64).max(1);
        usize::try_from(index).ok().and_then(|index| letters.get(index)).copied().unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[7]
    }
}

/// What a capture names.
#[derive(Debug, Default)]
struct Seen {
    names: Vec<places::Name>,
    /// Numbers that look like names and stay: the boot id.
    kept: Vec<Vec<u8>>,
    hosts: Hosts,
    /// Parts of the paths that were asked for: what is called the same as one of them cannot be told from it.
    parts: HashSet<Vec<u8>>,
}

impl Seen {
    fn take(&mut self, entry: &Entry) {
        for text in texts(entry) {
            self.names.extend(places::in_text(text.as_bytes()));
            self.hosts.in_text(text);
        }
        if let Some(host) = &entry.host {
            self.hosts.take(host);
        }
        for path in [&entry.file, &entry.list, &entry.link].into_iter().flatten() {
            self.parts.extend(path.split('/').map(|part| part.as_bytes().to_vec()));
        }
        self.parts.extend(entry.names.iter().flatten().map(|name| name.as_bytes().to_vec()));
        let Some(content) = content(entry) else { return };
        match entry.file.as_deref() {
            Some("/proc/sys/kernel/random/boot_id") => {
                self.kept.extend(places::in_text(&content).into_iter().map(|name| name.bytes));
                return;
            }
            Some("/proc/sys/kernel/hostname" | "/etc/hostname") => {
                self.hosts.take(String::from_utf8_lossy(&content).trim());
            }
            _ => {}
        }
        self.names.extend(entry.file.as_ref().and_then(|path| places::in_file(path, &content)));
        self.names.extend(known_places(entry, &content).into_iter().map(|place| place.name));
        self.names.extend(places::in_text(&content));
    }

    fn mask(self, mut random: Random) -> Mask {
        let hosts = self.hosts.masked(&mut random, &self.parts);
        let names = self.names.into_iter().filter(|name| !self.kept.contains(&name.bytes));
        Mask { table: Table::new(names, &self.parts, &mut random), hosts }
    }
}

/// The bytes that a file held or a device sent.
fn content(entry: &Entry) -> Option<Vec<u8>> {
    match (&entry.text, &entry.data) {
        (Some(text), _) => Some(text.clone().into_bytes()),
        (None, Some(data)) => unhex(data),
        (None, None) => None,
    }
}

/// Where in its bytes a line has names, by what was asked.
fn known_places(entry: &Entry, content: &[u8]) -> Vec<Place> {
    let request = entry.ask.as_ref().and_then(|_| entry.request());
    match (&entry.file, &request) {
        (Some(path), _) => places::of(&Content::File(path), content),
        (None, Some(request)) => places::of(&Content::Reply(request), content),
        (None, None) => Vec::new(),
    }
}

/// The texts of a line, but the content of a file and the host's name.
fn texts(entry: &Entry) -> impl Iterator<Item = &String> {
    let busy = match &entry.end {
        Some(End::Busy(text)) => Some(text),
        _ => None,
    };
    let single = [&entry.reader, &entry.file, &entry.list, &entry.link, &entry.ask, &entry.target];
    let many = entry.kernel.iter().chain(&entry.names).flatten();
    single.into_iter().flatten().chain(busy).chain(many)
}

/// What becomes of names.
#[derive(Debug)]
struct Mask {
    table: Table,
    hosts: host::Masked,
}

impl Mask {
    fn entry(&self, entry: &Entry) -> Entry {
        let mut after = entry.clone();
        if entry.capture.is_some() {
            after.masked = Some(true);
        }
        let Entry { reader, file, list, link, ask, target, .. } = &mut after;
        for text in [reader, file, list, link, ask, target].into_iter().flatten() {
            *text = self.text(text);
        }
        if let Some(End::Busy(text)) = &mut after.end {
            *text = self.text(text);
        }
        for text in after.names.iter_mut().flatten() {
            *text = self.text(text);
        }
        for text in after.kernel.iter_mut().flatten() {
            *text = self.hosts.in_text(&self.text(text));
        }
        if let Some(host) = &mut after.host {
            *host = self.hosts.of(host);
        }
        if let Some(sense) = entry.sense.as_deref().and_then(unhex) {
            after.sense = Some(hex(&self.table.masked(&sense, true, &[])));
        }
        if let Some(content) = content(entry) {
            self.content(entry, &content, &mut after);
        }
        after
    }

    fn text(&self, text: &str) -> String {
        let masked = self.table.masked(text.as_bytes(), false, &[]);
        // Names in texts are ASCII, and become ASCII.
        String::from_utf8(masked).unwrap_or_default()
    }

    fn content(&self, entry: &Entry, content: &[u8], after: &mut Entry) {
        let places = known_places(entry, content);
        let binary = entry.text.is_none() || !places.is_empty();
        let mut masked = self.table.masked(content, binary, &places);
        correct_checksums(entry, content, &mut masked);
        if masked == content {
            // As it was written, blanks included.
        } else if entry.text.is_some() {
            (after.text, after.data) = match String::from_utf8(masked) {
                Ok(text) => (Some(text), None),
                Err(error) => (None, Some(hex(error.as_bytes()))),
            };
        } else {
            after.data = Some(hex(&masked));
        }
        if let (Some(text), Some(_)) = (&mut after.text, &after.file) {
            *text = match entry.file.as_deref() {
                Some("/proc/sys/kernel/hostname" | "/etc/hostname") => self.hosts.line(text),
                _ => self.hosts.in_text(text),
            };
        }
    }
}

/// Sectors of ATA whose bytes sum up to 0 (IDENTIFY DEVICE, SMART data, most logs) do so again: the last byte is the checksum.
fn correct_checksums(entry: &Entry, before: &[u8], after: &mut [u8]) {
    let first = match (entry.file.as_deref(), entry.request()) {
        (Some(path), _) if path.ends_with("/vpd_pg89") => places::IDENTIFY_IN_PAGE,
        (None, Some(Request::Scsi { cdb, .. } | Request::Behind { cdb, .. })) => match cdb.as_slice() {
            [0x85 | 0xa1, ..] => 0,
            [0x12, 1, 0x89, ..] => places::IDENTIFY_IN_PAGE,
            _ => return,
        },
        _ => return,
    };
    let (Some(before), Some(after)) = (before.get(first..), after.get_mut(first..)) else { return };
    let sum = |sector: &[u8]| sector.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    for (before, after) in before.chunks_exact(512).zip(after.chunks_exact_mut(512)) {
        let now = sum(after);
        if let (0, true, Some(last)) = (sum(before), before != after, after.last_mut()) {
            *last = last.wrapping_sub(now);
        }
    }
}
