//! What text and JSON have in common: an answer for each controller, made of sections with pairs and rows of tables.

/// Cells of a table by the names of their columns, or a section's pairs.
pub(super) type Cells = Vec<(String, String)>;

/// What stands in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// `Status = Success`.
    Pair(String, String),
    /// A row of a table.
    Row(Cells),
}

/// A section, by its title; without one, what stands between the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// Without its colon.
    pub(super) title: String,
    /// Its entries, each with its line.
    pub(super) entries: Vec<(u64, Entry)>,
}

/// What is said of one controller, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// In order.
    pub(super) sections: Vec<Section>,
}

/// The section of whether the command succeeded.
pub(super) const COMMAND_STATUS: &str = "Command Status";

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    /// In order.
    pub(super) answers: Vec<Answer>,
    /// Lines that are no part of an answer.
    pub(super) odd: Vec<u64>,
    /// Why it is not whole.
    pub(super) cut: Option<String>,
    /// Whether the end of the whole is marked, so that lists need not announce how long they are.
    pub(super) ends: bool,
}

impl Sheet {
    /// It is not whole. What was found out first counts.
    pub(super) fn cut(&mut self, why: impl Into<String>) {
        self.cut.get_or_insert_with(|| why.into());
    }
}

impl Answer {
    /// An entry of the section of that title that was begun last, or of a new one.
    pub(super) fn push(&mut self, title: &str, line: u64, entry: Entry) {
        match self.sections.last_mut().filter(|section| section.title == title) {
            Some(section) => section.entries.push((line, entry)),
            None => self.sections.push(Section { title: title.to_owned(), entries: vec![(line, entry)] }),
        }
    }
}

/// The cell of a column.
pub(super) fn cell<'a>(cells: &'a Cells, name: &str) -> Option<&'a str> {
    cells.iter().find(|(column, _)| column.trim() == name).map(|(_, value)| value.trim())
}
