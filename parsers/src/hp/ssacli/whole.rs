//! Whether an output is whole. It announces no counts and has no end mark but a blank line, so what it tells in one place is looked for
//! in the other:
//!
//! * with `show config detail`, the drives that the boxes list have lines of their own further down;
//! * an array has logical drives and drives, and each of them a state;
//! * the last block is told to its end: a blank line is behind it, or its last property is that of its like.
//!
//! What cannot be seen: that a list of arrays ends between two of them, and that of several controllers the last are missing. The
//! rest might be all that there is.

use super::read::{Block, Reader};
use super::{Controller, Drive, DriveState, Group, Of};

/// Answers of the tool that are no failure: there is nothing of the kind.
const NOTHING_THERE: [&str; 2] = ["does not have any", "No controllers detected"];

/// Whether a line that was not understood begins as one that names a thing, or ends as one.
pub(super) fn names_a_thing(words: &str) -> bool {
    let begins = ["physicaldrive", "logicaldrive", "array ", "Array", "Logical Drive", "Physical Drives"];
    // The end of a line whose front is lost.
    let is_end = words.ends_with(')') && !words.contains('(') || words.starts_with("at Port ");
    is_end || begins.iter().any(|name| words.starts_with(name))
}

/// What is missing; none if it is whole as far as can be seen.
pub(super) fn missing(reader: &Reader) -> Option<String> {
    let read = &reader.read;
    if !reader.ended {
        return Some("its last line has no end".to_owned());
    }
    if read.controllers.is_empty() && read.errors.is_empty() {
        return Some("it begins without the line that names a controller".to_owned());
    }
    if let Some(error) = read.errors.iter().find(|error| !NOTHING_THERE.iter().any(|answer| error.contains(answer))) {
        return Some(format!("the tool answered \u{ab}{error}\u{bb}"));
    }
    if reader.last_is_odd {
        return Some("its last line is not one that the tool writes".to_owned());
    }
    read.controllers.iter().find_map(of_controller).or_else(|| (!is_at_its_end(reader)).then(|| no_end(reader)))
}

fn no_end(reader: &Reader) -> String {
    format!("the blank line is missing that ends it, behind \u{ab}{}\u{bb}", reader.last_words)
}

fn of_controller(controller: &Controller) -> Option<String> {
    let described = || controller.groups.iter().flat_map(|group| &group.drives);
    let mut listed = controller.boxes.iter().flat_map(|drive_box| &drive_box.drives);
    let is_described = |drive: &Drive| described().any(|one| one.location == drive.location);
    if let Some(drive) = listed.find(|drive| !is_described(drive)) {
        return Some(format!("drive {} is listed, and nothing more is told of it", drive.location));
    }
    if let Some(drive) = described().find(|drive| drive.state.is_none()) {
        return Some(format!("the state of drive {} is not told", drive.location));
    }
    // Where lines are told of a drive that works, its model is one of the last.
    let half = |drive: &&Drive| drive.in_detail && drive.state == Some(DriveState::Ok) && drive.model.is_none();
    if let Some(drive) = described().find(half) {
        return Some(format!("the model of drive {} is not told", drive.location));
    }
    controller.groups.iter().find_map(of_group)
}

fn of_group(group: &Group) -> Option<String> {
    let Of::Array(letter) = &group.of else { return None };
    if let Some(volume) = group.volumes.iter().find(|volume| volume.state.is_none()) {
        return Some(format!("the state of logical drive {} is not told", volume.number.unwrap_or(0)));
    }
    // Of outputs about one kind of thing, the array's line has its letter alone.
    let of_config = group.state.is_some() || group.remarks.iter().any(|remark| remark.starts_with("Unused Space"));
    match (group.volumes.is_empty(), group.drives.is_empty()) {
        (true, true) => Some(format!("array {letter} is named, and nothing is told of it")),
        (false, true) if of_config => Some(format!("no drive of array {letter} is told of")),
        _ => None,
    }
}

/// Whether the last block is told to its end.
fn is_at_its_end(reader: &Reader) -> bool {
    if reader.blank || reader.read.controllers.is_empty() {
        return true;
    }
    match reader.block {
        Block::Processor => ends_processor(&reader.processor, &reader.last_words),
        Block::Drive => reader.last_names.split_last().is_some_and(|(last, others)| others.contains(last)),
        Block::Error => true,
        _ => false,
    }
}

/// Whether a line is the last of a processor: its head alone, `SEP (Vendor ID PMCSIERA, Model  SRC 8x6G) 250 (WWID: 50014380FA0E000F)`, or, with
/// properties, its model, which its head has as well.
fn ends_processor(head: &str, last: &str) -> bool {
    let behind = |text: &str, name: &str| Some(text.split_once(name)?.1.split(')').next()?.trim().to_owned());
    if head == last {
        return last.ends_with(')') && last.contains("(WWID: ");
    }
    behind(head, ", Model ").is_some_and(|model| last.strip_prefix("Model:").map(str::trim) == Some(model.as_str()))
}
