"""A kind of question: what its body holds, how that is read, and what answers it, at once or as a job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any, Protocol

from oremix import __version__
from oremix.api.limits import Limits
from oremix.api.options import Option
from oremix.api.parts import Parts
from oremix.api.storage import pack
from oremix.models import Plan, Problem

__all__ = ["Answer", "Kind", "Question", "as_recorded", "by_library"]


class Answer(Protocol):
    """A plan, or the answer of a study."""

    def to_json(self, indent: int | None = 2) -> str:
        """The answer as JSON."""


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    Parameters
    ----------
    name
        As in a job's `kind`.
    parts, required
        Keys of the body.
    read
        Checks the parts, every fault at once, and gives the arguments of `answer`.
    answer
        Answers arguments within limits.
    schema
        JSON Schema of the body.
    options
        What can be said of the solver.
    """

    name: str
    parts: tuple[str, ...]
    required: tuple[str, ...]
    read: Callable[[Parts], dict[str, Any]]
    answer: Callable[[dict[str, Any], Limits], Answer]
    schema: dict[str, Any]
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question that was read: its kind, what it is about, and what was asked of the solver.

    Parameters
    ----------
    text
        The JSON object of its parts, as it is put on record.
    rest
        Its parts but for the problem; what is empty is left out.
    """

    kind: Kind
    arguments: dict[str, Any]
    text: bytes
    rest: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, kind: Kind, text: bytes, data: dict[str, Any], options: dict[str, Any]) -> Question:
        """The question that stands in a JSON object.

        Raises
        ------
        InvalidProblem
            With every fault of it.
        """
        rest = {name: part for name, part in data.items() if name != "problem" and part not in (None, {})}
        return cls(kind, kind.read(Parts(data, kind.parts, kind.required)), text, rest, options)

    @property
    def problem_hash(self) -> str | None:
        """That of the problem that it is about."""
        problem = self.arguments.get("problem")
        return problem.hash if isinstance(problem, Problem) else None

    @cached_property
    def digest(self) -> str:
        """Questions with the same have the same answer.

        A time limit is no part of it: what a limit did not cut short is the same under another.
        """
        options = {name: value for name, value in self.options.items() if name != "time_limit"}
        about = [self.kind.name, self.problem_hash, self.rest, options, __version__, solver_version()]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def answered(self, limits: Limits) -> Answer:
        """The answer."""
        return self.kind.answer(self.arguments, limits)


_VERSIONS: list[str] = []


def solver_version() -> str:
    """The versions of what solves."""
    if not _VERSIONS:
        _VERSIONS.append(f"HiGHS {version('highspy')}, PuLP {version('pulp')}")
    return _VERSIONS[0]


def by_library(function: Callable[..., Answer]) -> Callable[[dict[str, Any], Limits], Answer]:
    """Answer with a study of the library, which takes the limits by name."""

    def answer(arguments: dict[str, Any], limits: Limits) -> Answer:
        tell = limits.tell
        told = None if tell is None else lambda done, total, text: tell({"done": done, "total": total, "text": text})
        within = {"time_limit": limits.seconds, "max_columns": limits.max_columns}
        return function(**arguments, **(limits.options | within), stop=limits.stop, progress=told)

    return answer


def status_of(answer: Answer) -> str:
    """What an answer says of itself, in a word."""
    status = getattr(answer, "status", None)
    return str(status or ("complete" if getattr(answer, "complete", True) else "incomplete"))


def is_final(answer: Answer, limits: Limits, seconds: float) -> bool:
    """Whether the answer is finished and complete, so that asking again would only give it again."""
    if limits.stop is not None and limits.stop.is_set():
        return False
    if not isinstance(answer, Plan):
        return bool(getattr(answer, "complete", True))
    if not answer.certificate.verified:
        return False
    if answer.status == "feasible":
        gap, asked = answer.certificate.gap, limits.options.get("gap")
        return gap is not None and asked is not None and gap <= asked
    if answer.status == "infeasible":
        # What is said of it may be cut short without a word when time runs out.
        return answer.diagnosis is not None and answer.diagnosis.smallest and seconds < limits.seconds / 2
    return answer.status in ("optimal", "unbounded")


def as_recorded(answer: Answer, text: str, limits: Limits, seconds: float) -> dict[str, Any]:
    """What an answer, in JSON, adds to its run in the record."""
    return {
        "version": __version__,
        "solver": solver_version(),
        "status": status_of(answer),
        "seconds": seconds,
        "answer": pack(text.encode()),
        "reusable": is_final(answer, limits, seconds),
    }
