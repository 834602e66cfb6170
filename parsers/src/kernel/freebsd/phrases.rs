//! What FreeBSD's drivers say, as data. The first phrase of a table that fits is the one: the longer stand before the shorter.

use super::super::storage::Kind;

pub(super) type Table = &'static [(&'static str, Kind)];

/// The table of a driver, by its name; none of one that is not of storage.
pub(super) fn of(name: &str) -> Option<Table> {
    Some(match name {
        "da" | "ada" | "nda" | "nvd" | "cd" | "mfid" | "mfisyspd" | "aacd" => DISK,
        "ahcich" | "siisch" | "mvsch" | "ata" => CHANNEL,
        "mps" | "mpr" | "mpt" => MPS,
        "nvme" => NVME,
        "mfi" => MFI,
        "mrsas" => MRSAS,
        "ciss" => CISS,
        "aac" | "aacraid" => AAC,
        "twa" | "tws" => TWA,
        _ => return None,
    })
}

/// sys/cam/cam.c (`cam_status_table`, `cam_error_string`), cam_periph.c, scsi/scsi_all.c (`scsi_sense_sbuf`), ata/ata_all.c.
pub(super) const CAM: Table = &[
    ("CAM status: Command timeout", Kind::CommandTimeout),
    ("CAM status: Uncorrectable parity/CRC error", Kind::TransportError),
    ("CAM status: Selection Timeout", Kind::TransportError),
    ("CAM status: Device Not Present", Kind::DeviceDisabled),
    ("CAM status: Device Not There", Kind::DeviceDisabled),
    ("CAM status: Unexpected Bus Free", Kind::TransportError),
    ("CAM status: SCSI Status Error", Kind::CommandFailed),
    ("CAM status: ATA Status Error", Kind::CommandFailed),
    ("CAM status: <words>", Kind::CommandFailed),
    ("SCSI status: <words>", Kind::AtaStatus),
    ("SCSI sense: <sense> asc:<asc>,<ascq> (<words>)*", Kind::SenseKey),
    ("SCSI sense: <sense> asc:<asc>,<ascq>*", Kind::SenseKey),
    ("SCSI sense: <words>", Kind::AdditionalSense),
    ("ATA status: <code> (<state>), error: <opcode> (<words>)*", Kind::AtaError),
    ("ATA status: <code> ()*", Kind::AtaStatus),
    ("ATA status: <code> (<words>)*", Kind::AtaStatus),
    ("RES: <words>", Kind::TaskFile),
    ("Retrying command*", Kind::CommandRetried),
    ("Error <errno>, Retries exhausted", Kind::IoError),
    ("Error <errno>, Unretryable error", Kind::IoError),
    ("Error <errno>, Periph was invalidated", Kind::RequestRejected),
    ("Error <errno>, <words>", Kind::IoError),
    ("lost device*", Kind::DeviceRemoved),
    ("removing device entry", Kind::DeviceRemoved),
    ("Invalidating pack", Kind::DeviceDisabled),
    ("Periph destroyed", Kind::Inventory),
    ("fatal error, failed to attach to device", Kind::IdentifyFailed),
    ("<words> length <count> SMID <tag> terminated ioc <code> *", Kind::TransportError),
    ("<words>. CDB: <command>", Kind::TaskFile),
    ("<words>. ACB: <command>", Kind::TaskFile),
    ("<words>. NCB: <command>", Kind::TaskFile),
    ("got CAM status <code>", Kind::AdditionalSense),
    ("cddone: got error <code> back", Kind::AdditionalSense),
    ("Info: <code>", Kind::AdditionalSense),
    ("Info: <words>", Kind::AdditionalSense),
    ("Command Specific Info: <words>", Kind::AdditionalSense),
    ("Field Replaceable Unit: <words>", Kind::AdditionalSense),
    ("Actual Retry Count: <words>", Kind::AdditionalSense),
    ("Descriptor <words>", Kind::AdditionalSense),
    ("Sense Key Specific: <words>", Kind::AdditionalSense),
    ("Synchronize cache failed*", Kind::IoError),
    ("Down reving Protocol Version *", Kind::Inventory),
    ("NOP FLUSHQUEUE*", Kind::TaskFile),
];

/// sys/cam/scsi/scsi_da.c, ata/ata_da.c, cam_xpt.c (`xpt_announce_periph`), sys/dev/nvd/nvd.c, sys/dev/mfi/mfi_disk.c.
const DISK: Table = &[
    // Some captures are masked.
    ("Serial Number...", Kind::Inventory),
    ("Serial Number <serial>", Kind::Inventory),
    ("hard error cmd=<words>", Kind::IoError),
    ("soft error cmd=<words>", Kind::ReadRetried),
    ("<speed>MB (<count> sectors) RAID volume <words> is <state>", Kind::ArrayStarted),
    ("<speed>MB (<words>", Kind::Inventory),
    ("<speed>MB/s transfers*", Kind::Inventory),
    ("Command Queueing enabled", Kind::Inventory),
    ("quirks=<words>", Kind::Inventory),
    ("Delete methods: <words>", Kind::Inventory),
    ("Write Protected", Kind::Inventory),
    ("Attempt to query device size failed: <words>", Kind::Inventory),
    ("SYSPD volume attached", Kind::Inventory),
    ("Previously was known as <device>", Kind::Inventory),
    ("detached", Kind::DeviceRemoved),
    ("Fatal firmware error*", Kind::ControllerFault),
];

/// sys/dev/ahci/ahci.c; siis.c and mvs.c word it alike.
const CHANNEL: Table = &[
    ("Timeout on slot <tag> port <count>", Kind::CommandTimeout),
    ("Poll timeout on slot <tag>*", Kind::CommandTimeout),
    ("Poll error on slot <tag>*", Kind::CommandFailed),
    ("timeout waiting *", Kind::CommandTimeout),
    ("is <words>", Kind::TaskFile),
    ("AHCI reset...", Kind::Reset),
    ("AHCI reset: device ready after <words>", Kind::ResetResult),
    ("AHCI reset: device not ready after <words>", Kind::ResetFailed),
    ("AHCI reset: device not found", Kind::ResetResult),
    ("AHCI reset: device found", Kind::ResetResult),
    ("SATA connect time<words>", Kind::ResetResult),
    ("SATA connect <words>", Kind::ResetResult),
    ("SATA offline status=<words>", Kind::ResetResult),
    ("Error while READ LOG EXT", Kind::CommandFailed),
    ("stopping AHCI engine failed", Kind::ResetFailed),
    ("stopping AHCI FR engine failed", Kind::ResetFailed),
    ("executing CLO failed", Kind::ResetFailed),
    ("DISCONNECT requested", Kind::DeviceRemoved),
    ("CONNECT requested", Kind::DeviceAdded),
    ("stat<words>", Kind::Inventory),
    ("Caps:*", Kind::Inventory),
];

/// sys/dev/mps/mps.c, mps_sas.c, mps_sas_lsi.c; mpr words it alike.
const MPS: Table = &[
    ("Controller reported scsi ioc terminated tgt <handle> SMID <tag> loginfo <loginfo>", Kind::LogInfo),
    ("log_info(<loginfo>): originator(*", Kind::LogInfo),
    ("IOC Fault <code>, Resetting*", Kind::ControllerFault),
    ("Reinitializing controller*", Kind::Reset),
    ("<words>: Sending reset for target ID <handle>", Kind::DeviceRemoved),
    ("<words>: Sending reset to target ID <handle>", Kind::DeviceRemoved),
    ("Sending reset <words>", Kind::Reset),
    ("Sending abort <words>", Kind::Reset),
    ("Command timeout on target <words>", Kind::CommandTimeout),
    ("mpssas_scsiio_timeout*", Kind::CommandTimeout),
    ("mprsas_scsiio_timeout*", Kind::CommandTimeout),
    ("Error reading device <handle> SATA PASSTHRU; iocstatus= <code>", Kind::CommandFailed),
    ("Unfreezing devq for target ID <handle>", Kind::Inventory),
    ("No pending commands: starting remove_device", Kind::Inventory),
    ("Sleeping <count> seconds after SATA ID error *", Kind::Inventory),
    ("Firmware: <words>", Kind::Inventory),
    ("IOCCapabilities: <words>", Kind::Inventory),
    ("SAS Address <words>", Kind::Inventory),
    ("Found device <words>", Kind::Inventory),
    ("At enclosure level <words>", Kind::EnclosureSlot),
    ("<words> enclosureHandle<words>", Kind::Inventory),
];

/// sys/dev/nvme/nvme_ctrlr.c, nvme_qpair.c; OpenBSD's nvme(4) tells the serial number.
const NVME: Table = &[
    ("<words> (<sct>/<sc>) sqid:<queue> *", Kind::IoError),
    ("<words> (<sct>/<sc>) crd:<words>", Kind::IoError),
    ("async event occurred (type <code>, info <opcode>, page <handle>)", Kind::UnitAttention),
    ("SMART WARNING: <words>", Kind::ControllerEvent),
    ("Resetting controller due to a timeout*", Kind::CommandTimeout),
    ("timeout with nothing complete, resetting", Kind::CommandTimeout),
    ("Missing interrupt", Kind::InterruptLost),
    ("resetting controller*", Kind::Reset),
    ("aborting outstanding i/o", Kind::Reset),
    ("resubmitting <words> i/o", Kind::ResetResult),
    ("failing outstanding i/o", Kind::RequestRejected),
    ("failing queued i/o", Kind::RequestRejected),
    ("controller ready did not become <words>", Kind::ControllerFault),
    ("Controller in fatal status, resetting", Kind::ControllerFault),
    ("failed to <words>", Kind::ControllerFault),
    ("RECOVERY_<words>", Kind::ResetResult),
    ("cpl does not map to outstanding cmd", Kind::AdminError),
    ("Correctable PCIe error reported by APEI", Kind::PcieError),
    ("Fatal PCIe error reported by APEI", Kind::PcieError),
    ("<model>, firmware <words>, serial <serial>", Kind::Inventory),
    ("<words> sqid:<queue> *", Kind::TaskFile),
    ("status <code> mask <opcode>", Kind::TaskFile),
    ("cdw<words>", Kind::TaskFile),
];

/// sys/dev/mfi/mfi.c; entries of the controller's log are read as such.
const MFI: Table = &[
    ("COMMAND <words> TIMEOUT AFTER <count> SECONDS", Kind::CommandTimeout),
    ("Fatal firmware error, line <words>", Kind::ControllerFault),
    ("Firmware fault*", Kind::ControllerFault),
    ("Adapter RESET condition is detected*", Kind::Reset),
    ("sense error <code>, sense_key <sense>, asc <asc>, ascq <ascq>", Kind::AdditionalSense),
    ("I/O error, cmd=<words>", Kind::IoError),
    ("Megaraid SAS driver *", Kind::Inventory),
    ("MaxCmd = <words>", Kind::Inventory),
    ("FW MaxCmds = <words>", Kind::Inventory),
    ("Using MSI", Kind::Inventory),
    ("MFI_DCMD_PD_LIST_QUERY failed <count>", Kind::Inventory),
];

/// sys/dev/mrsas/mrsas.c, mrsas_cam.c; the spelling is the driver's.
const MRSAS: Table = &[
    ("Initiating Target RESET because of SCSI IO timeout!", Kind::CommandTimeout),
    ("Initiaiting OCR because of <words>", Kind::Reset),
    ("Initiating OCR because of <words>", Kind::Reset),
    ("target reset FAIL!!", Kind::ResetFailed),
    ("Reset Exit with <count>.", Kind::ResetResult),
    ("Reset successful", Kind::ResetResult),
    ("Reset failed, <words>", Kind::ResetFailed),
    ("FW in FAULT state*", Kind::ControllerFault),
    ("Found FW in FAULT state*", Kind::ControllerFault),
    ("Firmware is in FAULT state*", Kind::ControllerFault),
    ("System PD deleted target ID: <handle>", Kind::DeviceRemoved),
    ("VD deleted target ID: <handle>", Kind::DeviceRemoved),
    ("System PD created target ID: <handle>", Kind::Inventory),
    ("VD created target ID: <handle>", Kind::Inventory),
    ("[ <count>]waiting for <of> commands to complete", Kind::CommandTimeout),
    ("Task management NOT SUPPORTED for CAM target:<count>", Kind::ResetFailed),
    ("mrsas_<words>", Kind::Inventory),
    ("max<words>", Kind::Inventory),
    ("Using MSI<words>", Kind::Inventory),
    ("MSI<words>", Kind::Inventory),
    ("FW supports <words>", Kind::Inventory),
    ("FW now in Ready state", Kind::Inventory),
    ("Issuing IOC INIT command to FW.", Kind::Inventory),
    ("IOC INIT response received from FW.", Kind::Inventory),
    ("Disestablish mrsas intr hook", Kind::Inventory),
    ("Jbod map is supported", Kind::Inventory),
    ("NVME page size<words>", Kind::Inventory),
];

/// sys/dev/ciss/ciss.c: `ciss_notify_logical`, `ciss_notify_physical`, and behind three stars what the controller itself words.
const CISS: Table = &[
    ("*** State change, logical drive <slot>, new state=<state>", Kind::ControllerEvent),
    ("logical drive <slot> <words>-><state>, spare status <code>*", Kind::ControllerEvent),
    ("logical drive <slot> (<words>) completed consistency initialisation", Kind::Inventory),
    ("logical drive <slot> () completed consistency initialisation", Kind::Inventory),
    ("logical drive <slot> (<words>) media exchanged, ready to go online", Kind::ControllerEvent),
    ("*** Surface Analysis Pass Information, <words>", Kind::Inventory),
    ("*** Parity/consistency initialization complete, <words>", Kind::Inventory),
    ("*** Hot-plug drive removed<words>", Kind::DeviceRemoved),
    ("*** Hot-plug drive inserted<words>", Kind::Inventory),
    ("*** Fatal drive error<words>", Kind::MemberFailed),
    ("*** Physical drive failure<words>", Kind::MemberFailed),
    ("*** <words>", Kind::ControllerEvent),
    ("physical drive <words> failed", Kind::MemberFailed),
    ("ADAPTER HEARTBEAT FAILED", Kind::ControllerFault),
    ("command <words> timed out*", Kind::CommandTimeout),
    ("PERFORMANT Transport", Kind::Inventory),
    ("SIMPLE Transport", Kind::Inventory),
    ("got message <words>", Kind::Inventory),
];

/// sys/dev/aac/aac.c; the controller's own words stand behind `**Monitor**`.
const AAC: Table = &[
    ("COMMAND <words> TIMEOUT AFTER <count> SECONDS", Kind::CommandTimeout),
    ("WARNING! Controller is no longer running! <words>", Kind::ControllerDead),
    ("**Monitor** <words>", Kind::ControllerEvent),
    ("Adaptec <words>", Kind::Inventory),
    ("Enable <words>", Kind::Inventory),
    ("New comm. interface <words>", Kind::Inventory),
];

/// sys/dev/twa/tw_cl_misc.c: severity, source and code, then what happened.
const TWA: Table = &[
    ("<class>: (<code>: <opcode>): <words>", Kind::ControllerEvent),
    ("<class>: (<code>:<opcode>): <words>", Kind::ControllerEvent),
];

/// sys/geom/mirror/g_mirror.c.
pub(super) const MIRROR: Table = &[
    ("Device <device> launched (<count>/<of>).", Kind::ArrayStarted),
    ("Device <device>: provider <member> disconnected.", Kind::MemberKicked),
    ("Device <device>: provider <member> destroyed.", Kind::MemberKicked),
    ("Device <device>: rebuilding provider <member> finished.", Kind::SyncDone),
    ("Device <device>: rebuilding provider <member> stopped.", Kind::SyncInterrupted),
    ("Device <device>: rebuilding provider <member>.", Kind::SyncStarted),
    ("Device <device>: provider <member> activated.", Kind::Inventory),
    ("Device <device>: provider <member> detected.", Kind::Inventory),
    ("Device <device>: provider destroyed.", Kind::ArrayStopped),
    ("Device <device> destroyed.", Kind::ArrayStopped),
    ("Device <device> already configured.", Kind::Inventory),
    ("Force device <device> start due to timeout.", Kind::NotClean),
    ("Component <member> (device <device>) broken, skipping.", Kind::MemberKicked),
    ("Request failed (error=<errno>). <words>", Kind::IoError),
    ("Synchronization request failed (error=<errno>). <words>", Kind::IoError),
    ("Cancelling unmapped because of <member>*", Kind::Inventory),
];

/// sys/geom/raid/g_raid.c: words of `g_raid_disk_state2str`, `_subdisk_state2str`, `_volume_state2str`.
pub(super) const RAID: Table = &[
    ("Volume <device> state changed from <action> to <state>.", Kind::ArrayStarted),
    ("Subdisk <device>:<slot>-<member> state changed from <action> to <state>.", Kind::Continuing),
    ("Disk <member> state changed from <action> to <state>.", Kind::Continuing),
    ("Force array start due to timeout.", Kind::NotClean),
    ("Array <words>", Kind::Inventory),
    ("Provider <words>", Kind::Inventory),
    ("Subdisk <device>:<slot>-<member> rebuild start at <words>", Kind::SyncStarted),
    ("Subdisk <device>:<slot>-<member> rebuild completed.", Kind::SyncDone),
];

/// sys/geom/geom_vfs.c, `g_vfs_done`.
pub(super) const VFS: Table = &[("<device>[<words>]error = <errno>*", Kind::IoError)];

/// spa_misc.c and vdev.c of OpenZFS; etc/devd/zfs.conf.
pub(super) const ZFS: Table = &[
    (
        "WARNING: Pool '<device>' has encountered an uncorrectable I/O failure and has been suspended.",
        Kind::ArrayFailed,
    ),
    ("vdev I/O failure, zpool=<device> path=<member> *", Kind::ReadRetried),
    ("vdev checksum mismatch, zpool=<device> path=<member> *", Kind::Mismatch),
    ("checksum mismatch, zpool=<device> path=<member> *", Kind::Mismatch),
    ("pool I/O failure, zpool=<device> error=<words>", Kind::ArrayFailed),
    ("vdev is removed, pool_guid=<words>", Kind::MemberKicked),
    ("vdev state changed, pool_guid=<words>", Kind::Inventory),
    ("vdev is online, pool_guid=<words>", Kind::Inventory),
    ("vdev probe failure, zpool=<device> path=<member>", Kind::MemberKicked),
    ("failed to load zpool <device>", Kind::ArrayFailed),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::storage::Field;

    /// A mistake in a table would only show as a line that is never understood.
    #[test]
    fn every_field_of_every_phrase_is_known() {
        let tables = [CAM, DISK, CHANNEL, MPS, NVME, MFI, MRSAS, CISS, AAC, TWA, MIRROR, RAID, VFS, ZFS];
        for (phrase, _) in tables.iter().flat_map(|table| table.iter()) {
            for name in phrase.split('<').skip(1) {
                let name = name.split('>').next().unwrap_or_default();
                assert!(Field::is_named(name), "{phrase}: {name}");
            }
        }
    }
}
