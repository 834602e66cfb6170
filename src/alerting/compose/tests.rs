use super::*;

#[test]
fn articles_are_unfolded() {
    let check = |text: &str, expect: &str| assert_eq!(unfolded(text), expect);
    check("one\ntwo", "one two");
    check("one\n\ntwo\nthree", "one\n\ntwo three");
    check("- one\n  more\n- two", "- one more\n- two");
    check("one:\n\n- two", "one:\n\n- two");
}
