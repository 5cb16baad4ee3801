"""Keeping one typesetting process per worker process: started when first needed, replaced when it hangs or tires."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from django.conf import settings

from concord.documents.pdf.request import PdfFailed, PdfTimedOut, Request

TIME_BUDGET_SECONDS = 30.0
#: started afresh after so many documents, so that nothing a library keeps can grow for ever
DOCUMENTS_PER_PROCESS = 200
_DONE = b"+"[0]


class TypesettingProcess:
    """A child and the pipe to it. One document at a time; threads of a worker take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._owner = 0
        self._done = 0

    def lay_out(self, request: Request, *, seconds: float = TIME_BUDGET_SECONDS) -> bytes:
        """The document; raises ``PdfTimedOut`` or ``PdfFailed``, after which the child is a new one."""
        raw = request.to_bytes()
        with self._turn:
            pipe = self._ready()
            try:
                pipe.send_bytes(raw)
                if not pipe.poll(seconds):
                    raise PdfTimedOut("time")
                answer = pipe.recv_bytes()
            except (OSError, EOFError) as error:
                self._stop()
                raise PdfFailed("process") from error
            except PdfTimedOut:
                self._stop()
                raise
            self._done += 1
        if answer[0] != _DONE:
            raise PdfFailed(answer[1:].decode(errors="replace"))
        return answer[1:]

    def _ready(self) -> Connection:
        # After a fork the pipe belongs to the parent; a second user would read the other's document.
        mine = self._owner == os.getpid() and self._child is not None and self._child.poll() is None
        if mine and self._done < DOCUMENTS_PER_PROCESS and self._pipe is not None:
            return self._pipe
        if self._owner == os.getpid():
            self._stop()
        return self._start()

    def _start(self) -> Connection:
        pipe, far_end = multiprocessing.Pipe()
        with far_end:
            self._child = subprocess.Popen(  # noqa: S603 - our own module, with our own paths
                [
                    sys.executable,
                    "-m",
                    "concord.documents.pdf.typesetter",
                    str(far_end.fileno()),
                    str(_fonts()),
                ],
                pass_fds=[far_end.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=settings.PROJECT_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": "0"},
            )
        self._pipe, self._owner, self._done = pipe, os.getpid(), 0
        return pipe

    def close(self) -> None:
        """End the child, if it is this process's own; the next document starts another."""
        with self._turn:
            if self._owner == os.getpid():
                self._stop()

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._child = self._pipe = None


def _fonts() -> Path:
    return Path(settings.NODE_MODULES) / "@expo-google-fonts" / "noto-sans-sc"


typesetting_process = TypesettingProcess()
atexit.register(typesetting_process.close)
