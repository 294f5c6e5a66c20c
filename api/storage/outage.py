"""Knowing that a database is away, so that not everybody waits for it in vain."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread

from sqlalchemy import Engine

from oremix.api.storage.errors import StorageUnavailable

__all__ = ["Outage"]

SLOW = 1.0
"""Seconds: who fails sooner has kept nobody waiting."""
PAUSE = 1.0

log = logging.getLogger(__name__)


class Outage:
    """After one has waited in vain, the others fail at once, until a thread has found the database back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._lasts = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Use the database in the block.

        Raises
        ------
        StorageUnavailable
            It is known to be away.
        """
        if self._lasts:
            raise StorageUnavailable("it is away, and looked for")
        started = time.monotonic()
        try:
            yield
        except BaseException as error:
            # What is no Exception ends a request that has waited for too long.
            if isinstance(error, StorageUnavailable) or not isinstance(error, Exception):
                self._begin(time.monotonic() - started)
            raise

    def _begin(self, waited: float) -> None:
        with self._lock:
            if waited < SLOW or self._lasts:
                return
            self._lasts = True
        Thread(target=self._look, name="outage", daemon=True).start()

    def _look(self) -> None:
        log.warning("storage: the database is away")
        while self._lasts:
            time.sleep(PAUSE)
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("SELECT 1")
            except Exception:  # noqa: BLE001, S112 - whatever it is, it is not back
                continue
            self._lasts = False
        log.warning("storage: the database is back")
