"""The process in which one job is worked on: it may take all its memory, crash, or never end, and harms nobody."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from oremix.api.jobs.kinds import KINDS
from oremix.api.jobs.work import STOP, Work
from oremix.api.kind import Question, as_recorded
from oremix.api.limits import Limits
from oremix.api.logs import about
from oremix.api.logs.lines import start
from oremix.models import OremixError

__all__ = ["answered", "run"]

NICER = 10  # requests, which somebody waits for, go first
PAUSE = 0.2

log = logging.getLogger(__name__)


def run(pipe: Connection, work: Work) -> None:
    """Answer a question; through the pipe go ("progress", …) and then ("answer", …) or ("failed", …)."""
    os.setsid()  # what it starts itself, such as CBC, ends with it
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the worker says when it ends
    os.dup2(2, 1)  # solvers print there, from C
    os.nice(NICER)
    start(work.log)
    about.begin(job=work.id, kind=work.kind)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(pipe, stop), daemon=True).start()
    pipe.send(_outcome(pipe, work, stop))


def _listen(pipe: Connection, stop: threading.Event) -> None:
    """Hear the wish to end; without a worker there is nobody to work for."""
    with suppress(OSError, EOFError):
        while pipe.recv_bytes() == STOP:
            stop.set()
    os.killpg(0, signal.SIGKILL)


def _outcome(pipe: Connection, work: Work, stop: threading.Event) -> tuple[str, Any]:
    try:
        return "answer", answered(work, stop, _Teller(pipe))
    except OremixError as error:
        return "failed", str(error)
    except MemoryError:
        return "failed", "there was too little memory"
    except Exception:
        log.exception("job %s failed", work.id)
        return "failed", "the server failed; its log has the reason under this id"


def answered(work: Work, stop: threading.Event | None, tell: Callable[[dict[str, Any]], None] | None) -> dict[str, Any]:
    """What the answer adds to the run of the job."""
    question = Question.read(KINDS[work.kind], work.question, json.loads(work.question), work.options)
    limits = Limits(work.options, work.most_seconds, work.max_columns, stop, tell)
    started = time.perf_counter()
    answer = question.answered(limits)
    return as_recorded(answer, answer.to_json(indent=None), limits, time.perf_counter() - started)


class _Teller:
    """Passes on how far the work is, a few times a second at most."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._next = 0.0

    def __call__(self, progress: dict[str, Any]) -> None:
        moment = time.monotonic()
        if moment >= self._next:
            self._next = moment + PAUSE
            self._pipe.send(("progress", progress))
