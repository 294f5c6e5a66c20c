"""How long something may still go on, by a clock that the test sets."""

from __future__ import annotations

import pickle
import time
from threading import Event

import pytest

from oremix.optimizer.clock import BEYOND, GRACE, Clock, OutOfTime


class Watch:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_seconds_are_counted_from_its_making() -> None:
    """What is left shrinks with the time, less what is kept, and never below nothing."""
    watch = Watch()
    clock = Clock(10.0, now=watch)
    watch.time += 4
    assert (clock.seconds(), clock.left(), clock.left(kept=1.0)) == (4, 6, 5)
    watch.time += 20
    assert clock.left() == 0
    assert clock.left_for_the_last() == pytest.approx(10 * BEYOND)


def test_without_a_limit_there_is_always_time() -> None:
    """None left means no limit, as solvers have it."""
    clock = Clock()
    assert clock.left() is clock.left_for_the_last() is None
    assert not clock.is_stopped()
    assert not clock.is_over()


def test_a_stop_leaves_a_moment() -> None:
    """It is heard at once, and over when its grace has passed since it was heard."""
    watch, stop = Watch(), Event()
    clock = Clock(stop=stop, now=watch)
    watch.time += 50
    stop.set()
    assert clock.is_stopped()
    assert not clock.is_over()
    watch.time += GRACE
    assert clock.is_over()


def test_the_last_step_may_go_a_little_beyond_the_limit() -> None:
    """No further than that."""
    watch = Watch()
    clock = Clock(10.0, now=watch)
    watch.time += 10
    assert clock.left() == 0
    assert not clock.is_over()
    watch.time += 10 * BEYOND
    assert clock.is_over()


def test_nothing_is_begun_when_it_is_up() -> None:
    """Who asks for time once there is none is told so; without a limit there is always some."""
    watch, stop = Watch(), Event()
    clock = Clock(10.0, stop, now=watch)
    watch.time += 9
    assert (clock.demand(), clock.is_up()) == (1.0, False)
    watch.time += 1
    assert clock.is_up()
    with pytest.raises(OutOfTime):
        clock.demand()
    endless = Clock(stop=stop)
    assert endless.demand() is None
    stop.set()
    with pytest.raises(OutOfTime):
        endless.demand()


def test_progress_is_told_to_whom_it_may_concern() -> None:
    """Or to nobody."""
    told: list[tuple[int, int, str]] = []
    Clock(progress=lambda *what: told.append(what)).tell(1, 2, "done")
    Clock().tell(1, 2, "done")
    assert told == [(1, 2, "done")]


def test_a_clock_that_is_sent_keeps_its_end() -> None:
    """By the time of day, as other computers' clocks began at another time; its stop stays behind."""
    clock = Clock(10.0, Event(), lambda *_: None)
    time.sleep(0.05)
    sent = pickle.loads(pickle.dumps(clock))  # noqa: S301 - its own
    assert sent.limit == 10.0
    assert sent.stop is None
    assert sent.left() == pytest.approx(clock.left(), abs=0.02)
    assert sent.seconds() >= 0.04
    sent.tell(1, 2, "nobody hears it")
