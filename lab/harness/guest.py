"""The guest: where it is kept, and when it has to be built again."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LAB = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("ARRAYWATCH_LAB", Path.home() / ".cache/arraywatch/lab"))
KERNEL = CACHE / "vmlinux"
INITRD = CACHE / "initrd.cpio"
EXTRA = CACHE / "extra"
BUILD_LIMIT = 600  # seconds, of which a fast mirror needs 10

# The programs the lab itself needs, and the Debian packages they are in.
HOST_PROGRAMS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "modprobe": "kmod",
    "xz": "xz-utils",
}
SOURCES = Path("/etc/apt/sources.list.d")


def ensure():
    """Builds the guest unless the one that is there was built by these very files."""
    install_host_programs()
    stamp = CACHE / "stamp"
    current = hashlib.sha256(b"".join((LAB / "guest" / name).read_bytes() for name in ("build", "init"))).hexdigest()
    if stamp.exists() and stamp.read_text() == current and KERNEL.exists() and INITRD.exists():
        return
    print(f"lab: building the guest in {CACHE}", file=sys.stderr)
    CACHE.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    with open(CACHE / "build.log", "wb") as log:
        result = subprocess.run([LAB / "guest/build", CACHE], stdout=log, stderr=log, timeout=BUILD_LIMIT)
    if result.returncode != 0:
        tail = (CACHE / "build.log").read_text(errors="replace").splitlines()[-15:]
        sys.exit("\n".join([*tail, f"lab: the guest could not be built (all of it: {CACHE}/build.log)"]))
    stamp.write_text(current)


def install_host_programs():
    """Installs what is missing. Where packages of backports are installed already, only backports fits beside them."""
    missing = [package for program, package in HOST_PROGRAMS.items() if not find(program)]
    if not missing:
        return
    if os.geteuid() != 0:
        sys.exit(f"lab: please install {' '.join(missing)}")
    print(f"lab: installing {' '.join(missing)}", file=sys.stderr)
    apt("update", "-qq")
    install = ["install", "-y", "-qq", "--no-install-recommends", "--no-remove"]
    if apt(*install, *missing) == 0:
        return
    suite = f"{release()}-backports"
    source = distribution_source()
    if source is None:
        sys.exit(f"lab: apt-get could not install {' '.join(missing)}, and no source in /etc/apt says where {suite} is")
    uri, key = source
    (SOURCES / f"{suite}.sources").write_text(f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\n{key}")
    apt("update", "-qq")
    if apt(*install, "-t", suite, *missing) != 0:
        sys.exit(f"lab: apt-get could not install {' '.join(missing)}")


def release():
    """The name of the distribution's release, as its sources have it."""
    words = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return words.get("VERSION_CODENAME", "").strip('"')


def distribution_source():
    """Where this machine has its distribution from, and the line that names the key for it: backports are at the same place."""
    for path in sorted(SOURCES.glob("*.sources")):
        for block in path.read_text().split("\n\n"):
            found = dict(re.findall(r"^([\w-]+): *(.*)$", block, re.MULTILINE))
            if release() in found.get("Suites", "").split():
                key = found.get("Signed-By")
                return found["URIs"].split()[0], f"Signed-By: {key}\n" if key else ""
    for path in [SOURCES.parent / "sources.list", *sorted(SOURCES.glob("*.list"))]:
        lines = path.read_text().splitlines() if path.exists() else []
        for line in lines:
            found = re.match(r"deb +(?:\[(.*?)\] +)?(\S+) +(\S+) .*main", line)
            if found and found[3] == release():
                key = re.search(r"signed-by=(\S+)", found[1] or "")
                return found[2], f"Signed-By: {key[1]}\n" if key else ""
    return None


def find(program):
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def apt(*arguments):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, timeout=BUILD_LIMIT).returncode
