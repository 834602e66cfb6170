//! The kinds of things that lines of the kernel say.

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
    /// Bits of the SATA error register: `BadCRC`, `Dispar`, `10B8B` (link), `PHYRdyChg`, `CommWake`, `DevExch`
    /// (unplugged).
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
    /// A command that failed is tried again.
    CommandRetried,
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
