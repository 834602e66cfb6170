//! The XML of `arcconf getlogs`, as far as it uses it: tags with attributes, nothing between them.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::opt;
use nom::multi::many0;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};
use std::borrow::Cow;
use xxhash_rust::xxh3::Xxh3Default;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag<'a> {
    /// `<name key="value">`, or with a slash at its end, so that nothing is within it.
    Open(Element<'a>),
    /// `</name>`
    Close(&'a str),
}

/// An element: its name and attributes, borrowed from its text. The tabular form of the logs comes to the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Element<'_> {
    /// An attribute.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        Some(&**value).filter(|value| !value.is_empty())
    }

    /// A hash of its attributes, in their order.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hash = Xxh3Default::new();
        for (name, value) in &self.attributes {
            // Neither has a line end.
            [name, "\n", value, "\n"].into_iter().for_each(|text| hash.update(text.as_bytes()));
        }
        hash.digest()
    }

    /// An attribute that is a number, decimal or `0x…`.
    pub(super) fn number<T: TryFrom<u64>>(&self, name: &str) -> Option<T> {
        let text = self.text(name)?.trim();
        let number = match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok()?,
            None => text.parse().ok()?,
        };
        T::try_from(number).ok()
    }
}

/// A tag at the front of a text, and what is behind it. `None` if there is none, or only the beginning of one.
pub(super) fn front(text: &str) -> Option<(&str, Tag<'_>)> {
    any(text).ok()
}

/// Whether a text may become a tag when more of it is there.
pub(super) fn is_begun(text: &str) -> bool {
    let mut quoted = false;
    text.trim_start().starts_with('<')
        && !text.chars().any(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        })
}

fn any(text: &str) -> IResult<&str, Tag<'_>> {
    preceded(multispace0, alt((close, open))).parse(text)
}

fn close(text: &str) -> IResult<&str, Tag<'_>> {
    let (rest, name) = delimited(tag("</"), name, (multispace0, char('>'))).parse(text)?;
    Ok((rest, Tag::Close(name)))
}

fn open(text: &str) -> IResult<&str, Tag<'_>> {
    let (rest, (name, attributes)) = preceded(char('<'), (name, many0(attribute))).parse(text)?;
    let (rest, _) = (multispace0, opt(char('/')), char('>')).parse(rest)?;
    Ok((rest, Tag::Open(Element { name: name.into(), attributes })))
}

fn name(text: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c)).parse(text)
}

fn attribute(text: &str) -> IResult<&str, (Cow<'_, str>, Cow<'_, str>)> {
    let value = delimited(char('"'), take_till(|c| c == '"'), char('"'));
    let (rest, (key, value)) = (preceded(multispace0, terminated(name, char('='))), value).parse(text)?;
    Ok((rest, (key.into(), plain(value))))
}

/// Without the entities that XML itself has.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        type Expect<'a> = Option<(&'a str, &'a str, &'a [(&'static str, &'static str)])>;
        let check = |text: &str, expect: Expect<'_>| {
            let read = front(text).map(|(rest, tag)| match tag {
                Tag::Open(element) => (rest.to_owned(), element.name, element.attributes),
                Tag::Close(name) => (rest.to_owned(), format!("/{name}").into(), Vec::new()),
            });
            let pair = |(key, value): &(&'static str, &'static str)| (Cow::from(*key), Cow::from(*value));
            let expect = expect.map(|(rest, name, attributes)| {
                (rest.to_owned(), Cow::from(name), attributes.iter().map(pair).collect::<Vec<_>>())
            });
            assert_eq!(read, expect, "{text}");
        };
        check("<eventlog>", Some(("", "eventlog", &[])));
        check("  <a b=\"1\" c=\"x y\"/> <d>", Some((" <d>", "a", &[("b", "1"), ("c", "x y")])));
        check("</ControllerLog>\n", Some(("\n", "/ControllerLog", &[])));
        check("<a b=\"&lt;&amp;lt;>\" />", Some(("", "a", &[("b", "<&lt;>")])));
        for broken in ["", "<", "<a", "<a b>", "<a b=1>", "<a b=\"1>", "text <a>", "< a>"] {
            check(broken, None);
        }
    }

    #[test]
    fn tags_over_lines() {
        let check = |text: &str, expect| assert_eq!(is_begun(text), expect, "{text}");
        check("<a b=\"1\"", true);
        check("<a b=\"1>", true);
        check("<a b=\"1\">", false);
        check("a", false);
    }
}
