"""What the command line writes where: answers to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

__all__ = [
    "CallError",
    "answer",
    "answer_lines",
    "as_json",
    "check_writable",
    "interruptible",
    "one_line",
    "progress",
    "reserve_output",
    "say",
    "tracked",
    "write_bytes",
    "write_file",
]

Result = TypeVar("Result")
CLOSED_PIPE = 141  # what the shell reports for a program that SIGPIPE ended


as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON to standard output, and nothing else.")


class CallError(click.ClickException):
    """The input or the call is wrong; one line per thing wrong."""

    exit_code = 2


def one_line(text: str) -> str:
    """The text with its control characters spelt out, so that it stays on one line and is harmless."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def say(text: str) -> None:
    """One line to standard error."""
    click.echo(one_line(text), err=True)


def reserve_output() -> Callable[[str], None]:
    """Keep standard output for the answer and return what writes it there.

    Solvers print to file descriptor 1 from C, some of it only when the process ends. So from here on that
    descriptor leads to standard error, for good.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    return lambda text: _write(kept, text)


def answer(text: str) -> None:
    """Write an answer to standard output."""
    sys.stdout.flush()
    _write(os.dup(1), text)


def answer_lines(lines: Iterable[str]) -> None:
    """Write an answer to standard output as it comes, in lines with their line breaks."""
    sys.stdout.flush()
    _write_all(os.dup(1), lines)


def _write(descriptor: int, text: str) -> None:
    _write_all(descriptor, [text, "" if text.endswith("\n") else "\n"])


def _write_all(descriptor: int, texts: Iterable[str]) -> None:
    try:
        with os.fdopen(descriptor, "wb") as stream:
            for text in texts:
                stream.write(text.encode("utf-8", "backslashreplace"))
    except BrokenPipeError:
        raise SystemExit(CLOSED_PIPE) from None
    except OSError as error:
        raise CallError(f"cannot write the answer: {error.strerror}") from None


def check_writable(path: str | None) -> None:
    """Refuse a file that cannot be written, before any work is done for it."""
    if path is None:
        return
    file = Path(path)
    if file.is_dir():
        raise CallError(f"cannot write {path}: it is a directory")
    if not file.parent.is_dir():
        raise CallError(f"cannot write {path}: there is no directory {file.parent}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise CallError(f"cannot write {path}: permission denied")


def write_file(path: str, text: str) -> None:
    """Write an answer to a file."""
    try:
        Path(path).write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise CallError(f"cannot write {path}: {error.strerror}") from None


def write_bytes(path: str, data: bytes) -> None:
    """Write an answer that is no text to a file."""
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise CallError(f"cannot write {path}: {error.strerror}") from None


def interruptible(work: Callable[[threading.Event], Result]) -> Result:
    """Do the work so that Ctrl-C is heard meanwhile: a solver does not return to Python before it is done.

    The first Ctrl-C sets the event that the work was given; the second leaves it.
    """
    stop = threading.Event()
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work(stop))
        except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is asked for
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return outcome.result()
    except KeyboardInterrupt:
        stop.set()
        say("stopping with the best plan so far; Ctrl-C once more ends at once")
        return outcome.result()


@contextmanager
def progress(text: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that something is going on, and what more is said of it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # only a terminal needs it

    with Console(stderr=True).status(text) as status:
        yield lambda more: status.update(f"{text} {more}")


@contextmanager
def tracked(text: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show on a terminal how far a study is: what is yielded is told how much is done of how much."""
    if not sys.stderr.isatty():
        yield lambda _done, _total, _text: None
        return
    from rich.console import Console  # only a terminal needs it
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)

        def tell(done: int, total: int, said: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{text} {said}")

        yield tell
