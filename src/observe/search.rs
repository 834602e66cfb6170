//! What a long text is of whose front does not show it: a system log may begin with a MiB of what says nothing, and is one all the same.
//! Whoever reads a source to its end, and whoever follows one, looks for its format here.

use super::families::{FAMILIES, Family};

/// So much of a source is looked at as one piece, as its front; an output of a tool shows what it is there. In bytes.
pub const FRONT: usize = 1024 * 1024;

/// So much of what was looked at in vain is looked at once more with what comes next, in bytes: some hundred lines, by which a line of a
/// log is told from one that is quoted. It is looked at anew with each line of a log that is written to line by line, so it is no more.
const OVERLAP: usize = 16 * 1024;

/// What a source is of, as far as that shows.
pub enum Shows {
    /// A log of this family.
    Log(&'static dyn Family),
    /// Text of no known format: it may show yet.
    NotYet,
    /// It begins with what is no text. It is not looked for any further.
    NoText,
}

/// Looks for a log in a source while it is read. Notes and outputs are not long, and a program that holds the line that makes one is none.
///
/// Up to [`FRONT`] bytes it keeps all, and behind that what it looks at once more; each push takes time by what is pushed, and by no more
/// than that which stands before it.
pub struct Search {
    kept: Vec<u8>,
    /// Whether all from the source's start on is kept.
    is_front: bool,
    /// When there is so much of the front, it is looked at as a whole.
    next: usize,
}

impl Search {
    /// Of a source of which so much, from its start on, was looked at before.
    pub fn new(front: &[u8]) -> Self {
        Self { kept: front.to_owned(), is_front: true, next: OVERLAP.max(front.len().saturating_mul(2)) }
    }

    /// Of a source behind a piece of it that was looked at before, whatever stands before that.
    pub fn behind(piece: &[u8]) -> Self {
        let mut search = Self { kept: piece.to_owned(), is_front: false, next: 0 };
        search.let_go();
        search
    }

    /// The source goes on.
    pub fn push(&mut self, bytes: &[u8]) -> Shows {
        let before = self.kept.len().saturating_sub(OVERLAP);
        self.kept.extend_from_slice(bytes);
        let mut family = log_in(self.kept.get(before..).unwrap_or_default());
        if self.is_front && self.kept.len() >= self.next {
            self.next = self.kept.len().saturating_mul(2);
            family = family.or_else(|| log_in(&self.kept));
        }
        if let Some(family) = family {
            return Shows::Log(family);
        }
        // A crash leaves NULs, or a writer that goes on where it was in a log that was cut: they say nothing of what stands behind them.
        if self.is_front && self.kept.iter().all(|byte| *byte == 0) {
            self.kept.clear();
        }
        if self.kept.len() >= FRONT { self.hurry() } else { self.go_on() }
    }

    /// No more of the front is looked for: what there is of it is all, and is not kept.
    pub fn hurry(&mut self) -> Shows {
        if std::mem::take(&mut self.is_front) && !is_text(&self.kept) {
            return Shows::NoText;
        }
        self.go_on()
    }

    fn go_on(&mut self) -> Shows {
        if !self.is_front {
            self.let_go();
        }
        Shows::NotYet
    }

    /// Where a log shows: what was pushed last, with all of the source before it, or else from the start of a line before it on.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// All that is not looked at once more.
    fn let_go(&mut self) {
        let from = self.kept.len().saturating_sub(OVERLAP);
        if from == 0 {
            return;
        }
        let line =
            self.kept.get(from..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')).map_or(0, |end| end + 1);
        self.kept.drain(..from + line);
        if self.kept.capacity() > 4 * OVERLAP {
            self.kept.shrink_to(OVERLAP);
        }
    }
}

/// The log that a piece of a source is of. A program holds lines of logs among its data.
fn log_in(piece: &[u8]) -> Option<&'static dyn Family> {
    if !is_text(piece) {
        return None;
    }
    // From the last on: a system's log in which a UPS speaks is of both families, and the kernel's, which hears the other, comes behind it.
    FAMILIES.iter().rev().copied().find(|family| family.goes_on() && family.recognise(piece))
}

/// Whether what a source begins with are lines of text, as far as they are not NUL: a log that was cut off by a crash has runs of these, and
/// may have nothing else for long.
pub fn is_text(front: &[u8]) -> bool {
    let (mut text, mut other) = (0, 0);
    for line in front.split(|byte| *byte == b'\n') {
        // Colours for a terminal begin with an escape, and a letter of any encoding is one.
        let is_letter = |byte: &u8| *byte >= b' ' && *byte != 0x7f || matches!(*byte, b'\t' | b'\r' | 0x1b);
        let nuls = line.iter().filter(|byte| **byte == 0).count();
        if nuls == 0 && line.iter().all(is_letter) { text += line.len() } else { other += line.len() - nuls }
    }
    !front.is_empty() && text >= other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dull(nth: usize) -> String {
        format!(
            "Nov 21 03:04:{:02} db7 sshd[{}]: Failed password for root from 10.0.0.{} port 4711 ssh2\n",
            nth % 60,
            900 + nth,
            nth % 256
        )
    }

    fn failure() -> &'static str {
        "Nov 21 03:05:00 db7 kernel: [  900.100000] md/raid1:md0: Disk failure on sdc1, disabling device.\n"
    }

    /// Pushes a text in pieces of a size; what it shows at the end, as a word, and the most that was kept between.
    fn searched(text: &[u8], size: usize) -> (&'static str, usize) {
        let (mut search, mut most, mut pushed) = (Search::new(b""), 0, 0);
        for piece in text.chunks(size) {
            pushed += piece.len();
            match search.push(piece) {
                Shows::Log(family) => {
                    let kept = search.kept();
                    assert!(kept.starts_with(b"Nov") && text[..pushed].ends_with(kept), "from a line's start on");
                    return (family.name(), most);
                }
                Shows::NotYet => most = most.max(search.kept().len()),
                Shows::NoText => return ("no text", most),
            }
        }
        ("nothing", most)
    }

    #[test]
    fn a_log_is_found_wherever_it_shows() {
        let check = |lines: usize, end: &str, size: usize, expect: &str| {
            let text: String = (0..lines).map(dull).chain([end.to_owned()]).collect();
            let (shown, most) = searched(text.as_bytes(), size);
            assert_eq!(shown, expect, "{lines} lines of nothing, by {size}");
            assert!(most <= FRONT + size, "{most} bytes are kept");
        };
        for size in [4_000, 50_000, 262_144] {
            check(0, failure(), size, "kernel-log");
            check(100, failure(), size, "kernel-log");
            check(5_000, failure(), size, "kernel-log");
            check(30_000, failure(), size, "kernel-log");
            check(30_000, "", size, "nothing");
        }
    }

    /// A UPS that speaks in a system's log does not make another log of it, in which the kernel would not be heard.
    #[test]
    fn a_systems_log_is_the_kernels() {
        let ups = |nth: usize| format!("Nov 21 03:04:{nth:02} db7 upsmon[1201]: UPS rack@localhost on battery\n");
        let text: String = (0..30_000).map(dull).chain((0..60).map(ups)).collect();
        assert_eq!(searched(text.as_bytes(), 4_000).0, "kernel-log");
    }

    /// A long program, with debug information, was taken for a damaged log: among its data stands how an entry of a SEL looks.
    #[test]
    fn a_program_that_holds_a_line_of_a_log_is_none() {
        let random: Vec<u8> = (0..2 * FRONT as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let entry = b"\n   1 | 10/05/2013 | 03:04:05 | Power Supply #0x51 | Failure detected | Asserted\n";
        let mut search = Search::behind(&random[..FRONT]);
        let program = [&random[..200_000], entry, &random[200_000..]].concat();
        assert!(program.chunks(65_536).all(|piece| matches!(search.push(piece), Shows::NotYet)));
        let mut search = Search::behind(&random[..FRONT]);
        let log = (0..200).map(|_| String::from_utf8_lossy(entry)).collect::<String>();
        assert!(matches!(search.push(log.as_bytes()), Shows::Log(_)), "the same as text");
    }

    #[test]
    fn what_is_no_text_is_told_by_its_front() {
        let random: Vec<u8> = (0..2 * FRONT as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let lines: String = (0..30_000).map(dull).collect();
        let check = |bytes: &[u8], expect: &str| assert_eq!(searched(bytes, 65_536).0, expect);
        check(&random, "no text");
        check(&vec![0; 2 * FRONT], "nothing");
        check(&[&[0; 2 * FRONT], failure().as_bytes()].concat(), "kernel-log");
        check(&[vec![0; 2 * FRONT], random.clone()].concat(), "no text");
        check(lines.as_bytes(), "nothing");
        // A crash left NULs at its front.
        check(&[&[0; 4_096], lines.as_bytes()].concat(), "nothing");
        check(&[&random[..4_096], lines.as_bytes()].concat(), "nothing");
        check(&[lines.as_bytes()[..200_000].to_vec(), random].concat(), "no text");
    }
}
