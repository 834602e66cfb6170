//! One family of formats, named by `FAMILY`, on whatever bytes: it reads them whole and in two pieces, and says the same of both; and
//! what it says is diagnosed. `fuzz/run` builds it and runs it for each family.

#![no_main]

use arraywatch::diagnosis::{Digests, diagnose};
use arraywatch::model::Observation;
use arraywatch::observe::{FAMILIES, Family, Options, recognise};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static FAMILY: LazyLock<&'static dyn Family> = LazyLock::new(|| {
    let name = std::env::var("FAMILY").unwrap_or_default();
    let known: Vec<&str> = FAMILIES.iter().map(|family| family.name()).collect();
    let family = FAMILIES.iter().find(|family| family.name() == name);
    *family.unwrap_or_else(|| panic!("FAMILY is none of {}", known.join(", ")))
});

fn read(pieces: &[&[u8]], front: &[u8]) -> Vec<Observation> {
    let mut digests = Digests::default();
    let mut observer = FAMILY.observer("input".into(), front, &Options::default());
    for piece in pieces {
        observer.push(piece, &mut digests);
    }
    observer.finish(&mut digests);
    digests.observations()
}

fuzz_target!(|bytes: &[u8]| {
    recognise(bytes);
    let (one, other) = bytes.split_at(bytes.len() / 2);
    let whole = read(&[bytes], bytes);
    assert_eq!(whole, read(&[one, other], bytes), "in two pieces it says something else");
    diagnose(&whole);
});
