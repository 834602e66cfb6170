use super::*;
use proptest::prelude::*;

#[test]
fn texts_are_cut_where_it_reads_well() {
    let check = |text: &str, max: usize, expect: &str| assert_eq!(fit(text, max), expect);
    check("All of it.", 20, "All of it.");
    check("The first sentence. And the second one.", 30, "The first sentence.");
    check("Read which member failed, by bay and number", 34, "Read which member failed\u{2026}");
    check("The first. And the second one is longer", 30, "The first. And the second\u{2026}");
    check("wordsthatdonotend", 8, "wordsth\u{2026}");
    check("", 8, "");
}

#[test]
fn articles_are_unfolded() {
    let check = |text: &str, expect: &str| assert_eq!(unfolded(text), expect);
    check("one\ntwo", "one two");
    check("one\n\ntwo\nthree", "one\n\ntwo three");
    check("- one\n  more\n- two", "- one more\n- two");
    check("one:\n\n- two", "one:\n\n- two");
}

proptest! {
    #[test]
    fn what_is_cut_fits(text in "\\PC{0,400}", max in 2_usize..200) {
        prop_assert!(fit(&text, max).chars().count() <= max);
    }
}
