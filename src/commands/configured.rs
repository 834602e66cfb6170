//! The daemon's configuration, as the verbs need it that use it: sound, and with channels that can be made.

use super::{Common, Exit, complain};
use crate::alerting::courier::{Channels, channels};
use crate::config::{Config, DEFAULT_PATH, Unusable, load};
use crate::history::{Surroundings, daemon, place};
use crate::report::coverage::Watch;
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

/// The daemon's configuration, if one can be used, and whether a daemon keeps this history, or should. What is wrong with a configuration is
/// said; that there is none only if it was asked for.
pub(super) fn watched(common: &Common, history: &Path) -> (Option<Config>, Watch) {
    let path = common.config();
    let loaded = load(&path);
    let is_there = !matches!(loaded, Err(Unusable::NotThere));
    // One that cannot be used is still there: somebody meant to watch.
    let database = loaded.as_ref().ok().and_then(|config| config.database.as_deref());
    let is_configured = is_there && is_of(database, common, history);
    if let Err(unusable) = &loaded
        && (is_configured || common.config.is_some())
    {
        cannot_use(&path, unusable);
    }
    let channels = loaded.as_ref().ok().filter(|_| is_configured).map(|config| config.channel.len());
    (loaded.ok(), Watch { daemon: daemon(history), is_configured, channels })
}

/// That a configuration has no channel: what that means, and what to do.
pub(super) fn no_channel(path: &Path) -> String {
    let path = clean(&path.to_string_lossy());
    format!(
        "no channel is configured: nobody would be told of anything; write a [channel.NAME] into {path} (arraywatch config init --stdout shows each kind), then arraywatch tell test"
    )
}

/// Whether a daemon keeps this history whose configuration says this of it. The one of the usual file is root's; another file that says
/// nothing was named to whoever asks, as the history was.
fn is_of(database: Option<&Path>, common: &Common, history: &Path) -> bool {
    let kept = match database {
        Some(database) => Some(database.to_owned()),
        None if common.config() != Path::new(DEFAULT_PATH) => return true,
        None => place(None, &Surroundings { root: true, ..Surroundings::here() }).ok(),
    };
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    kept.is_some_and(|kept| real(&kept) == real(history))
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
