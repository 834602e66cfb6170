//! `fake-answers KIND DIR [NAME=VALUE...]`: writes what a healthy drive answers into DIR, for `fake-disk` and `fake-nvme`.
//!
//! KIND is `ata`, `sas`, `ses` or `nvme`. With settings, one thing or several are changed; what was set in DIR before stays:
//! `fake-answers ata /run/lab/a smart.197=8`. Which settings there are, the modules of `answers` say.

use arraywatch_lab_fakes::answers::{KINDS, write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--set").collect();
    let [kind, folder, changes @ ..] = arguments.as_slice() else {
        eprintln!("usage: fake-answers ata|sas|ses|nvme DIR [NAME=VALUE...]");
        return ExitCode::from(2);
    };
    let Some((_, maker)) = KINDS.into_iter().find(|(name, _)| name == kind) else {
        eprintln!("fake-answers: {kind} is no kind of drive: ata, sas, ses and nvme are");
        return ExitCode::from(2);
    };
    match write(maker, Path::new(folder), changes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-answers: {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}
