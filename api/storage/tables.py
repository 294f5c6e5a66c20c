"""The tables. A change here needs a migration beside those in migrations/versions; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = ["jobs", "keys", "metadata", "runs", "tallies", "workers"]

ID = String(32)
MOMENT = String(27)
"""See `oremix.api.storage.moments`."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", ID, doc="holder of the key that asked; null: nobody had to show one"),
    Column("asked", MOMENT, nullable=False),
    Column("kind", String(32), nullable=False, doc="solve, or the name of a study"),
    Column("problem_hash", String(80), doc="null: the question is not about one problem"),
    Column("digest", String(64), nullable=False, doc="SHA-256 of kind, problem, options and version"),
    Column("options", Text, nullable=False, doc="JSON: the options of the solver, as they held"),
    Column("question", LargeBinary, nullable=False, doc="JSON, compressed: problem, and plan or options of a study"),
    Column("version", String(32), nullable=False, doc="of Oremix"),
    Column("solver", String(64), doc="name and version"),
    Column("status", String(16), doc="what the answer says of itself; null: there is no answer yet, or there was none"),
    Column("seconds", Double, doc="that the answer took"),
    Column("answer", LargeBinary, doc="JSON, compressed; null: there is none, or it is that of `source`"),
    Column("reusable", Boolean, nullable=False, doc="finished and complete: it answers the same digest again"),
    Column("source", ID, doc="id of the earlier run whose question and answer these are"),
    Index(None, "digest"),
    Index(None, "asked"),
    Index(None, "source"),
)  # fmt: skip

jobs = Table(
    "jobs",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, doc="the order of submission"),
    Column("id", ID, nullable=False, unique=True),
    Column("run", ID, ForeignKey("runs.id"), nullable=False, unique=True, doc="who, when, question, answer"),
    Column("key", ID, doc="holder of the key that asked; null: nobody had to show one"),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False, doc="waiting, running, done, failed, cancelled"),
    Column("submitted", MOMENT, nullable=False),
    Column("started", MOMENT, doc="of the last attempt"),
    Column("finished", MOMENT),
    Column("attempt", Integer, nullable=False, doc="how often it was claimed; with `worker` the fence of its finish"),
    Column("deaths", Integer, nullable=False, doc="how many attempts ended by the death of who worked"),
    Column("worker", String(128), doc="who works on it"),
    Column("beat", BigInteger, nullable=False, doc="a counter that moves while the worker lives"),
    Column("change", BigInteger, nullable=False, doc="a counter that moves when something visible does"),
    Column("cancel", Boolean, nullable=False, doc="the wish to end it with the best answer so far"),
    Column("progress", Text, doc="JSON: done, total, text of a study; seconds, cost, bound, gap of a solve"),
    Column("reason", Text, doc="why it failed, or how its last attempt ended"),
    Column("idempotency", String(64), unique=True, doc="SHA-256 of the key and its Idempotency-Key"),
    Column("body", String(64), nullable=False, doc="SHA-256 of what was submitted"),
    Index(None, "state", "number"),
    Index(None, "key", "state"),
    Index(None, "finished"),
)  # fmt: skip

workers = Table(
    "workers",
    metadata,
    Column("id", String(128), primary_key=True, doc="host, process, and something that no other has"),
    Column("started", MOMENT, nullable=False),
    Column("seen", MOMENT, nullable=False, doc="last sign of life, by the clock of the database"),
    Column("job", ID, doc="id of the job that it works on"),
)

tallies = Table(
    "tallies",
    metadata,
    Column("measure", String(16), primary_key=True, doc="attempt or job"),
    Column("kind", String(32), primary_key=True, doc="of the job"),
    Column("outcome", String(16), primary_key=True, doc="how it ended"),
    Column("up_to", Double, primary_key=True, doc="seconds: the upper bound of the bucket; infinite of the last"),
    Column("count", BigInteger, nullable=False, doc="how many"),
    Column("seconds", Double, nullable=False, doc="of all of them"),
)  # fmt: skip

keys = Table(
    "keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("holder", ID, nullable=False, doc="id of the first of those rotated into each other; jobs and runs are its"),
    Column("prefix", String(16), nullable=False, doc="the secret's first characters, to recognise it by"),
    Column("secret", String(64), nullable=False, unique=True, doc="SHA-256 of the secret, in hexadecimal"),
    Column("scopes", String(64), nullable=False, doc="solve, read, admin; with spaces between"),
    Column("label", Text, nullable=False, doc="whose it is"),
    Column("created", MOMENT, nullable=False),
    Column("expires", MOMENT),
    Column("revoked", MOMENT),
    Column("used", MOMENT, doc="last time, about"),
)  # fmt: skip
