//! What is told of planted blocks, without files: bytes in, findings out.

use super::choose::{Content, Finding, Matches};
use super::index::{Index, WINDOW};
use super::scan::Scan;
use super::sought::{Sought, Whose};
use proptest::prelude::*;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes that never repeat themselves, different for each seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let words = (0..length.div_ceil(8)).map(|at| xxh3_64(&[seed, at as u64].map(u64::to_le_bytes).concat()));
    words.flat_map(u64::to_le_bytes).take(length).collect()
}

/// Searches files for the bytes that stand between two records, read in chunks of a size.
fn trace(between: &[u8], files: &[(&str, Vec<u8>)], chunk: usize) -> Vec<Finding> {
    let (before, behind) = (noise(1_000_001, 64), noise(1_000_002, 64));
    let mut sought = Sought::default();
    let span = 4096..4096 + between.len() as u64;
    sought.add(0, span.start, [&before, between, &behind], None, &[(span, Whose::Other)]);
    let index = Index::new(&sought);
    let mut matches = Matches::default();
    for (name, bytes) in files {
        let mut scan = Scan::new(&sought, &index);
        for start in (0..bytes.len()).step_by(chunk) {
            let known = start.min(1024).max(WINDOW.min(start));
            let end = bytes.len().min(start + chunk);
            scan.push(&bytes[start - known..end], (start - known) as u64, known);
        }
        let content = Content { size: bytes.len() as u64, hash: xxh3_64(bytes) };
        for found in scan.finish() {
            matches.add(&sought, &found, Path::new(name), content);
        }
    }
    matches.choose(&sought, &sought.stretches[0])
}

/// What is told, in words: `log offset + bytes = file at offset`, alternatives behind `|`, copies in brackets.
fn told(findings: &[Finding]) -> String {
    let holder = |holder: &super::Holder| {
        let copies: Vec<String> = holder.copies.iter().map(|copy| format!(" [{}]", copy.display())).collect();
        let (start, path) = (holder.span.start, holder.path.display());
        let times = if holder.places > 1 { format!(" x{}", holder.places) } else { String::new() };
        format!("{start}+{}={path}@{}{times}{}", holder.bytes, holder.offset, copies.concat())
    };
    let finding = |finding: &Finding| {
        assert_eq!(finding.one_of, finding.holders.len() as u64);
        finding.holders.iter().map(holder).collect::<Vec<_>>().join(" | ")
    };
    findings.iter().map(finding).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_told() {
    let file = noise(1, 8192);
    let block = |from: usize, length: usize| file[from..from + length].to_vec();
    let own = |length| noise(9, length);
    let check = |between: Vec<u8>, files: &[(&str, Vec<u8>)], expect: &str| {
        for chunk in [300, 1024, 1 << 20] {
            assert_eq!(told(&trace(&between, files, chunk)), expect, "in chunks of {chunk}");
        }
    };
    let whole = ("a", file.clone());
    check(block(512, 1024), std::slice::from_ref(&whole), "4096+1024=a@512");
    check([own(77), block(513, 700), own(55)].concat(), std::slice::from_ref(&whole), "4173+700=a@513");
    check(block(512, 1024), &[("b", noise(2, 8192))], "");
    check(vec![], std::slice::from_ref(&whole), "");
    // All of the span, but no sector; and a part of it that is none.
    check(block(600, 200), std::slice::from_ref(&whole), "4096+200=a@600");
    check([own(300), block(600, 200), own(300)].concat(), std::slice::from_ref(&whole), "");
    check(block(600, 100), std::slice::from_ref(&whole), "");
    // Two blocks of two files, and of one in another order.
    let second = noise(3, 4096);
    let both = [("a", file.clone()), ("b", second.clone())];
    check([block(512, 512), second[512..1024].to_vec()].concat(), &both, "4096+512=a@512, 4608+512=b@512");
    check(
        [block(2048, 512), block(512, 512)].concat(),
        std::slice::from_ref(&whole),
        "4096+512=a@2048, 4608+512=a@512",
    );
    // Copies are one file; files that differ elsewhere are not.
    let copies = [whole.clone(), ("b", file.clone())];
    check(block(512, 512), &copies, "4096+512=a@512 [b]");
    let version = [noise(4, 100), block(0, 4000)].concat();
    let versions = [whole.clone(), ("b", version)];
    check(block(512, 512), &versions, "4096+512=a@512 | 4096+512=b@612");
    check(block(3800, 600), &versions, "4096+600=a@3800");
    // The same bytes twice in one file: where blocks begin comes first.
    let twice = [own(7), block(512, 512), own(505), block(512, 512)].concat();
    check(block(512, 512), &[("a", twice)], "4096+512=a@1024 x2");
    let moved = ("b", [own(7), block(512, 512)].concat());
    check(block(512, 512), &[moved, whole.clone()], "4096+512=a@512 | 4096+512=b@7");
    // A few bytes more by chance make no winner, nor does any number of NULs.
    let more = |tail: &[u8]| [block(512, 512), tail.to_vec(), own(90)].concat();
    let versions = |tail: &[u8]| [whole.clone(), ("b", [block(0, 1024), tail.to_vec(), noise(5, 900)].concat())];
    check(more(b"ab"), &versions(b"ab"), "4096+514=b@512 | 4096+512=a@512");
    check(more(&[0; 300]), &versions(&[0; 300]), "4096+812=b@512 | 4096+512=a@512");
    // What says too little.
    check(vec![0; 2048], &[("a", vec![0; 8192])], "");
    check(b"0123456789abcdef".repeat(64), &[("a", b"0123456789abcdef".repeat(640))], "");
}

#[test]
fn a_copy_of_the_log_is_no_origin() {
    let file = noise(1, 4096);
    let between = &file[1024..2048];
    let (before, behind) = (noise(1_000_001, 64), noise(1_000_002, 64));
    let copy = ("copy", [&before, between, &behind].concat());
    let front = ("front", [&before[32..], between].concat());
    let back = ("back", [between, &behind[..32]].concat());
    for copy in [copy, front, back] {
        assert_eq!(told(&trace(between, std::slice::from_ref(&copy), 512)), "", "{}", copy.0);
        let with = [copy, ("origin", file.clone())];
        assert_eq!(told(&trace(between, &with, 512)), "4096+1024=origin@1024");
    }
}

#[test]
fn more_files_than_are_listed_are_counted() {
    let block = noise(1, 600);
    let names: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
    let files: Vec<(&str, Vec<u8>)> =
        names.iter().zip(10..).map(|(name, seed)| (name.as_str(), [block.clone(), noise(seed, 64)].concat())).collect();
    let findings = trace(&block, &files, 4096);
    let counts: Vec<(u64, usize)> = findings.iter().map(|finding| (finding.one_of, finding.holders.len())).collect();
    assert_eq!(counts, [(100, 64)]);
}

proptest! {
    /// A slice of a file is found, wherever it stands and however much the files have in common; and no file is claimed that
    /// does not hold it.
    #[test]
    fn a_planted_slice_is_found_and_not_misnamed(
        makes in prop::collection::vec(prop::collection::vec((0_u64..6, 1_usize..900), 1..8), 1..6),
        which in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        length in 512_usize..3000,
        around in (0_usize..300, 0_usize..300),
        chunk in 64_usize..5000,
    ) {
        let names = ["a", "b", "c", "d", "e", "f"];
        let make = |parts: &Vec<(u64, usize)>| parts.iter().flat_map(|(seed, length)| noise(*seed, *length)).collect();
        let files: Vec<(&str, Vec<u8>)> = names.into_iter().zip(makes.iter().map(make)).collect();
        let (name, file) = which.get(&files);
        prop_assume!(file.len() >= 512);
        let from = from.index(file.len() - 511);
        let slice = &file[from..file.len().min(from + length)];
        let between = [noise(77, around.0), slice.to_vec(), noise(78, around.1)].concat();
        let findings = trace(&between, &files, chunk);
        let holds = |name: &Path| files.iter().any(|(known, bytes)| {
            Path::new(known) == name && bytes.windows(slice.len()).any(|window| window == slice)
        });
        let names = |finding: &Finding, wanted: &str| finding.holders.iter().any(|holder| {
            let all = std::iter::once(&holder.path).chain(&holder.copies);
            holder.bytes >= slice.len() as u64 && all.into_iter().any(|path| path == Path::new(wanted))
        });
        prop_assert!(findings.iter().any(|finding| names(finding, name)), "{name}: {}", told(&findings));
        for holder in findings.iter().filter(|finding| finding.one_of == 1).flat_map(|finding| &finding.holders) {
            prop_assert!(holds(&holder.path), "{name}: {}", told(&findings));
        }
    }

    /// What is told stands in the file, byte for byte, whatever the log holds.
    #[test]
    fn what_is_told_is_true(
        between in prop::collection::vec((0_u64..4, 1_usize..700), 0..6),
        file in prop::collection::vec((0_u64..4, 1_usize..700), 0..6),
        chunk in 64_usize..3000,
    ) {
        let make = |parts: &Vec<(u64, usize)>| parts.iter().flat_map(|(seed, length)| noise(*seed, *length)).collect();
        let (between, file): (Vec<u8>, Vec<u8>) = (make(&between), make(&file));
        for finding in trace(&between, &[("a", file.clone())], chunk) {
            for holder in finding.holders {
                let at = |place: u64| usize::try_from(place).expect("small");
                let length = at(holder.bytes);
                let log = at(holder.span.start) - 4096;
                prop_assert_eq!(&between[log..log + length], &file[at(holder.offset)..at(holder.offset) + length]);
            }
        }
    }
}
