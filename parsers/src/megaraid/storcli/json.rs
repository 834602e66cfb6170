//! JSON as the tool prints it (`J`), and as it is when it breaks off: all that stands before the break is read.
//!
//! A reader of its own, as the tool's JSON is not always JSON (names of drives with control characters), and as one that is cut off
//! tells of drives all the same.

use super::sheet::{Answer, COMMAND_STATUS, Cells, Entry, Section, Sheet};

/// Deeper than the tool nests.
const DEPTH_MAX: usize = 32;

/// A value and the line that it begins in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    line: u64,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    /// Strings, numbers and words, as text.
    Scalar(String),
}

/// Whether bytes begin an object whose first member is `Controllers`, and have an answer.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    let mut reader = Reader { rest: bytes, line: 1, stopped: None };
    reader.preamble();
    let opened = reader.take(b'{') && reader.token() == Some(b'"');
    opened && reader.string().as_deref() == Some(CONTROLLERS) && has(reader.rest, COMMAND_STATUS)
}

const CONTROLLERS: &str = "Controllers";

fn has(bytes: &[u8], word: &str) -> bool {
    memchr::memmem::find(bytes, word.as_bytes()).is_some()
}

/// Reads one such object after another.
pub(super) fn read(bytes: &[u8]) -> Sheet {
    let mut reader = Reader { rest: bytes, line: 1, stopped: None };
    let mut sheet = Sheet { ends: true, ..Sheet::default() };
    while !reader.rest.is_empty() && reader.stopped.is_none() {
        sheet.odd.extend(reader.preamble());
        if reader.token() != Some(b'{') {
            continue;
        }
        let Some(Node { value: Value::Object(members), .. }) = reader.value(0) else { continue };
        for (name, node) in members {
            match node.value {
                Value::Array(answers) if name == CONTROLLERS => sheet.answers.extend(answers.into_iter().map(answer)),
                _ => sheet.odd.push(node.line),
            }
        }
    }
    if let Some(why) = reader.stopped {
        // What stands behind was not read.
        let last = reader.rest.split(|byte| *byte == b'\n').count();
        sheet.odd.extend((reader.line..).take(last).skip(1));
        sheet.cut(why);
    }
    sheet
}

/// One of the controllers.
fn answer(node: Node) -> Answer {
    let mut answer = Answer::default();
    let Value::Object(members) = node.value else { return answer };
    for (name, node) in members {
        match node.value {
            Value::Object(members) => {
                let title = if name == COMMAND_STATUS { COMMAND_STATUS } else { "" };
                answer.sections.push(Section { title: title.to_owned(), entries: Vec::new() });
                object(&mut answer, title, members);
            }
            _ => answer.push(&name, node.line, Entry::Pair(name.clone(), String::new())),
        }
    }
    answer
}

/// An object's scalars are its section's pairs, its objects and arrays are sections of their own.
fn object(answer: &mut Answer, title: &str, members: Vec<(String, Node)>) {
    for (name, Node { line, value }) in members {
        match value {
            Value::Scalar(text) => answer.push(title, line, Entry::Pair(name, text)),
            // Of storcli2 and perccli2: what is a row elsewhere stands alone.
            Value::Object(members) if members.iter().any(|(name, _)| name == "DG/VD") => {
                row(answer, &name, Node { line, value: Value::Object(members) });
            }
            Value::Object(members) => {
                answer.sections.push(Section { title: name.clone(), entries: Vec::new() });
                object(answer, &name, members);
            }
            Value::Array(items) => {
                answer.sections.push(Section { title: name.clone(), entries: Vec::new() });
                items.into_iter().for_each(|item| row(answer, &name, item));
            }
        }
    }
}

/// An item of an array is a row, unless it has sections itself (storcli2 and perccli2 nest what belongs to a virtual drive).
fn row(answer: &mut Answer, title: &str, Node { line, value }: Node) {
    match value {
        Value::Object(members) if members.iter().all(|(_, node)| matches!(node.value, Value::Scalar(_))) => {
            let cells: Cells = members
                .into_iter()
                .filter_map(|(name, node)| match node.value {
                    Value::Scalar(text) => Some((name, text)),
                    _ => None,
                })
                .collect();
            answer.push(title, line, Entry::Row(cells));
        }
        Value::Object(members) => object(answer, title, members),
        Value::Array(items) => items.into_iter().for_each(|item| row(answer, title, item)),
        Value::Scalar(text) => answer.push(title, line, Entry::Pair(String::new(), text)),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    line: u64,
    /// Why nothing more is read.
    stopped: Option<String>,
}

impl Reader<'_> {
    /// Skips lines that begin with no brace; gives those that are not blank.
    fn preamble(&mut self) -> Vec<u64> {
        let mut odd = Vec::new();
        while let Some(byte) = self.token() {
            if byte == b'{' {
                break;
            }
            odd.push(self.line);
            while self.rest.first().is_some_and(|byte| *byte != b'\n') {
                self.skip();
            }
        }
        odd
    }

    fn skip(&mut self) {
        if let Some((first, rest)) = self.rest.split_first() {
            self.line += u64::from(*first == b'\n');
            self.rest = rest;
        }
    }

    /// The next byte that is not blank; the mark at the front of a text of Windows is.
    fn token(&mut self) -> Option<u8> {
        self.rest = self.rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.rest);
        while self.rest.first().is_some_and(u8::is_ascii_whitespace) {
            self.skip();
        }
        self.rest.first().copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.token() == Some(byte);
        if is_next {
            self.skip();
        }
        is_next
    }

    fn stop(&mut self) {
        let why = match self.token() {
            None => "the JSON ends before it is closed".to_owned(),
            Some(_) => format!("it is no JSON from line {} on", self.line),
        };
        self.stopped.get_or_insert(why);
    }

    /// A value, or as much of it as stands before the break.
    fn value(&mut self, depth: usize) -> Option<Node> {
        let token = self.token();
        let line = self.line;
        let value = match token {
            Some(b'{') if depth < DEPTH_MAX => Value::Object(self.members(depth)),
            Some(b'[') if depth < DEPTH_MAX => Value::Array(self.items(depth)),
            Some(b'"') => Value::Scalar(self.string()?),
            _ => Value::Scalar(self.word()?),
        };
        Some(Node { line, value })
    }

    fn members(&mut self, depth: usize) -> Vec<(String, Node)> {
        let mut members = Vec::new();
        self.skip();
        while self.stopped.is_none() && !self.take(b'}') {
            let Some(name) = Some(self.token()).filter(|token| *token == Some(b'"')).and_then(|_| self.string()) else {
                self.stop();
                break;
            };
            if !self.take(b':') {
                self.stop();
                break;
            }
            members.extend(self.value(depth + 1).map(|node| (name, node)));
            self.separated(b'}');
        }
        members
    }

    fn items(&mut self, depth: usize) -> Vec<Node> {
        let mut items = Vec::new();
        self.skip();
        while self.stopped.is_none() && !self.take(b']') {
            items.extend(self.value(depth + 1));
            self.separated(b']');
        }
        items
    }

    /// A comma, or the end.
    fn separated(&mut self, end: u8) {
        if self.stopped.is_none() && !self.take(b',') && self.token() != Some(end) {
            self.stop();
        }
    }

    /// A number or a word; one that the text ends with may be longer.
    fn word(&mut self) -> Option<String> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        let mut word = String::new();
        while let Some(byte) = self.rest.first().copied().filter(is_part) {
            word.push(char::from(byte));
            self.skip();
        }
        if word.is_empty() || self.rest.is_empty() {
            self.stop();
            return None;
        }
        Some(word)
    }

    /// A string, which does not go on behind its line.
    fn string(&mut self) -> Option<String> {
        self.skip();
        let mut text = Vec::new();
        loop {
            match self.rest.first().copied() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.skip();
                    let mut letter = [0; 4];
                    text.extend(self.escaped()?.encode_utf8(&mut letter).bytes());
                }
                None | Some(b'\n') => {
                    self.stop();
                    return None;
                }
                Some(byte) => {
                    text.push(byte);
                    self.skip();
                }
            }
        }
        self.skip();
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        let Some(byte) = self.rest.first().copied() else {
            self.stop();
            return None;
        };
        self.skip();
        if byte != b'u' {
            return Some(match byte {
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                other => char::from(other),
            });
        }
        let Some(digits) = self.rest.get(..4).and_then(|digits| std::str::from_utf8(digits).ok()) else {
            self.stop();
            return None;
        };
        let number = u32::from_str_radix(digits, 16).ok();
        (0..4).for_each(|_| self.skip());
        Some(number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks() {
        let check = |text: &str, whole: bool| {
            let sheet = read(text.as_bytes());
            assert_eq!(sheet.cut.is_none(), whole, "{text}: {:?}", sheet.cut);
        };
        check(r#"{"Controllers":[]}"#, true);
        check(r#"{"Controllers":[{"Command Status":{"Status":"Success",}},]}"#, true);
        check("{\"Controllers\":[\r\n]}\r\n", true);
        check(r#"{"Controllers":[]"#, false);
        check(r#"{"Controllers":[{"Command Status":{"Controller":1"#, false);
        check(r#"{"Controllers":[{"Command Status":{"Contr"#, false);
        check("{\"Controllers\":[{\"Model\":\"A\nB\"}]}", false);
        check(r#"{"Controllers":[}"#, false);
        check(r#"{"Controllers":["\u12"#, false);
        check(&format!("{{\"Controllers\":{}", "[".repeat(100_000)), false);
    }

    #[test]
    fn what_stands_before_the_break() {
        let text = r#"{"Controllers":[{"Response Data":{"VD LIST":[{"DG/VD":"0/0","State":"Optl"},{"DG/VD":"0/1","St"#;
        let sheet = read(text.as_bytes());
        let rows = sheet.answers.iter().flat_map(|answer| &answer.sections).map(|section| section.entries.len());
        assert_eq!(rows.sum::<usize>(), 2, "{sheet:?}");
    }
}
