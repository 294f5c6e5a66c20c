"""How long a solve may still go on, by a clock that the test sets."""

from __future__ import annotations

from threading import Event

import pytest

from oremix.optimizer.solving.clock import BEYOND, GRACE, Clock


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
