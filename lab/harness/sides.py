"""Two programs' answers about one device, field by field.

In the guest, `beside TABLE DEVICE COMMAND...` keeps what a command says in /out/beside/TABLE@DEVICE. A table, lab/sides/NAME.toml,
says which of arraywatch's fields is which of the other program's:

    fields = [
      ["identity.model", "model_name"],
      ["identity.wwn", "wwn", "wwn"],          # a function of CONVERT makes theirs look like ours
      ["error_log.count", "extended.count|summary.count"],   # of several, the first that is there
    ]
    reads = "sg_logs"            # what is not JSON is read by a function of READERS
    convert = "smartctl_scsi"    # of all their document, before anything else
    same = true                  # instead of fields: both are objects with keys of the same names

    [[each]]                     # lists whose elements belong together
    ours = "attributes"
    theirs = "ata_smart_attributes.table"
    convert = "statistics"       # of their list, if it has to be made one
    key = ["id", "id"]           # ours and theirs; [] is by position; "a+b" is both
    all = true                   # an element that only one has is a difference; "theirs": one that only they have
    fields = [["raw", "raw.value"]]
    each = [...]                 # lists in the elements

    [[part]]                     # fields that are the same only if a value of ours is this
    when = ["error_log.extended", true]
    fields = [...]

A field that both report is equal or is a difference. What only one reports is counted apart.
"""

import json
import tomllib
from dataclasses import dataclass, field

from . import guest
from .convert import CONVERT
from .match import brief, lookup
from .texts import READERS

FOLDER = guest.LAB / "sides"

# Where a device is in the JSON of `scan`.
PLACES = [
    "machine.disks[device=/dev/{0}].answers",
    "machine.disks[answers.identity.serial={0}].answers",
    "machine.disks[answers.serial={0}].answers",
    "machine.enclosures[device=/dev/{0}].answers",
    "machine.md_arrays[name={0}].export",
    "machine.raid_controllers[0].drives[id={0}].answers.scsi",
    "machine.{0}",
]


@dataclass
class Counts:
    """What came of a comparison."""

    equal: int = 0
    only_ours: int = 0
    only_theirs: int = 0
    differences: list = field(default_factory=list)

    def add(self, other):
        self.equal += other.equal
        self.only_ours += other.only_ours
        self.only_theirs += other.only_theirs
        self.differences += other.differences


def compare_all(folder, scan):
    """Compares all that is in a folder with a scan, and returns counts by table, and how many devices each was of."""
    by_table, devices = {}, {}
    for path in sorted(folder.glob("*@*")):
        name, _, device = path.name.partition("@")
        by_table.setdefault(name, Counts()).add(compare_file(path, table(name), find(scan, device), device))
        devices[name] = devices.get(name, 0) + 1
    return by_table, devices


def compare_file(path, table, ours, device):
    text = path.read_text(errors="replace")
    try:
        theirs = READERS[table["reads"]](text) if "reads" in table else json.loads(text)
    except ValueError as error:
        return Counts(differences=[f"{path.name}: it cannot be read: {error}"])
    if ours is None:
        return Counts(differences=[f"{path.name}: the scan does not have {device}"])
    counts = compare(table, ours, theirs)
    counts.differences = [f"{path.name}: {line}" for line in counts.differences]
    return counts


def find(scan, device):
    found = (lookup(scan, place.format(device)) for place in PLACES)
    return next((place for place in found if place is not None), None)


def table(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def compare(table, ours, theirs, path=""):
    """Compares two documents by a table. `path` says where in the whole they are."""
    told_here, told_there = [], []
    theirs = CONVERT[table["convert"]](theirs) if "convert" in table and not path else theirs
    counts = compare_part(table, ours, theirs, path, told_here, told_there)
    counts.only_ours += untold(ours, told_here)
    counts.only_theirs += untold(theirs, told_there)
    return counts


def compare_part(table, ours, theirs, path, told_here, told_there):
    """The same, and notes which fields both told."""
    counts = Counts()
    for here, there, convert in pairs(table, ours, theirs):
        a, (there, b) = lookup(ours, here), first(theirs, there)
        b = CONVERT[convert](b) if convert and b is not None else b
        if a is None or b is None:
            continue
        told_here.append(here)
        told_there.append(there)
        if same(a, b):
            counts.equal += 1
        else:
            counts.differences.append(f"{path}{here} is {brief(a)}, {there} is {brief(b)}")
    for each in table.get("each", []):
        counts.add(compare_lists(each, ours, theirs, path))
        told_here.append(each["ours"])
        told_there += each["theirs"].split("|")
    for part in table.get("part", []):
        if lookup(ours, part["when"][0]) == part["when"][1]:
            counts.add(compare_part(part, ours, theirs, path, told_here, told_there))
    return counts


def pairs(table, ours, theirs):
    """The fields, as ours, theirs, converter."""
    if table.get("same"):
        return [(key, key, None) for key in sorted({*ours} & {*theirs})]
    return [(*pair, None)[:3] for pair in table.get("fields", [])]


def compare_lists(each, ours, theirs, path):
    counts = Counts()
    there, found = first(theirs, each["theirs"])
    here, found_here = each["ours"], lookup(ours, each["ours"])
    if found is None or found_here is None:
        counts.only_ours += untold(found_here, [])
        counts.only_theirs += untold(found, [])
        return counts
    theirs = CONVERT[each["convert"]](found) if "convert" in each else found
    our_key, their_key = each["key"] or (None, None)
    by_key = keyed(theirs, their_key)
    for key, element in keyed(found_here, our_key).items():
        other = by_key.pop(key, None)
        if other is not None:
            counts.add(compare(each, element, other, f"{path}{here}[{key}]."))
        elif each.get("all") is True:
            counts.differences.append(f"{path}{here}[{key}] is in ours alone: {brief(element)}")
        else:
            counts.only_ours += untold(element, [])
    for key, element in by_key.items():
        if each.get("all"):
            counts.differences.append(f"{path}{there}[{key}] is in theirs alone: {brief(element)}")
        counts.only_theirs += untold(element, [])
    return counts


def keyed(elements, name):
    """Elements by the text of their key, so that 5 and "5" are one."""
    if name is None:
        return {str(number): element for number, element in enumerate(elements)}
    return {" ".join(str(lookup(element, part)) for part in name.split("+")): element for element in elements}


def first(document, paths):
    """Of several paths, `a|b`, the first that leads somewhere, and where."""
    for path in paths.split("|"):
        value = lookup(document, path) if path else document
        if value is not None:
            return path, value
    return path, None


def same(a, b):
    """Equal; some tools print numbers as text."""
    return str(a) == str(b) if {type(a), type(b)} == {int, str} else a == b


def untold(document, told):
    """How many values a document has below none of the paths."""
    return sum(not any(is_below(path, prefix) for prefix in told) for path in leaves(document))


def is_below(path, prefix):
    return path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))


def leaves(document):
    """The paths of all values that are there."""
    return (path for path, value in values(document) if value is not None)


def values(document, path=""):
    """All values, with their paths."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from values(value, f"{path}.{key}" if path else key)
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from values(value, f"{path}[{number}]")
    else:
        yield path, document
