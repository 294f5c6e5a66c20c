"""The records of shares that a plan states, by what they are of."""

from __future__ import annotations

from collections import defaultdict

from oremix.models.plan import ShareRecord
from oremix.models.stated import stated
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.subjects import Subject

__all__ = ["Reported", "year_of"]

Key = tuple[str | None, str, str | None, str | None, str | None, int | None]


def year_of(book: Book, subject: Subject) -> int | None:
    """The period as records name it; none where periods are pooled."""
    return None if subject.pooled else book.timeline.starts[subject.pool[0]]


class Reported:
    """The records that are left to be compared."""

    def __init__(self, book: Book) -> None:
        self._book = book
        each = {rule.id for rule in book.problem.rules if getattr(rule, "each", False)}
        self._records: dict[Key, list[ShareRecord]] = defaultdict(list)
        for record in stated(book.plan, "shares") or ():
            country = ",".join(stated(record, "countries") or ()) if record.policy in each else None
            key = (record.policy, record.measure, country, record.material, record.place, record.period)
            self._records[key].append(record)

    def _under(self, subject: Subject) -> list[ShareRecord]:
        cell = subject.cell
        year = year_of(self._book, subject)
        return self._records.get((subject.name, subject.measure, subject.country, cell.material, cell.place, year), [])

    def of(self, subject: Subject) -> ShareRecord | None:
        """The record of a ratio; of two for the two bounds of a policy, the one that states this bound."""
        found = [record for record in self._under(subject) if _states(record, subject.bounds)]
        unbounded = [record for record in self._under(subject) if not _states_any(record)]
        return next(iter([*found, *unbounded]), None)

    def take(self, subject: Subject) -> ShareRecord | None:
        """As `of`, and takes it out."""
        record = self.of(subject)
        if record is not None:
            self._under(subject).remove(record)
        return record

    @property
    def left(self) -> list[ShareRecord]:
        """The records that nothing asked for."""
        return [record for records in self._records.values() for record in records]


def _states(record: ShareRecord, bounds: tuple[str, ...]) -> bool:
    return all(stated(record, bound) is not None for bound in bounds)


def _states_any(record: ShareRecord) -> bool:
    return _states(record, ("max",)) or _states(record, ("min",))
