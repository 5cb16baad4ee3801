"""The whole portal as a customer runs it: web server, worker with beat, queue, and the demo's data, all its own.

Everything is started by the tests on a clone of the test database, and ended with them.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from ops.embedded_postgres import APP, OWNER
from tests.database import PROJECT, TestDatabase, drop

READY_WITHIN = 60
LOADED_WITHIN = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """``address`` answers; ``sign_ins`` say how, by role; ``database_url`` is where all of it stands."""

    database: TestDatabase
    state: Path
    broker_url: str
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"concord_test_stack_{os.getpid()}"

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def database_url(self) -> str:
        return self.database.server.url(APP, self.name)

    @property
    def environment(self) -> dict[str, str]:
        static = self.state / "static"
        static.mkdir(parents=True, exist_ok=True)
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "concord.portal.settings.demo",
            "DATABASE_URL": self.database_url,
            "MIGRATION_DATABASE_URL": self.database.server.url(OWNER, self.name),
            "BROKER_URL": self.broker_url,
            "SECRET_KEY": secrets.token_hex(32),
            "BASE_URL": self.address,
            "PORT": str(self.port),
            "DEMO_STATE": str(self.state),
            "STATIC_ROOT": str(static),
            "LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        self.database.server.clone(self.database.template, self.name)
        environment = self.environment
        self._load(environment)
        web = [
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
            "--blocking-threads", "8", "--no-ws", "--log-level", "warning", "concord.portal.wsgi:application",
        ]  # fmt: skip
        worker = [
            "celery", "--app", "concord.portal.celery:app", "worker", "--beat", "--pool", "threads", "--concurrency",
            "2", "--loglevel", "warning", "--schedule", str(self.state / "beat"), "--without-gossip",
            "--without-mingle",
        ]  # fmt: skip
        for name, command in (("web", web), ("worker", worker)):
            with self.log(name).open("wb") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", *command], cwd=PROJECT, env=environment, stdout=log,
                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
        self._wait_until_ready()

    def manage(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """One of the portal's own commands, on its database."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=PROJECT, env=environment or self.environment,
            timeout=LOADED_WITHIN, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def mails(self) -> list[str]:
        """Every mail that has left, as it was sent, the oldest first."""
        files = sorted((self.state / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
        return [mail.strip() for text in texts for mail in text.split("-" * 79) if mail.strip()]

    def _load(self, environment: dict[str, str]) -> None:
        done = self.manage("load_demo", environment=environment)
        assert done.returncode == 0, f"load_demo failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        self.log("load_demo").write_text(done.stdout)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/health/ready/", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            assert not ended, f"{ended[0]} ended:\n{self.tail(ended[0])}"
            assert time.monotonic() < deadline, f"not ready within {READY_WITHIN} s:\n{self.tail('web')}"
            time.sleep(0.2)

    def log(self, name: str) -> Path:
        return self.state / f"{name}.log"

    def tail(self, name: str) -> str:
        return self.log(name).read_text(errors="replace")[-6000:]

    @property
    def sign_ins(self) -> dict[str, dict[str, str]]:
        content = json.loads((self.state / "sign-ins.json").read_text(encoding="utf-8"))
        return {entry["role"]: entry for entry in content["sign_ins"]}

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._keep_logs()
        with self.database.server.session() as connection:
            drop(connection, self.name)

    def _keep_logs(self) -> None:
        kept = PROJECT / "test-artefacts" / "logs"
        kept.mkdir(parents=True, exist_ok=True)
        for log in self.state.glob("*.log"):
            shutil.copy(log, kept / log.name)


def sent(request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer, whatever the status is."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
