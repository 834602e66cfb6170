use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, notation: Notation, expect: &[u8]) {
    let decoded = decode(text.as_bytes()).expect(text);
    assert_eq!(decoded.bytes.escape_ascii().to_string(), expect.escape_ascii().to_string(), "{text}");
    assert_eq!(decoded.notation, notation, "{text}");
    check_map(&decoded, text.len());
}

#[track_caller]
fn check_text(text: &str) {
    let decoded = decode(text.as_bytes());
    assert!(decoded.is_none(), "{text}: {decoded:?}");
}

#[track_caller]
fn check_map(decoded: &Decoded, given_len: usize) {
    let len = decoded.bytes.len();
    assert_eq!((decoded.given(0), decoded.decoded(0)), (0, 0));
    assert_eq!((decoded.given(len), decoded.decoded(given_len)), (given_len, len));
    assert_eq!((decoded.given(usize::MAX), decoded.decoded(usize::MAX)), (given_len, len));
    for at in 0..len {
        assert!(decoded.given(at) <= decoded.given(at + 1), "given {at}");
        assert!(decoded.given(at) < given_len);
        let back = decoded.decoded(decoded.given(at));
        assert!(back <= at && at - back < 4, "{at} comes back as {back}");
    }
    for at in 0..given_len {
        assert!(decoded.decoded(at) <= decoded.decoded(at + 1), "decoded {at}");
        assert!(decoded.given(decoded.decoded(at)) <= at);
    }
}

use Notation::{CatV, Hex, Less};

#[test]
fn less() {
    check("a^@^@^@b", Less, b"a\0\0\0b");
    check("^@^A^Z^[^\\^]^^^_^?", Less, b"\x00\x01\x1a\x1b\x1c\x1d\x1e\x1f\x7f");
    check("^@^@^@<80><9C><FF>", Less, b"\0\0\0\x80\x9c\xff");
    check("h^@e^@l^@l^@o^@", Less, b"h\0e\0l\0l\0o\0");
    check("<D0><9F><D1><80>", Less, b"\xd0\x9f\xd1\x80");
    check("^@^@^@ <U+FEFF><U+0085><U+10FFFF>", Less, "\0\0\0 \u{feff}\u{85}\u{10ffff}".as_bytes());
    check("^@^@^@ \u{6528} ü", Less, "\0\0\0 \u{6528} ü".as_bytes());
}

#[test]
fn less_escape() {
    check("^@^@^@ESC[31mredESC[0m", Less, b"\0\0\0\x1b[31mred\x1b[0m");
    check("^@^@^@ESCESCESCM", Less, b"\0\0\0\x1b\x1b\x1bM");
    check("^@^@^@^Z?|ESCL<9C>^\\=<9C>", Less, b"\0\0\0\x1a?|\x1bL\x9c\x1c=\x9c");
    check("^@^@^@^WESC", Less, b"\0\0\0\x17\x1b");
    check("^@^@^@^DESC ^DESCAPE", Less, b"\0\0\0\x04\x1b \x04ESCAPE");
    check("^@^@^@ESCAPE DESC ORDER DESC", Less, b"\0\0\0ESCAPE DESC ORDER DESC");
    check("^@^@^@\nDESCRIPTION\npress ESC\n", Less, b"\0\0\0\nDESCRIPTION\npress ESC\n");
    check_text("ESC[31mredESC[0m ESC ESC");
}

#[test]
fn cat_v() {
    check("^@^@M-^@M-^?M-^_M- M-~M-xM-M^M", CatV, b"\0\0\x80\xff\x9f\xa0\xfe\xf8\xcd\r");
    check("M-^@xM-^@xM-^@x", CatV, b"\x80x\x80x\x80x");
    check("M-PM-^_M-QM-^@", CatV, b"\xd0\x9f\xd1\x80");
    // It never shows these.
    check("M-^@M-^AM-^B <9C> ESC[0m \\x00", CatV, b"\x80\x81\x82 <9C> ESC[0m \\x00");
    // In less's notation M- is text.
    check("^@^@<9C><9D><9E> M-x", Less, b"\0\0\x9c\x9d\x9e M-x");
}

#[test]
fn hexadecimal() {
    check(r"a\x00\x00\x00b\x41\xFf\x7f", Hex, b"a\0\0\0bA\xff\x7f");
    check(r"\x16\x03\x01\x02\x00 ^@ <9C> \n \\ \x", Hex, b"\x16\x03\x01\x02\0 ^@ <9C> \\n \\\\ \\x");
    check(r"^@^@^@^@ \x00\x00", Less, b"\0\0\0\0 \\x00\\x00");
}

#[test]
fn what_only_looks_like_it_stays() {
    // Locale sources, and what else stands beside real damage.
    check("^@^@^@ <U0041> <BASE> x^2 ^ <7F> <9c> <U+0041> <U+D800> <U+12> M-x", Less, {
        b"\0\0\0 <U0041> <BASE> x^2 ^ <7F> <9c> <U+0041> <U+D800> <U+12> M-x"
    });
    check("^@^@^@\n<86>Oct 26 x\n<87>1 2013\n<86>x", Less, b"\0\0\0\n<86>Oct 26 x\n<87>1 2013\n\x86x");
    check("^@^@^@<", Less, b"\0\0\0<");
    check("^@^@^@^", Less, b"\0\0\0^");
    check("^@^@^@<8", Less, b"\0\0\0<8");
    check("^@^@^@<U+00", Less, b"\0\0\0<U+00");
    check(r"\x00\x00\x00\x0", Hex, b"\0\0\0\\x0");
    check("^@M-^@M-^@M-", CatV, b"\0\x80\x80M-");
}

#[test]
fn plain_text_is_no_notation() {
    for text in [
        "",
        "one ^@ or two ^@",
        "<U0041> <U0042>;<BASE>;<MIN>;IGNORE #\u{6528}\n<AE><AE><DE>\n",
        "^[A-Z]+$\n^[^A-Z]\n^[^B]\n[^\\]]\n",
        "^C\n^C\n^C\n^C^C^C^C",
        "<86>Oct 26 08:39:13 a\n<86>Oct 26 08:39:14 b\n<86>Oct 26 08:39:15 c\n<30>Oct 26 d",
        "M-x compile, M-x grep, M-x shell, C-x C-f, M-y",
        r"\x1b[31m \x1b[0m \x1b[1m \x41\x42\x43",
        "October 26, 2013 8:39:13 AM CDT INF 423:A01C0S08L-- [anon] Drive map: controller 1",
    ] {
        check_text(text);
    }
}

#[test]
fn a_raw_control_byte_means_real_bytes() {
    for byte in (0..0x20).chain([0x7f]) {
        let text = [b"^@^@^@<9C>", &[byte][..]].concat();
        assert_eq!(decode(&text).is_some(), b"\t\n\r".contains(&byte), "{byte:#x}");
    }
}

#[test]
fn offsets() {
    let decoded = decode(b"ab^@^@^@c<9C>\xc3\xa4<U+FEFF>d").expect("evidence");
    let given: Vec<_> = (0..=decoded.bytes.len()).map(|at| decoded.given(at)).collect();
    assert_eq!(given, [0, 1, 2, 4, 6, 8, 9, 13, 14, 15, 15, 15, 23, 24]);
    let back: Vec<_> = (0..=24).map(|at| decoded.decoded(at)).collect();
    let expect = [0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9, 12, 13];
    assert_eq!(back, expect);
}

/// The log of October 2013 as it was published, and its bytes as they were restored by hand.
#[test]
fn the_published_log() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/adaptec-2013/");
    let read = |name: &str| std::fs::read(format!("{data}{name}"));
    let (Ok(shown), Ok(bytes)) = (read("abnormal.as-published.log"), read("abnormal.bytes.log")) else {
        eprintln!("NOT TESTED: {data} is absent, the published log was not decoded");
        return;
    };
    let decoded = decode(&shown).expect("a pager showed it");
    assert_eq!(decoded.notation, Less);
    assert_eq!(decoded.bytes.escape_ascii().to_string(), bytes.escape_ascii().to_string());
    check_map(&decoded, shown.len());
    assert_eq!(decode(&bytes), None, "real bytes stay");
    for name in ["full.log", "normal.log"] {
        assert!(read(name).is_ok_and(|text| decode(&text).is_none()), "{name}");
    }
}

fn show_caret(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'\t' | b'\n' => out.push(byte),
        0..0x20 | 0x7f => out.extend([b'^', byte ^ 0x40]),
        _ => out.push(byte),
    }
}

fn show_angle(byte: u8, out: &mut Vec<u8>) {
    match byte {
        0x1b => out.extend(b"ESC"),
        0x80.. => out.extend(format!("<{byte:02X}>").bytes()),
        _ => show_caret(byte, out),
    }
}

/// As less does where the terminal takes UTF-8.
fn show_less(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match u8::try_from(character) {
                Ok(byte) if byte < 0x80 => show_angle(byte, &mut out),
                _ if character.is_control() => out.extend(format!("<U+{:04X}>", u32::from(character)).bytes()),
                _ => out.extend(character.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        chunk.invalid().iter().for_each(|byte| show_angle(*byte, &mut out));
    }
    out
}

/// As less does where it does not.
fn show_less_ascii(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bytes.iter().for_each(|byte| show_angle(*byte, &mut out));
    out
}

fn show_cat_v(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in bytes {
        match byte {
            0x80.. => {
                out.extend(b"M-");
                match byte & 0x7f {
                    low @ (b'\t' | b'\n') => out.extend([b'^', low ^ 0x40]),
                    low => show_caret(low, &mut out),
                }
            }
            _ => show_caret(*byte, &mut out),
        }
    }
    out
}

fn show_hex(bytes: &[u8]) -> Vec<u8> {
    let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b' '..=b'~');
    let show = |byte: &u8| if plain(*byte) { vec![*byte] } else { format!("\\x{byte:02x}").into_bytes() };
    bytes.iter().flat_map(show).collect()
}

/// Random bytes, with many controls among them, of which none looks like a token where it is text: see the module's head for
/// what is ambiguous. Every line has a token, and every escape starts a control sequence.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        0..0x20_u8,
        Just(0x1b),
        Just(b'\n'),
        "[ -~äß\u{85}\u{9b}漢]".prop_map(|s| s.as_bytes()[0])
    ];
    let text = "\\PC{0,3}".prop_map(String::into_bytes);
    let piece = prop_oneof![4 => byte.prop_map(|byte| vec![byte]), 1 => text];
    proptest::collection::vec(piece, 0..200).prop_map(|pieces| {
        let mut bytes = b"\0\0\0\0\x80".to_vec();
        for byte in pieces.concat() {
            match byte {
                b'^' | b'<' | b'M' | b'E' | b'\\' => bytes.push(b'.'),
                0x1b => bytes.extend(b"\x1b["),
                b'\n' => bytes.extend(b"\n\0"),
                _ => bytes.push(byte),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn what_was_shown_comes_back(bytes in bytes()) {
        // 0xDE is ambiguous in the notation of cat -v.
        let without_de: Vec<_> = bytes.iter().copied().filter(|byte| *byte != 0xde).collect();
        let shown = [
            (&bytes, show_less(&bytes), Less),
            (&bytes, show_less_ascii(&bytes), Less),
            (&without_de, show_cat_v(&without_de), CatV),
            (&bytes, show_hex(&bytes), Hex),
        ];
        for (bytes, text, notation) in shown {
            let decoded = decode(&text).expect("evidence");
            prop_assert_eq!(decoded.notation, notation, "{}", text.escape_ascii());
            prop_assert_eq!(&decoded.bytes, bytes, "{}", text.escape_ascii());
            check_map(&decoded, text.len());
        }
    }

    /// Text that is nothing but beginnings of tokens, whole ones and neighbours.
    #[test]
    fn nothing_breaks_it(pieces in proptest::collection::vec(
        proptest::sample::select(&["^", "@", "^@", "<", "9C", ">", "<9C>", "ESC", "D", "M-", "\\x", "00", "<U+", "FEFF", "\n", "é", " "][..]),
        0..60,
    )) {
        let text = pieces.concat();
        if let Some(decoded) = decode(text.as_bytes()) {
            prop_assert!(decoded.bytes.len() <= text.len());
            check_map(&decoded, text.len());
        }
    }

    #[test]
    fn nor_do_bytes(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Some(decoded) = decode(&text) {
            check_map(&decoded, text.len());
        }
    }
}
