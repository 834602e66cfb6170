"""Converters, by name: what another program says, in the words and units that arraywatch has for it. None: it says nothing."""

import re

ATA_SELF_TEST = {
    0: "passed",
    1: "aborted-by-host",
    2: "interrupted",
    3: "fatal",
    4: "failed-unknown",
    5: "failed-electrical",
    6: "failed-servo",
    7: "failed-read",
    8: "handling-damage",
    15: "in-progress",
}
ATA_SELF_TEST_KIND = {0: "offline", 1: "short", 2: "extended", 3: "conveyance", 4: "selective", 127: "abort"}
SCSI_SELF_TEST = {
    0: "passed",
    1: "aborted",
    2: "aborted",
    3: "not completed",
    4: "failed",
    5: "failed",
    6: "failed",
    7: "failed",
    15: "in progress",
}


def wwn(parts):
    """smartctl takes a name of type 5 apart: {"naa": 5, "oui": 3152, "id": 1486183232}."""
    return f"0x{parts['naa']:x}{parts['oui']:06x}{parts['id']:09x}"


def statistics(pages):
    """smartctl's pages of device statistics, as one list."""
    return [{"page": page["number"], **entry} for page in pages for entry in page.get("table", [])]


def smartctl_scsi(value):
    """smartctl's SCSI lists are keys, NAME_0, NAME_1 ...: they become lists."""
    if not isinstance(value, dict):
        return value
    whole = {}
    for key, inner in value.items():
        found = re.fullmatch(r"(scsi_self_test|scsi_sas_port|phy|result)_\d+", key)
        if found:
            whole.setdefault(found[1], []).append(smartctl_scsi(inner))
        else:
            whole[key] = smartctl_scsi(inner)
    return whole


def gbps(text):
    """`phy enabled; 12 Gbps`."""
    words = text.split("; ")[-1].split()
    return float(words[0]) if len(words) == 2 and words[1] == "Gbps" else None


def hexadecimal(digits):
    return lambda value: f"{int(str(value), 0):0{digits}x}"


def ses_status(text):
    if found := re.fullmatch(r"reserved \[(\d+)\]", text):
        return f"code {found[1]}"
    return {"noncritical": "non-critical", "no access allowed": "no access"}.get(text, text)


def flag(value):
    return bool(int(value))


CONVERT = {
    "wwn": wwn,
    "statistics": statistics,
    "smartctl_scsi": smartctl_scsi,
    "gbps": gbps,
    "tenth": lambda value: value / 10,
    "highest_bit": lambda value: value.bit_length() - 1 if value > 0 else None,
    "lowest_bit": lambda value: value & 1 == 1,
    "lower": str.lower,
    "strip": str.strip,
    "flag": flag,
    "kelvin": lambda value: value - 273 if value else None,
    "celsius_of_zero": lambda value: value - 273,
    "not_zero": lambda value: value or None,
    "not_negative": lambda value: value if value >= 0 else None,  # FFFFFFFFh, as sg_logs prints it
    "one_more": lambda value: value + 1,
    "bytes_of_gigabytes": lambda value: round(float(value) * 1_000_000_000),
    "percent": lambda value: float(value.rstrip(" %")),
    "when_failed": lambda value: value or None,
    "ata_self_test": lambda value: ATA_SELF_TEST.get(value >> 4, "unknown"),
    "ata_self_test_kind": lambda value: ATA_SELF_TEST_KIND.get(value, "other"),
    "scsi_self_test": lambda value: SCSI_SELF_TEST.get(value),
    "status_type": lambda value: value >> 8 & 7,
    "status_code": lambda value: value & 0xFF,
    "status_more": lambda value: value >> 13 & 1 == 1,
    "status_final": lambda value: value >> 14 & 1 == 1,
    "ses_status": ses_status,
    "unsigned32": lambda value: value & 0xFFFFFFFF,  # nvme-cli prints some numbers of 32 bits as if they had a sign
    "sel_sensor_type": lambda value: value.lower().removesuffix(" / bay"),
    "first_number": lambda value: float(str(value).split()[0]),
    "first_word": lambda value: int(value.split()[0]),
    "first_text": lambda value: value.split()[0],
    "truth": lambda value: value == "true",
    "not_nothing": lambda value: None if int(value, 16) == 0 else value,
    "asserted": lambda value: value.startswith("Assert"),
    "from_hex": lambda value: int(value, 16),
    "bytes_of_hex": lambda value: list(bytes.fromhex(value)),
    "hex16": hexadecimal(16),
}
