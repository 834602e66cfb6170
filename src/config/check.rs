//! What a configuration that is right may still lack on this machine.

use super::{By, Channel, Config, Follow, Shape, Tls};
use crate::watch::files::{entry_for, finds};
use crate::words::clean;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What to look at, in the order of the file; `file` is where the configuration was read, whose permissions count.
pub fn warnings(config: &Config, file: &Path) -> Vec<String> {
    let mut warnings: Vec<String> = config.follow.iter().filter_map(|follow| unfollowed(&follow.path)).collect();
    warnings.extend(twice(&config.follow));
    for command in &config.command {
        let of = format!("the command {}", command.name);
        warnings.extend(program(&of, &command.run));
    }
    if config.tell.remind.is_empty() {
        warnings.push("`remind` is empty: a message that nobody saw is never said again".to_owned());
    }
    for (name, Channel { by, .. }) in &config.channel {
        channel(&format!("the channel {name}"), by, file, &mut warnings);
    }
    let reaches_people = |by: &By| matches!(by, By::Smtp(_) | By::Webhook(_) | By::Command { .. });
    if config.channel.is_empty() {
        warnings.push("no channel at all: nobody would be told of anything".to_owned());
    } else if !config.channel.values().any(|channel| reaches_people(&channel.by)) {
        warnings.push("every channel writes to a log: nobody would be told who does not look there".to_owned());
    }
    warnings
}

/// Entries that find one file, and say different things of it: which one counts.
fn twice(entries: &[Follow]) -> Vec<String> {
    let says = |entry: &Follow| (entry.host.clone(), entry.timezone, entry.quiet, entry.poll);
    let mut warnings = Vec::new();
    for entry in entries {
        for wider in entries.iter().filter(|wider| wider.path != entry.path && says(wider) != says(entry)) {
            // A pattern finds a narrower pattern as if that were a file. Each pair is told from one side.
            let pair = [wider.clone(), entry.clone()];
            let counts = entry_for(&pair, &entry.path).is_some_and(|one| one.path == entry.path);
            if finds(&wider.path, &entry.path) && counts {
                let [path, wider] = [entry, wider].map(|follow| clean(&follow.path.to_string_lossy()));
                warnings.push(format!(
                    "{path} and {wider} find the same: for that the entry of {path} counts, the more exact one"
                ));
            }
        }
    }
    warnings
}

/// Why there is nothing to follow at a path now; none if there is.
pub fn unfollowed(path: &Path) -> Option<String> {
    let shown = clean(&path.to_string_lossy());
    match fs::metadata(path) {
        Ok(status) if status.is_file() => cannot_read(path).map(|error| format!("{shown} cannot be read: {error}")),
        Ok(status) if status.is_dir() => {
            fs::read_dir(path).err().map(|error| format!("the directory {shown} cannot be listed: {error}"))
        }
        Ok(_) => Some(format!("{shown} is neither a file nor a directory, and is not read")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let fits = glob::glob(&path.to_string_lossy()).is_ok_and(|mut paths| paths.any(|path| path.is_ok()));
            (!fits).then(|| format!("there is no {shown} yet; it is followed as soon as it appears"))
        }
        Err(error) => Some(format!("{shown} cannot be looked at: {error}")),
    }
}

/// A device that is opened may do something, so only files are.
fn cannot_read(path: &Path) -> Option<io::Error> {
    fs::File::open(path).err()
}

/// Why a program cannot be run.
pub fn program(of: &str, run: &[String]) -> Option<String> {
    let program = run.first()?;
    let shown = clean(program);
    match fs::metadata(program) {
        Ok(status) if !status.is_file() => Some(format!("{of}: {shown} is no program")),
        Ok(status) if status.permissions().mode() & 0o111 == 0 => {
            Some(format!("{of}: {shown} is not executable (chmod +x)"))
        }
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound && program.contains(' ') => Some(format!(
            "{of}: there is no program {shown}; the program and each argument stand in quotes of their own"
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(format!("{of}: there is no program {shown}")),
        Err(error) => Some(format!("{of}: {shown} cannot be looked at: {error}")),
    }
}

fn channel(of: &str, by: &By, file: &Path, warnings: &mut Vec<String>) {
    match by {
        By::Smtp(smtp) => {
            for relay in &smtp.relays {
                if relay.tls == Tls::None && !relay.is_here() {
                    let host = clean(&relay.host);
                    warnings.push(format!(
                        "{of}: mail to {host} crosses the network without TLS; smtp:// and smtps:// protect it"
                    ));
                }
                warnings.extend(relay.authority.as_deref().and_then(|path| readable(of, path)));
                warnings.extend(relay.login.as_ref().and_then(|(_, path)| secret(of, path)));
            }
        }
        By::Webhook(webhook) => {
            warnings.extend(webhook.authority.as_deref().and_then(|path| readable(of, path)));
            let secrets: Vec<&PathBuf> = webhook.authorization.iter().chain(&webhook.key).collect();
            warnings.extend(secrets.into_iter().filter_map(|path| secret(of, path)));
            if webhook.shape == Shape::Slack && is_open_to_all(file) {
                warnings.push(format!(
                    "{of}: its URL is a secret, and everybody may read {} (chmod 640)",
                    clean(&file.to_string_lossy())
                ));
            }
        }
        By::Command { run } => warnings.extend(program(of, run)),
        By::File { path } => {
            let directory = path.parent().unwrap_or(Path::new("/"));
            if !directory.is_dir() {
                warnings.push(format!("{of}: there is no directory {}", clean(&directory.to_string_lossy())));
            }
        }
        By::Syslog { .. } => {
            if !Path::new("/dev/log").exists() {
                warnings.push(format!("{of}: there is no /dev/log, so no system log listens"));
            }
        }
        By::Journal => {
            if !Path::new("/run/systemd/journal/socket").exists() {
                warnings.push(format!("{of}: there is no /run/systemd/journal/socket, so no journal listens"));
            }
        }
    }
}

fn is_open_to_all(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|status| status.permissions().mode() & 0o007 != 0)
}

fn readable(of: &str, path: &Path) -> Option<String> {
    let shown = clean(&path.to_string_lossy());
    match fs::metadata(path) {
        Ok(status) if !status.is_file() => Some(format!("{of}: {shown} is no file")),
        Ok(_) => cannot_read(path).map(|error| format!("{of}: {shown} cannot be read: {error}")),
        Err(error) => Some(format!("{of}: {shown} cannot be read: {error}")),
    }
}

fn secret(of: &str, path: &Path) -> Option<String> {
    let shown = clean(&path.to_string_lossy());
    readable(of, path).or_else(|| match fs::metadata(path) {
        Ok(status) if status.len() == 0 => Some(format!("{of}: {shown} is empty")),
        _ if is_open_to_all(path) => Some(format!("{of}: everybody may read the secret in {shown} (chmod 600)")),
        _ => None,
    })
}
