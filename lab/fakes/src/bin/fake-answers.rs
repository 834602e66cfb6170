//! `fake-answers KIND DIR [NAME=VALUE...]`: writes what a healthy drive answers into DIR, for `fake-disk` and `fake-nvme`.
//!
//! KIND is `ata`, `sas`, `ses` or `nvme`. With settings, one thing or several are changed; what was set in DIR before stays:
//! `fake-answers ata /run/lab/a smart.197=8`. Which settings there are, the modules of `answers` say.
//!
//! `fake-answers blob DIR FILE` writes those of a drive of which libatasmart's `skdump --save` wrote FILE.

use arraywatch_lab_fakes::answers::{KINDS, write, write_blob};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, folder, changes @ ..] = arguments.as_slice() else {
        eprintln!("usage: fake-answers ata|sas|ses|nvme DIR [NAME=VALUE...] | blob DIR FILE");
        return ExitCode::from(2);
    };
    let result = match (kind.as_str(), changes) {
        ("blob", [file]) => write_blob(Path::new(folder), Path::new(file)),
        _ => match KINDS.into_iter().find(|(name, _)| name == kind) {
            Some((_, maker)) => write(maker, Path::new(folder), changes),
            None => Err(std::io::Error::other(format!("{kind} is no kind of drive: ata, sas, ses, nvme and blob are"))),
        },
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-answers: {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}
