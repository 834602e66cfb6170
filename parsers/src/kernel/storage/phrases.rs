//! What drivers say, as data. The first phrase of a table that fits is the one: the longer stand before the shorter.

use super::{About, Driver, Event, phrase, phrase::Field};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A line of a known driver that fits no phrase: to be counted, never taken for well.
    Other,
    /// What is there and how it is set up; part of every boot.
    Inventory,

    /// libata stops a port to look at an error.
    AtaException,
    /// Bits of the ATA status register: `DRDY ERR`.
    AtaStatus,
    /// Bits of the ATA error register: `UNC` (media), `ICRC` (link), `ABRT`, `IDNF`.
    AtaError,
    /// Bits of the SATA error register: `BadCRC`, `Dispar`, `10B8B` (link), `PHYRdyChg`, `CommWake`, `DevExch` (unplugged).
    SataError,
    /// The registers of a failed command, or of its result.
    TaskFile,
    /// A SATA link is up.
    LinkUp,
    /// A SATA link is down.
    LinkDown,
    /// A device takes long to come back from a reset.
    LinkSlow,
    /// A link is run slower, or its queueing is given up, because of errors.
    LinkLimited,
    /// Recovery of a port is over.
    RecoveryDone,

    /// A command failed; which, or with which bytes.
    CommandFailed,
    /// A command failed, with the result that the SCSI layer saw.
    CommandResult,
    /// A command was not answered in time.
    CommandTimeout,
    /// A command was answered, but its interrupt was lost.
    InterruptLost,
    /// The sense key of a failed command.
    SenseKey,
    /// What the sense code of a failed command means.
    AdditionalSense,
    /// A device tells that something about it changed, or that it was reset.
    UnitAttention,
    /// A device is not ready.
    UnitNotReady,
    /// A device did not identify itself, or as another than before.
    IdentifyFailed,

    /// A command, a device, a bus or a host is being reset or a command aborted.
    Reset,
    /// How a reset or an abort ended.
    ResetResult,
    /// A reset failed.
    ResetFailed,

    /// A device appeared.
    DeviceAdded,
    /// A device was taken out, orderly or not.
    DeviceRemoved,
    /// A device was given up.
    DeviceDisabled,
    /// A request was refused because its device was given up or is gone.
    RequestRejected,
    /// A disk is told to write its cache out: at shutdown, and when it is removed.
    CacheFlushed,
    /// A disk is started, stopped or spins up.
    PowerState,
    /// A device has another size than before.
    CapacityChanged,
    /// In which slot of which enclosure the device of the neighbouring lines sits.
    EnclosureSlot,

    /// A request to a block device failed.
    IoError,
    /// A request to a block device failed because the medium is bad there.
    MediumError,
    /// A request to a block device failed because the device refused it.
    TargetError,
    /// A request to a block device failed because of the way to the device.
    TransportError,
    /// A request lies beyond the end of its device: it has shrunk or is gone.
    BeyondEnd,

    /// An admin command of NVMe failed.
    AdminError,
    /// A controller does not come up, or reports a fault.
    ControllerFault,
    /// A controller was given up.
    ControllerDead,
    /// An entry of a controller's own event log.
    ControllerEvent,
    /// Why the firmware of a controller ended a command.
    LogInfo,

    /// A member of an array failed and is no longer used.
    MemberFailed,
    /// A member was left out when an array was assembled.
    MemberKicked,
    /// How many members an array goes on with.
    Continuing,
    /// An array started, with so many members.
    ArrayStarted,
    /// An array was stopped.
    ArrayStopped,
    /// An array has lost more than it bears, or cannot be started.
    ArrayFailed,
    /// An array was not stopped in order.
    NotClean,
    /// A member could not read; another copy will be read.
    ReadRetried,
    /// A member could not read; what it held was written anew.
    ReadCorrected,
    /// A member could not read, and could not be corrected.
    ReadNotCorrected,
    /// No member could read: data is lost.
    ReadUnrecoverable,
    /// Copies or parity do not agree.
    Mismatch,
    /// The superblock of a member could not be written or read.
    SuperblockError,
    /// A resync, check, recovery or reshape began.
    SyncStarted,
    /// It is done.
    SyncDone,
    /// It was interrupted or given up.
    SyncInterrupted,
    /// It waits for another.
    SyncDelayed,

    /// PCI Express reports an error of a link or a device.
    PcieError,
    /// More of it.
    PcieDetail,
    /// A device came back from a PCI Express error.
    PcieRecovered,
    /// A device did not come back from a PCI Express error.
    PcieNotRecovered,
    /// A port cut off what is below it because of an error.
    PcieContained,
    /// The link of a slot went down.
    SlotLinkDown,
    /// The link of a slot came up.
    SlotLinkUp,
    /// A slot is empty.
    SlotEmpty,
    /// A slot has a card.
    SlotOccupied,
    /// The power of a slot failed.
    SlotPowerFault,
    /// The button of a slot was pressed, or its power is being switched.
    SlotButton,

    /// A file system found an error.
    FsError,
    /// A file system is read-only from now on because of an error.
    FsReadOnly,
    /// A file system has shut down because of an error, or its journal is given up.
    FsShutdown,
}

type Table = &'static [(&'static str, Kind)];

/// drivers/ata/libata-eh.c, -core.c, -scsi.c, -sata.c.
const ATA: Table = &[
    ("exception Emask <emask> SAct <code> SErr <serr> action <words>", Kind::AtaException),
    ("failed command: <command>", Kind::CommandFailed),
    ("status: { <words> }", Kind::AtaStatus),
    ("error: { <words> }", Kind::AtaError),
    ("SError: { <words> }", Kind::SataError),
    ("cmd <command> tag <tag>*", Kind::TaskFile),
    ("cmd <command>", Kind::TaskFile),
    ("res <command> Emask <emask> (<words>)*", Kind::TaskFile),
    ("SATA link up <speed> Gbps *", Kind::LinkUp),
    ("SATA link up *", Kind::LinkUp),
    ("SATA link down *", Kind::LinkDown),
    ("link is slow to respond, please be patient*", Kind::LinkSlow),
    ("link online but *", Kind::LinkSlow),
    ("limiting SATA link speed to <speed> Gbps", Kind::LinkLimited),
    ("limiting SATA link speed to *", Kind::LinkLimited),
    ("limiting speed to <words>", Kind::LinkLimited),
    ("NCQ disabled due to excessive errors", Kind::LinkLimited),
    ("EH complete", Kind::RecoveryDone),
    ("hard resetting link", Kind::Reset),
    ("soft resetting link", Kind::Reset),
    ("COMRESET failed (errno=<errno>)", Kind::ResetFailed),
    ("softreset failed (<words>)", Kind::ResetFailed),
    ("hardreset failed*", Kind::ResetFailed),
    ("reset failed*", Kind::ResetFailed),
    ("SRST failed (errno=<errno>)", Kind::ResetFailed),
    ("qc timeout after <count> msecs (cmd <opcode>)", Kind::CommandTimeout),
    ("qc timeout (cmd <opcode>)", Kind::CommandTimeout),
    ("failed to IDENTIFY (<words>)", Kind::IdentifyFailed),
    ("failed to IDENTIFY *", Kind::IdentifyFailed),
    ("revalidation failed (errno=<errno>)", Kind::IdentifyFailed),
    ("model number mismatch *", Kind::IdentifyFailed),
    ("serial number mismatch *", Kind::IdentifyFailed),
    ("class mismatch *", Kind::IdentifyFailed),
    ("n_sectors mismatch <of> != <count>", Kind::CapacityChanged),
    ("FLUSH failed Emask <emask>", Kind::CommandFailed),
    ("failed to read log page *", Kind::CommandFailed),
    ("Read log <code> page <words> failed, Emask <emask>", Kind::CommandFailed),
    ("disabled", Kind::DeviceDisabled),
    ("disable device", Kind::DeviceDisabled),
    ("disabling*", Kind::DeviceDisabled),
    ("detaching (SCSI <address>)", Kind::DeviceRemoved),
    ("Entering standby power mode", Kind::PowerState),
    ("Entering active power mode", Kind::PowerState),
    ("configured for <words>", Kind::Inventory),
    ("ATA-<words>", Kind::Inventory),
    ("ATAPI: <words>", Kind::Inventory),
    ("CFA: <words>", Kind::Inventory),
    ("<count> sectors, multi *", Kind::Inventory),
    ("Features: <words>", Kind::Inventory),
    ("SATA max <words>", Kind::Inventory),
    ("PATA max <words>", Kind::Inventory),
    ("DUMMY", Kind::Inventory),
    ("supports DRM functions*", Kind::Inventory),
    ("Enabling discard_zeroes_data", Kind::Inventory),
    ("applying <words>", Kind::Inventory),
    ("AHCI <words>", Kind::Inventory),
    ("flags: <words>", Kind::Inventory),
    ("version <words>", Kind::Inventory),
];

/// drivers/scsi/sd.c, scsi_error.c, scsi_lib.c, scsi_logging.c, scsi_scan.c; aborts and resets as mpt3sas_scsih.c and
/// megaraid_sas_fusion.c write them.
const SCSI: Table = &[
    ("<command> failed: Result: hostbyte=<hostbyte> driverbyte=<driverbyte>*", Kind::CommandResult),
    ("<words> Result: hostbyte=<hostbyte> driverbyte=<driverbyte> cmd_age=*", Kind::CommandResult),
    ("<words> Result: hostbyte=<hostbyte> driverbyte=<driverbyte>", Kind::CommandResult),
    ("Result: hostbyte=<hostbyte> driverbyte=<driverbyte>", Kind::CommandResult),
    ("Sense Key : <sense> [<words>]*", Kind::SenseKey),
    ("Sense Key : <sense>", Kind::SenseKey),
    ("Add. Sense: <words>", Kind::AdditionalSense),
    ("CDB: <command>", Kind::CommandFailed),
    ("timing out command, waited <words>", Kind::CommandTimeout),
    ("Power-on or device reset occurred", Kind::UnitAttention),
    ("Warning! Received an indication that *", Kind::UnitAttention),
    ("Mode parameters changed", Kind::UnitAttention),
    ("Capacity data has changed", Kind::UnitAttention),
    ("Inquiry data has changed", Kind::UnitAttention),
    ("Parameters changed", Kind::UnitAttention),
    ("Unit Not Ready", Kind::UnitNotReady),
    ("Device not ready*", Kind::UnitNotReady),
    ("attempting task abort*", Kind::Reset),
    ("attempting device reset*", Kind::Reset),
    ("attempting target reset*", Kind::Reset),
    ("attempting host reset*", Kind::Reset),
    ("task abort: <result> scmd*", Kind::ResetResult),
    ("task abort: <result>", Kind::ResetResult),
    ("task abort <result>!! scmd*", Kind::ResetResult),
    ("device reset: <result> scmd*", Kind::ResetResult),
    ("device reset: <result>", Kind::ResetResult),
    ("target reset: <result> scmd*", Kind::ResetResult),
    ("target reset: <result>", Kind::ResetResult),
    ("target reset <result>!!", Kind::ResetResult),
    ("host reset: <result> scmd*", Kind::ResetResult),
    ("[<device>] Attached SCSI <words>", Kind::DeviceAdded),
    ("Attached SCSI <words>", Kind::DeviceAdded),
    ("Device offlined - not ready after error recovery", Kind::DeviceDisabled),
    ("Device offlined*", Kind::DeviceDisabled),
    ("device offlined*", Kind::DeviceDisabled),
    ("rejecting I/O to offline device", Kind::RequestRejected),
    ("rejecting I/O to dead device", Kind::RequestRejected),
    ("rejecting I/O to device being removed", Kind::RequestRejected),
    ("Synchronizing SCSI cache", Kind::CacheFlushed),
    ("Stopping disk", Kind::PowerState),
    ("Starting disk", Kind::PowerState),
    ("Spinning up disk*", Kind::PowerState),
    ("enclosure logical id(<enclosure>), slot(<slot>)*", Kind::EnclosureSlot),
    ("handle(<handle>), sas_address(<sas>), phy(<phy>)", Kind::Inventory),
    ("SATA: handle(<handle>), sas_addr(<sas>), phy(<phy>)*", Kind::DeviceAdded),
    ("SSP: handle(<handle>), sas_addr(<sas>), phy(<phy>)*", Kind::DeviceAdded),
    ("<count> <of>-byte logical blocks: *", Kind::Inventory),
    ("<count>-byte physical blocks", Kind::Inventory),
    ("Attached scsi generic *", Kind::Inventory),
    ("Direct-Access *", Kind::Inventory),
    ("Enclosure *", Kind::Inventory),
    ("Processor *", Kind::Inventory),
    ("CD-ROM *", Kind::Inventory),
    ("RAID *", Kind::Inventory),
    ("Write Protect is *", Kind::Inventory),
    ("Mode Sense: *", Kind::Inventory),
    ("Write cache: *", Kind::Inventory),
    ("Assuming drive cache: *", Kind::Inventory),
    ("Asking for cache data failed", Kind::Inventory),
    ("No Caching mode page found", Kind::Inventory),
    ("Preferred minimum I/O size *", Kind::Inventory),
    ("Optimal transfer size *", Kind::Inventory),
    ("Enabling DIF Type *", Kind::Inventory),
    ("qdepth(<words>", Kind::Inventory),
    // What a host's driver calls itself.
    ("ahci", Kind::Inventory),
    ("ata_piix", Kind::Inventory),
    ("hpsa", Kind::Inventory),
    ("smartpqi", Kind::Inventory),
    ("aacraid", Kind::Inventory),
    ("Fusion MPT SAS Host", Kind::Inventory),
    ("Avago SAS based MegaRAID driver", Kind::Inventory),
    ("Virtio SCSI HBA", Kind::Inventory),
    ("iSCSI Initiator over TCP/IP", Kind::Inventory),
    ("usb-storage *", Kind::Inventory),
    ("uas", Kind::Inventory),
];

/// drivers/nvme/host/core.c, pci.c, tcp.c; constants.c has the words of statuses.
const NVME: Table = &[
    ("<command>(<opcode>) @ LBA <lba>, <count> blocks, <words> (sct <sct> / sc <sc>)*", Kind::IoError),
    ("<command>(<opcode>), <words> (sct <sct> / sc <sc>)*", Kind::AdminError),
    ("I/O <tag> QID <queue> timeout, aborting*", Kind::CommandTimeout),
    ("I/O <tag> (<words>) QID <queue> timeout, aborting*", Kind::CommandTimeout),
    ("I/O tag <tag> (<words>) QID <queue> timeout, aborting*", Kind::CommandTimeout),
    ("I/O <tag> QID <queue> timeout, completion polled", Kind::InterruptLost),
    ("I/O tag <tag> (<words>) QID <queue> timeout, completion polled", Kind::InterruptLost),
    ("I/O <tag> QID <queue> timeout, reset controller", Kind::Reset),
    ("I/O <tag> QID <queue> timeout, disable controller", Kind::Reset),
    ("I/O tag <tag> (<words>) QID <queue> timeout, reset controller", Kind::Reset),
    ("I/O tag <tag> (<words>) QID <queue> timeout, disable controller", Kind::Reset),
    ("queue <queue>: timeout request <words>", Kind::CommandTimeout),
    ("Abort status: <code>", Kind::ResetResult),
    ("controller is down; will reset: CSTS=<csts>, <words>", Kind::ControllerFault),
    ("Device not ready; aborting <words>, CSTS=<csts>", Kind::ControllerFault),
    ("Device shutdown incomplete; abort shutdown", Kind::ControllerFault),
    ("Identify Controller failed *", Kind::IdentifyFailed),
    ("Removing after probe failure*", Kind::ControllerDead),
    ("Disabling device after reset failure*", Kind::ControllerDead),
    ("Removing controller...", Kind::DeviceRemoved),
    ("Removing ctrl: *", Kind::DeviceRemoved),
    ("resetting controller due to *", Kind::Reset),
    ("resetting controller", Kind::Reset),
    ("frozen state error detected, reset controller", Kind::Reset),
    ("failure state error detected, request disconnect", Kind::ControllerDead),
    ("restart after slot reset", Kind::Reset),
    ("starting error recovery", Kind::Reset),
    ("Fw activation timeout, reset controller", Kind::Reset),
    ("Failed reconnect attempt <count>*", Kind::ResetFailed),
    ("Successfully reconnected *", Kind::RecoveryDone),
    ("Reconnecting in <count> seconds...", Kind::ResetFailed),
    ("failed to connect socket: <errno>", Kind::ResetFailed),
    ("keep-alive failed: <errno>", Kind::ControllerFault),
    ("failed nvme_keep_alive_end_io error=<errno>", Kind::ControllerFault),
    ("detected capacity change from <of> to <count>", Kind::CapacityChanged),
    ("rw=<words>, sector=<sector>, *", Kind::BeyondEnd),
    ("rw=<words>, want=<sector>, *", Kind::BeyondEnd),
    ("rescanning namespaces.", Kind::UnitAttention),
    ("identifiers changed for nsid <count>", Kind::IdentifyFailed),
    ("pci function <words>", Kind::Inventory),
    ("<words> default/read/poll queues*", Kind::Inventory),
    ("creating <count> I/O queues.", Kind::Inventory),
    ("mapped <words>", Kind::Inventory),
    ("Shutdown timeout set to <count> seconds", Kind::Inventory),
    ("allocated <words>", Kind::Inventory),
    ("new ctrl: *", Kind::DeviceAdded),
    ("Ignoring bogus Namespace Identifiers", Kind::Inventory),
    ("sqsize <words>", Kind::Inventory),
    ("enabling device *", Kind::Inventory),
    ("platform quirk: *", Kind::Inventory),
    ("missing or invalid SUBNQN field.", Kind::Inventory),
    ("p1<words>", Kind::Inventory),
];

/// drivers/md/md.c, raid0.c, raid1.c, raid10.c, raid5.c.
const MD: Table = &[
    ("Disk failure on <member>, disabling device.*", Kind::MemberFailed),
    ("Disk failure on <member> detected, failing array.", Kind::ArrayFailed),
    ("Operation continuing on <count> devices.", Kind::Continuing),
    ("active with <count> out of <of> *", Kind::ArrayStarted),
    ("raid level <code> active with <count> out of <of> devices, algorithm *", Kind::ArrayStarted),
    ("not clean -- starting background reconstruction", Kind::NotClean),
    ("starting dirty degraded array*", Kind::NotClean),
    ("cannot start dirty degraded array.", Kind::ArrayFailed),
    ("not enough operational <words>", Kind::ArrayFailed),
    ("failed to run raid set.", Kind::ArrayFailed),
    ("Cannot continue <words>", Kind::ArrayFailed),
    ("Cannot continue, <words>", Kind::ArrayFailed),
    ("pers->run() failed ...", Kind::ArrayFailed),
    ("insufficient working devices for recovery.", Kind::SyncInterrupted),
    ("recovery aborted due to read error", Kind::SyncInterrupted),
    ("<member>: unrecoverable I/O read error for block <sector>", Kind::ReadUnrecoverable),
    ("<member>: unrecoverable I/O error for block <sector>", Kind::ReadUnrecoverable),
    ("<member>: rescheduling sector <sector>", Kind::ReadRetried),
    ("<member>: redirecting sector <sector> to another mirror", Kind::ReadRetried),
    ("redirecting sector <sector> to other mirror: <member>", Kind::ReadRetried),
    ("read error corrected (<count> sectors at <sector> on <member>)", Kind::ReadCorrected),
    ("read error not correctable (sector <sector> on <member>).*", Kind::ReadNotCorrected),
    ("read error NOT corrected!! (sector <sector> on <member>).*", Kind::ReadNotCorrected),
    ("read error on replacement device (sector <sector> on <member>).*", Kind::ReadNotCorrected),
    ("read correction write failed (<count> sectors at <sector> on <member>)", Kind::ReadNotCorrected),
    ("unable to read back corrected sectors (<count> sectors at <sector> on <member>)", Kind::ReadNotCorrected),
    ("<member>: Raid device exceeded read_error threshold *", Kind::MemberFailed),
    ("<member>: Failing raid device", Kind::MemberFailed),
    ("<member>: failing drive", Kind::MemberFailed),
    ("Too many read errors, failing device <member>.", Kind::MemberFailed),
    ("kicking non-fresh <member> from array!", Kind::MemberKicked),
    ("kicking faulty <member>*", Kind::MemberKicked),
    ("super_written gets error=<errno>*", Kind::SuperblockError),
    ("disabled device <member>, could not read superblock.", Kind::SuperblockError),
    ("invalid superblock checksum on <member>", Kind::SuperblockError),
    ("could not read <member>'s sb, not importing!", Kind::SuperblockError),
    ("<action> of RAID array <device>", Kind::SyncStarted),
    ("resuming <action> of <device> from checkpoint.", Kind::SyncStarted),
    ("delaying <action> of <device> until <words> has finished *", Kind::SyncDelayed),
    ("<action> done.", Kind::SyncDone),
    ("<action> interrupted.", Kind::SyncInterrupted),
    ("mismatch sector in range <words>", Kind::Mismatch),
    ("stopped.", Kind::ArrayStopped),
    ("<device> stopped.", Kind::ArrayStopped),
    ("detected capacity change from <of> to <count>", Kind::CapacityChanged),
    ("rw=<words>, sector=<sector>, *", Kind::BeyondEnd),
    ("rw=<words>, want=<sector>, *", Kind::BeyondEnd),
    ("device <member> operational as raid disk <slot>", Kind::Inventory),
    ("bind<words>", Kind::Inventory),
    ("unbind<words>", Kind::Inventory),
    ("export_rdev(<words>", Kind::Inventory),
    ("<words> personality registered for level *", Kind::Inventory),
    ("... autorun DONE.", Kind::Inventory),
    ("Autodetecting RAID arrays.", Kind::Inventory),
    ("autorun ...", Kind::Inventory),
    ("p1<words>", Kind::Inventory),
];

/// drivers/scsi/mpt3sas/mpt3sas_base.c and mpt3sas_scsih.c.
const MPT: Table = &[
    ("log_info(<loginfo>): originator(*", Kind::LogInfo),
    ("LogInfo(<loginfo>): Originator=*", Kind::LogInfo),
    ("fault_state(<code>)!*", Kind::ControllerFault),
    ("coredump_state(<code>)!*", Kind::ControllerFault),
    ("SAS host is non-operational !!!!", Kind::ControllerDead),
    ("Firmware is halted due to command timeout", Kind::ControllerFault),
    ("sending diag reset !!", Kind::Reset),
    ("attempting host reset!*", Kind::Reset),
    ("Issuing Hard Reset *", Kind::Reset),
    ("diag reset: <result>", Kind::ResetResult),
    ("host reset: <result> scmd*", Kind::ResetResult),
    ("<words>: hard reset: <result>", Kind::ResetResult),
    ("sending message unit reset !!", Kind::Reset),
    ("message unit reset: <result>", Kind::ResetResult),
    ("Task abort tm failed: handle(<handle>),*", Kind::ResetFailed),
    ("Command Timeout", Kind::CommandTimeout),
    ("removing handle(<handle>), sas_addr(<sas>)", Kind::DeviceRemoved),
    ("removing handle(<handle>), wwid(<sas>)", Kind::DeviceRemoved),
    ("removing enclosure logical id(<enclosure>), slot(<slot>)*", Kind::EnclosureSlot),
    ("removing : enclosure logical id(<enclosure>), slot(<slot>)*", Kind::EnclosureSlot),
    ("enclosure logical id(<enclosure>), slot(<slot>)*", Kind::EnclosureSlot),
    ("enclosure logical id (<enclosure>), slot(<slot>)*", Kind::EnclosureSlot),
    ("attaching <words>", Kind::DeviceAdded),
    ("removing <words>", Kind::DeviceRemoved),
    ("host_add: handle(<handle>), sas_addr(<sas>), phys(<count>)", Kind::Inventory),
    ("expander_add: handle(<handle>), parent(<words>), sas_addr(<sas>), phys(<count>)", Kind::Inventory),
    ("expander_remove: handle(<handle>), sas_addr(<sas>)*", Kind::DeviceRemoved),
    ("port enable: <words>", Kind::Inventory),
    ("sending port enable !!", Kind::Inventory),
    ("Initiating bringup", Kind::Inventory),
    ("Capabilities=<words>", Kind::Inventory),
    ("Protocol=<words>", Kind::Inventory),
    ("<words>FWVersion(<words>", Kind::Inventory),
];

/// drivers/scsi/megaraid/megaraid_sas_base.c and megaraid_sas_fusion.c.
const MEGARAID: Table = &[
    ("<sequence> (<when>/<locale>/<class>) - <words>", Kind::ControllerEvent),
    ("<words>FAULT state, will reset adapter *", Kind::ControllerFault),
    ("<words>FAULT state*", Kind::ControllerFault),
    ("FW detected to be in fault*", Kind::ControllerFault),
    ("Hardware critical error, *", Kind::ControllerDead),
    ("Controller in crit error", Kind::ControllerFault),
    ("Reset not supported, killing adapter *", Kind::ControllerDead),
    ("Reset failed, killing adapter *", Kind::ControllerDead),
    ("<words>HBA is killed.", Kind::ControllerDead),
    ("<words> killing adapter scsi<host>*", Kind::ControllerDead),
    ("resetting fusion adapter scsi<host>.", Kind::Reset),
    ("resetting *", Kind::Reset),
    ("Reset successful for scsi<host>.*", Kind::ResetResult),
    ("Adapter is OPERATIONAL for scsi:<host>", Kind::RecoveryDone),
    ("FW restarted successfully<words>", Kind::RecoveryDone),
    ("DCMD(opcode: <opcode>) is timed out, *", Kind::CommandTimeout),
    ("<words> waiting for <count> commands to complete*", Kind::CommandTimeout),
    ("<words>waiting for <count> commands to complete*", Kind::CommandTimeout),
    ("FW now in Ready state", Kind::Inventory),
    ("INIT adapter done", Kind::Inventory),
    ("megasas_init_mfi: <words>", Kind::Inventory),
    ("Max firmware commands: <words>", Kind::Inventory),
    ("<words>\t: <words>", Kind::Inventory),
    ("BAR:<words>", Kind::Inventory),
    ("<words> bit DMA mask and *", Kind::Inventory),
    ("requested/available msix *", Kind::Inventory),
    ("JBOD sequence map is disabled*", Kind::Inventory),
];

/// drivers/scsi/hpsa.c: lines it writes of a device begin with its SCSI address.
const HPSA: Table = &[
    ("scsi <address>: resetting <words>", Kind::Reset),
    ("scsi <address>: reset <words>", Kind::ResetResult),
    ("scsi <address>: Aborting command*", Kind::Reset),
    ("scsi <address>: removed <words>", Kind::DeviceRemoved),
    ("scsi <address>: added <words>", Kind::DeviceAdded),
    ("scsi <address>: updated <words>", Kind::Inventory),
    ("scsi <address>: masked <words>", Kind::Inventory),
    ("Controller lockup detected: <code>*", Kind::ControllerFault),
    ("controller lockup detected: <words>", Kind::ControllerFault),
    ("Command timed out.", Kind::CommandTimeout),
];

/// drivers/scsi/aacraid/linit.c, commsup.c, rx.c, src.c.
const AACRAID: Table = &[
    ("Host adapter abort request (<address>)", Kind::Reset),
    ("Host adapter abort request.*", Kind::Reset),
    ("Host adapter abort request timed out", Kind::ResetFailed),
    ("Host adapter reset request. SCSI hang ?", Kind::Reset),
    ("Host bus reset request. SCSI hang ?", Kind::Reset),
    ("Host device reset request. SCSI hang ?", Kind::Reset),
    ("Outstanding commands on (<address>):", Kind::CommandTimeout),
    ("SCSI bus appears hung", Kind::ControllerFault),
    ("adapter kernel panic'd <code>.*", Kind::ControllerFault),
    ("Adapter kernel panic*", Kind::ControllerFault),
    ("Adapter health - <errno>", Kind::ControllerFault),
    ("Controller reset type is <code>", Kind::Reset),
    ("Issuing IOP reset", Kind::Reset),
    ("IOP reset <result>", Kind::ResetResult),
    ("kernel <words>", Kind::Inventory),
    ("monitor <words>", Kind::Inventory),
    ("bios <words>", Kind::Inventory),
    ("serial <words>", Kind::Inventory),
    ("64 Bit DAC enabled", Kind::Inventory),
];

/// drivers/pci/pcie/aer.c, err.c, dpc.c; drivers/pci/hotplug/pciehp_ctrl.c, pciehp_hpc.c.
const PCIE: Table = &[
    ("AER: <severity> error received: <address>", Kind::PcieError),
    ("AER: <severity> error message received from <address>", Kind::PcieError),
    ("PCIe Bus Error: severity=<severity>, type=<layer>, id=<words>(<agent>)", Kind::PcieError),
    ("PCIe Bus Error: severity=<severity>, type=<layer>, (<agent>)", Kind::PcieError),
    ("device [<words>] error status/mask=<code>*", Kind::PcieDetail),
    ("[<words>", Kind::PcieDetail),
    ("TLP Header: <words>", Kind::PcieDetail),
    ("Error of this Agent is reported first", Kind::PcieDetail),
    ("found no error details for <address>", Kind::PcieDetail),
    ("can't find device of ID<code>", Kind::PcieDetail),
    ("Device recovery successful", Kind::PcieRecovered),
    ("device recovery successful", Kind::PcieRecovered),
    ("Device recovery failed", Kind::PcieNotRecovered),
    ("device recovery failed", Kind::PcieNotRecovered),
    ("can't recover *", Kind::PcieNotRecovered),
    ("<words> Port link has been reset*", Kind::Reset),
    ("DPC: containment event, *", Kind::PcieContained),
    ("DPC: <words> detected*", Kind::PcieContained),
    ("Slot(<slot>): Link Down", Kind::SlotLinkDown),
    ("Slot(<slot>): Link Down event*", Kind::SlotLinkDown),
    ("Slot(<slot>): Link Up*", Kind::SlotLinkUp),
    ("Slot(<slot>): Card not present*", Kind::SlotEmpty),
    ("Slot(<slot>): Card present*", Kind::SlotOccupied),
    ("Slot(<slot>): Power fault*", Kind::SlotPowerFault),
    ("Slot(<slot>): Attention button pressed*", Kind::SlotButton),
    ("Slot(<slot>): Button <words>", Kind::SlotButton),
    ("Slot(<slot>): Powering <words>", Kind::SlotButton),
    ("Slot(<slot>): No link", Kind::SlotLinkDown),
    ("Slot(<slot>): Cannot train link: status <code>", Kind::SlotLinkDown),
    ("Slot #<slot> <words>", Kind::Inventory),
    ("AER: enabled with IRQ *", Kind::Inventory),
    ("PME: Signaling with IRQ *", Kind::Inventory),
    ("DPC: enabled with *", Kind::Inventory),
    ("DPC: error containment capabilities: *", Kind::Inventory),
    ("enabling device *", Kind::Inventory),
];

/// fs/ext4/super.c, fs/jbd2, fs/xfs, fs/btrfs.
const FILE_SYSTEM: Table = &[
    ("error (device <device>): <words>", Kind::FsError),
    ("error (device <device> state <words>", Kind::FsError),
    ("warning (device <device>): <words>", Kind::FsError),
    ("critical (device <device>): <words>", Kind::FsError),
    ("error (device <device>) in <words>", Kind::FsError),
    ("info (device <device>): <words>", Kind::Inventory),
    ("Remounting filesystem read-only", Kind::FsReadOnly),
    ("previous I/O error to superblock detected", Kind::FsError),
    ("I/O error while writing superblock", Kind::FsError),
    ("failed to convert unwritten extents *", Kind::FsError),
    ("delayed block allocation failed *", Kind::FsError),
    ("metadata I/O error *", Kind::FsError),
    ("metadata I/O error: *", Kind::FsError),
    ("log I/O error <errno>", Kind::FsError),
    ("writeback error on *", Kind::FsError),
    ("Metadata corruption detected *", Kind::FsError),
    ("Metadata CRC error detected *", Kind::FsError),
    ("Corruption of in-memory data *", Kind::FsShutdown),
    ("Log I/O Error Detected.  Shutting down *", Kind::FsShutdown),
    ("Log I/O error (<words>", Kind::FsShutdown),
    ("I/O Error Detected. Shutting down *", Kind::FsShutdown),
    ("I/O Error Detected.  Shutting down *", Kind::FsShutdown),
    ("Filesystem has been shut down *", Kind::FsShutdown),
    ("xfs_do_force_shutdown(*", Kind::FsShutdown),
    ("Please unmount the filesystem *", Kind::FsShutdown),
    ("Please umount the filesystem *", Kind::FsShutdown),
    ("Detected IO errors while flushing file data on <device>", Kind::FsError),
    ("Error <errno> detected when updating journal superblock for <device>.", Kind::FsError),
    ("mounted filesystem *", Kind::Inventory),
    ("unmounting filesystem *", Kind::Inventory),
    ("re-mounted<words>", Kind::Inventory),
    ("Mounting V<words>", Kind::Inventory),
    ("Ending clean mount", Kind::Inventory),
    ("Starting recovery *", Kind::Inventory),
    ("Ending recovery *", Kind::Inventory),
    ("Unmounting Filesystem*", Kind::Inventory),
    ("recovery complete", Kind::Inventory),
];

/// Lines that begin with no driver's name: block/blk-core.c (`blk_errors` has the words), fs/buffer.c, fs/jbd2/journal.c. The names
/// in front of the first are those of the function that wrote it in older kernels.
const BLOCK: Table = &[
    ("I/O error, dev <device>, sector <sector> op <opcode>:(<direction>)*", Kind::IoError),
    ("I/O error, dev <device>, sector <sector>*", Kind::IoError),
    ("critical medium error, dev <device>, sector <sector> op <opcode>:(<direction>)*", Kind::MediumError),
    ("critical medium error, dev <device>, sector <sector>*", Kind::MediumError),
    ("critical target error, dev <device>, sector <sector> op <opcode>:(<direction>)*", Kind::TargetError),
    ("critical target error, dev <device>, sector <sector>*", Kind::TargetError),
    ("operation not supported error, dev <device>, sector <sector>*", Kind::TargetError),
    ("protection error, dev <device>, sector <sector>*", Kind::TargetError),
    ("critical nexus error, dev <device>, sector <sector>*", Kind::TransportError),
    ("reservation conflict error, dev <device>, sector <sector>*", Kind::TransportError),
    ("recoverable transport error, dev <device>, sector <sector>*", Kind::TransportError),
    ("timeout error, dev <device>, sector <sector>*", Kind::CommandTimeout),
    ("critical space allocation error, dev <device>, sector <sector>*", Kind::TargetError),
    ("Buffer I/O error on dev <device>, logical block <block>, *", Kind::IoError),
    ("Buffer I/O error on device <device>, logical block <block>", Kind::IoError),
    ("lost page write due to I/O error on <device>", Kind::IoError),
    ("<words>: attempt to access beyond end of device", Kind::BeyondEnd),
    ("attempt to access beyond end of device", Kind::BeyondEnd),
    ("<device>: rw=<words>, sector=<sector>, *", Kind::BeyondEnd),
    ("<device>: rw=<words>, want=<sector>, *", Kind::BeyondEnd),
    ("<device>: detected capacity change from <of> to <count>", Kind::CapacityChanged),
];

/// As [`BLOCK`], of file systems.
const JOURNAL: Table = &[("Aborting journal on device <device>.", Kind::FsShutdown)];

/// What a driver says in the rest of its line.
pub(super) fn of(driver: Driver, rest: &str) -> Option<(Kind, Vec<(Field, String)>)> {
    let (table, rest) = match driver {
        Driver::Ata => (ATA, rest),
        Driver::Scsi => (SCSI, rest),
        Driver::Block => (BLOCK, rest),
        Driver::Nvme => (NVME, rest),
        Driver::Md => (MD, rest),
        Driver::Mpt => (MPT, rest),
        Driver::MegaraidSas => (MEGARAID, rest),
        Driver::Hpsa => (HPSA, rest),
        Driver::Aacraid => (AACRAID, rest),
        // Which service of the port speaks depends on the kernel.
        Driver::Pcie => (PCIE, rest.strip_prefix("pciehp: ").or_else(|| aer(rest)).unwrap_or(rest).trim_start()),
        Driver::FileSystem => (FILE_SYSTEM, rest),
    };
    table.iter().find_map(|(phrase, kind)| Some((*kind, phrase::read(phrase, rest)?)))
}

/// Without `AER: `, which newer kernels write before every line of it; before `error received` all do.
fn aer(rest: &str) -> Option<&str> {
    rest.strip_prefix("AER: ").filter(|rest| !rest.contains(" received") && !rest.starts_with("enabled "))
}

/// A line that begins with no driver's name.
pub(super) fn headless(line: &str) -> Option<Event> {
    let text = ["blk_update_request: ", "print_req_error: ", "end_request: "]
        .iter()
        .find_map(|function| line.strip_prefix(function))
        .unwrap_or(line);
    [(Driver::Block, BLOCK), (Driver::FileSystem, JOURNAL)].iter().find_map(|(driver, table)| {
        let (kind, values) = table.iter().find_map(|(phrase, kind)| Some((*kind, phrase::read(phrase, text)?)))?;
        Some(Event { driver: *driver, about: About::Unnamed, kind, values }.named_by_values())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mistake in a table would only show as a line that is never understood.
    #[test]
    fn every_field_of_every_phrase_is_known() {
        let tables = [ATA, SCSI, NVME, MD, MPT, MEGARAID, HPSA, AACRAID, PCIE, FILE_SYSTEM, BLOCK, JOURNAL];
        for (phrase, _) in tables.iter().flat_map(|table| table.iter()) {
            for name in phrase.split('<').skip(1) {
                let name = name.split('>').next().unwrap_or_default();
                assert!(Field::is_named(name), "{phrase}: {name}");
            }
        }
    }
}
