//! Which name becomes which, and the replacing of all of them at once.

use super::Random;
use super::places::{Form, Name, Place, Sort};
use std::collections::{HashMap, HashSet};

/// Names and masks.
#[derive(Debug, Default)]
pub(super) struct Table {
    masks: HashMap<Key, Vec<u8>>,
    patterns: Patterns,
}

/// Letters or numbers, and which: the same 16 bytes may be known as a UUID in one place and as a NGUID in another.
type Key = (bool, Vec<u8>);

fn key(name: &Name) -> Key {
    (name.sort == Sort::Serial, name.bytes.clone())
}

/// So often a mask is drawn again, if it is the name itself, another name, or taken. Where a name has no letters to change
/// (`----`), none helps.
const TRIES: usize = 64;

impl Table {
    /// Draws masks for names, in the order in which they come: so the masks do not even tell how the names are sorted.
    /// `parts` of paths are no names.
    pub(super) fn new(names: impl Iterator<Item = Name>, parts: &HashSet<Vec<u8>>, random: &mut Random) -> Self {
        let mut all: Vec<Name> = Vec::new();
        let mut known: HashMap<Key, usize> = HashMap::new();
        for name in names {
            let index = *known.entry(key(&name)).or_insert(all.len());
            match all.get_mut(index) {
                // What is known as something else is no mere UUID.
                Some(other) if other.sort == Sort::Uuid => other.sort = name.sort,
                Some(_) => {}
                None => all.push(name),
            }
        }
        let (mut serials, numbers): (Vec<Name>, Vec<Name>) =
            all.into_iter().partition(|name| name.sort == Sort::Serial);
        // A serial number may begin with a shorter one (that is how drives tell theirs to a card), or be a world-wide name in
        // letters: it does so masked, too.
        serials.sort_by_key(|name| name.bytes.len());
        let mut table = Self::default();
        let mut taken = HashSet::new();
        let devices: HashSet<Vec<u8>> = numbers.iter().map(|name| device(&name.bytes, ports(name))).collect();
        let mut drawn: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
        for name in &numbers {
            let ports = ports(name);
            let of_device = drawn.entry(device(&name.bytes, ports)).or_insert_with(|| {
                let mut draw = || device(&number(name, random), ports);
                let mask =
                    (0..TRIES).map(|_| draw()).find(|mask| !devices.contains(mask) && taken.insert(mask.clone()));
                mask.unwrap_or_else(draw)
            });
            let mut mask = of_device.clone();
            if let (Some(last), Some(port)) = (mask.last_mut(), name.bytes.last()) {
                *last |= port & ports;
            }
            table.patterns.number(&name.bytes, &mask);
            table.masks.insert(key(name), mask);
        }
        let searched: Vec<&[u8]> =
            serials.iter().map(|name| name.bytes.as_slice()).filter(|name| !says_nothing(name, parts)).collect();
        for name in &serials {
            let mask = (0..TRIES).map(|_| table.serial(&name.bytes, random)).find(|mask| {
                let has = |other: &&[u8]| mask.windows(other.len()).any(|part| part == *other);
                !known.contains_key(&(true, mask.clone())) && !searched.iter().any(has) && taken.insert(mask.clone())
            });
            let mask = mask.unwrap_or_else(|| table.serial(&name.bytes, random));
            if !says_nothing(&name.bytes, parts) {
                table.patterns.serial(&name.bytes, &mask);
            }
            table.masks.insert(key(name), mask);
        }
        table
    }

    /// Digits for digits and letters for letters; letters of hexadecimal for those, where all are. What it has of names that have
    /// their masks already becomes these.
    fn serial(&self, name: &[u8], random: &mut Random) -> Vec<u8> {
        let mut known = name.to_vec();
        let mut done = vec![false; name.len()];
        self.patterns.replace(name, View::Straight, &mut known, &mut done);
        let hexadecimal = name.iter().all(|byte| byte.is_ascii_hexdigit() || !byte.is_ascii_alphanumeric());
        let (upper, lower): (&[u8], &[u8]) = if hexadecimal {
            (b"ABCDEF", b"abcdef")
        } else {
            (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
        };
        let letter = |(byte, done): (u8, bool)| match byte {
            _ if done => byte,
            b'0'..=b'9' => random.one_of(b"0123456789"),
            b'A'..=b'Z' => random.one_of(upper),
            b'a'..=b'z' => random.one_of(lower),
            other => other,
        };
        known.into_iter().zip(done).map(letter).collect()
    }

    /// The bytes with all names replaced: those that are known to stand in `places`, and all others wherever they stand. Only in
    /// `binary` content they are looked for with their bytes swapped.
    pub(super) fn masked(&self, bytes: &[u8], binary: bool, places: &[Place]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        let mut done = vec![false; bytes.len()];
        // The longest first: one place may be part of another.
        let mut places: Vec<&Place> = places.iter().collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.name.bytes.len()));
        for Place { at, form, name } in places {
            let Some(mask) = self.masks.get(&key(name)) else { continue };
            let to: Vec<usize> = (0..mask.len()).map(|index| form.index(*at, index, mask.len())).collect();
            if to.iter().all(|index| done.get(*index) == Some(&false)) {
                write(&mut out, &mut done, &to, mask);
            }
        }
        let views: &[View] =
            if binary { &[View::Straight, View::Swapped(0), View::Swapped(1)] } else { &[View::Straight] };
        views.iter().for_each(|view| self.patterns.replace(bytes, *view, &mut out, &mut done));
        out
    }
}

fn write(out: &mut [u8], done: &mut [bool], to: &[usize], mask: &[u8]) {
    for (index, byte) in to.iter().zip(mask) {
        if let (Some(place), Some(done)) = (out.get_mut(*index), done.get_mut(*index)) {
            (*place, *done) = (*byte, true);
        }
    }
}

/// Whether letters are too few, too alike or too common to be searched for.
fn says_nothing(name: &[u8], parts: &HashSet<Vec<u8>>) -> bool {
    let digit = name.iter().any(u8::is_ascii_digit);
    name.len() < PREFIX
        || name.iter().all(|byte| Some(byte) == name.first())
        || !digit && name.len() < 8
        || parts.contains(name)
}

/// The bits of the last byte in which the names of one device (the unit, its ports) are counted: the last digit of an NAA 5. They
/// stay, so that neighbours stay neighbours.
fn ports(name: &Name) -> u8 {
    let counted =
        name.sort == Sort::Naa && name.bytes.len() == 8 && name.bytes.first().is_some_and(|byte| byte >> 4 == 5);
    if counted { 0x0f } else { 0 }
}

/// What such names have in common.
fn device(name: &[u8], ports: u8) -> Vec<u8> {
    let mut device = name.to_vec();
    if let Some(last) = device.last_mut() {
        *last &= !ports;
    }
    device
}

/// A number of the same kind: its vendor stays.
fn number(name: &Name, random: &mut Random) -> Vec<u8> {
    let first = name.bytes.first().copied().unwrap_or_default();
    let len = name.bytes.len();
    // Which bits stay, by bytes.
    let keep: &[u8] = match (name.sort, len, first >> 4) {
        (Sort::Naa, 8, 5) | (Sort::Naa, 16, 6) => &[0xff, 0xff, 0xff, 0xf0],
        (Sort::Naa, 8, 2) => &[0xf0, 0, 0xff, 0xff, 0xff],
        (Sort::Naa, ..) => &[0xf0],
        (Sort::Eui, 16, _) => &[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff],
        (Sort::Eui, ..) => &[0xff, 0xff, 0xff],
        // Version and variant (RFC 9562).
        _ => &[0, 0, 0, 0, 0, 0, 0xf0, 0, 0xc0],
    };
    let zeros = name.bytes.iter().take_while(|byte| **byte == 0).count();
    let keep = keep.iter().copied().chain(std::iter::repeat(0));
    let bytes = name.bytes.iter().zip(keep).enumerate();
    bytes.map(|(index, (byte, keep))| if index < zeros { 0 } else { byte & keep | random.byte() & !keep }).collect()
}

/// In which order bytes are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum View {
    /// As they are.
    Straight,
    /// Each two swapped, as ATA has letters in words; from the first byte on, or from the second.
    Swapped(usize),
}

impl View {
    /// Where the byte is that is looked at in that place, of so many.
    fn index(self, at: usize, len: usize) -> usize {
        match self {
            Self::Swapped(first) if at >= first => {
                let other = first + ((at - first) ^ 1);
                if other < len { other } else { at }
            }
            Self::Straight | Self::Swapped(_) => at,
        }
    }
}

/// A pattern is found by so many bytes that it begins with.
const PREFIX: usize = 4;

#[derive(Debug, Default)]
struct Patterns {
    /// By their beginnings, the longest first.
    patterns: HashMap<[u8; PREFIX], Vec<Pattern>>,
    /// All of them: of two names that are written the same, the first counts.
    known: HashSet<Vec<u8>>,
}

/// A manner of writing a name.
type Written = fn(&[u8]) -> Vec<u8>;

#[derive(Debug)]
struct Pattern {
    from: Vec<u8>,
    to: Vec<u8>,
    /// It must not be part of a longer word or number.
    whole: bool,
}

impl Patterns {
    fn add(&mut self, from: Vec<u8>, to: Vec<u8>, whole: bool) {
        let Some(begin) = from.first_chunk::<PREFIX>().copied() else { return };
        if self.known.insert(from.clone()) {
            let patterns = self.patterns.entry(begin).or_default();
            let place = patterns.partition_point(|other| other.from.len() >= from.len());
            patterns.insert(place, Pattern { from, to, whole });
        }
    }

    /// A serial number, and how NVMe's `wwid` has it: in hexadecimal; and paths of `/dev/disk`: without blanks.
    fn serial(&mut self, name: &[u8], mask: &[u8]) {
        // Few letters, or digits alone, are also part of what is no name.
        let whole = name.len() < 8 || name.iter().all(u8::is_ascii_digit);
        let forms: [Written; 4] = [
            <[u8]>::to_vec,
            |bytes| digits(bytes).collect(),
            |bytes| digits(bytes).map(|digit| digit.to_ascii_uppercase()).collect(),
            |bytes| bytes.iter().map(|byte| if *byte == b' ' { b'_' } else { *byte }).collect(),
        ];
        for form in forms {
            self.add(form(name), form(mask), whole);
        }
    }

    /// A number: as bytes in either order, in hexadecimal, by bytes with what stands between them, and as UUIDs are written.
    fn number(&mut self, name: &[u8], mask: &[u8]) {
        let mut forms: Vec<Written> = vec![
            |bytes| digits(bytes).collect(),
            |bytes| grouped(bytes, |_| true, b' '),
            |bytes| grouped(bytes, |_| true, b':'),
            |bytes| grouped(bytes, |_| true, b'-'),
        ];
        if name.len() == 16 {
            forms.push(|bytes| grouped(bytes, |index| matches!(index, 4 | 6 | 8 | 10), b'-'));
            // As mdadm has it.
            forms.push(|bytes| grouped(bytes, |index| index % 4 == 0, b':'));
        }
        for form in forms {
            let (from, to) = (form(name), form(mask));
            self.add(from.to_ascii_uppercase(), to.to_ascii_uppercase(), false);
            self.add(from, to, false);
        }
        // 50000000_00000001h is no rare sight among bytes.
        if name.iter().filter(|byte| **byte != 0).count() > 3 {
            let reversed = |bytes: &[u8]| bytes.iter().rev().copied().collect::<Vec<u8>>();
            self.add(name.to_vec(), mask.to_vec(), false);
            self.add(reversed(name), reversed(mask), false);
        }
    }

    /// Replaces what is found in that view of `bytes`, but where it is done already.
    fn replace(&self, bytes: &[u8], view: View, out: &mut [u8], done: &mut [bool]) {
        if self.patterns.is_empty() || bytes.len() < PREFIX {
            return;
        }
        let len = bytes.len();
        let seen: Vec<u8> = match view {
            View::Straight => bytes.to_vec(),
            View::Swapped(_) => (0..len).filter_map(|at| bytes.get(view.index(at, len)).copied()).collect(),
        };
        let mut at = 0;
        while let Some(rest) = seen.get(at..)
            && let Some(begin) = rest.first_chunk::<PREFIX>()
        {
            let before = at.checked_sub(1).and_then(|before| seen.get(before));
            let found = self.patterns.get(begin).into_iter().flatten().find(|pattern| {
                let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
                let alone = || !word(before) && !word(rest.get(pattern.from.len()));
                let free = || (at..at + pattern.from.len()).all(|at| done.get(view.index(at, len)) == Some(&false));
                rest.starts_with(&pattern.from) && (!pattern.whole || alone()) && free()
            });
            match found {
                Some(pattern) => {
                    let to: Vec<usize> = (at..at + pattern.to.len()).map(|at| view.index(at, len)).collect();
                    write(out, done, &to, &pattern.to);
                    at += pattern.from.len();
                }
                None => at += 1,
            }
        }
    }
}

/// In hexadecimal, lower case.
fn digits(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let digit = |value: u8| b"0123456789abcdef".get(usize::from(value)).copied().unwrap_or_default();
    bytes.iter().flat_map(move |byte| [digit(byte >> 4), digit(byte & 0x0f)])
}

/// In hexadecimal, with something before the bytes that are chosen, but the first.
fn grouped(bytes: &[u8], before: impl Fn(usize) -> bool, between: u8) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && before(index) {
            text.push(between);
        }
        text.extend(digits(&[*byte]));
    }
    text
}

impl Form {
    /// Where the letter of a name is that stands at `at` and is so long.
    fn index(self, at: usize, index: usize, len: usize) -> usize {
        match self {
            Self::Plain => at + index,
            Self::Reversed => at + len.saturating_sub(index + 1),
            Self::Swapped { field } => field + ((at - field + index) ^ 1),
        }
    }
}
