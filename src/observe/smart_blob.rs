//! A drive's raw answers, as libatasmart keeps them.

use super::drives::{self, Asked};
use super::machine;
use super::output::{Sheet, Tool};
use crate::probes::ata::Answers;
use crate::probes::got::Missing;
use arraywatch_parsers::ata::blob::{self, Blob};
use arraywatch_parsers::ata::smart::Status;
use arraywatch_parsers::output::Tally;
use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::xxh3_64;

/// The file.
pub(super) struct SmartBlob;

impl Tool for SmartBlob {
    type Output = (Blob, Tally, u64);

    const NAME: &'static str = "smart-blob";

    const OF_ONE_THING: bool = true;

    fn recognise(bytes: &[u8]) -> bool {
        blob::recognise(bytes)
    }

    fn read(bytes: &[u8]) -> Self::Output {
        let blob = blob::read(bytes);
        let mut tally = Tally::default();
        if let Some(why) = blob.cut {
            tally.cut(why);
        }
        (blob, tally, xxh3_64(bytes))
    }

    fn tally((_, tally, _): &Self::Output) -> &Tally {
        tally
    }

    fn sheet((blob, _, fingerprint): &Self::Output, host: &str, _at: DateTime<Utc>) -> Sheet {
        let status = match blob.status {
            Some(Status::Unknown(_)) => Err(Missing::Nonsense),
            Some(status) => Ok(status),
            None => Err(Missing::NotAsked),
        };
        let answers = Answers {
            identify: blob.identify.clone().ok_or(Missing::NotAsked),
            smart: blob.data.clone().ok_or(Missing::NotAsked),
            thresholds: blob.thresholds.clone().ok_or(Missing::NotAsked),
            status,
            ..Answers::default()
        };
        let mut drive = machine::ata_drive(&answers);
        let lacks = || drives::not_understood("the file does not have its attributes");
        drive.unread = drive.unread.or_else(|| blob.data.is_none().then(lacks));
        drives::sheet(host, vec![Asked { drive, names: Vec::new(), fingerprint: *fingerprint }])
    }
}
