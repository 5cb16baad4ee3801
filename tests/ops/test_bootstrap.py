"""What is there already is left alone; what cannot be done is said before anything is begun."""

from __future__ import annotations

import json
import socket

import pytest

from ops import bootstrap, demo, system_packages
from ops.console import Failure, Steps, run
from ops.system_packages import Need


@pytest.fixture
def npm(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "NODE_MODULES", tmp_path / "node_modules")
    (tmp_path / "node_modules").mkdir()

    def write(wanted, found):
        def packages(versions):
            return {f"node_modules/{name}": {"version": version} for name, version in versions.items()}

        (tmp_path / "package-lock.json").write_text(json.dumps({"packages": {"": {}, **packages(wanted)}}))
        (tmp_path / "node_modules/.package-lock.json").write_text(json.dumps({"packages": packages(found)}))

    return write


@pytest.mark.parametrize(
    ("found", "match"),
    [({"a": "1", "b": "2"}, True), ({"a": "1"}, False), ({"a": "1", "b": "3"}, False), ({}, False)],
)
def test_assets_are_installed_only_when_they_differ_from_the_lock(npm, found, match):
    npm({"a": "1", "b": "2"}, found)
    assert bootstrap.node_packages_match() is match


def test_without_any_assets_they_are_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "NODE_MODULES", tmp_path)
    assert bootstrap.node_packages_match() is False


@pytest.mark.parametrize(
    ("installed", "serves_demo", "serves_dev"), [("demo", True, False), ("dev", True, True), ("base", False, False)]
)
def test_an_environment_is_kept_while_its_requirements_stand(tmp_path, monkeypatch, installed, serves_demo, serves_dev):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    (tmp_path / "pyvenv.cfg").write_text("home = /somewhere\nversion = 3.11.2\n")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "bin/python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    digest = bootstrap._digest(bootstrap.PROJECT / "requirements" / f"{installed}.txt")
    bootstrap.STAMP.write_text(json.dumps({"requirements": digest, "python": "3.11.2"}))

    assert bootstrap.is_installed("demo") is serves_demo
    assert bootstrap.is_installed("dev") is serves_dev

    (tmp_path / "pyvenv.cfg").write_text("home = /somewhere\nversion = 3.12.1\n")
    assert bootstrap.is_installed("demo") is False, "another Python needs its own packages"


def test_what_may_not_be_installed_is_named_exactly(monkeypatch):
    monkeypatch.setattr(system_packages, "_privileged", lambda: None)
    needs = [Need("libmagic1", "file types", library="x"), Need("chromium", "browser tests", program="x")]
    with pytest.raises(Failure, match=r"apt-get install --no-install-recommends libmagic1 chromium") as refusal:
        system_packages.install(needs)
    assert "file types" in str(refusal.value)


def test_a_need_is_met_by_what_is_there_and_not_by_a_name():
    assert Need("any-name", "", program="sh").met()
    assert Need("any-name", "", library="libc.so.6").met()
    assert not Need("bash", "", program="no-such-program").met()
    assert not Need("libc6", "", library="libno-such-library.so.1").met()


def test_a_failing_step_shows_what_the_program_said(capsys):
    with pytest.raises(Failure, match="the reason"), Steps("title").step("a step"):
        run(["sh", "-c", "echo the reason; exit 3"])
    assert "done" not in capsys.readouterr().out


@pytest.mark.parametrize("port", ["0", "65536", "web", "-1"])
def test_an_impossible_port_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Failure, match="PORT must be a number"):
        demo.chosen_port()


def test_a_busy_port_is_said_plainly():
    with socket.socket() as other:
        other.bind((demo.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port} is in use by another program"):
            demo.require_free(port)
    demo.require_free(port)
