//! Drives whose every answer is a file, for the hardware lab.
//!
//! Three programs: `fake-disk` (a SCSI or SATA disk, or an enclosure, behind the kernel's TCMU), `fake-nvme` (a controller for
//! `nvme connect` on the loopback interface) and `fake-answers`, which writes the files of a healthy drive and changes one thing
//! at a time. The first two know next to nothing of drives: what a key's file holds is sent as it is, so that an odd, truncated
//! or hostile answer is a file like any other. All of them run in the lab's virtual machine only.
//!
//! The crate depends on nothing of arraywatch: what the fakes say is written after the standards, not after what arraywatch
//! believes of them.

pub mod answers;
pub mod bytes;
pub mod folder;
pub mod tcmu;
