//! The XML of `arcconf getlogs`, as far as it uses it: tags with attributes, nothing between them.

use memchr::{memchr, memchr2_iter};
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// Room for the attributes of most entries; one in the captures has 25.
const ATTRIBUTES: usize = 16;

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
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// Its name and its value.
pub(super) type Attribute<'a> = (Cow<'a, str>, Cow<'a, str>);

impl Element<'_> {
    /// An attribute.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        Some(&**value).filter(|value| !value.is_empty())
    }

    /// A hash of its attributes, in their order.
    pub(super) fn fingerprint(&self) -> u64 {
        // Parted by line ends, which neither has.
        let parts = self.attributes.iter().flat_map(|(name, value)| [&**name, "\n", value, "\n"]);
        // In one piece, which is hashed faster than many small ones.
        let mut text = String::with_capacity(parts.clone().map(str::len).sum());
        text.extend(parts);
        xxh3_64(text.as_bytes())
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
    let inner = past_blanks(text).strip_prefix('<')?;
    if let Some(closing) = inner.strip_prefix('/') {
        let (name, rest) = name(closing)?;
        return Some((past_blanks(rest).strip_prefix('>')?, Tag::Close(name)));
    }
    let (name, mut rest) = name(inner)?;
    let mut attributes = Vec::with_capacity(ATTRIBUTES);
    while let Some((attribute, behind)) = attribute(past_blanks(rest)) {
        attributes.push(attribute);
        rest = behind;
    }
    let rest = past_blanks(rest);
    let rest = rest.strip_prefix('/').unwrap_or(rest).strip_prefix('>')?;
    Some((rest, Tag::Open(Element { name: name.into(), attributes })))
}

/// Of a text that may become a tag when more of it is there, whether a value is open at its end. `None` of any other.
pub(super) fn begun(text: &str) -> Option<bool> {
    if text.trim_start().starts_with('<') { goes_on(text, false) } else { None }
}

/// Whether a value is open at the end of a text that stands within a tag; `quoted` says whether one was at its front. `None` if the tag
/// ends in it.
pub(super) fn goes_on(text: &str, quoted: bool) -> Option<bool> {
    memchr2_iter(b'"', b'>', text.as_bytes()).try_fold(quoted, |quoted, at| {
        let is_end = text.as_bytes().get(at) == Some(&b'>');
        (!is_end || quoted).then_some(quoted ^ !is_end)
    })
}

/// What stands behind the blanks at the front of a text; XML has these four (XML 1.0, production 3).
fn past_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n'])
}

/// A name, and what is behind it.
fn name(text: &str) -> Option<(&str, &str)> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
    let length = text.as_bytes().iter().take_while(|byte| is_of_name(byte)).count();
    text.split_at_checked(length).filter(|_| length > 0)
}

/// `key="value"`, and what is behind it.
fn attribute(text: &str) -> Option<(Attribute<'_>, &str)> {
    let (key, rest) = name(text)?;
    let quoted = rest.strip_prefix("=\"")?;
    let (value, rest) = quoted.split_at_checked(memchr(b'"', quoted.as_bytes())?)?;
    Some(((key.into(), plain(value)), rest.strip_prefix('"')?))
}

/// Without the entities that XML itself has.
fn plain(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
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
        let check = |text: &str, expect| assert_eq!(begun(text), expect, "{text}");
        check("<a b=\"1\"", Some(false));
        check(" <a b=\"1>", Some(true));
        check("<a b=\"1\">", None);
        check("<a b=\">\" c=\"", Some(true));
        check("a", None);
        let check = |text: &str, quoted, expect| assert_eq!(goes_on(text, quoted), expect, "{text}");
        check("", true, Some(true));
        check("1>", true, Some(true));
        check("1\" c=\"2\"", true, Some(false));
        check("1\"/>", true, None);
        check("/>", false, None);
    }
}
