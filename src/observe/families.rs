//! The formats that are recognised, a line each.

use super::source::{Options, Source};
use super::{
    arcconf, capture, cciss_vol_status, ipmi_sel, ipmi_sensors, kernel_log, mdadm, mdadm_monitor, mdstat, megacli,
    megaraid_events, notes, nvme_cli, output, smart_blob, smartctl, ssacli, storage_manager, storcli, ups, ups_log,
};
use crate::model::{Sink, Subject};
use std::sync::Arc;

/// A family of formats.
pub trait Family: Sync {
    /// Its name: `format` in JSON, and the last part of its stream's subject.
    fn name(&self) -> &'static str;

    /// Whether the bytes, a piece of some input, are of this family. By content: the name of a file says nothing.
    fn recognise(&self, bytes: &[u8]) -> bool;

    /// Begins to read a source. `front` is its first bytes, which will be pushed, too.
    fn observer(&self, source: Arc<str>, front: &[u8], options: &Options) -> Box<dyn Observer>;

    /// Whether a source is a reading of things at one time, so that several of them, in the order of time, are a history.
    fn is_reading(&self) -> bool {
        false
    }

    /// Whether a source is of one thing, so that several of them may be of one host that none of them names.
    fn is_of_one_thing(&self) -> bool {
        false
    }

    /// Whether sources of this family speak of what others found, and are read after them.
    fn speaks_of_others(&self) -> bool {
        false
    }

    /// Whether a source is a log that goes on, and not one statement as a whole.
    fn goes_on(&self) -> bool {
        !self.is_reading() && !self.speaks_of_others()
    }
}

/// How much of a source was understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Bytes, where they are counted.
    pub bytes: u64,
    /// Intact records.
    pub records: u64,
    /// Lines that are none.
    pub unrecognised: u64,
    /// Damaged places.
    pub damaged: u64,
}

/// Reads one source. What it says goes to the sink, what its bytes show is told at the end.
pub trait Observer {
    /// Reads on.
    fn push(&mut self, chunk: &[u8], sink: &mut dyn Sink);

    /// Says what can be said of a source that goes on, as it stands: the rhythm of its reports. Nothing of it is said twice while it
    /// stays as it is.
    fn so_far(&mut self, _sink: &mut dyn Sink) {}

    /// How much of a source that goes on was understood.
    fn understood(&self) -> SoFar {
        SoFar::default()
    }

    /// The stream that a source that goes on is, as far as it shows; of records of several hosts, the first one's.
    fn stream(&self) -> Option<Subject> {
        None
    }

    /// All that was read of it.
    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> Source;
}

/// The register. A new family is one folder among the parsers, one file here, and one line.
pub const FAMILIES: &[&dyn Family] = &[
    &capture::Captures,
    &notes::Notes,
    &storage_manager::StorageManager,
    &output::Of::<mdstat::Mdstat>::FAMILY,
    &output::Of::<ssacli::Ssacli>::FAMILY,
    &output::Of::<cciss_vol_status::CcissVolStatus>::FAMILY,
    &ipmi_sel::SelList,
    &output::Of::<ipmi_sel::Verbose>::FAMILY,
    &output::Of::<ipmi_sensors::Sensors>::FAMILY,
    &output::Of::<ups::Upsc>::FAMILY,
    &output::Of::<ups::Apcaccess>::FAMILY,
    &ups_log::Events,
    &ups_log::Syslog,
    &kernel_log::KernelLog,
    &output::Of::<megacli::MegaCli<true, true>>::FAMILY,
    &output::Of::<megacli::MegaCli<true, false>>::FAMILY,
    &output::Of::<megacli::MegaCli<false, true>>::FAMILY,
    &output::Of::<megacli::MegaCli<false, false>>::FAMILY,
    &megaraid_events::MegaraidEvents,
    &output::Of::<storcli::Storcli>::FAMILY,
    &output::Of::<arcconf::Arcconf<arcconf::GetConfig>>::FAMILY,
    &output::Of::<arcconf::Arcconf<arcconf::GetStatus>>::FAMILY,
    &output::Of::<arcconf::Arcconf<arcconf::PhyErrorLog>>::FAMILY,
    &output::Of::<arcconf::Arcconf<arcconf::GetLogs>>::FAMILY,
    &output::Of::<mdadm_monitor::MdadmMonitor>::FAMILY,
    &output::Of::<mdadm::Mdadm>::FAMILY,
    &output::Of::<smartctl::Smartctl>::FAMILY,
    &output::Of::<nvme_cli::NvmeCli>::FAMILY,
    &output::Of::<smart_blob::SmartBlob>::FAMILY,
];

/// The family that a piece of input is of.
pub fn recognise(bytes: &[u8]) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.recognise(bytes))
}

/// The family of a name, [`Family::name`], if its sources are logs that go on.
pub fn log_of(name: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.goes_on() && family.name() == name)
}

/// Whether outputs of the family of a name are each of one thing: that one does not list another says nothing.
pub fn is_of_one_thing(name: &str) -> bool {
    FAMILIES.iter().any(|family| family.is_of_one_thing() && family.name() == name)
}
