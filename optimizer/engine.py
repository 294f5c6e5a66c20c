"""How work is spread: over threads of this process, over processes, or over the workers of a cluster.

The environment variable OREMIX_ENGINE says which: ``threads`` (default), ``loky`` (processes of this machine), ``dask``
or ``ray`` (a cluster of its own on this machine), ``dask:tcp://host:8786`` or ``ray:ray://host:10001`` (one that
stands). All give the same answers.
"""

from __future__ import annotations

import os
import pickle
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from oremix.models.errors import InvalidOption
from oremix.optimizer.clock import Clock, OutOfTime

__all__ = ["in_worker", "leave", "shares_memory", "spread", "spread_as_done"]

Item = TypeVar("Item")
Result = TypeVar("Result")

ENGINES = ("threads", "loky", "dask", "ray")

# How often an item is tried where workers die: once is an accident, three times is the work's own fault.
TRIES = 3
# Items handed over for each worker: one to work at, and one to go on with.
AHEAD = 2
# Seconds between two looks at the clock.
LOOK = 0.05

_here = threading.local()
_clients: dict[str | None, Any] = {}
_joining = threading.Lock()


def spread(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The function of every item, in the order of the items; within a worker, one after another.

    Outside of this process, the function must be importable, items and results are pickled, and items may be tried
    again, on another worker, where one dies.

    Raises
    ------
    InvalidOption
        OREMIX_ENGINE names no engine, or one that is not installed.
    """
    items = list(items)
    results = dict(spread_as_done(function, items))
    return [results[number] for number in range(len(items))]


def spread_as_done(
    function: Callable[..., Result],
    items: Iterable[Item],
    *,
    make: Callable[[], Any] | None = None,
    clock: Clock | None = None,
) -> Iterator[tuple[int, Result]]:
    """As `spread`, but each result with its item's number as soon as it is there.

    Parameters
    ----------
    make
        Makes what a worker needs for all items, such as a session: the function is then called with it and the item.
        It is called once in every worker that there is work for, and outside of this process it is pickled.
    clock
        When its limit has come, or it is stopped, nothing more is begun, and what is under way has a moment to end; so
        too when `function` or `make` raises `OutOfTime`. What has no result by then is left out.

    Raises
    ------
    InvalidOption
        As `spread`.
    """
    work = [_Work(function, item, make, clock) for item in items]
    name, address = _engine()
    if len(work) < 2 or in_worker():
        return _one_by_one(work, clock)
    pool = _InThreads(len(work)) if name == "threads" else _outside(name, address)
    return _Spreading(pool, work, clock).results()


def shares_memory() -> bool:
    """Whether what is spread sees the caller's own objects, such as events."""
    return in_worker() or _engine()[0] == "threads"


def in_worker() -> bool:
    """Whether this is already one of the threads or processes that work is spread over."""
    return getattr(_here, "is_worker", False)


def leave() -> None:
    """Leave the clusters that were joined or started, as when they are about to end."""
    for client in _clients.values():
        client.close()
    _clients.clear()


def _engine() -> tuple[str, str | None]:
    """The engine's name, and the address of a cluster that stands."""
    stated = os.environ.get("OREMIX_ENGINE") or "threads"
    name, _, address = stated.partition(":")
    if name not in ENGINES or (address and name not in ("dask", "ray")):
        known = ", ".join(ENGINES)
        raise InvalidOption(f"OREMIX_ENGINE should be one of {known}, or dask:ADDRESS or ray:ADDRESS, not {stated}")
    return name, address or None


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---------------------------------------------------------------- what is done with an item


@dataclass(frozen=True)
class _Work(Generic[Result]):
    """An item, what is done with it, and what makes that which all items need.

    `make` may be large: outside of this process it travels only to workers that said that they lack what it makes.
    """

    function: Callable[..., Result]
    item: Any
    make: Callable[[], Any] | None
    clock: Clock | None
    carries: bool = False

    def done(self, made: dict[str, Any]) -> Result:
        """What comes of it; `made` is what this worker has made.

        Raises
        ------
        OutOfTime
            The time came before it was begun, or as the function says.
        """
        if self.clock is not None:
            self.clock.demand()
        if self.make is None:
            return self.function(self.item)
        if "made" not in made:
            made["made"] = self.make()
        return self.function(made["made"], self.item)


def _one_by_one(work: list[_Work[Result]], clock: Clock | None) -> Iterator[tuple[int, Result]]:
    made: dict[str, Any] = {}
    for number, piece in enumerate(work):
        try:
            result = piece.done(made)
        except OutOfTime:
            if clock is None:
                raise
            return
        yield number, result


# ---------------------------------------------------------------- spreading


class _Pool(Protocol):
    """Workers."""

    def size(self) -> int:
        """How many there are."""

    def submit(self, work: _Work[Any]) -> Future[Any]:
        """Have one do this."""

    def end(self, pending: Iterable[Future[Any]], /) -> None:
        """Nobody wants these any more."""


class _Spreading(Generic[Result]):
    """Work on its way through a pool."""

    def __init__(self, pool: _Pool, work: list[_Work[Result]], clock: Clock | None) -> None:
        self._pool, self._clock = pool, clock
        self._waiting = deque((number, piece, TRIES) for number, piece in enumerate(work))
        self._running: dict[Future[Any], tuple[int, _Work[Result], int]] = {}

    def results(self) -> Iterator[tuple[int, Result]]:
        try:
            while self._goes_on():
                self._hand_over()
                done, _ = wait(self._running, None if self._clock is None else LOOK, FIRST_COMPLETED)
                for future in done:
                    yield from self._taken(future)
        finally:
            self._pool.end(self._running)

    def _goes_on(self) -> bool:
        if self._clock is not None and self._clock.is_up():
            self._waiting.clear()
            if self._clock.is_over():
                return False
        return bool(self._running or self._waiting)

    def _hand_over(self) -> None:
        while self._waiting and len(self._running) < AHEAD * self._pool.size():
            number, piece, tries = self._waiting.popleft()
            self._running[self._pool.submit(piece)] = number, piece, tries

    def _taken(self, future: Future[Any]) -> Iterator[tuple[int, Result]]:
        number, piece, tries = self._running.pop(future)
        try:
            result = future.result()
        except OutOfTime:
            if self._clock is None:
                raise
            self._waiting.clear()
        except BrokenExecutor:  # a worker died
            if tries == 1:
                raise
            self._waiting.appendleft((number, piece, tries - 1))
        else:
            if isinstance(result, _Lacking):
                self._waiting.appendleft((number, replace(piece, carries=True), tries))
            else:
                yield number, result


class _InThreads:
    """Threads of this process, each of which makes its own of what `make` makes."""

    def __init__(self, most: int) -> None:
        self._size = min(_cores(), most)
        self._pool = ThreadPoolExecutor(self._size, "oremix", initializer=_mark)
        self._made = threading.local()

    def size(self) -> int:
        return self._size

    def submit(self, work: _Work[Any]) -> Future[Any]:
        return self._pool.submit(lambda: work.done(self._made.__dict__))

    def end(self, _: Iterable[Future[Any]]) -> None:
        """A thread cannot be ended: what is under way is waited for."""
        self._pool.shutdown(cancel_futures=True)


def _mark() -> None:
    _here.is_worker = True


# ---------------------------------------------------------------- outside of this process


class _Lacking:
    """In place of a result: the worker has not got what `make` makes."""


def _outside(name: str, address: str | None) -> _Pool:
    try:
        return _Loky() if name == "loky" else _Dask(address) if name == "dask" else _Ray(address)
    except ImportError as error:
        extra = "ray" if name == "ray" else "cluster"
        message = f"OREMIX_ENGINE={name} needs {error.name}, which is not installed: pip install 'oremix[{extra}]'"
        raise InvalidOption(message) from error


class _Parcels:
    """What is sent of work: what `make` is made of is pickled once."""

    def __init__(self) -> None:
        self._mark = uuid.uuid4().hex
        self._packed: bytes | None = None

    def parcel(self, work: _Work[Any]) -> tuple[_Work[Any], str, bytes | None]:
        if work.carries and self._packed is None:
            self._packed = pickle.dumps(work.make)
        makes = None if work.make is None else _unsent
        return replace(work, make=makes), self._mark, self._packed if work.carries else None


def _unsent() -> None:
    """Stands for what makes things elsewhere."""


def _sent(work: _Work[Any], mark: str, packed: bytes | None) -> Any:
    """What a worker does with a parcel; of what was made for others it keeps the last."""
    _mark()
    if work.make is None:
        return work.done({})
    kept, made = getattr(_here, "made", ("", {}))
    if kept != mark:
        if packed is None:
            return _Lacking()
        made = {"made": pickle.loads(packed)()}  # noqa: S301 - what this very program sent
        _here.made = mark, made
    return work.done(made)


class _Loky(_Parcels):
    """Processes of this machine, which stay for the next work."""

    def __init__(self) -> None:
        super().__init__()
        from joblib.externals import loky  # noqa: PLC0415 - an extra

        self._loky = loky

    def size(self) -> int:
        return _cores()

    def submit(self, work: _Work[Any]) -> Future[Any]:
        broken = self._loky.process_executor.ShutdownExecutorError
        try:
            found: Future[Any] = self._executor().submit(_sent, *self.parcel(work))
        except (BrokenExecutor, broken):  # between the two calls
            found = Future()
            found.set_exception(BrokenExecutor("a worker died"))
        return found

    def _executor(self) -> Any:
        return self._loky.get_reusable_executor(_cores())

    def end(self, pending: Iterable[Future[Any]]) -> None:
        if [future for future in pending if not future.cancel()]:
            self._executor().shutdown(kill_workers=True)


class _Dask(_Parcels):
    """A Dask cluster, which gives the work of a worker that died to another."""

    def __init__(self, address: str | None) -> None:
        super().__init__()
        self._client = _client(address)
        self._executor = self._client.get_executor(pure=False)

    def size(self) -> int:
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def submit(self, work: _Work[Any]) -> Future[Any]:
        found: Future[Any] = self._executor.submit(_sent, *self.parcel(work))
        return found

    def end(self, pending: Iterable[Future[Any]]) -> None:
        """What is under way ends by itself, and nobody hears of it."""
        for future in pending:
            future.cancel()


def _client(address: str | None) -> Any:
    """Dask's client, which joins or starts a cluster once per process."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra

    with _joining:
        if address not in _clients:
            cluster = address or LocalCluster(n_workers=_cores(), threads_per_worker=1, dashboard_address=":0")
            _clients[address] = Client(cluster)
        return _clients[address]


class _Ray(_Parcels):
    """A Ray cluster, which gives the work of a worker that died to another."""

    def __init__(self, address: str | None) -> None:
        super().__init__()
        import ray  # noqa: PLC0415 - an extra

        if not ray.is_initialized():
            ray.init(address=address)
        self._ray: Any = ray
        self._remote = ray.remote(max_retries=TRIES)(_sent)
        self._refs: dict[Future[Any], Any] = {}

    def size(self) -> int:
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, work: _Work[Any]) -> Future[Any]:
        ref = self._remote.remote(*self.parcel(work))
        found: Future[Any] = ref.future()
        self._refs[found] = ref
        return found

    def end(self, pending: Iterable[Future[Any]]) -> None:
        for future in pending:
            self._ray.cancel(self._refs[future], force=True)
