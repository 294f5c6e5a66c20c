"""How work is spread: over threads of this process, over processes, or over the workers of a cluster.

The environment variable OREMIX_ENGINE says which: ``threads`` (default), ``loky`` (processes of this machine), ``dask``
or ``ray`` (a cluster of its own on this machine), ``dask:tcp://host:8786`` or ``ray:ray://host:10001`` (one that
stands). All give the same answers.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from oremix.models.errors import InvalidOption

__all__ = ["in_worker", "leave", "shares_memory", "spread"]

Item = TypeVar("Item")
Result = TypeVar("Result")

ENGINES = ("threads", "loky", "dask", "ray")

# How often all items are tried where workers die: once is an accident, three times is the work's own fault.
TRIES = 3

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
    name, address = _engine()
    if len(items) < 2 or in_worker():
        return [function(item) for item in items]
    if name == "threads":
        return _in_threads(function, items)
    return _outside(name, address, function, items)


def shares_memory() -> bool:
    """Whether what is spread sees the caller's own objects, such as events."""
    return in_worker() or _engine()[0] == "threads"


def in_worker() -> bool:
    """Whether this is already one of the threads or processes that work is spread over."""
    return getattr(_here, "is_worker", False)


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


def _mark() -> None:
    _here.is_worker = True


def _in_threads(function: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    with ThreadPoolExecutor(min(_cores(), len(items)), "oremix", initializer=_mark) as pool:
        return list(pool.map(function, items))


def _outside(name: str, address: str | None, function: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    try:
        import joblib  # noqa: PLC0415 - an extra
        from joblib.externals.loky.process_executor import BrokenProcessPool  # noqa: PLC0415 - as above

        backend = _backend(name, address)
    except ImportError as error:
        extra = "ray" if name == "ray" else "cluster"
        message = f"OREMIX_ENGINE={name} needs {error.name}, which is not installed: pip install 'oremix[{extra}]'"
        raise InvalidOption(message) from error
    for left in reversed(range(TRIES)):
        try:
            with joblib.parallel_config(n_jobs=-1, **backend):
                return list(joblib.Parallel()(joblib.delayed(_work)(os.getpid(), function, item) for item in items))
        except BrokenProcessPool:  # loky does not try again by itself
            if not left:
                raise
    raise AssertionError("unreachable")


def _work(asking: int, function: Callable[[Item], Result], item: Item) -> Result:
    """What a worker does with an item; joblib has the process that asks do it where only one worker is left."""
    if os.getpid() != asking:
        _mark()
    return function(item)


def leave() -> None:
    """Leave the clusters that were joined or started, as when they are about to end."""
    for client in _clients.values():
        client.close()
    _clients.clear()


def _backend(name: str, address: str | None) -> dict[str, Any]:
    """What joblib is told."""
    if name == "dask":
        return {"backend": "dask", "client": _client(address)}
    if name == "ray":
        import ray  # noqa: PLC0415 - an extra
        from ray.util.joblib import register_ray  # noqa: PLC0415 - as above

        ray.init(address=address, ignore_reinit_error=True)
        register_ray()
    return {"backend": name}


def _client(address: str | None) -> Any:
    """Dask's client, which joins or starts a cluster once per process."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra

    with _joining:
        if address not in _clients:
            cluster = address or LocalCluster(n_workers=_cores(), threads_per_worker=1, dashboard_address=None)
            _clients[address] = Client(cluster)
        return _clients[address]
