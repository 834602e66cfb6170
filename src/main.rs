//! The one binary: it wires nothing, it only starts, and tells a bug of ours from everything else.

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        eprintln!("arraywatch: this is a bug of arraywatch, not of your storage; please report it with the line below");
        eprintln!("arraywatch {}: {info}", env!("CARGO_PKG_VERSION"));
    }));
    let exit = std::panic::catch_unwind(arraywatch::commands::run).unwrap_or(arraywatch::commands::Exit::Bug);
    exit.into()
}
