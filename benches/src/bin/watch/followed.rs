//! Ten files of as many kinds, as a machine with two RAID cards, md, a BMC and a UPS might have them followed.

use arraywatch_benches::dense::Dense;
use arraywatch_benches::input::Input;
use arraywatch_benches::log::Plan;
use std::fs;
use std::path::{Path, PathBuf};

/// Outputs of tools that are followed beside the logs: written anew by a timer, say.
const OUTPUTS: [&str; 3] = ["mdstat/healthy", "storcli/healthy", "arcconf-getconfig/healthy"];

/// A log in which every line is an event is shorter by so much: a UPS or a BMC that tells thousands of them is none that anybody has.
const EVENTS_ONE_IN: u64 = 40;

/// The size of a log is in bytes.
pub fn write(directory: &Path, size: u64) -> anyhow::Result<Vec<PathBuf>> {
    let mut logs = vec![
        ("storage-manager.log", Input::Log(Plan { size, seed: 1, ..Plan::BUSY })),
        ("syslog", Input::Kernel(size, 2)),
    ];
    let dense = [Dense::ApcupsdEvents, Dense::IpmiSel, Dense::MegaraidEvents, Dense::UpsSyslog, Dense::KernelLog];
    logs.extend(dense.map(|dense| (dense.name(), Input::Dense(dense, size / EVENTS_ONE_IN, 3))));
    let mut paths = Vec::new();
    for (name, input) in logs {
        let path = directory.join(name);
        input.write(&path)?;
        paths.push(path);
    }
    let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"));
    for output in OUTPUTS {
        let path = directory.join(output.replace('/', "-"));
        fs::copy(fixtures.join(output), &path)?;
        paths.push(path);
    }
    Ok(paths)
}
