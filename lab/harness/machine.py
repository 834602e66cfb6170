"""The emulated machine: its devices, and one run of it.

A topology is a list of words. The letters say the kind, the number makes it one of several; the word is the device's id
for QMP, and its disk is the block node `disk-WORD` over `file-WORD`:

    ata0..5    SATA disk, serial LABATA0 .., on the chipset's AHCI
    nv0..      NVMe drive, serial LABNVME0 .., each in a hot-plug slot of its own, slot0 ..
    sas0..     SAS-like disk, serial LABSAS0 .., on virtio-scsi
    raid0..    disk, serial LABRAID0 .., behind a MegaRAID SAS 2108 (JBOD)
    vol0..     disk, serial LABVOL0 .., behind a MegaRAID SAS 2108 that shows each as a logical drive
    mpt0..     SAS disk, serial LABMPT0 .., behind an LSI SAS 1068
    bmc        a BMC: SEL, sensors, /dev/ipmi0
    slot0..    a hot-plug slot with nothing in it
    shelf0..   a disk that is in no slot yet (plug_nvme puts it into one)
"""

import contextlib
import itertools
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import guest

DISK_BYTES = 64 << 20
DEFAULT_TOPOLOGY = ["ata0", "ata1", "nv0", "nv1", "nv2", "nv3", "slot4", "shelf0", "sas0", "sas1", "raid0", "bmc"]
BOOT_LIMIT = 60  # seconds; on an idle machine it is 4

# Controllers come with the first of their drives; ata drives hang off the chipset's own, buses ide.0 to ide.5.
CONTROLLERS = {
    "sas": "virtio-scsi-pci,id=sas-hba",
    "raid": "megasas-gen2,id=raid-hba,use_jbod=on",
    "vol": "megasas-gen2,id=vol-hba,use_jbod=off",
    "mpt": "mptsas1068,id=mpt-hba",
}
SCSI = "scsi-hd,bus={kind}-hba.0,scsi-id={n},id={id},drive=disk-{id},vendor=LAB,product={kind}-disk,ver=1.0,share-rw=on"
DRIVES = {
    "ata": "ide-hd,bus=ide.{n},id={id},drive=disk-{id},model=LAB-SATA-HDD,serial=LABATA{n},rotation_rate=7200,"
    "wwn=0x5000c5000000a00{n},share-rw=on",
    "nv": "nvme,bus=slot{n},id={id},drive=disk-{id},serial=LABNVME{n},share-rw=on",
    "sas": SCSI + ",serial=LABSAS{n},wwn=0x5000c5000000b00{n},rotation_rate=10000",
    "raid": SCSI + ",serial=LABRAID{n},wwn=0x5000c5000000c00{n}",
    "vol": SCSI + ",serial=LABVOL{n},wwn=0x5000c5000000e00{n}",
    "mpt": SCSI + ",serial=LABMPT{n},wwn=0x5000c5000000d00{n}",
}
# The guest's clock counts instructions, a nanosecond each, and skips over idle time: what else the host does is not measured.
COUNTED = ["-icount", "shift=0,sleep=off"]
APPEND = "console=ttyS0 quiet panic=-1 mitigations=off nokaslr audit=0 apparmor=0 tsc=reliable no_timer_check"


@dataclass
class Step:
    """A shell script to be run in the guest."""

    script: str
    limit: int
    any_status: bool = False


@dataclass
class Outcome:
    """What a run left behind, one entry per step that was begun."""

    status: list = field(default_factory=list)
    stdout: list = field(default_factory=list)
    stderr: list = field(default_factory=list)
    at: list = field(default_factory=list)  # seconds since the guest's boot at which the step ended
    booted: float = 0.0  # the same, of the first step's beginning
    seconds: float = 0.0  # wall time of all
    failure: str = ""  # of the machine itself, not of a step


def devices(topology, folder):
    """QEMU's arguments for a topology; disks are sparse files in the folder."""
    arguments, controllers, slots = [], set(), 0
    for word in topology:
        match = re.fullmatch(r"([a-z]+)(\d+)", word)
        kind, number = match.groups() if match else (word, "")
        if word == "bmc":
            arguments += ["-device", "ipmi-bmc-sim,id=bmc", "-device", "isa-ipmi-kcs,bmc=bmc"]
            continue
        if not number or kind not in (*DRIVES, "slot", "shelf"):
            raise ValueError(f"unknown device {word!r} in the topology")
        if kind in ("nv", "slot"):
            slots += 1
            arguments += ["-device", f"pcie-root-port,id=slot{number},chassis={slots},slot={int(number) + 1}"]
        if kind in CONTROLLERS and kind not in controllers:
            controllers.add(kind)
            arguments += ["-device", CONTROLLERS[kind]]
        if kind != "slot":
            image = folder / f"{word}.img"
            with open(image, "ab") as file:  # a disk keeps its bytes over a reboot
                file.truncate(DISK_BYTES)
            arguments += ["-blockdev", f"driver=file,node-name=file-{word},filename={image},cache.no-flush=on"]
            arguments += ["-blockdev", f"driver=raw,node-name=disk-{word},file=file-{word}"]
        if kind in DRIVES:
            arguments += ["-device", DRIVES[kind].format(kind=kind, n=number, id=word)]
    return arguments


def run(folder, topology, boots, programs, files=None, counted=False):
    """Runs steps in the guest, a list of them for each boot, and returns their outcome. What the guest writes is in folder/out,
    the console's text in folder/console. `programs` are files for the guest's /payload/bin, `files` is a folder
    that it sees as /payload/files. `counted`: see COUNTED."""
    outcome = Outcome()
    begun = time.monotonic()
    (folder / "out").mkdir()
    numbers = itertools.count()
    for steps in boots:
        write_payload(folder / "payload", topology, steps, numbers, programs, files)
        limit = BOOT_LIMIT + sum(step.limit + 2 for step in steps)
        outcome.failure = boot(folder, devices(topology, folder) + (COUNTED if counted else []), limit)
        if outcome.failure or (folder / "out/stopped").exists():
            break
    read_outcome(folder / "out", outcome)
    outcome.seconds = time.monotonic() - begun
    return outcome


def write_payload(payload, topology, steps, numbers, programs, files):
    shutil.rmtree(payload, ignore_errors=True)
    (payload / "steps").mkdir(parents=True)
    (payload / "bin").mkdir()
    shutil.copytree(guest.LAB / "guest/tools", payload / "tools")
    for program in programs:
        shutil.copy(program, payload / "bin")
    if files:
        shutil.copytree(files, payload / "files")
    (payload / "topology").write_text("\n".join(topology) + "\n")
    (payload / "drives").write_text(str(sum(word.rstrip("0123456789") in DRIVES for word in topology)))
    for step, number in zip(steps, numbers):
        path = payload / "steps" / f"{number:02}.sh"
        path.write_text(f". /payload/tools/lib\nset -e\n{step.script}\n")
        path.with_suffix(".limit").write_text(str(step.limit))
        if step.any_status:
            path.with_suffix(".any-status").touch()


def boot(folder, devices, limit):
    """Runs QEMU until the guest powers itself off; returns what went wrong, or nothing."""
    for leftover in ("qmp", "out/dmesg"):
        (folder / leftover).unlink(missing_ok=True)
    command = ["qemu-system-x86_64", "-M", "q35,accel=tcg", "-cpu", "max", "-smp", "1", "-m", "1024", "-nodefaults"]
    command += ["-nographic", "-no-reboot", "-nic", "none", "-kernel", guest.KERNEL, "-initrd", guest.INITRD, "-append", APPEND]
    command += ["-chardev", f"file,id=console,path={folder}/console", "-serial", "chardev:console"]
    # The guest's end of QMP: QEMU connects to itself.
    command += ["-chardev", f"socket,id=qmp,path={folder}/qmp,server=on,wait=off", "-mon", "chardev=qmp,mode=control"]
    command += ["-chardev", f"socket,id=qmp-guest,path={folder}/qmp", "-device", "virtio-serial-pci"]
    command += ["-device", "virtserialport,chardev=qmp-guest,name=qmp"]
    command += ["-virtfs", f"local,path={folder}/out,mount_tag=out,security_model=none"]
    command += ["-virtfs", f"local,path={folder}/payload,mount_tag=payload,security_model=none,readonly=on"]
    command += ["-virtfs", f"local,path={guest.EXTRA},mount_tag=extra,security_model=none,readonly=on"]
    try:
        result = subprocess.run([*command, *devices], stdin=subprocess.DEVNULL, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"the machine was stopped after {limit} s\n{console(folder)}"
    if result.returncode != 0:
        return f"QEMU ended with {result.returncode}: {result.stderr.decode(errors='replace').strip()}"
    return "" if (folder / "out/dmesg").exists() else f"the guest did not reach its end\n{console(folder)}"


def console(folder):
    path = folder / "console"
    return "\n".join(path.read_text(errors="replace").splitlines()[-20:]) if path.exists() else ""


def read_outcome(out, outcome):
    outcome.booted = number(out / "booted")
    for path in sorted(out.glob("[0-9][0-9].out")):
        outcome.stdout.append(path.read_text(errors="replace"))
        outcome.stderr.append(path.with_suffix(".err").read_text(errors="replace"))
        outcome.status.append(int(number(path.with_suffix(".status"), 124)))
        outcome.at.append(number(path.with_suffix(".at")))


@contextlib.contextmanager
def run_folder(keep=None):
    """A folder for one run; `keep` receives what is in it at the end, without disks and programs."""
    # In /tmp whatever TMPDIR says: the path of a socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="arraywatch-lab.", dir="/tmp") as name:
        yield Path(name)
        if keep:
            shutil.rmtree(keep, ignore_errors=True)
            shutil.copytree(name, keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.img", "bin", "qmp"))


def number(path, default=0.0):
    return float(path.read_text()) if path.exists() and path.read_text().strip() else default
