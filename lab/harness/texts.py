"""Readers, by name: what tools print for people, as JSON."""

import re

WORD = re.compile(r"[^a-z0-9]+")


def key_of(text):
    return WORD.sub("_", text.strip().lower()).strip("_")


def variables(text):
    """Lines NAME=VALUE, as of `mdadm --detail --export`."""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def sg_logs(text):
    """`sg_logs --all`: pages by number, in each the first value of a name."""
    pages, page = {}, {}
    for line in text.splitlines():
        title = re.search(r"^\S.*\[(0x[0-9a-f]+)\]", line)
        if title:
            page = pages.setdefault(title[1], {})
        for name, value in re.findall(r"([^=:,]+)[=:] *([^,=]+)", line) if not title else []:
            page.setdefault(key_of(name), number_or_text(value))
    return pages


def number_or_text(value):
    words = value.split()
    return int(words[0], 0) if words and re.fullmatch(r"0x[0-9a-f]+|-?\d+", words[0]) else value.strip()


def ses_status(text):
    """`sg_ses --page=2`: the elements, without the ones that stand for all of a type."""
    elements, kind, element = [], "", None
    for line in text.splitlines():
        if found := re.search(r"Element type: ([^,]+)", line):
            kind, element = found[1].lower(), None
        elif found := re.search(r"Element (\d+) descriptor", line):
            element = {"type": kind, "index": int(found[1])}
            elements.append(element)
        elif "Overall descriptor" in line:
            element = None
        elif element is not None:
            element.update(ses_fields(line))
    return {"elements": elements}


def ses_fields(line):
    pairs = re.findall(r"([^,=:]+)[=:] *([^,]+)", line)
    return {key_of(name): number_or_text(value) if name.strip() != "status" else value.strip().lower() for name, value in pairs}


def ses_slots(text):
    """`sg_ses --page=0xa`: slots of the first subenclosure, and the SAS address of what is in each."""
    slots = []
    for line in text.splitlines():
        if found := re.search(r"device slot number: (\d+)", line):
            slots.append({"slot": int(found[1])})
        elif (found := re.search(r"^\s+SAS address: 0x([0-9a-f]+)", line)) and slots:
            slots[-1].setdefault("address", f"{int(found[1], 16):016x}")
    return {"slots": slots}


def sel(text):
    """`ipmitool -v sel list`: the records."""
    records = []
    for line in text.splitlines():
        name, _, value = line.partition(" : ")
        if name.startswith("SEL Record ID"):
            records.append({"sel_record_id_number": int(value, 16)})
        if value and records:
            records[-1][key_of(name)] = value.strip()
    return {"records": records}


def sel_elist(text):
    """`ipmitool sel elist`: number, date, time, sensor, words, direction."""
    rows = ([cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.count("|") == 5)
    names = ("id", "date", "time", "sensor", "words", "direction")
    return {"records": [with_number_and_time(dict(zip(names, row))) for row in rows]}


def with_number_and_time(row):
    """The record's number, and its time as ISO 8601 has it, where the BMC's clock was set."""
    row["number"] = int(row["id"], 16)
    if found := re.fullmatch(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d).*", f"{row['date']} {row['time']}"):
        row["written"] = f"20{found[3]}-{found[1]}-{found[2]} {found[4]}"
    return row


def colons(text):
    """Lines `Name : value`, as of `ipmitool sel info`."""
    return {key_of(name): value.strip() for name, value in re.findall(r"^([^:\n]+?) *: (.*)$", text, re.MULTILINE)}


READERS = {
    "variables": variables,
    "sg_logs": sg_logs,
    "ses_status": ses_status,
    "ses_slots": ses_slots,
    "sel": sel,
    "sel_elist": sel_elist,
    "colons": colons,
}
