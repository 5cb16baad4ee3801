"""The few things that come from the system and not from a wheel: found by what they do, installed by apt if we may."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ops.console import Failure, run


@dataclass(frozen=True)
class Need:
    package: str  # Debian's and Ubuntu's name
    purpose: str
    library: str = ""
    program: str = ""
    blocks_python: bool = False  # nothing of Python's can be installed before it

    def met(self) -> bool:
        if self.program:
            return shutil.which(self.program) is not None
        try:
            ctypes.CDLL(self.library)
        except OSError:
            return False
        return True


DEMO = (
    Need("libpango-1.0-0", "PDF", library="libpango-1.0.so.0"),
    Need("libpangoft2-1.0-0", "PDF", library="libpangoft2-1.0.so.0"),
    Need("libharfbuzz-subset0", "small embedded fonts in PDF", library="libharfbuzz-subset.so.0"),
    Need("libmagic1", "recognising what a file really is", library="libmagic.so.1"),
)
TESTS = (
    *DEMO,
    Need("chromium", "browser tests", program="chromium"),
    Need("redis-server", "worker tests over Redis", program="redis-server"),
)


def missing(needs: tuple[Need, ...]) -> list[Need]:
    return [need for need in needs if not need.met()]


def for_virtual_environments() -> list[Need]:
    """Debian keeps what `python -m venv` needs in a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return []
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return [Need(name, "creating the virtual environment", blocks_python=True)]


def install(needs: list[Need]) -> None:
    """Install through apt as root or with a sudo that does not ask; otherwise say exactly what is needed."""
    names = [need.package for need in needs]
    wanted = ", ".join(f"{need.package} ({need.purpose})" for need in needs)
    by_hand = f"apt-get update && apt-get install --no-install-recommends {' '.join(names)}"
    if shutil.which("apt-get") is None:
        raise Failure(f"This machine lacks: {wanted}.\nInstall them with its package manager and start again.")
    prefix = _privileged()
    if prefix is None:
        raise Failure(f"This machine lacks: {wanted}.\nInstall them as root and start again:\n\n    {by_hand}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-o", "DPkg::Lock::Timeout=300"]
    packages = [*apt, "install", "--no-install-recommends", *names]
    if any(Path("/var/lib/apt/lists").glob("*_Packages*")):
        try:
            run(packages)
        except Failure:
            pass  # lists can be out of date: the second try has fresh ones and reports what is wrong
        else:
            return
    run([*apt, "update"])
    run(packages)


def may_install() -> bool:
    return shutil.which("apt-get") is not None and _privileged() is not None


def _privileged() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None
