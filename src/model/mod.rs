//! The words of the project as plain types. Everything stands on this and this imports nothing of the rest, so that one layer
//! can keep or show what another made without knowing it.

mod case;
mod cursor;
mod inventory;
mod observation;
mod reading;
mod sample;
mod seconds;
mod series;
mod severity;
mod statement;
mod subject;
mod when;

pub use case::{Case, CaseState, Cause, Code, Suspect, Term};
pub use cursor::Cursor;
pub use inventory::{Array, Bay, Drive, DriveState, Member, Occupant, Transition};
pub use observation::{
    ArrayState, Evidence, Fact, Layout, LayoutMember, Observation, ObservationId, STARTING, Trouble,
};
pub use reading::{
    Ailment, ArrayRead, DriveRead, MemberRead, PowerCount, Reading, Reason, Role, Thing, Unread, WhyUnread,
};
pub use sample::{Sample, saturated};
pub use series::{Entry, Part, REGISTER, Series, Unit};
pub use severity::{Severity, Verdict};
pub use statement::{NUMBER, Said, Sink, Statement, with_numbers, without_numbers};
pub use subject::{
    COMMAND, COMMANDS, DEVICES, HISTORY, KERNEL, Kind, MACHINE, NotASubject, Subject, UNNAMED, WATCH, unnamed_serial,
};
pub use when::{AHEAD, Moment, When};
