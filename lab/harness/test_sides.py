"""What is equal, what differs, what only one has; and how tools' texts are read."""

import unittest

from harness.sides import compare
from harness.texts import READERS

LISTS = {"each": [{"ours": "list", "theirs": "rows", "key": ["id", "n"], "all": True, "fields": [["raw", "value"]]}]}
PART = {"part": [{"when": ["extended", True], "fields": [["count", "long.count"]]}]}
# Table, ours, theirs; then fields that are equal, that only ours and only theirs has, that differ.
COMPARE = [
    ({"fields": [["a", "x"]]}, {"a": 1}, {"x": 1}, (1, 0, 0, 0)),
    ({"fields": [["a", "x"]]}, {"a": 1}, {"x": 2}, (0, 0, 0, 1)),
    ({"fields": [["a", "x"]]}, {"a": 1, "b": 2}, {"y": 1}, (0, 2, 1, 0)),
    ({"fields": [["a", "x"]]}, {"a": None}, {"x": 0}, (0, 0, 1, 0)),
    ({"fields": [["a", "x"]]}, {"a": 7}, {"x": "7"}, (1, 0, 0, 0)),
    ({"fields": [["a", "x"]]}, {"a": True}, {"x": 2}, (0, 0, 0, 1)),
    ({"fields": [["a", "x|y"]]}, {"a": 1}, {"y": 1}, (1, 0, 0, 0)),
    ({"fields": [["a", "x", "tenth"]]}, {"a": 6.0}, {"x": 60}, (1, 0, 0, 0)),
    ({"same": True}, {"a": 1, "b": 2}, {"a": 1, "c": 3}, (1, 1, 1, 0)),
    (LISTS, {"list": [{"id": 5, "raw": 8}]}, {"rows": [{"n": "5", "value": 8}]}, (1, 1, 1, 0)),
    (LISTS, {"list": [{"id": 5, "raw": 8}]}, {"rows": []}, (0, 0, 0, 1)),
    (LISTS, {"list": []}, {"rows": [{"n": 5, "value": 8}]}, (0, 0, 2, 1)),
    (PART, {"extended": True, "count": 1}, {"long": {"count": 1}}, (1, 1, 0, 0)),
    (PART, {"extended": False, "count": 1}, {"long": {"count": 2}}, (0, 2, 1, 0)),
]
SES = """
    Element type: Power supply, subenclosure id: 0 [ti=1]
      Overall descriptor:
        Predicted failure=0, Disabled=0, Swap=0, status: Unsupported
      Element 0 descriptor:
        Predicted failure=0, Disabled=0, Swap=0, status: Critical
        Overtmp fail=0, Temperature warn=0, AC fail=1, DC fail=0
"""
LOGS = """    LAB       FAKE SAS DISK     FK01

Write error counter page  [0x2]
  Total errors corrected = 3
  Total uncorrected errors = 5
"""
READ = [
    ("variables", "MD_LEVEL=raid10\nnone\nMD_NAME=a=b", {"MD_LEVEL": "raid10", "MD_NAME": "a=b"}),
    ("sg_logs", LOGS, {"0x2": {"total_errors_corrected": 3, "total_uncorrected_errors": 5}}),
    ("ses_slots", "device slot number: 2\n   SAS address: 0x5", {"slots": [{"slot": 2, "address": "0000000000000005"}]}),
    ("colons", "Entries          : 1\nFree Space : 2032 bytes", {"entries": "1", "free_space": "2032 bytes"}),
    ("sel", "SEL Record ID          : 000a", {"records": [{"sel_record_id_number": 10, "sel_record_id": "000a"}]}),
]


class Sides(unittest.TestCase):
    def test_compare(self):
        for table, ours, theirs, expect in COMPARE:
            with self.subTest(table=table, ours=ours, theirs=theirs):
                counts = compare(table, ours, theirs)
                self.assertEqual((counts.equal, counts.only_ours, counts.only_theirs, len(counts.differences)), expect)

    def test_readers(self):
        for name, text, expect in READ:
            with self.subTest(reader=name):
                self.assertEqual(READERS[name](text), expect)

    def test_ses_status(self):
        [supply] = READERS["ses_status"](SES)["elements"]
        self.assertEqual((supply["index"], supply["status"], supply["ac_fail"]), (0, "critical", 1))
