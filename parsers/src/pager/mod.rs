//! Back from what a pager showed to the bytes that were there.
//!
//! People paste damaged logs from the screen. The damage, which is what matters, is then written in a notation: `^@` for
//! NUL, `<87>` for a byte that is no text. What must hold:
//!
//! - Real bytes stay as they are: without strong evidence that a text is in such a notation, there is no answer. A text with
//!   a raw control byte is never in it, for a pager would have shown that byte in the notation too.
//! - What is decoded can be pointed at in the text as given: the offset map is total and monotonic both ways.
//! - Linear time, memory in proportion to the text, no panic on any input.
//!
//! # Notations
//!
//! | | control byte | ESC | byte that is no text | character that does not print |
//! |-|-|-|-|-|
//! | [`Notation::Less`] | `^@` to `^_`, `^?` | `ESC`, `^[` | `<80>` to `<FF>` | `<U+0080>` |
//! | [`Notation::CatV`] | `^@` to `^_`, `^?` | `^[` | `M-^@`, `M-x`, `M-^?` | as its bytes |
//! | [`Notation::Hex`] | `\x00` to `\x1f`, `\x7f` | `\x1b` | `\x80` to `\xff` | as its bytes |
//!
//! Sources: `prchar` and `prutfchar` of less (charset.c, line.c), `cat -v` of GNU coreutils (cat.c), and for `\x` what
//! web servers, Python and the systemd journal write. A text is in one notation, since one program showed it: what looks like
//! another notation is text.
//!
//! # Where it is ambiguous
//!
//! No notation marks its own characters, so literal text that looks like a token is decoded in a text that has the evidence:
//! a literal `^A`; in less `<9C>` and `<U+00E9>`; in `cat -v` `M-x`; with `\x`, the four characters `\x41`. `^^A` is
//! read as the byte 0x1E and `A`, never as a literal `^` and the byte 0x01. `cat -v` is ambiguous by itself at the byte 0xDE,
//! which it shows as `M-^`: before a character that can follow a caret, as `M-^?`, it is read as the control character.
//! Beyond that, less is given three chances to be
//! plain text: `<86>` where a syslog priority stands stays; `ESC` within a word (`ESCAPE`, `DESC`) stays, and so does `ESC`
//! on a line without any other token. A text with carets only and no byte above 0x7F could be of less or of `cat -v`, and is
//! taken for less, which differs for `ESC` alone. `cat -A` puts `$` at the line ends, and these stay.

use memchr::{memchr, memchr2, memchr3, memrchr};

/// Who showed the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notation {
    /// `less`: carets, `<87>`, `ESC`.
    Less,
    /// `cat -v`: carets, `M-`.
    CatV,
    /// Hexadecimal escapes: `\x00`.
    Hex,
}

/// The bytes that were shown, and where in the text each of them stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes before they were shown.
    pub bytes: Vec<u8>,
    /// The notation they were shown in.
    pub notation: Notation,
    /// Where the ratio between the two texts changes. The first starts at 0.
    runs: Vec<Run>,
    given_len: usize,
}

/// From here on, up to the next run, every `given_unit` bytes of the text stand for `decoded_unit` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    decoded: usize,
    given: usize,
    decoded_unit: u8,
    given_unit: u8,
}

impl Decoded {
    fn new(notation: Notation, given_len: usize) -> Self {
        // What is decoded is never longer than what was given.
        Decoded { bytes: Vec::with_capacity(given_len), notation, runs: Vec::new(), given_len }
    }

    /// The offset in the text as given, of an offset in the decoded bytes. Inside a character of several bytes it is where
    /// the token starts; behind the end it is the end.
    pub fn given(&self, decoded: usize) -> usize {
        if decoded >= self.bytes.len() {
            return self.given_len;
        }
        let before = self.runs.partition_point(|run| run.decoded <= decoded);
        let Some(run) = before.checked_sub(1).and_then(|index| self.runs.get(index)) else { return 0 };
        run.given + (decoded - run.decoded) / usize::from(run.decoded_unit) * usize::from(run.given_unit)
    }

    /// The offset in the decoded bytes, of an offset in the text as given. Inside a token it is where its byte starts;
    /// behind the end it is the end.
    pub fn decoded(&self, given: usize) -> usize {
        if given >= self.given_len {
            return self.bytes.len();
        }
        let before = self.runs.partition_point(|run| run.given <= given);
        let Some(run) = before.checked_sub(1).and_then(|index| self.runs.get(index)) else { return 0 };
        run.decoded + (given - run.given) / usize::from(run.given_unit) * usize::from(run.decoded_unit)
    }

    /// Appends bytes that stand at `given` in the text, in steps of the units.
    fn push(&mut self, bytes: &[u8], given: usize, decoded_unit: u8, given_unit: u8) {
        if bytes.is_empty() {
            return;
        }
        let same = |run: &Run| (run.decoded_unit, run.given_unit) == (decoded_unit, given_unit);
        if !self.runs.last().is_some_and(same) {
            self.runs.push(Run { decoded: self.bytes.len(), given, decoded_unit, given_unit });
        }
        self.bytes.extend_from_slice(bytes);
    }
}

/// What `text` was before a pager showed it. None unless there is strong evidence that one did: several tokens of a notation,
/// and no raw control bytes other than tab, line feed and carriage return.
pub fn decode(text: &[u8]) -> Option<Decoded> {
    if text.iter().any(|byte| is_raw_control(*byte)) {
        return None;
    }
    let notation = notation(text)?;
    let mut decoded = Decoded::new(notation, text.len());
    let mut lines = EscapeLines::default();
    let mut at = 0;
    let mut from = 0;
    while let Some(start) = candidate(notation, text, from) {
        // A candidate that is no token is text.
        from = start + 1;
        let Some(token) = token(notation, text, start) else { continue };
        if token.kind == Kind::Escape && (is_in_word(text, at, start) || !lines.have_tokens(text, start)) {
            continue;
        }
        decoded.push(text.get(at..start).unwrap_or_default(), at, 1, 1);
        let (bytes, decoded_unit) = token.bytes();
        decoded.push(bytes, start, decoded_unit, token.len);
        at = start + usize::from(token.len);
        from = at;
    }
    decoded.push(text.get(at..).unwrap_or_default(), at, 1, 1);
    Some(decoded)
}

fn is_raw_control(byte: u8) -> bool {
    byte == 0x7f || (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Caret,
    Angle,
    Character,
    Escape,
    Meta,
    Hex,
}

/// One token of a notation.
#[derive(Debug, Clone, Copy)]
struct Token {
    kind: Kind,
    /// The bytes it stands for: the first `decoded_len` of these.
    decoded: [u8; 4],
    decoded_len: u8,
    /// Its length in the text.
    len: u8,
}

impl Token {
    fn byte(kind: Kind, byte: u8, len: u8) -> Self {
        Token { kind, decoded: [byte, 0, 0, 0], decoded_len: 1, len }
    }

    fn bytes(&self) -> (&[u8], u8) {
        (self.decoded.get(..usize::from(self.decoded_len)).unwrap_or_default(), self.decoded_len)
    }

    /// The byte, or the first of them.
    fn value(&self) -> u8 {
        self.decoded[0]
    }
}

/// Where the next token could start.
fn candidate(notation: Notation, text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let found = match notation {
        Notation::Less => memchr3(b'^', b'<', b'E', rest),
        Notation::CatV => memchr2(b'^', b'M', rest),
        Notation::Hex => memchr(b'\\', rest),
    };
    found.map(|offset| from + offset)
}

/// The token that starts here.
fn token(notation: Notation, text: &[u8], start: usize) -> Option<Token> {
    let rest = text.get(start..)?;
    match notation {
        Notation::Less => caret(rest)
            .or_else(|| angle(rest).filter(|_| !is_syslog_priority(text, start)))
            .or_else(|| character(rest))
            .or_else(|| rest.starts_with(b"ESC").then(|| Token::byte(Kind::Escape, 0x1b, 3))),
        Notation::CatV => caret(rest).or_else(|| meta(rest)),
        Notation::Hex => hex_escape(rest),
    }
}

/// `^@` to `^_`, and `^?`: the sign is the byte with bit 0x40 turned over.
fn caret(rest: &[u8]) -> Option<Token> {
    match rest {
        [b'^', sign @ (b'@'..=b'_' | b'?'), ..] => Some(Token::byte(Kind::Caret, sign ^ 0x40, 2)),
        _ => None,
    }
}

/// `<80>` to `<FF>`. less shows smaller bytes by caret or as they are, and writes the digits in upper case.
fn angle(rest: &[u8]) -> Option<Token> {
    let [b'<', high @ (b'8'..=b'9' | b'A'..=b'F'), low @ (b'0'..=b'9' | b'A'..=b'F'), b'>', ..] = rest else {
        return None;
    };
    Some(Token::byte(Kind::Angle, digit(*high)? << 4 | digit(*low)?, 4))
}

/// `<U+0080>` to `<U+10FFFF>`. Which characters do not print changes with the version of less, so all of them are taken
/// that are not ASCII. Locale sources write `<U0041>`, without the plus.
fn character(rest: &[u8]) -> Option<Token> {
    let digits = rest.strip_prefix(b"<U+")?;
    let count = digits.iter().take(7).take_while(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')).count();
    if !(4..=6).contains(&count) || digits.get(count) != Some(&b'>') {
        return None;
    }
    let value = digits.iter().take(count).try_fold(0, |value, byte| Some(value << 4 | u32::from(digit(*byte)?)))?;
    let character = char::from_u32(value).filter(|character| !character.is_ascii())?;
    let mut decoded = [0; 4];
    let decoded_len = u8::try_from(character.encode_utf8(&mut decoded).len()).ok()?;
    let len = u8::try_from(count + 4).ok()?;
    Some(Token { kind: Kind::Character, decoded, decoded_len, len })
}

/// `M-^@` to `M-^_`, `M- ` to `M-~`, `M-^?`: bit 0x80, and the rest as without it.
fn meta(rest: &[u8]) -> Option<Token> {
    let low = rest.strip_prefix(b"M-")?;
    match (caret(low), low) {
        (Some(control), _) => Some(Token::byte(Kind::Meta, control.value() | 0x80, 4)),
        (None, [plain @ b' '..=b'~', ..]) => Some(Token::byte(Kind::Meta, plain | 0x80, 3)),
        _ => None,
    }
}

/// `\x00` to `\xff`, in digits of either case.
fn hex_escape(rest: &[u8]) -> Option<Token> {
    match rest {
        [b'\\', b'x', high, low, ..] => Some(Token::byte(Kind::Hex, digit(*high)? << 4 | digit(*low)?, 4)),
        _ => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

fn is_line_start(text: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| text.get(before) == Some(&b'\n'))
}

/// A message as syslog sends it: "<86>Oct 26 08:39:13 host" (RFC 3164) or "<86>1 2013-10-26T08:39:13Z host" (RFC 5424).
fn is_syslog_priority(text: &[u8], start: usize) -> bool {
    let rest = text.get(start..).unwrap_or_default();
    is_line_start(text, start)
        && match rest {
            [b'<', a, b, b'>', after @ ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
                matches!(after, [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] | [b'1', b' ', ..])
            }
            _ => false,
        }
}

/// `ESC` that is part of a word: three letters follow (ESCAPE, DESCRIPTION), or it is DESC. Two letters are no word, for
/// control sequences have them. Letters before it are none either: a word is often followed by the sequence that ends its
/// colour, "errorESC[0m". What stands before `plain` is a token and no letter.
fn is_in_word(text: &[u8], plain: usize, start: usize) -> bool {
    let after = text.get(start + 3..).unwrap_or_default();
    let letters = (0..3)
        .take_while(|n| {
            let rest = after.get(*n..).unwrap_or_default();
            // A second escape is no letter.
            rest.first().is_some_and(u8::is_ascii_alphabetic) && !rest.starts_with(b"ESC")
        })
        .count();
    let letter_before = |distance| {
        let before = start.checked_sub(distance).filter(|at| *at >= plain);
        before.and_then(|at| text.get(at)).copied().filter(u8::is_ascii_alphabetic)
    };
    let is_desc = letter_before(1) == Some(b'D') && letter_before(2).is_none() && after.first() != Some(&b'[');
    letters == 3 || (letters == 0 && is_desc)
}

/// Which lines have tokens besides `ESC`: looked up once a line, to stay linear.
#[derive(Default)]
struct EscapeLines {
    /// The end of the line that was looked at last.
    end: usize,
    have_tokens: bool,
}

impl EscapeLines {
    /// Whether the line of the `ESC` at `at` has another token. `at` only grows.
    fn have_tokens(&mut self, text: &[u8], at: usize) -> bool {
        if at >= self.end {
            let start = text.get(..at).and_then(|before| memrchr(b'\n', before)).map_or(0, |newline| newline + 1);
            let rest = text.get(at..).unwrap_or_default();
            self.end = memchr(b'\n', rest).map_or(text.len(), |newline| at + newline + 1);
            let signs = |from| memchr2(b'^', b'<', text.get(from..self.end)?).map(|offset| from + offset);
            let mut starts = std::iter::successors(signs(start), |at| signs(at + 1));
            self.have_tokens = starts.any(|at| token(Notation::Less, text, at).is_some());
        }
        self.have_tokens
    }
}

/// So many tokens of weight make a text one of a pager. One or two occur in manuals and in regular expressions.
const SEVERAL: usize = 3;

/// What speaks for a notation.
#[derive(Debug, Default)]
struct Evidence {
    /// Tokens of weight that only this notation has.
    own: usize,
    /// Carets of weight.
    carets: usize,
    /// The byte of the first token of weight.
    first: Option<u8>,
    /// There are two different ones, or one of full weight: `^C^C^C^C` is a user at a terminal.
    varied: bool,
}

impl Evidence {
    fn total(&self) -> usize {
        self.own + self.carets
    }
}

fn notation(text: &[u8]) -> Option<Notation> {
    let [less, cat_v, hex] = [Notation::Less, Notation::CatV, Notation::Hex].map(|notation| evidence(notation, text));
    let (mut best, mut notation) = if cat_v.own > less.own { (cat_v, Notation::CatV) } else { (less, Notation::Less) };
    if hex.total() > best.total() {
        (best, notation) = (hex, Notation::Hex);
    }
    (best.total() >= SEVERAL && best.varied).then_some(notation)
}

fn evidence(notation: Notation, text: &[u8]) -> Evidence {
    let mut found = Evidence::default();
    // Where the last token ended that can join with the next.
    let mut joint = None;
    let mut from = 0;
    while let Some(start) = candidate(notation, text, from) {
        from = start + 1;
        let Some(token) = token(notation, text, start) else { continue };
        from = start + usize::from(token.len);
        let weight = weight(&token);
        if weight == Weight::Full || (weight == Weight::Joined && joint == Some(start)) {
            if token.kind == Kind::Caret {
                found.carets += 1;
            } else {
                found.own += 1;
            }
            let first = *found.first.get_or_insert(token.value());
            found.varied |= first != token.value() || weight == Weight::Full;
        }
        joint = (weight != Weight::None).then_some(from);
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Counts wherever it stands.
    Full,
    /// Counts where it directly follows another token with weight: damage comes in runs, and literal text hardly does.
    Joined,
    /// Too common in plain text to count.
    None,
}

fn weight(token: &Token) -> Weight {
    let byte = token.value();
    match token.kind {
        Kind::Caret => match byte {
            0 => Weight::Full,
            1..=26 => Weight::Joined,
            // `^[A-Z]` and `[^\]]` are regular expressions, `^_` and `^^` have meanings in TeX.
            _ => Weight::None,
        },
        // `<9C>` is nothing else; `<86>` can be a syslog priority and `<AE>` a symbol.
        Kind::Angle => match (byte >> 4 > 9, byte & 0xf > 9) {
            (true, false) | (false, true) => Weight::Full,
            _ => Weight::Joined,
        },
        // Emacs manuals are full of `M-x`.
        Kind::Meta if token.len == 4 => Weight::Full,
        Kind::Meta => Weight::Joined,
        Kind::Hex => match byte {
            0 => Weight::Full,
            0x20..=0x7e => Weight::None,
            _ => Weight::Joined,
        },
        Kind::Character | Kind::Escape => Weight::None,
    }
}

#[cfg(test)]
mod tests;
