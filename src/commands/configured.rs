//! The daemon's configuration, as the verbs need it that use it: sound, and with channels that can be made.

use super::{Common, Exit, complain};
use crate::alerting::courier::{Channels, channels};
use crate::config::{Config, Unusable, load};
use crate::words::clean;
use std::path::Path;

/// The configuration in a file. What is wrong with it is said.
pub(super) fn configured(path: &Path) -> Result<Config, Exit> {
    load(path).map_err(|unusable| cannot_use(path, &unusable))
}

/// Says why a configuration cannot be used.
pub(super) fn cannot_use(path: &Path, unusable: &Unusable) -> Exit {
    complain(&format!("{}: {unusable}", clean(&path.to_string_lossy())));
    match unusable {
        Unusable::NotThere => Exit::NoInput,
        Unusable::Wrong(_) => Exit::Usage,
        Unusable::Io(_) => Exit::Io,
    }
}

/// The channels of a configuration. What is wrong with them is said.
pub(super) fn made(config: &Config, host: &str) -> Result<Channels, Exit> {
    channels(&config.channel, host).map_err(|wrong| {
        wrong.iter().for_each(|why| complain(why));
        Exit::Usage
    })
}

/// What this machine is called: as is said, as is configured, or as it calls itself.
pub(super) fn host(config: &Config, common: &Common) -> String {
    let own = || nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_default();
    let host = common.host.clone().or_else(|| config.host.clone()).unwrap_or_else(own);
    if host.is_empty() { "localhost".to_owned() } else { host }
}
