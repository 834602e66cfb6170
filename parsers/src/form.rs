//! Phrases as data: a text with fields in it, matched whole, from the front, or from the end.
//!
//! A form is written as the tool writes its message, with `{name:class}` where a value stands. Matching from the front tells how
//! far a text that was cut off still follows its form; matching from the end tells where the tail of a lost record begins.

use std::ops::Range;

use memchr::{memchr_iter, memrchr_iter};
use nom::{
    IResult, Parser,
    bytes::complete::{take_while_m_n, take_while1},
    error::{Error, ErrorKind},
};

/// A field of a phrase, and at the same time the place of its value in [`Values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Controller number as the tool counts, from 1.
    Controller,
    /// Channel of the controller, from 0.
    Channel,
    /// SCSI device id.
    Device,
    /// Enclosure number, from 0.
    Enclosure,
    /// Slot number, from 0.
    Slot,
    /// Serial number of a drive.
    Serial,
    /// Vendor of a drive.
    Vendor,
    /// Model of a drive.
    Model,
    /// A number of no further use.
    Number,
}

const FIELDS: usize = 9;

impl Field {
    const NAMES: [(&'static str, Self); FIELDS] = [
        ("controller", Self::Controller),
        ("channel", Self::Channel),
        ("device", Self::Device),
        ("enclosure", Self::Enclosure),
        ("slot", Self::Slot),
        ("serial", Self::Serial),
        ("vendor", Self::Vendor),
        ("model", Self::Model),
        ("number", Self::Number),
    ];

    const fn index(self) -> usize {
        match self {
            Self::Controller => 0,
            Self::Channel => 1,
            Self::Device => 2,
            Self::Enclosure => 3,
            Self::Slot => 4,
            Self::Serial => 5,
            Self::Vendor => 6,
            Self::Model => 7,
            Self::Number => 8,
        }
    }
}

/// The bytes a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// One to nine digits, thousands separated by commas or not.
    Number,
    /// Letters, digits and `-_./:`, at least one.
    Word,
    /// Anything up to the literal that follows, at most [`TEXT_MAX`] bytes.
    Text,
}

/// Longest value of a free field: SCSI vendor and product fields have 8 and 16 bytes, ATA's model has 40.
const TEXT_MAX: usize = 64;

impl Class {
    fn holds(self, byte: u8) -> bool {
        match self {
            Self::Number => byte.is_ascii_digit() || byte == b',',
            Self::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b':'),
            Self::Text => byte == b' ' || byte.is_ascii_graphic(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Element {
    Literal(&'static [u8]),
    Field(Field, Class),
}

/// Where the values stand in a text that matched: from where to where. No value is empty, so an empty place is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places([(u16, u16); FIELDS]);

impl Places {
    /// The values that stand in these places of a text.
    pub const fn of(self, text: &[u8]) -> Values<'_> {
        Values { text, places: self }
    }

    fn range(&self, field: Field) -> Option<Range<usize>> {
        let (start, end) = self.0.get(field.index()).copied().filter(|(start, end)| start < end)?;
        Some(usize::from(start)..usize::from(end))
    }

    /// Notes where a value stands; false if the field has another value already, or the text is longer than any line.
    fn put(&mut self, field: Field, text: &[u8], range: Range<usize>) -> bool {
        let agrees = self.range(field).is_none_or(|known| text.get(known) == text.get(range.clone()));
        let place = u16::try_from(range.start).ok().zip(u16::try_from(range.end).ok());
        if let Some(known) = self.0.get_mut(field.index()) {
            *known = place.unwrap_or_default();
        }
        agrees && place.is_some()
    }
}

/// The values of a text that matched, as they stand in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Values<'a> {
    text: &'a [u8],
    places: Places,
}

impl<'a> Values<'a> {
    /// Where they stand in the text.
    pub const fn places(&self) -> Places {
        self.places
    }

    /// The value as text, if the form has the field.
    pub fn text(&self, field: Field) -> Option<&'a str> {
        std::str::from_utf8(self.text.get(self.places.range(field)?)?).ok()
    }

    /// The value as a number, if the form has the field.
    pub fn number(&self, field: Field) -> Option<u32> {
        let bytes = self.text.get(self.places.range(field)?)?;
        bytes.iter().filter(|byte| **byte != b',').try_fold(0_u32, |sum, byte| {
            let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
            sum.checked_mul(10)?.checked_add(u32::from(digit))
        })
    }
}

/// How a text departs from a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// How many bytes of the text follow the form.
    pub at: usize,
    /// Whether they reach beyond the form's first literal, so that the text was meant to be this phrase.
    pub opened: bool,
}

/// A phrase taken apart.
#[derive(Debug, Clone)]
pub struct Form {
    elements: Vec<Element>,
}

impl Form {
    /// Reads a form such as `controller {controller:number}, slot {slot:number}`. What is not a known field stays literal, so
    /// that a mistake in a table shows in the test that every row matches its example.
    pub fn new(written: &'static str) -> Self {
        let mut elements = Vec::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            let Some(field) = field(name) else { break };
            if !before.is_empty() {
                elements.push(Element::Literal(before.as_bytes()));
            }
            elements.push(field);
            rest = after;
        }
        if !rest.is_empty() {
            elements.push(Element::Literal(rest.as_bytes()));
        }
        Self { elements }
    }

    /// Whether a text may be this phrase, by its first byte, which tells most texts apart from most phrases.
    pub fn may_begin(&self, text: &[u8]) -> bool {
        match self.elements.first() {
            Some(Element::Literal(literal)) => literal.first() == text.first(),
            Some(Element::Field(..)) | None => true,
        }
    }

    /// Matches a whole text.
    ///
    /// # Errors
    /// Where the text departs from the form. A field that occurs twice must have the same value both times.
    pub fn read<'a>(&self, text: &'a [u8]) -> Result<Values<'a>, Departure> {
        let mut places = Places::default();
        let mut rest = text;
        for (index, element) in self.elements.iter().enumerate() {
            match step(*element, self.elements.get(index + 1), rest) {
                Ok((after, value)) => {
                    let at = text.len() - rest.len();
                    let agrees = match *element {
                        Element::Field(field, _) => places.put(field, text, at..at + value.len()),
                        Element::Literal(_) => true,
                    };
                    if !agrees {
                        return Err(Departure { at, opened: true });
                    }
                    rest = after;
                }
                Err(_) => {
                    let at = text.len() - rest.len() + common(*element, rest);
                    return Err(Departure { at, opened: index > 0 });
                }
            }
        }
        if rest.is_empty() { Ok(places.of(text)) } else { Err(Departure { at: text.len() - rest.len(), opened: true }) }
    }

    /// Where the longest end of `text` begins that is also an end of this form; at least one literal of four bytes must stand
    /// whole in it, since less could end any line.
    pub fn tail(&self, text: &[u8]) -> Option<usize> {
        if let Some(Element::Literal(last)) = self.elements.last()
            && !text.ends_with(last)
        {
            return None;
        }
        self.elements.iter().enumerate().find_map(|(index, element)| {
            let Element::Literal(literal) = element else { return None };
            if literal.len() < 4 {
                return None;
            }
            let at = memrchr_iter(*literal.first()?, text).find(|at| stands_at(text, *at, literal))?;
            let follows = Self { elements: self.elements.get(index..)?.to_vec() }.read(text.get(at..)?).is_ok();
            follows.then(|| self.back(text, index, at))
        })
    }

    /// Goes back from a literal that matched, over the field before it and the end of the literal before that.
    fn back(&self, text: &[u8], index: usize, at: usize) -> usize {
        let mut at = at;
        for element in self.elements.iter().take(index).rev() {
            let before = text.get(..at).unwrap_or_default();
            let (length, whole) = match element {
                Element::Field(_, class) => {
                    let length = before.iter().rev().take(TEXT_MAX).take_while(|byte| class.holds(**byte)).count();
                    (length, length > 0)
                }
                Element::Literal(literal) => {
                    let length = before.iter().rev().zip(literal.iter().rev()).take_while(|(a, b)| a == b).count();
                    (length, length == literal.len())
                }
            };
            at -= length;
            if !whole {
                break;
            }
        }
        at
    }
}

fn field(written: &str) -> Option<Element> {
    let (name, class) = written.split_once(':')?;
    let (_, field) = Field::NAMES.iter().find(|(known, _)| *known == name)?;
    let class = match class {
        "number" => Class::Number,
        "word" => Class::Word,
        "text" => Class::Text,
        _ => return None,
    };
    Some(Element::Field(*field, class))
}

fn step<'a>(element: Element, next: Option<&Element>, rest: &'a [u8]) -> IResult<&'a [u8], &'a [u8]> {
    match element {
        // Compares many bytes at a time, as nom's `tag` does not.
        Element::Literal(literal) => match rest.strip_prefix(literal) {
            Some(after) => Ok((after, literal)),
            None => Err(misfit(rest, ErrorKind::Tag)),
        },
        Element::Field(_, Class::Number) => number(rest),
        Element::Field(_, class @ Class::Word) => take_while1(move |byte| class.holds(byte)).parse(rest),
        Element::Field(_, class @ Class::Text) => {
            let window = rest.get(..TEXT_MAX.min(rest.len())).unwrap_or_default();
            let length = match next {
                Some(Element::Literal(literal)) => find_near(window, literal).unwrap_or(0),
                _ => window.len(),
            };
            let (after, value) = take_while_m_n(length, length, move |byte| class.holds(byte)).parse(rest)?;
            if length == 0 {
                return Err(misfit(rest, ErrorKind::TakeWhileMN));
            }
            Ok((after, value))
        }
    }
}

/// Digits, and commas between groups of three: Java writes numbers in the manner of its locale (`34,571`).
fn number(rest: &[u8]) -> IResult<&[u8], &[u8]> {
    let digits = |from: usize| rest.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits(0).min(9);
    if length == 0 {
        return Err(misfit(rest, ErrorKind::Digit));
    }
    if length <= 3 {
        while length <= 8 && rest.get(length) == Some(&b',') && digits(length + 1) == 3 {
            length += 4;
        }
    }
    nom::bytes::complete::take(length).parse(rest)
}

/// Where a literal stands in a few bytes, for which a search table would cost more than it saves.
fn find_near(window: &[u8], literal: &[u8]) -> Option<usize> {
    memchr_iter(*literal.first()?, window).find(|at| stands_at(window, *at, literal))
}

fn stands_at(text: &[u8], at: usize, literal: &[u8]) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(literal))
}

fn misfit(at: &[u8], kind: ErrorKind) -> nom::Err<Error<&[u8]>> {
    nom::Err::Error(Error::new(at, kind))
}

/// How many bytes of `rest` still follow an element that did not match whole.
fn common(element: Element, rest: &[u8]) -> usize {
    match element {
        Element::Literal(literal) => rest.iter().zip(literal).take_while(|(a, b)| a == b).count(),
        Element::Field(_, class) => rest.iter().take(TEXT_MAX).take_while(|byte| class.holds(**byte)).count(),
    }
}

/// How many bytes of a text follow a shape of fixed places, such as a time: 9 is a digit, A a letter, + a sign, a blank any number of
/// blanks up to 8 or none, all else itself.
pub(crate) fn follows(shape: &[u8], text: &[u8]) -> usize {
    let mut at = 0;
    for wanted in shape {
        let next = text.get(at);
        let fits = match (wanted, next) {
            (b' ', _) => {
                let blanks = text.iter().skip(at).take(8).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                at += blanks;
                continue;
            }
            (b'9', Some(byte)) => byte.is_ascii_digit(),
            (b'A', Some(byte)) => byte.is_ascii_alphabetic(),
            (b'+', Some(byte)) => matches!(byte, b'+' | b'-'),
            (wanted, Some(byte)) => wanted == byte,
            (_, None) => false,
        };
        if !fits {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str =
        "Drive in controller {controller:number}, slot {slot:number} is {model:text} (S/N {serial:word})";

    fn check(form: &'static str, text: &str, expect: &str) {
        let form = Form::new(form);
        let got = match form.read(text.as_bytes()) {
            Ok(values) => format!(
                "controller {:?} slot {:?} model {:?} serial {:?} number {:?}",
                values.number(Field::Controller),
                values.number(Field::Slot),
                values.text(Field::Model),
                values.text(Field::Serial),
                values.number(Field::Number),
            ),
            Err(departure) => format!("departs at {} opened {}", departure.at, departure.opened),
        };
        let tail = form.tail(text.as_bytes()).map(|at| &text[at..]);
        assert_eq!(format!("{got}; tail {tail:?}"), expect, "{text}");
    }

    #[test]
    fn forms() {
        check(
            PLACE,
            "Drive in controller 1, slot 12 is A BC 1 (S/N X-9)",
            r#"controller Some(1) slot Some(12) model Some("A BC 1") serial Some("X-9") number None; tail Some("Drive in controller 1, slot 12 is A BC 1 (S/N X-9)")"#,
        );
        check(PLACE, "Drive in controller 1, sl", "departs at 25 opened true; tail None");
        check(PLACE, "Drive inside", "departs at 8 opened false; tail None");
        check(
            PLACE,
            "xx 1, slot 12 is A BC 1 (S/N X-9)",
            r#"departs at 0 opened false; tail Some(" 1, slot 12 is A BC 1 (S/N X-9)")"#,
        );
        check(
            PLACE,
            "lot 12 is A BC 1 (S/N X-9)",
            r#"departs at 0 opened false; tail Some("lot 12 is A BC 1 (S/N X-9)")"#,
        );
        check(PLACE, "?? (S/N X-9)", r#"departs at 0 opened false; tail Some("?? (S/N X-9)")"#);
        check(PLACE, ")", "departs at 0 opened false; tail None");
        check(
            "slot {slot:number} and slot {slot:number}",
            "slot 3 and slot 4",
            "departs at 16 opened true; tail Some(\"slot 3 and slot 4\")",
        );
        check(
            "port {number:number}.",
            "port 34,571.",
            "controller None slot None model None serial None number Some(34571); tail Some(\"port 34,571.\")",
        );
        check(
            "port {number:number}, then",
            "port 3, then",
            "controller None slot None model None serial None number Some(3); tail Some(\"port 3, then\")",
        );
    }
}
