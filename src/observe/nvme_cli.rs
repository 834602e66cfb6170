//! What nvme-cli prints of drives. It names no bay, and most of its outputs no drive.

use super::drives::{self, Asked};
use super::machine::Drive;
use super::output::{Sheet, Tool};
use crate::words::clean;
use arraywatch_parsers::nvme::cli::{self, Printed};
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};

/// Its outputs.
pub(super) struct NvmeCli;

impl Tool for NvmeCli {
    type Output = Printed;

    const NAME: &'static str = "nvme-cli";

    const OF_ONE_THING: bool = true;

    fn recognise(bytes: &[u8]) -> bool {
        cli::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Printed {
        cli::read(bytes)
    }

    fn tally(printed: &Printed) -> &Tally {
        &printed.tally
    }

    fn sheet(printed: &Printed, host: &str, _at: DateTime<Utc>) -> Sheet {
        drives::sheet(host, printed.drives.iter().map(asked).collect())
    }
}

fn asked(told: &cli::Drive) -> Asked {
    let text = |text: &Option<String>| text.as_ref().map(|text| clean(text));
    let drive = drives::nvme(&told.answers);
    let lacks = || drives::not_understood("the output does not have its health log: nvme smart-log prints it");
    let unread = drive.unread.clone().or_else(|| told.answers.health.is_none().then(lacks));
    let drive = Drive {
        serial: text(&told.serial),
        model: text(&told.model),
        firmware: text(&told.firmware),
        bytes: told.bytes,
        unread,
        ..drive
    };
    let name = told
        .device
        .as_ref()
        .map(|name| if name.starts_with('/') { clean(name) } else { format!("/dev/{}", clean(name)) });
    Asked { drive, names: name.into_iter().collect(), fingerprint: told.fingerprint }
}
