"""Studies spread over threads, processes and clusters come out alike to the last bit, whatever dies on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import oremix
from oremix.models.studies.study import Study
from oremix.optimizer import engine

Asked = Callable[..., Study]


def _stress(**options: Any) -> Study:
    return oremix.stress(oremix.example("lithium-japan"), countries=["CN", "AU", "CL", "US"], insurance=1, **options)


def _surface(**options: Any) -> Study:
    return oremix.surface(oremix.example("cobalt-usa"), "china_cap", "drc_quota", points=3, **options)


def _decisions(**options: Any) -> Study:
    """A frontier with yes/no decisions."""
    return oremix.frontier(oremix.example("cobalt-usa"), "china_cap", max_points=20, **options)


def _listed(**options: Any) -> Study:
    """Bounds of a frontier without decisions."""
    bounds = [0.3 + 0.03 * number for number in range(20)]
    return oremix.frontier(oremix.example("lithium-japan"), "china_cap", bounds=bounds, **options)


STUDIES: list[Asked] = [_stress, _surface, _decisions, _listed]


def bits(study: Study) -> str:
    """All that a study says, but for how long it took; floats are written so that they are read as they were."""
    return study.model_dump_json(exclude={"seconds"})


@pytest.fixture(scope="module", params=STUDIES, ids=lambda asked: asked.__name__.strip("_"))
def asked(request: pytest.FixtureRequest) -> tuple[Asked, str]:
    """A study, and what comes of it in one thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OREMIX_ENGINE", raising=False)
        patch.setattr(engine, "_cores", lambda: 1)
        return request.param, bits(request.param())


@pytest.mark.usefixtures("engine_name")
def test_a_study_is_the_same_wherever_it_runs(asked: tuple[Asked, str]) -> None:
    """Two workers do its pieces in another order than one does."""
    study, alone = asked
    assert bits(study()) == alone


@pytest.mark.parametrize("study", [_stress, _surface], ids=["stress", "surface"])
def test_a_worker_killed_in_the_middle_changes_nothing(study: Asked, outside_engine: str) -> None:
    """When the first piece is done one of the workers is killed: what it had is done again."""
    killed: list[int] = []
    reached: list[tuple[int, int]] = []

    def kill(done: int, total: int, _text: str) -> None:
        reached.append((done, total))
        if not killed:
            killed.append(next(_workers(outside_engine)))
            os.kill(killed[0], signal.SIGKILL)

    found = study(progress=kill)
    assert killed
    assert reached[0][0] < reached[0][1]
    assert bits(found) == bits(study())


def _workers(name: str) -> Iterator[int]:
    """The processes of the workers there are."""
    if name == "loky":
        from joblib.externals.loky import get_reusable_executor

        yield from get_reusable_executor(2)._processes  # noqa: SLF001 - nobody else says whom to kill
    else:
        (client,) = engine._clients.values()  # noqa: SLF001 - as above
        yield from client.run(os.getpid).values()


@pytest.mark.usefixtures("outside_engine")
def test_a_study_elsewhere_ends_when_somebody_stops_it() -> None:
    """After its first piece: the rest is left, and what is there is told."""
    from threading import Event

    stop = Event()
    found = oremix.stress(oremix.example("lithium-japan"), stop=stop, progress=lambda *_: stop.set())
    assert not found.complete
    assert found.outages
    assert found.untried
