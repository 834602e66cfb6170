//! The daemon's configuration, for programs.

use crate::config::{Config, Wrong};
use crate::words::clean;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// What a check of a configuration gave.
pub struct Checking<'a> {
    /// The file.
    pub path: &'a Path,
    /// What it means, if it is right.
    pub config: Option<&'a Config>,
    /// What is wrong with it.
    pub mistakes: &'a [Wrong],
    /// Channels that cannot be made of what it says, each by its name, with why.
    pub unusable: &'a [String],
    /// What it lacks on this machine.
    pub warnings: &'a [String],
}

/// `arraywatch.config-check/1`
pub fn config_check(checking: &Checking<'_>) -> Value {
    let mistake = |wrong: &Wrong| object!({ "line": wrong.line, "column": wrong.column, "what": &wrong.what, "instead": &wrong.instead });
    object!({
        "schema": "arraywatch.config-check/1",
        "path": shown(checking.path),
        "mistakes": checking.mistakes.iter().map(mistake).collect::<Vec<_>>(),
        "unusable": checking.unusable,
        "warnings": checking.warnings,
        "understood": checking.config.map(understood),
    })
}

/// `arraywatch.config-init/1`
pub fn config_init(path: Option<&Path>, text: &str) -> Value {
    object!({ "schema": "arraywatch.config-init/1", "path": path.map(shown), "text": text })
}

fn shown(path: &Path) -> String {
    clean(&path.to_string_lossy())
}

fn understood(config: &Config) -> Value {
    let seconds = |duration: Duration| duration.as_secs();
    let follow = config.follow.iter().map(|follow| {
        object!({
            "path": shown(&follow.path),
            "host": &follow.host,
            "timezone": follow.timezone.map(|zone| zone.name()),
            "quiet_seconds": follow.quiet.map(seconds),
            "poll_seconds": follow.poll.map(seconds),
        })
    });
    let command = config.command.iter().map(|command| {
        object!({
            "name": &command.name,
            "run": &command.run,
            "every_seconds": seconds(command.every),
            "limit_seconds": seconds(command.limit),
        })
    });
    let channel = config.channel.iter().map(|(name, channel)| {
        object!({
            "name": name,
            "by": channel.by.code(),
            "to": channel.by.to(),
            "severity": channel.from.code(),
            "limit_seconds": seconds(channel.limit),
        })
    });
    object!({
        "host": &config.host,
        "database": config.database.as_deref().map(shown),
        "read": object!({
            "every_seconds": seconds(config.read.every),
            "every_after_failure_seconds": seconds(config.read.every_after_failure),
            "after_failure_for_seconds": seconds(config.read.after_failure_for),
            "every_while_busy_seconds": seconds(config.read.every_while_busy),
            "patience_seconds": seconds(config.read.patience),
        }),
        "follow": follow.collect::<Vec<_>>(),
        "commands": command.collect::<Vec<_>>(),
        "tell": object!({
            "severity": config.tell.from.code(),
            "remind_seconds": config.tell.remind.iter().copied().map(seconds).collect::<Vec<_>>(),
            "storm": config.tell.storm,
            "storm_within_seconds": seconds(config.tell.storm_within),
        }),
        "channels": channel.collect::<Vec<_>>(),
    })
}
