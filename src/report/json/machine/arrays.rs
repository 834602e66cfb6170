//! Linux md arrays: every file of their folders in sysfs, by its name, and what `mdadm --detail --export` says of them.

use crate::probes::md::{Array, Member};
use arraywatch_parsers::md::attributes::{BadBlocks, Changing, Flag, Metadata, Position, Slot, SyncCompleted};
use arraywatch_parsers::md::mdstat;
use arraywatch_parsers::md::{Level, SyncAction};
use serde_json::{Map, Value, json};

/// An array. Under `files` stand the files of sysfs as they are, beside it what they say: numbers as numbers, lists as lists; sectors
/// are of 512 bytes, sizes in KiB, as in sysfs.
pub fn array(array: &Array) -> Value {
    let said = &array.attributes;
    object!({
        "name": &array.name,
        "bytes": array.bytes,
        "unread": array.unread.map(|failed| failed.to_string()),
        "level": said.level.as_ref().map(level),
        "layout": said.layout.map(changing),
        "raid_disks": said.raid_disks.map(changing),
        "chunk_size": said.chunk_size.map(changing),
        "array_state": array.files.get("array_state"),
        "degraded": said.degraded,
        "sync_action": array.files.get("sync_action"),
        "last_sync_action": array.files.get("last_sync_action"),
        "sync_completed": said.sync_completed.map(completed),
        "sync_speed": said.sync_speed,
        "mismatch_cnt": said.mismatch_cnt,
        "metadata_version": said.metadata.as_ref().map(metadata),
        "uuid": &said.uuid,
        "component_size": said.component_size,
        "max_read_errors": said.max_read_errors,
        "reshape_position": said.reshape_position.map(position),
        "resync_start": said.resync_start.map(position),
        "not_understood": &said.not_understood,
        "members": array.members.iter().map(member).collect::<Vec<_>>(),
        "mdstat": array.mdstat.as_ref().map(mdstat),
        "export": export(array),
        "files": &array.files,
    })
}

fn member(member: &Member) -> Value {
    let said = &member.attributes;
    let state = said.state.as_ref();
    let flags = state.map(|state| {
        let known = state.flags.iter().map(|known| flag(*known).to_owned());
        known.chain(state.unknown.iter().cloned()).collect::<Vec<_>>()
    });
    object!({
        "name": &member.name,
        "block": member.block.as_ref().ok(),
        "device_gone": member.is_gone(),
        "rd": member.rd,
        "state": flags,
        "slot": said.slot.map(slot),
        "errors": said.errors,
        "bad_blocks": said.bad_blocks.iter().map(run).collect::<Vec<_>>(),
        "unacknowledged_bad_blocks": said.unacknowledged_bad_blocks.iter().map(run).collect::<Vec<_>>(),
        "offset": said.offset,
        "size": said.size,
        "recovery_start": said.recovery_start.map(position),
        "not_understood": &said.not_understood,
        "files": &member.files,
    })
}

/// The keys of `mdadm --detail --export`, as far as the kernel knows their values: the name of an array stands in the superblock
/// alone.
fn export(array: &Array) -> Value {
    let said = &array.attributes;
    let mut export = Map::new();
    let mut put = |key: String, value: Option<String>| {
        if let Some(value) = value {
            export.insert(key, json!(value));
        }
    };
    put("MD_LEVEL".to_owned(), said.level.as_ref().map(level));
    put("MD_DEVICES".to_owned(), said.raid_disks.map(|disks| disks.value.to_string()));
    put("MD_METADATA".to_owned(), said.metadata.as_ref().map(metadata));
    put("MD_UUID".to_owned(), said.uuid.as_deref().map(uuid));
    for member in &array.members {
        let name: String = member.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let role = member.attributes.slot.map(|place| match place {
            Slot::None => "spare".to_owned(),
            place => slot(place).as_str().map_or_else(|| slot(place).to_string(), str::to_owned),
        });
        put(format!("MD_DEVICE_dev_{name}_ROLE"), role);
        put(format!("MD_DEVICE_dev_{name}_DEV"), Some(format!("/dev/{}", member.name.replace('!', "/"))));
    }
    Value::Object(export)
}

/// As mdadm groups it: four words of eight digits.
fn uuid(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
    digits.chunks(8).map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(":")
}

fn mdstat(said: &mdstat::Array) -> Value {
    let sync = said.sync.as_ref().map(|sync| {
        let mut value = object!({ "action": action(&sync.action) });
        value["progress"] = match &sync.progress {
            mdstat::Progress::Delayed => json!("delayed"),
            mdstat::Progress::Pending => json!("pending"),
            mdstat::Progress::Remote => json!("remote"),
            mdstat::Progress::Unknown(word) => json!(word),
            mdstat::Progress::Running { per_mille, done, of, finish, speed } => object!({
                "percent": per_mille.map(|part| f64::from(part) / 10.0),
                "done_kib": done,
                "of_kib": of,
                "finish_minutes": finish.map(|tenths| tenths as f64 / 10.0),
                "speed_kib_per_second": speed,
            }),
        };
        value
    });
    object!({
        "in_sync": said.in_sync.iter().map(|works| if *works { 'U' } else { '_' }).collect::<String>(),
        "slots": said.slots,
        "working": said.working,
        "sync": sync,
        "bitmap": said.bitmap.as_ref().map(|bitmap| object!({
            "pages": bitmap.pages,
            "of": bitmap.of,
            "chunk_kib": bitmap.chunk,
            "file": &bitmap.file,
        })),
        "not_understood": &said.not_understood,
    })
}

fn changing(number: Changing) -> Value {
    match number.before {
        None => json!(number.value),
        Some(before) => object!({ "value": number.value, "before": before }),
    }
}

fn completed(completed: SyncCompleted) -> Value {
    match completed {
        SyncCompleted::None => json!("none"),
        SyncCompleted::Delayed => json!("delayed"),
        SyncCompleted::Sectors { done, of } => object!({ "done": done, "of": of }),
    }
}

fn position(position: Position) -> Value {
    match position {
        Position::None => json!("none"),
        Position::Sector(sector) => json!(sector),
    }
}

fn slot(slot: Slot) -> Value {
    match slot {
        Slot::None => json!("none"),
        Slot::Journal => json!("journal"),
        Slot::Number(number) => json!(number),
    }
}

fn run(run: &BadBlocks) -> Value {
    object!({ "sector": run.sector, "sectors": run.sectors })
}

fn metadata(metadata: &Metadata) -> String {
    match metadata {
        Metadata::None => "none".to_owned(),
        Metadata::Version { major, minor } => format!("{major}.{minor}"),
        Metadata::External(kept) => format!("external:{kept}"),
    }
}

fn level(level: &Level) -> String {
    match level {
        Level::Linear => "linear",
        Level::Raid0 => "raid0",
        Level::Raid1 => "raid1",
        Level::Raid4 => "raid4",
        Level::Raid5 => "raid5",
        Level::Raid6 => "raid6",
        Level::Raid10 => "raid10",
        Level::Multipath => "multipath",
        Level::Faulty => "faulty",
        Level::Container => "container",
        Level::Unknown(word) => word,
    }
    .to_owned()
}

fn action(action: &SyncAction) -> &str {
    match action {
        SyncAction::Idle => "idle",
        SyncAction::Frozen => "frozen",
        SyncAction::Resync => "resync",
        SyncAction::Check => "check",
        SyncAction::Repair => "repair",
        SyncAction::Recover => "recover",
        SyncAction::Reshape => "reshape",
        SyncAction::Unknown(word) => word,
    }
}

fn flag(flag: Flag) -> &'static str {
    match flag {
        Flag::Faulty => "faulty",
        Flag::InSync => "in_sync",
        Flag::Journal => "journal",
        Flag::WriteMostly => "write_mostly",
        Flag::Blocked => "blocked",
        Flag::Spare => "spare",
        Flag::WriteError => "write_error",
        Flag::WantReplacement => "want_replacement",
        Flag::Replacement => "replacement",
        Flag::ExternalBbl => "external_bbl",
        Flag::FailFast => "failfast",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arraywatch_parsers::md::attributes;
    use std::collections::BTreeMap;

    #[test]
    fn what_mdadm_exports() {
        let files = [
            ("level", "raid10"),
            ("raid_disks", "4"),
            ("metadata_version", "1.2"),
            ("uuid", "6085f3c3-360b-2942-7f00-98aa373064bb"),
            ("sync_completed", "32256 / 126976"),
        ];
        let files: BTreeMap<String, String> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let attributes = attributes::Array::read(|name| files.get(name).map(String::as_str));
        let member = |name: &str, slot: &str| Member {
            name: name.to_owned(),
            attributes: attributes::Member::read(|file| Some(if file == "slot" { slot } else { "" })),
            files: BTreeMap::new(),
            block: Ok(String::new()),
            rd: None,
        };
        let members = vec![member("sda", "2"), member("nvme1n1", "none")];
        let value = array(&Array { name: "md0".to_owned(), attributes, files, members, ..Array::default() });
        let expect = object!({
            "MD_LEVEL": "raid10",
            "MD_DEVICES": "4",
            "MD_METADATA": "1.2",
            "MD_UUID": "6085f3c3:360b2942:7f0098aa:373064bb",
            "MD_DEVICE_dev_sda_ROLE": "2",
            "MD_DEVICE_dev_sda_DEV": "/dev/sda",
            "MD_DEVICE_dev_nvme1n1_ROLE": "spare",
            "MD_DEVICE_dev_nvme1n1_DEV": "/dev/nvme1n1",
        });
        assert_eq!(value["export"], expect);
        assert_eq!(value["sync_completed"], object!({ "done": 32256, "of": 126_976 }));
    }
}
