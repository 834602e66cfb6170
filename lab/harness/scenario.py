"""A scenario: a file in lab/scenarios that says what is plugged in, what is done, and what must be seen.

    title = "One line: what is shown"
    topology = ["nv0", "nv1", "bmc"]     # harness/machine.py lists the words
    files = "../shared/corpora/..."      # if said: a folder, seen from the repository, that the guest gets as /payload/files

    [[step]]
    do = "mdadm ..."                     # shell, in the guest; must end with status 0
    [[step]]
    wait = "grep -q recovery /proc/mdstat"   # a condition; must come true
    [[step]]
    scan = "degraded"                    # arraywatch scan --json; `arguments` are added to the command
    status = 2                           # the exit status that must come (any, if not said)
    expect = '{ "cases": [] }'           # harness/match.py says how JSON matches
    [[step]]
    json = "smartctl -x -j /dev/sda"     # as scan, of another program: any status unless `status` says one
    name = "smartctl"
    never = '{ ... }'                    # must not match
    [[step]]
    compare = ["degraded", "smartctl"]   # names of two of the above: fields that must be equal; without `fields`, all of them
    fields = [["drives[serial=X].celsius", "temperature.current"]]
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

from . import guest, machine, match

FOLDER = guest.LAB / "scenarios"
KINDS = ("do", "wait", "scan", "json", "compare", "host", "reboot")
NOT_IN_THE_GUEST = ("compare", "host", "reboot")
OTHER_KEYS = {"name", "status", "expect", "never", "limit", "arguments", "fields"}
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
    unknown = set(scenario) - {"title", "topology", "files", "step"}
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
        outcome = machine.run(folder, scenario["topology"], boots(scenario), programs, files)
        problems, notes = check(scenario, outcome, folder / "out", programs[0])
    return Result(problems, notes, outcome.seconds)


def asks_arraywatch(step):
    return "scan" in step or "compare" in step or "ARRAYWATCH" in step.get("do", step.get("json", step.get("host", "")))


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
        elif "host" in step:
            found = judge(step, *run_on_host(step, out, binary), documents)
        elif "reboot" not in step:
            result = next(results, None)
            if result is None:
                problems.append(f"step {number} ({title(step)}) and what follows were not run")
                break
            found = judge(step, *result, documents)
            notes += [line for line in result[1].splitlines() if line.startswith("note: ")]
        problems += [f"step {number} ({title(step)}): {line}" for line in found]
    return problems, notes


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
        return machine.Step(f"$ARRAYWATCH scan --json --db $DATABASE {step.get('arguments', '')}", limit, any_status=True)
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
    if "fields" in step:
        pairs = [((here, match.lookup(first, here)), (there, match.lookup(second, there))) for here, there in step["fields"]]
    else:
        pairs = [((key, first.get(key)), (key, second.get(key))) for key in sorted({*first, *second})]
    differences = [
        f"{here} is {match.brief(a)}, {there} is {match.brief(b)}" for (here, a), (there, b) in pairs if a is None or not same(a, b)
    ]
    return differences, len(pairs) - len(differences)


def same(a, b):
    """Equal; some tools print wide numbers as text."""
    return str(a) == str(b) if {type(a), type(b)} == {int, str} else a == b


def tail(text):
    lines = text.splitlines()[-12:]
    return "".join(f"    {line}\n" for line in lines)
