//! `arraywatch config`: the daemon's configuration, written and checked.

use super::configured::{self, cannot_use};
use super::{Common, Exit, complain, print, print_json};
use crate::alerting::courier::channels;
use crate::config::{Seen, Unusable, init, load, warnings, write};
use crate::report::json::Checking;
use crate::report::{json, text};
use crate::words::clean;
use clap::Subcommand;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A mail server of this machine answers within this, or is none.
const ANSWERS: Duration = Duration::from_secs(2);

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Write one from what this machine has, with all that may stand in it explained
    Init {
        /// Print it, and write nothing
        #[arg(long)]
        stdout: bool,
        /// Replace the one that is there
        #[arg(long, conflicts_with = "stdout")]
        force: bool,
    },
    /// Say what is wrong with it, what it means, and what of it is missing on this machine
    Check {
        /// The file [default: the daemon's]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

pub(super) fn run(verb: &Verb, common: &Common) -> Exit {
    match verb {
        Verb::Init { stdout: true, .. } => {
            let text = init(&seen());
            if common.json {
                print_json(&json::config_init(None, &text), Exit::Healthy)
            } else {
                print(&text, Exit::Healthy)
            }
        }
        Verb::Init { force, .. } => written(&common.config(), *force, common),
        Verb::Check { file } => check(&file.clone().unwrap_or_else(|| common.config()), common),
    }
}

/// What this machine has.
fn seen() -> Seen {
    let relay = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, 25)), ANSWERS).is_ok();
    Seen::below(Path::new("/"), relay)
}

fn written(path: &Path, force: bool, common: &Common) -> Exit {
    let (seen, shown) = (seen(), clean(&path.to_string_lossy()));
    let text = init(&seen);
    if let Err(error) = write(path, &text, force) {
        if error.kind() == io::ErrorKind::AlreadyExists {
            complain(&format!(
                "{shown} is there already and stays as it is; --stdout prints a new one, --force replaces it"
            ));
            return Exit::Usage;
        }
        complain(&format!("cannot write {shown}: {error}; --config FILE names another place, --stdout prints it"));
        return Exit::Io;
    }
    if common.json {
        return print_json(&json::config_init(Some(path), &text), Exit::Healthy);
    }
    print(&text::config_init(path, &seen), Exit::Healthy)
}

fn check(path: &Path, common: &Common) -> Exit {
    let (config, mistakes) = match load(path) {
        Ok(config) => (Some(config), Vec::new()),
        Err(Unusable::Wrong(wrongs)) => (None, wrongs),
        Err(unusable) => return cannot_use(path, &unusable),
    };
    let made = config.as_ref().map(|config| channels(&config.channel, &configured::host(config, common)));
    let unusable = made.and_then(Result::err).unwrap_or_default();
    let config = config.filter(|_| unusable.is_empty());
    let warnings = config.as_ref().map(|config| warnings(config, path)).unwrap_or_default();
    let exit = if config.is_some() { Exit::Healthy } else { Exit::Usage };
    let checking =
        Checking { path, config: config.as_ref(), mistakes: &mistakes, unusable: &unusable, warnings: &warnings };
    if common.json {
        return print_json(&json::config_check(&checking), exit);
    }
    print(&text::config_check(&checking), exit)
}
