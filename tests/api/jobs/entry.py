"""A worker that knows some kinds of jobs more than the product does: those that the tests need to go wrong.

Run as a program it is a worker on the database of OREMIX_DATABASE_URL. The process of a job runs this file too.
"""

import logging
import os
import signal
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from oremix.api.limits import Limits

if TYPE_CHECKING:
    from oremix.api.kind import Question


class Done:
    """An answer."""

    complete = True

    def to_json(self, indent: int | None = 2) -> str:  # noqa: ARG002 - as every answer has it
        return '{"slept": true}'


def nap(_arguments: dict[str, Any], limits: Limits) -> Done:
    """Sleep, until told to stop."""
    assert limits.stop is not None
    limits.stop.wait(limits.options["seconds"])
    return Done()


def sleep_on(_arguments: dict[str, Any], limits: Limits) -> Done:
    """Sleep, whatever is said."""
    assert limits.tell is not None
    limits.tell({"done": 0, "total": 1, "text": "asleep"})
    time.sleep(limits.options["seconds"])
    return Done()


def poison(_arguments: dict[str, Any], _limits: Limits) -> Done:
    """End this process as the system does when there is no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Done()


def assassin(_arguments: dict[str, Any], limits: Limits) -> Done:
    """End the worker that gave this process its work."""
    os.kill(limits.options["worker"] or _worker(), signal.SIGKILL)
    time.sleep(30)
    return Done()


def _worker() -> int:
    """The parent of the process that this one was forked from."""
    return int(Path(f"/proc/{os.getppid()}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def glutton(_arguments: dict[str, Any], limits: Limits) -> Done:
    """Take memory without end."""
    taken = []
    for _ in range(100):
        taken.append(bytearray(os.urandom(1000)) * 10_000)
        time.sleep(0.02)
    limits.options["taken"] = len(taken)
    return Done()


def trip(_arguments: dict[str, Any], _limits: Limits) -> Done:
    """Fail as code does that has an error."""
    raise RuntimeError("geheim")


ANSWERS = {function.__name__: function for function in (nap, sleep_on, poison, assassin, glutton, trip)}


def register() -> None:
    """Make them known, where work is done; a worker itself knows no kind."""
    from oremix.api.jobs.kinds import KINDS
    from oremix.api.kind import Kind

    for name, function in ANSWERS.items():
        KINDS[name] = Kind(name, (), (), lambda _parts: {}, function, {"type": "object"})


def question(kind: str, **options: Any) -> "Question":
    """A question of one of these kinds, like no other."""
    from oremix.api.jobs.kinds import KINDS
    from oremix.api.kind import Question

    register()
    return Question(KINDS[kind], {}, b"{}", {"nonce": os.urandom(8).hex()}, {"seconds": 0, "worker": None} | options)


class Skewed(datetime):
    """A wall clock that goes wrong by some days."""

    days = 0.0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(days=cls.days)


def main() -> None:
    """Work."""
    from oremix.api import Settings
    from oremix.api.jobs.worker import Worker
    from oremix.api.storage import moments

    if days := os.environ.get("TEST_SKEW_DAYS"):
        Skewed.days = float(days)
        moments.datetime = Skewed  # type: ignore[misc]
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(process)d %(message)s")
    Worker(Settings.from_environment(os.environ)).run()


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":  # in the process of a job
    register()
