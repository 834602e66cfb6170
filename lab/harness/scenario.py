"""A scenario: a file in lab/scenarios that says what is plugged in, what is done, and what must be seen.

    title = "One line: what is shown"
    topology = ["nv0", "nv1", "bmc"]     # harness/machine.py lists the words
    counted = true                       # if said: the guest's clock counts instructions, for measuring
    files = "../shared/corpora/..."      # if said: a folder, seen from the repository, that the guest gets as /payload/files

    [[step]]
    do = "mdadm ..."                     # shell, in the guest; must end with status 0
    [[step]]
    wait = "grep -q recovery /proc/mdstat"   # a condition; must come true
    [[step]]
    scan = "degraded"                    # arraywatch scan --json; `arguments` are added to the command
    status = 2                           # the exit status that must come (any, if not said)
    expect = '{ "cases": [] }'           # harness/match.py says how JSON matches
    show = ["machine.commands"]          # values to be printed beside the result
    [[step]]
    json = "smartctl -x -j /dev/sda"     # as scan, of another program: any status unless `status` says one
    name = "smartctl"
    never = '{ ... }'                    # must not match
    [[step]]
    compare = ["degraded", "smartctl"]   # names of two of the above: fields that must be equal
    fields = [["drives[serial=X].celsius", "temperature.current"]]   # without them, all keys
    but = { now = "why it differs" }     # keys that must differ, each with its reason; if they do not, the reason is wrong
    [[step]]
    sides = "degraded"                   # name of a scan: compared with all that `beside` kept (harness/sides.py)
    at_least = 500                       # fields that must be equal
    [[step]]
    host = "$ARRAYWATCH scan ..."        # as json, but on the host, after the guest, in the folder that the guest saw as /out
    [[step]]
    reboot = true                        # the disks, the history and the fakes' answers stay; fakes are to be started again

`expect` of a `do` step is text: a regular expression to be found in what it printed. Every step has a `limit` in seconds (30).
"""

import json
import os
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import guest, machine, match, sides

FOLDER = guest.LAB / "scenarios"
KINDS = ("do", "wait", "scan", "json", "compare", "sides", "host", "reboot")
NOT_IN_THE_GUEST = ("compare", "sides", "host", "reboot")
OTHER_KEYS = {"name", "status", "expect", "never", "limit", "arguments", "fields", "at_least", "but", "show"}
STEP_LIMIT = 30


@dataclass
class Result:
    problems: list  # what did not hold, one line each
    notes: list  # what is worth printing beside the result
    seconds: float
    left_out: str = ""  # why it was not run at all


def names():
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name):
    """Reads a scenario; a misspelt key is an error here rather than a check that is never made."""
    scenario = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    unknown = set(scenario) - {"title", "topology", "files", "counted", "step"}
    for number, step in enumerate(scenario["step"]):
        if sum(kind in step for kind in KINDS) != 1:
            raise ValueError(f"{name}: step {number} has to have one of {', '.join(KINDS)}")
        unknown |= set(step) - OTHER_KEYS - set(KINDS)
    if unknown:
        raise ValueError(f"{name}: unknown keys {', '.join(sorted(unknown))}")
    return scenario


def run(name, programs, keep=None, faults_only=False):
    scenario = load(name)
    if faults_only:
        scenario["step"] = [step for step in scenario["step"] if not asks_arraywatch(step)]
    files = (guest.LAB.parent / scenario["files"]).resolve() if "files" in scenario else None
    if files and not files.is_dir():
        return Result([], [], 0.0, left_out=f"{files} is not on this machine")
    with machine.run_folder(keep) as folder:
        outcome = machine.run(folder, scenario["topology"], boots(scenario), programs, files, scenario.get("counted", False))
        problems, notes = check(scenario, outcome, folder / "out", programs[0])
    return Result(problems, notes, outcome.seconds)


def asks_arraywatch(step):
    text = step.get("do", step.get("json", step.get("host", "")))
    return any(kind in step for kind in ("scan", "compare", "sides")) or "ARRAYWATCH" in text


def boots(scenario):
    """The guest's steps, boot by boot."""
    boots = [[]]
    for step in scenario["step"]:
        if "reboot" in step:
            boots.append([])
        elif not any(kind in step for kind in NOT_IN_THE_GUEST):
            boots[-1].append(guest_step(step))
    return boots


def check(scenario, outcome, out, binary):
    """What did not hold, and what is worth telling."""
    problems = [outcome.failure] if outcome.failure else []
    notes, documents = [], {}
    results = iter(zip(outcome.status, outcome.stdout, outcome.stderr))
    for number, step in enumerate(scenario["step"]):
        found = []
        if "compare" in step:
            found, equal = compare(step, documents)
            notes.append(f"{' and '.join(step['compare'])}: {equal} fields are equal")
        elif "sides" in step:
            found, told = side_by_side(step, documents, out / "beside")
            notes += told
        elif "host" in step:
            found = judge(step, *run_on_host(step, out, binary), documents)
        elif "reboot" not in step:
            result = next(results, None)
            if result is None:
                problems.append(f"step {number} ({title(step)}) and what follows were not run")
                break
            found = judge(step, *result, documents)
            notes += [line for line in result[1].splitlines() if line.startswith("note: ")]
            notes += [f"note: {path} is {match.lookup(documents.get(step['scan']), path)}" for path in step.get("show", [])]
        problems += [f"step {number} ({title(step)}): {line}" for line in found]
    return problems, notes


def side_by_side(step, documents, folder):
    """What differs between a scan and what other programs said of the same devices, and the counts."""
    if step["sides"] not in documents:
        return [f"there is no JSON named {step['sides']!r}"], []
    by_table, devices = sides.compare_all(folder, documents[step["sides"]])
    total, notes = sides.Counts(), []
    for name, counts in by_table.items():
        total.add(counts)
        notes.append(f"note: {name}, {devices[name]} times: {told(counts)}")
    notes.append(f"note: all of them, {sum(devices.values())} times: {told(total)}")
    short = [f"only {total.equal} fields are equal, not {step['at_least']}"] if total.equal < step.get("at_least", 1) else []
    return total.differences + short, notes


def told(counts):
    text = f"{counts.equal} fields equal, {counts.only_ours} only arraywatch has, {counts.only_theirs} only the other"
    return f"{text}, {len(counts.differences)} DIFFER" if counts.differences else text


def run_on_host(step, out, binary):
    environment = {**os.environ, "ARRAYWATCH": str(Path(binary).resolve())}
    limit = step.get("limit", STEP_LIMIT)
    command = ["timeout", "-k", "2", str(limit), "bash", "-ec", step["host"]]
    result = subprocess.run(command, cwd=out, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


def guest_step(step):
    limit = step.get("limit", STEP_LIMIT)
    if "do" in step:
        return machine.Step(step["do"], limit)
    if "wait" in step:
        return machine.Step(f"condition() {{ {step['wait']}\n}}\nuntil_true {limit} condition", limit + 1)
    if "scan" in step:
        command = f"$ARRAYWATCH scan --json --db $DATABASE {step.get('arguments', '')}"
        return machine.Step(f"another_second; {command}", limit, any_status=True)
    return machine.Step(step["json"], limit, any_status=True)


def title(step):
    kind = next(kind for kind in KINDS if kind in step)
    text = str(step[kind]).strip().splitlines()[0]
    return f"{kind} {text if len(text) <= 70 else text[:70] + ' ...'}"


def judge(step, status, stdout, stderr, documents):
    """What does not hold of one step. JSON that was printed is kept under the step's name."""
    if "do" in step or "wait" in step:
        if status != 0:
            what = "the condition did not come true" if "wait" in step else f"exit status {status}"
            return [f"{what}\n{tail(stdout)}{tail(stderr)}"]
        if "expect" in step and not re.search(step["expect"], stdout, re.MULTILINE):
            return [f"{step['expect']!r} is not in\n{tail(stdout)}"]
        return []
    problems = []
    if status != step.get("status", status):
        problems.append(f"exit status {status}, {step['status']} was expected\n{tail(stderr)}")
    try:
        document = json.loads(stdout)
    except ValueError as error:
        return [*problems, f"no JSON ({error}); exit status {status}\n{tail(stdout)}{tail(stderr)}"]
    documents[step.get("name", step.get("scan"))] = document
    if "expect" in step:
        problems += match.mismatches(json.loads(step["expect"]), document)
    if "never" in step and not match.mismatches(json.loads(step["never"]), document):
        problems.append(f"what must never be there is: {step['never']}")
    return problems


def compare(step, documents):
    """What differs between two documents, and how many fields are equal. A field that one of them lacks is a difference too."""
    for name in step["compare"]:
        if name not in documents:
            return [f"there is no JSON named {name!r}"], 0
    first, second = (documents[name] for name in step["compare"])
    if "fields" not in step:
        return compare_whole(first, second, step.get("but", {}))
    pairs = [((here, match.lookup(first, here)), (there, match.lookup(second, there))) for here, there in step["fields"]]
    differences = [
        f"{here} is {match.brief(a)}, {there} is {match.brief(b)}"
        for (here, a), (there, b) in pairs
        if a is None or not sides.same(a, b)
    ]
    return differences, len(pairs) - len(differences)


def compare_whole(first, second, but):
    """Two documents, value by value; keys of the top that are in `but` have to differ."""
    first, second = ({key: dict(sides.values({key: document[key]})) for key in document} for document in (first, second))
    differences = [f"{key} does not differ" for key in but if first.get(key) == second.get(key)]
    equal = 0
    for key in sorted({*first, *second} - {*but}):
        here, there = first.get(key, {}), second.get(key, {})
        unequal = [path for path in {**here, **there} if here.get(path) != there.get(path)]
        equal += len({**here, **there}) - len(unequal)
        differences += [f"{path} is {match.brief(here.get(path))} and {match.brief(there.get(path))}" for path in unequal[:5]]
    return differences, equal


def tail(text):
    lines = text.splitlines()[-12:]
    return "".join(f"    {line}\n" for line in lines)
