"""`make demo`: from a clone to a portal with real data in the browser, and everything ended again by Ctrl-C.

In two halves. The first runs on the system's Python and sets up; the second runs in the environment it made, starts web
and worker and watches over them. The database is the embedded one, or the one that DATABASE_URL names.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import FrameType
from typing import IO

from ops import bootstrap
from ops.console import Failure, Steps, child_environment, end_on_signals, run

PROJECT = bootstrap.PROJECT
STATE = PROJECT / ".demo"
SIGN_INS = STATE / "sign-ins.json"
HOST = "127.0.0.1"
READY_WITHIN = 90  # seconds
STOP_WITHIN = 15  # seconds


# -- first half: the system's Python ---------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """The three commands of the Makefile."""
    end_on_signals()
    try:
        port = chosen_port()
        if arguments[0] == "demo":
            with only_one():
                require_free(port)
            steps = Steps(f"Concord: setting up the demo for {address(port)}")
            bootstrap.prepare(steps, "demo", lambda: prepare_database(steps))
            bootstrap.hand_over("ops.demo", ["serve", str(port), f"{time.time() - steps.elapsed():.1f}"])
        if not bootstrap.PYTHON.exists():
            remove_state()
            return 0
        with only_one():
            run([bootstrap.PYTHON, "-m", "ops.database", arguments[0]], cwd=PROJECT, shown=True)
            if arguments[0] == "demo-reset":
                remove_state()
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def prepare_database(steps: Steps) -> None:
    with steps.step("Database"):
        run([bootstrap.PYTHON, "-m", "ops.database", "prepare"], cwd=PROJECT)


def remove_state() -> None:
    if STATE.exists():
        for path in STATE.iterdir():
            if path.name != "demo.lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    print("The demo's data is gone; `make demo` starts afresh.")


def chosen_port() -> int:
    given = os.environ.get("PORT", "").strip() or "8000"
    if not given.isdigit() or not 1 <= int(given) <= 65535:
        raise Failure(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def address(port: int) -> str:
    return f"http://localhost:{port}"


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Failure(f"Port {port} is reserved for root. Choose one above 1023: PORT=8001 make demo") from error
        except OSError as error:
            raise Failure(f"Port {port} is in use by another program. Choose one: PORT={port + 1} make demo") from error


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the demo's lock, or say that a demo is running."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "demo.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failure("This demo is running already. End it there with Ctrl-C first.") from error
        yield


# -- second half: the environment's Python ---------------------------------------------------------------------------


class Stopped(Exception):
    """Somebody asked the demo to end."""


def stop_on(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second Ctrl-C must not interrupt the clearing up.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


def end_with_parent() -> None:
    """Have Linux end this process when the demo itself is killed and cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Service:
    """One of the demo's programs, with its log."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.log = STATE / f"{name}.log"
        self._handle: IO[bytes] = self.log.open("wb")
        self.process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C comes to us alone, and we end things in order
            preexec_fn=end_with_parent,  # noqa: PLW1509 - there are no threads in this half
        )

    def died(self) -> bool:
        return self.process.poll() is not None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def ask_to_stop(self) -> None:
        if not self.died():
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        try:
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._handle.close()


def serve(port: int, begun: float) -> int:
    from ops.database import Database
    from ops.embedded_postgres import EmbeddedPostgresError

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_on)
    database = Database()
    services: list[Service] = []
    try:
        with only_one():
            try:
                environment = portal_environment(port, database.start())
                load(database, environment)
                require_free(port)
                services = start_services(port, environment)
                wait_until_ready(port, services)
                print_welcome(port, time.time() - begun)
                watch(services)
            except Stopped:
                print("\nStopping …", flush=True)
            finally:
                stop(services)
                database.stop()
    except (Failure, EmbeddedPostgresError) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    print("Stopped; the data is kept.", flush=True)
    return 0


def portal_environment(port: int, variables: dict[str, str]) -> dict[str, str]:
    """Static files come straight from their packages, but the folder for collected ones has to be there."""
    static = STATE / "static"
    static.mkdir(exist_ok=True)
    return child_environment({**variables, "PORT": str(port), "BASE_URL": address(port), "STATIC_ROOT": str(static)})


def load(database: object, environment: dict[str, str]) -> None:
    from ops.database import Database

    assert isinstance(database, Database)
    if not (STATE / "signing" / "key.pem").exists():
        run([sys.executable, "manage.py", "make_signing_certificate"], env=environment, cwd=PROJECT)
    if database.is_loaded():
        return
    print("  Importing the demo's data", flush=True)
    run([sys.executable, "manage.py", "load_demo"], env=environment, cwd=PROJECT, shown=True)
    database.mark_loaded()


def start_services(port: int, environment: dict[str, str]) -> list[Service]:
    web = [
        "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "1",
        "--blocking-threads", "8", "--no-ws", "--log-level", "warning", "concord.portal.wsgi:application",
    ]  # fmt: skip
    # Threads: the demo's tasks wait for the database, and a terminal's signals must not cut them in two.
    worker = [
        "celery", "--app", "concord.portal.celery:app", "worker", "--beat", "--pool", "threads", "--concurrency", "4",
        "--loglevel", "warning", "--schedule", str(STATE / "beat-schedule"), "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    return [
        Service(name, [sys.executable, "-m", *command], environment)
        for name, command in (("web", web), ("worker", worker))
    ]


def wait_until_ready(port: int, services: list[Service]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    answer = "no answer"
    while time.monotonic() < deadline:
        for service in services:
            if service.died():
                raise Failure(f"The {service.name} process ended at once. Its log ({service.log}):\n{service.tail()}")
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health/ready/", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.read(2000).decode(errors='replace')}"
        except OSError as error:
            answer = str(error)
        time.sleep(0.25)
    logs = "\n".join(f"--- {service.name}\n{service.tail()}" for service in services)
    raise Failure(f"The portal did not become ready within {READY_WITHIN} s; it last said: {answer}\n{logs}")


def watch(services: list[Service]) -> None:
    while True:
        for service in services:
            if service.died():
                raise Failure(f"The {service.name} process ended by itself. Its log ({service.log}):\n{service.tail()}")
        time.sleep(0.5)


def stop(services: list[Service]) -> None:
    for service in services:
        service.ask_to_stop()
    deadline = time.monotonic() + STOP_WITHIN
    for service in services:
        service.wait(deadline)


def print_welcome(port: int, seconds: float) -> None:
    from ops.environment import write_private

    print(f"\nConcord is ready at {address(port)} (after {seconds:.0f} s)\n", flush=True)
    if SIGN_INS.exists():
        content = json.loads(SIGN_INS.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("address") != address(port):
            content["address"] = address(port)
            write_private(SIGN_INS, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        for line in sign_in_lines(content):
            print(line)
        print(f"\nThe same as JSON: {SIGN_INS.relative_to(PROJECT)}")
    print(f"\nThe vendor's people work at {address(port)}/desk/, and anybody checks a quote at {address(port)}/check/")
    print(f"Mail lands as files in {(STATE / 'mail').relative_to(PROJECT)}/, such as the codes of the quote check")
    print(f"Logs: {(STATE / 'web.log').relative_to(PROJECT)}, {(STATE / 'worker.log').relative_to(PROJECT)}")
    print("Ctrl-C ends everything; `make demo` brings it back with its data.", flush=True)


def sign_in_lines(content: object) -> Iterator[str]:
    """One line per role, whatever else its entry says."""
    entries = content.get("sign_ins", content.get("entries", [])) if isinstance(content, dict) else content
    for entry in entries if isinstance(entries, list) else []:
        who = entry.get("email") or f"client id {entry.get('client_id', '')}"
        key = entry.get("password") or f"secret {entry.get('client_secret', '')}"
        yield f"  {entry.get('role', ''):24} {who:44} {key}"


if __name__ == "__main__":
    sys.exit(serve(int(sys.argv[2]), float(sys.argv[3])))
