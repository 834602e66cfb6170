use super::*;
use crate::model::{Suspect, Term};

#[test]
fn articles_are_unfolded() {
    let check = |text: &str, expect: &str| assert_eq!(unfolded(text), expect);
    check("one\ntwo", "one two");
    check("one\n\ntwo\nthree", "one\n\ntwo three");
    check("- one\n  more\n- two", "- one more\n- two");
    check("one:\n\n- two", "one:\n\n- two");
}

/// "no new drive is known to have been put in…" said no more, nor where the rest is.
#[test]
fn what_is_cut_says_where_the_rest_is() {
    let check = |text: &str, max: usize, expect: &str| {
        let cut = cut(text, max, "DO NOT");
        assert_eq!(cut, expect);
        assert!(cut.chars().count() <= max);
    };
    check("Pull no drive of it.", 20, "Pull no drive of it.");
    check("Pull no drive of it. It holds the only copy.", 40, "Pull no drive of it. (see DO NOT)");
    check(
        "Do not restart the machine while it is degraded, unless",
        50,
        "Do not restart the machine while it\u{2026} (see DO NOT)",
    );
    check("Read it by its number (for example: mdadm --detail)", 50, "Read it by its number\u{2026} (see DO NOT)");
}

/// "Nothing seen here points at one" was said where something seen had spoken against the drive.
#[test]
fn the_heaviest_evidence_is_told_whatever_it_speaks_for() {
    let term = |(weight, because): &(f64, &str)| Term {
        weight: *weight,
        because: (*because).to_owned(),
        source: String::new(),
        observations: if because.is_empty() { Vec::new() } else { vec![ObservationId(1)] },
    };
    let check = |power: &[(f64, &str)], drive: &[(f64, &str)], expect: &str| {
        let suspect = |cause, probability, terms: &[(f64, &str)]| Suspect {
            cause,
            subject: None,
            probability,
            terms: terms.iter().map(term).collect(),
        };
        let case = Case {
            id: String::new(),
            code: Code::ArrayDegraded,
            severity: Severity::Critical,
            state: CaseState::Open,
            opened: crate::model::When::exactly(DateTime::UNIX_EPOCH),
            subject: Subject::host("vm"),
            summary: String::new(),
            do_next: Vec::new(),
            checks: Vec::new(),
            do_not: Vec::new(),
            suspects: vec![suspect(Cause::PowerLine, 0.6, power), suspect(Cause::Drive, 0.4, drive)],
            observations: Vec::new(),
        };
        assert_eq!(why(&case), format!("Likely: power line 60 %, the drive itself 40 %; {expect}."));
    };
    check(&[(9.0, "")], &[(0.0, "it is old")], "by experience alone, nothing seen here points at one");
    check(&[(2.0, "both fell out at once")], &[(-1.0, "it reads well")], "both fell out at once");
    check(&[(1.0, "both fell out at once")], &[(-2.0, "it reads well")], "against the drive itself: it reads well");
    check(&[(-1.0, "the supply is fine")], &[], "against power line: the supply is fine");
    check(&[], &[(2.0, "it was hot")], "for the drive itself: it was hot");
    check(&[(2.0, "both fell out at once")], &[(-2.0, "it reads well")], "both fell out at once");
}
