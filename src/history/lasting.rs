//! What is kept one by one for ever, however old it is.
//!
//! * **Remarks,** which tell of a source's bytes. A longer version of the source takes them back and may tell otherwise; of what is
//!   summed up nothing could be taken back. They are few: what a source remarks is bounded.
//! * **What people say.** It is little, a corrected file of notes takes all of it back, and nobody else says it again.
//!
//! Both are therefore taken, too, if they are of a time before that from which observations are kept one by one.

use crate::model::{Kind, Subject};

/// The words of remarks (`Fact::is_remark`), as a list of SQL.
pub(super) const REMARKS: &str = "'stream-damaged', 'report-missing', 'time-backwards', 'records-duplicated', 'records-missing', 'report-gap', \
     'report-rhythm'";

/// Formats of streams that people write.
const OF_PEOPLE: [&str; 2] = ["notes", "operator"];

/// Whether people wrote the stream.
pub fn is_of_people(stream: &Subject) -> bool {
    stream.kind() == Kind::Stream && OF_PEOPLE.contains(&stream.path().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fact;
    use arraywatch_parsers::stream::AnomalyKind;
    use chrono::TimeDelta;

    #[test]
    fn streams_of_people() {
        let check = |stream: &str, expect| assert_eq!(is_of_people(&stream.parse().expect("a subject")), expect);
        check("stream:db7/operator", true);
        check("stream:db7/notes", true);
        check("stream:notes/adaptec-storage-manager", false);
        check("stream:db7/notes/1", false);
        check("host:notes", false);
    }

    #[test]
    fn the_words_are_those_of_remarks() {
        let damaged = Fact::Damaged {
            kinds: vec![],
            origins: vec![],
            bytes: 0,
            at_tail: false,
            unfinished: false,
            aligned: false,
            pasted: false,
            places: 1,
        };
        let odd = AnomalyKind::ALL.map(Fact::Odd);
        let rhythm = Fact::Rhythm { period: TimeDelta::hours(24), stream_goes_on: true };
        let mut remarks: Vec<Fact> = vec![damaged, Fact::ReportMissing, rhythm];
        remarks.extend(odd);
        assert!(remarks.iter().all(Fact::is_remark));
        let mut words: Vec<String> = remarks.iter().map(|fact| format!("'{}'", fact.code())).collect();
        let mut listed: Vec<&str> = REMARKS.split(", ").collect();
        words.sort();
        listed.sort_unstable();
        assert_eq!(listed, words);
    }
}
