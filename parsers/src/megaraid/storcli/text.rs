//! What the tool prints to read: `Key = Value`, titles underlined, tables between rules.
//!
//! A table's columns are as wide as their widest cell, and some stand to the left, some to the right: of a file that is not damaged,
//! two columns are parted by a place that is blank in each line of the table.
//!
//! ```text
//! VD LIST :
//! =======
//!
//! -----------------------------------------------------------
//! DG/VD TYPE  State Access Consist Cache Cac sCC     Size Name
//! -----------------------------------------------------------
//! 0/0   RAID1 Optl  RW     Yes     RWBD  -   ON  2.728 TB data
//! -----------------------------------------------------------
//! ```

use super::sheet::{Answer, COMMAND_STATUS, Entry, Section, Sheet};
use crate::output::{Line, lines};

/// Lines of a paste that may stand before the output: a prompt, a mail's head.
const PREAMBLE_MAX: usize = 40;

/// Keys of the head of each answer.
const HEAD: [&str; 6] = ["CLI Version", "Operating system", "Controller", "Status Code", "Status", "Description"];

/// Whether bytes have the head of an answer, and no event log behind it.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    let keys = |line: &Line<'_>| pair(&line.text).map(|(key, _)| key.to_owned());
    let front: Vec<Option<String>> =
        lines(bytes).filter(|line| !line.text.trim().is_empty()).take(PREAMBLE_MAX).map(|line| keys(&line)).collect();
    let is = |at: usize, key: &str| front.get(at).is_some_and(|found| found.as_deref() == Some(key));
    let head = |at: usize| {
        is(at, "Status") && is(at + 1, "Description") && (at < 3 || is(at - 2, HEAD[1]) || is(at - 3, HEAD[1]))
    };
    let is_log = || lines(bytes).any(|line| line.text.trim_start().starts_with("seqNum"));
    (0..front.len()).any(head) && !is_log()
}

/// `Key = Value`.
fn pair(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(" = ").or_else(|| Some((text.trim_end().strip_suffix(" =")?, "")))?;
    let key = key.trim();
    (!key.is_empty() && !key.contains('|')).then_some((key, value.trim()))
}

/// A line of nothing but that character.
fn is_rule(text: &str, of: char) -> bool {
    let text = text.trim_end();
    text.len() >= 3 && text.chars().all(|c| c == of)
}

/// What a person's terminal shows besides: a prompt, with the command perhaps.
fn is_prompt(text: &str) -> bool {
    ["storcli", "perccli"].iter().any(|tool| text.to_ascii_lowercase().contains(tool))
        || text.trim_end().ends_with(['#', '$'])
        || text.contains(":\\")
        || text.starts_with("Generating detailed summary")
}

/// Where in a table the reader is.
#[derive(Debug, Default, PartialEq, Eq)]
enum Table {
    /// In none.
    #[default]
    None,
    /// Behind its first rule.
    Head,
    /// Behind the second.
    Rows,
    /// In the lines behind it, which explain its words.
    Legend,
}

#[derive(Debug, Default)]
struct Reader {
    sheet: Sheet,
    /// The answer that is read.
    answer: Answer,
    /// The section that is read.
    title: String,
    /// The one around it: what stands behind the tables within it is its own.
    around: Option<String>,
    table: Table,
    rule: String,
    head: String,
    rows: Vec<(u64, String)>,
    /// The last words of the legend.
    legend: String,
    /// Whether the section has anything yet.
    begun: bool,
    underlined: bool,
    hex: bool,
}

/// Reads all answers of a text.
pub(super) fn read(bytes: &[u8]) -> Sheet {
    let mut reader = Reader::default();
    let mut last_ended = true;
    for line in lines(bytes) {
        let text = line.text.replace('\t', " ");
        if !text.trim().is_empty() {
            let closes = reader.table == Table::Rows && is_rule(&text, '-');
            last_ended = line.ended || closes || reader.table == Table::Legend && ends_legend(&text);
        }
        reader.line(line.number, text.trim_end());
    }
    reader.close();
    if !last_ended {
        reader.sheet.cut("its last line has no end");
    }
    reader.sheet
}

impl Reader {
    fn line(&mut self, number: u64, text: &str) {
        match self.table {
            Table::Head | Table::Rows => self.of_table(number, text),
            _ if text.is_empty() => self.blank(),
            _ if is_rule(text, '=') && self.underlined => self.underlined = false,
            _ if is_rule(text, '-') => {
                self.legend();
                self.table = Table::Head;
                self.rule = text.to_owned();
            }
            _ => self.of_section(number, text),
        }
    }

    fn blank(&mut self) {
        self.hex = false;
        self.legend();
        if self.begun {
            self.title = self.around.clone().unwrap_or_default();
            self.begun = false;
        }
    }

    fn of_section(&mut self, number: u64, text: &str) {
        self.underlined = false;
        if let Some((key, value)) = pair(text) {
            self.hex = key == "Inquiry Data";
            self.pair(number, key, value);
        } else if let Some(title) = text.strip_suffix(" :") {
            self.legend();
            self.title(title.trim());
        } else if self.hex && text.split_whitespace().all(|byte| u8::from_str_radix(byte, 16).is_ok()) {
        } else if matches!(self.table, Table::Legend) && (text.contains('|') || !self.legend.is_empty()) {
            self.legend = text.to_owned();
        } else {
            self.sheet.odd.push(number);
            if !is_prompt(text) {
                self.sheet.cut(format!("line {number} is of no output of this tool"));
            }
        }
    }

    fn title(&mut self, title: &str) {
        // A title without anything below it is that of the sections that follow.
        let empty = !self.begun && !self.title.is_empty() && self.around.as_ref() != Some(&self.title);
        let sections = &self.answer.sections;
        let filled =
            |around: &String| sections.iter().any(|section| section.title == *around && !section.entries.is_empty());
        if empty {
            self.around = Some(self.title.clone());
        } else {
            self.around = self.around.take().filter(|around| !filled(around));
        }
        self.begun = false;
        self.underlined = true;
        title.clone_into(&mut self.title);
        self.answer.sections.push(Section { title: title.to_owned(), entries: Vec::new() });
    }

    fn pair(&mut self, number: u64, key: &str, value: &str) {
        self.legend();
        let titled = !self.title.is_empty() && self.title != COMMAND_STATUS;
        let in_head = !titled && HEAD.contains(&key);
        let of_head = self.answer.sections.iter().filter(|section| section.title == COMMAND_STATUS);
        let told = |(_, entry): &(u64, Entry)| matches!(entry, Entry::Pair(known, _) if known == key);
        let again = in_head && of_head.flat_map(|section| &section.entries).any(told);
        // An answer begins with the version, or, of old versions, with the controller.
        if key == HEAD[0] || again {
            self.title = String::new();
            self.around = None;
            self.next();
        }
        let title = if in_head || key == HEAD[0] { COMMAND_STATUS.to_owned() } else { self.title.clone() };
        self.begun = !self.title.is_empty();
        self.answer.push(&title, number, Entry::Pair(key.to_owned(), value.to_owned()));
    }

    fn of_table(&mut self, number: u64, text: &str) {
        let is_rule = is_rule(text, '-');
        if is_rule && text != self.rule || text.is_empty() {
            self.sheet.cut(format!("the table at line {number} is not closed"));
        }
        match self.table {
            _ if text.is_empty() => self.end_table(),
            Table::Head if is_rule => self.table = Table::Rows,
            Table::Head if self.head.is_empty() => text.clone_into(&mut self.head),
            Table::Rows if is_rule => self.end_table(),
            Table::Rows => self.rows.push((number, text.to_owned())),
            _ => {
                self.sheet.odd.push(number);
                self.sheet.cut(format!("the table at line {number} is not as tables are"));
            }
        }
    }

    fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let head = std::mem::take(&mut self.head);
        let columns = columns(&head, rows.iter().map(|(_, row)| row.as_str()));
        for (number, row) in rows {
            let cells = columns.iter().map(|(name, from, to)| {
                let cell: String = row.chars().skip(*from).take(to.saturating_sub(*from)).collect();
                (name.clone(), cell.trim().to_owned())
            });
            let cells = cells.collect();
            let title = self.title.clone();
            self.answer.push(&title, number, Entry::Row(cells));
        }
        self.begun = true;
        self.table = Table::Legend;
        self.legend.clear();
    }

    /// The lines that explain a table are over.
    fn legend(&mut self) {
        if self.table == Table::Legend && !self.legend.is_empty() {
            self.table = Table::None;
        }
        self.legend.clear();
    }

    fn next(&mut self) {
        let answer = std::mem::take(&mut self.answer);
        let Some(first) = answer.sections.first() else { return };
        // Versions before 1.1 begin with the controller.
        let begins = |(_, entry): &(u64, Entry)| matches!(entry, Entry::Pair(key, _) if [HEAD[0], HEAD[2], HEAD[3]].contains(&key.as_str()));
        if !first.entries.first().is_some_and(begins) {
            self.sheet.cut("its first lines are missing");
        }
        self.sheet.answers.push(answer);
    }

    fn close(&mut self) {
        if matches!(self.table, Table::Head | Table::Rows) {
            self.sheet.cut("its last table is not closed");
            self.end_table();
        }
        // Behind a legend is a blank line, if no person cut that off.
        if !self.legend.is_empty() && !ends_legend(&self.legend) {
            self.sheet.cut("the words of its last table are not explained to their end");
        }
        let within = self.around.as_ref() == Some(&self.title);
        if self.underlined || !self.title.is_empty() && !self.begun && !within {
            self.sheet.cut("it ends with a title");
        }
        self.next();
    }
}

/// Whether a line is the last of a legend.
fn ends_legend(text: &str) -> bool {
    let text = text.trim_end_matches(['|', ' ']);
    ENDS.iter().any(|end| text.ends_with(end))
}

/// The last words of the legends of its tables, of several versions.
const ENDS: &[&str] = &[
    // TOPOLOGY
    "TR=Transport Ready",
    // VD LIST, whose last two lines are one sentence
    "Check Consistency",
    // PD LIST
    "CBShld-Copyback Shielded",
    "Rbld-Rebuild",
    "Rbld=Rebuild",
    // Enclosure LIST
    "ProdID=Product ID",
    // System Overview
    "Safe=Safe-mode boot",
    "MsngCbl=Cable Failure",
    // FOREIGN CONFIGURATION
    "DG - Diskgroup",
];

/// The columns of a table: name, first place, place behind the last.
fn columns<'a>(head: &str, rows: impl Iterator<Item = &'a str>) -> Vec<(String, usize, usize)> {
    let letters: Vec<char> = head.chars().collect();
    let mut filled: Vec<bool> = letters.iter().map(|c| *c != ' ').collect();
    for row in rows {
        for (place, c) in row.chars().enumerate() {
            match filled.get_mut(place) {
                Some(filled) => *filled |= c != ' ',
                None => filled.push(c != ' '),
            }
        }
    }
    let mut columns: Vec<(String, usize, usize)> = Vec::new();
    let mut place = 0;
    for run in filled.chunk_by(|a, b| a == b) {
        let (from, to) = (place, place + run.len());
        place = to;
        if run.first() != Some(&true) {
            continue;
        }
        let name: String = letters.iter().skip(from).take(to - from).collect();
        match columns.last_mut() {
            // A word of a cell whose column's name ends before it.
            Some(column) if name.trim().is_empty() => column.2 = to,
            _ => columns.push((name.trim().to_owned(), from, to)),
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_tables() {
        let check = |head: &str, row: &str, expect: &[(&str, &str)]| {
            let read: Vec<(String, String)> = columns(head, [row].into_iter())
                .into_iter()
                .map(|(name, from, to)| {
                    (name, row.chars().skip(from).take(to - from).collect::<String>().trim().to_owned())
                })
                .collect();
            let expect: Vec<(String, String)> =
                expect.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect();
            assert_eq!(read, expect);
        };
        check(
            "EID:Slt DID State DG     Size Model            Sp ",
            "252:0     4 Onln   0 2.728 TB WDC WD30EFRX-68E U  ",
            &[
                ("EID:Slt", "252:0"),
                ("DID", "4"),
                ("State", "Onln"),
                ("DG", "0"),
                ("Size", "2.728 TB"),
                ("Model", "WDC WD30EFRX-68E"),
                ("Sp", "U"),
            ],
        );
        check(
            "EID:Slt Model               Sp",
            " :3     INTEL SSDSC2KB038T8 U ",
            &[("EID:Slt", ":3"), ("Model", "INTEL SSDSC2KB038T8"), ("Sp", "U")],
        );
        check("DG/VD Name", "0/1", &[("DG/VD", "0/1"), ("Name", "")]);
        check("DG/VD Name", "0/1   my big disk", &[("DG/VD", "0/1"), ("Name", "my big disk")]);
        check(
            "Model Next Learn",
            "iBBU  2024/04/18 18:32:56",
            &[("Model", "iBBU"), ("Next Learn", "2024/04/18 18:32:56")],
        );
        check("", "", &[]);
    }

    #[test]
    fn pairs() {
        let check = |text: &str, expect| assert_eq!(pair(text), expect, "{text}");
        check("Status = Success", Some(("Status", "Success")));
        check("Drive Temperature =  29C (84.20 F)", Some(("Drive Temperature", "29C (84.20 F)")));
        check("Name =", Some(("Name", "")));
        check("DG=Disk Group Index|Arr=Array Index", None);
        check(" = x", None);
    }
}
