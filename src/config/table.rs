//! A TOML document, read so that all mistakes of it are found at once, each with its place. Deserialising ends at the first one.

use super::Wrong;
use crate::words::clean;
use std::cell::RefCell;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a value is not: what is wrong with it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Not {
    pub(super) what: String,
    pub(super) instead: String,
}

impl Not {
    pub(super) fn new(what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { what: what.into(), instead: instead.into() }
    }
}

/// A value as it is meant, or what it is not.
pub(super) type Ruled<T> = Result<T, Not>;

/// The mistakes of a document.
pub(super) struct Wrongs<'t> {
    text: &'t str,
    found: RefCell<Vec<Wrong>>,
}

impl<'t> Wrongs<'t> {
    pub(super) const fn of(text: &'t str) -> Self {
        Self { text, found: RefCell::new(Vec::new()) }
    }

    /// At an offset of the document.
    pub(super) fn add(&self, offset: usize, not: Not) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.found.borrow_mut().push(Wrong { line, column, what: not.what, instead: not.instead });
    }

    /// All of them, in the order of the document, each once.
    pub(super) fn into_sorted(self) -> Vec<Wrong> {
        let mut found = self.found.into_inner();
        found.sort();
        found.dedup();
        found
    }

    pub(super) fn lines(&self) -> Vec<usize> {
        self.found.borrow().iter().map(|wrong| wrong.line).collect()
    }

    /// Forgets what was found behind the first ones, on lines that these are on.
    pub(super) fn forget_beside(&self, first: &[usize]) {
        let mut index = 0;
        self.found.borrow_mut().retain(|wrong| {
            index += 1;
            index <= first.len() || !first.contains(&wrong.line)
        });
    }
}

/// A table of the document.
pub(super) struct Table<'a, 't> {
    /// As it is called in the document; empty for the document itself.
    name: String,
    /// Where it begins.
    at: usize,
    entries: &'a DeTable<'t>,
    wrongs: &'a Wrongs<'t>,
    /// The keys that were asked for.
    known: Vec<&'static str>,
}

/// Keys under which people write secrets.
const SECRETS: [&str; 11] = [
    "password",
    "passwd",
    "pass",
    "secret",
    "token",
    "key",
    "routing_key",
    "api_key",
    "authorization",
    "bearer",
    "login",
];

impl<'a, 't> Table<'a, 't> {
    pub(super) fn document(entries: &'a DeTable<'t>, wrongs: &'a Wrongs<'t>) -> Self {
        Self { name: String::new(), at: 0, entries, wrongs, known: Vec::new() }
    }

    /// A value that is read as a table; none if it is none.
    pub(super) fn of(name: &str, value: &'a Spanned<DeValue<'t>>, wrongs: &'a Wrongs<'t>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Table(entries) => {
                Some(Self { name: name.to_owned(), at: value.span().start, entries, wrongs, known: Vec::new() })
            }
            _ => None,
        }
    }

    /// A mistake of the table as a whole.
    pub(super) fn wrong(&self, not: Not) {
        self.wrongs.add(self.at, not);
    }

    /// A mistake of a value, or of the table if it has no such key.
    pub(super) fn wrong_at(&self, key: &str, not: Not) {
        self.wrongs.add(self.entries.get(key).map_or(self.at, |value| value.span().start), not);
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.entries.get(key)
    }

    /// The value of a key, if it has one and it is right.
    pub(super) fn read<T>(&mut self, key: &'static str, rule: impl Fn(&DeValue<'t>) -> Ruled<T>) -> Option<T> {
        let value = self.value(key)?;
        self.ruled(key, value, rule)
    }

    fn ruled<T>(&self, key: &str, value: &Spanned<DeValue<'t>>, rule: impl Fn(&DeValue<'t>) -> Ruled<T>) -> Option<T> {
        let not =
            |not: Not| self.wrongs.add(value.span().start, Not::new(format!("`{key}` {}", not.what), not.instead));
        rule(value.get_ref()).map_err(not).ok()
    }

    /// The same of a key that must be there.
    pub(super) fn need<T>(
        &mut self,
        key: &'static str,
        example: &str,
        rule: impl Fn(&DeValue<'t>) -> Ruled<T>,
    ) -> Option<T> {
        self.must_have(key, example);
        self.read(key, rule)
    }

    /// Whether it has a key, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// A look at a value, which says nothing of what it should be.
    pub(super) fn peek<T>(&self, key: &str, look: impl Fn(&DeValue<'t>) -> Option<T>) -> Option<T> {
        self.entries.get(key).and_then(|value| look(value.get_ref()))
    }

    /// A key that is known, and whose value is wrong.
    pub(super) fn skip(&mut self, key: &'static str, not: Not) {
        self.known.push(key);
        self.wrong_at(key, not);
    }

    /// Says so if the list of a key has no items.
    pub(super) fn not_empty(&self, key: &str, instead: &str) {
        if self.peek(key, |value| matches!(value, DeValue::Array(items) if items.is_empty()).then_some(())).is_some() {
            self.wrong_at(key, Not::new(format!("`{key}` is empty"), instead));
        }
    }

    /// Says that a key is missing, if it is.
    pub(super) fn must_have(&self, key: &str, example: &str) {
        if !self.entries.contains_key(key) {
            self.wrong(Not::new(format!("{} has no `{key}`", self.title()), format!("write {key} = {example}")));
        }
    }

    /// A list, each item of which is right or told by itself; the index of the item is handed on.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        example: &str,
        rule: impl Fn(&'a Spanned<DeValue<'t>>) -> Ruled<Option<T>>,
    ) -> Option<Vec<T>> {
        let value = self.value(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            let what = format!("`{key}` is {}", kind(value.get_ref()));
            self.wrongs.add(value.span().start, Not::new(what, format!("write a list: {key} = {example}")));
            return None;
        };
        let item = |item: &'a Spanned<DeValue<'t>>| match rule(item) {
            Ok(right) => right,
            Err(not) => {
                self.wrongs.add(item.span().start, Not::new(format!("an item of `{key}` {}", not.what), not.instead));
                None
            }
        };
        Some(items.iter().filter_map(item).collect())
    }

    /// The table of a key, if there is one.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Self> {
        let value = self.value(key)?;
        let table = Self::of(key, value, self.wrongs);
        if table.is_none() {
            let what = format!("`{key}` is {}", kind(value.get_ref()));
            self.wrongs.add(value.span().start, Not::new(what, format!("write a line [{key}], and its keys below")));
        }
        table
    }

    /// The tables of a key that stands above each of them in two pairs of brackets.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let instead = || format!("write a line [[{key}]] above each, and its keys below");
        let wrongs = self.wrongs;
        let DeValue::Array(items) = value.get_ref() else {
            wrongs.add(value.span().start, Not::new(format!("`{key}` is {}", kind(value.get_ref())), instead()));
            return Vec::new();
        };
        let table = |item: &'a Spanned<DeValue<'t>>| {
            let table = Self::of(key, item, wrongs);
            if table.is_none() {
                let what = format!("an item of `{key}` is {}", kind(item.get_ref()));
                wrongs.add(item.span().start, Not::new(what, instead()));
            }
            table
        };
        items.iter().filter_map(table).collect()
    }

    /// The tables within a table, by names that the writer gave them.
    pub(super) fn named(&mut self, key: &'static str) -> Vec<(String, Self)> {
        let Some(all) = self.table(key) else { return Vec::new() };
        let mut named = Vec::new();
        for (name, value) in all.entries {
            match Self::of(&format!("{key}.{}", name.get_ref()), value, self.wrongs) {
                Some(table) => named.push((name.get_ref().to_string(), table)),
                None => self.wrongs.add(
                    value.span().start,
                    Not::new(
                        format!("`{key}.{}` is {}", clean(name.get_ref()), kind(value.get_ref())),
                        format!("write a line [{key}.NAME], and its keys below"),
                    ),
                ),
            }
        }
        named
    }

    fn title(&self) -> String {
        match self.name.as_str() {
            "" => "the file".to_owned(),
            name => format!("[{}]", clean(name)),
        }
    }

    /// Says which keys nobody knows.
    pub(super) fn finish(self) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !self.known.contains(&key.get_ref().as_ref())) {
            let at = key.span().start;
            let key = key.get_ref();
            self.wrongs.add(at, self.unknown(key));
        }
    }

    fn unknown(&self, key: &str) -> Not {
        let file = format!("{key}_file");
        let its_file = self.known.iter().find(|known| **known == file || known.starts_with(&format!("{key}_")));
        let file = its_file.or_else(|| self.known.iter().find(|known| known.ends_with("_file")));
        if SECRETS.contains(&key) {
            let instead = match file {
                Some(file) => format!(
                    "write it alone into a file that only root may read (chmod 600) and name that: \
                     {file} = \"/etc/arraywatch/{key}\""
                ),
                None if self.known.contains(&"relays") => {
                    "the relay takes it, from a file that only root may read (chmod 600): \
                     relays = [{ url = \"smtp://mail.example.com:587\", user = \"raid\", \
                     password_file = \"/etc/arraywatch/mail.password\" }]"
                        .to_owned()
                }
                None => "leave it out: nothing here needs one".to_owned(),
            };
            return Not::new(format!("`{key}`: a secret does not stand in this file, which others may read"), instead);
        }
        let what = format!("unknown key `{}` in {}", clean(key), self.title());
        let near = nearest(key, self.known.iter().copied());
        let near = near.map_or_else(|| "known".to_owned(), |near| format!("did you mean `{near}`? Known"));
        Not::new(what, format!("{near} here: {}", self.known.join(", ")))
    }
}

/// Words that have less in common than this, of 1, are two words and no slip.
const ALIKE: f64 = 0.5;

/// The nearest of some words, if one is near.
pub(super) fn nearest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let closeness = |word: &str| strsim::normalized_damerau_levenshtein(&typed.to_lowercase(), &word.to_lowercase());
    words
        .map(|word| (closeness(word), word))
        .filter(|(closeness, _)| *closeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// What a value is, for people.
pub(super) const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a bare number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A text.
pub(super) fn text<'v>(value: &'v DeValue<'_>) -> Ruled<&'v str> {
    match value {
        DeValue::String(text) => Ok(text),
        other => Err(Not::new(format!("is {}", kind(other)), "write a text in quotes")),
    }
}

/// A whole number within a range.
pub(super) fn number(value: &DeValue<'_>, range: RangeInclusive<usize>) -> Ruled<usize> {
    let instead = || format!("write a whole number from {} to {}, without quotes", range.start(), range.end());
    let DeValue::Integer(written) = value else {
        return Err(Not::new(format!("is {}", kind(value)), instead()));
    };
    let number = usize::from_str_radix(written.as_str(), written.radix()).ok().filter(|number| range.contains(number));
    number.ok_or_else(|| Not::new(format!("is {}", clean(written.as_str())), instead()))
}
