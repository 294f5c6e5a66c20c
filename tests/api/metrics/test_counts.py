"""Counts in memory that processes share."""

import os
import signal
from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

from oremix.api.metrics.counts import OTHER, Counts
from oremix.api.metrics.family import Family, written

PLAIN = Family("things_total", "Things.", ("kind",))
TIMES = Family("times", 'Times "so called".', ("kind", "status"), (0.1, 1.0, 10.0))
LAYOUT = {PLAIN: (("a", "b"),), TIMES: (("a", "b"), ("200",))}


def read(counts: Counts) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and the values of its labels, as Prometheus understands what is written."""
    families = text_string_to_metric_families(written(counts.read()))
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def in_a_process(work: Callable[[], None]) -> int:
    """Do something in a child of this process; gives how it ended."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def test_amounts_fall_into_their_buckets():
    """A bound belongs to its bucket; buckets are cumulative, and the count is that of the last."""
    counts = Counts(LAYOUT)
    for amount in (0.05, 0.1, 0.5, 99.0):
        counts.add(TIMES, ("a", "200"), amount)
    assert read(counts) == {
        ("times_bucket", "a", "200", "0.1"): 2,
        ("times_bucket", "a", "200", "1"): 3,
        ("times_bucket", "a", "200", "10"): 3,
        ("times_bucket", "a", "200", "+Inf"): 4,
        ("times_sum", "a", "200"): 99.65,
        ("times_count", "a", "200"): 4,
    }


def test_what_clients_make_up_is_one_label():
    """A value that is not listed is counted, and makes no metric of its own."""
    counts = Counts(LAYOUT)
    for number in range(50):
        counts.add(TIMES, ("a", str(1000 + number)), 0.0)
    assert read(counts)["times_count", "a", OTHER] == 50
    assert len(read(counts)) == 6


def test_nothing_is_lost_when_processes_come_and_go():
    """Twenty processes count, one after the other and at once, half of them killed in the midst: all is there."""
    counts = Counts(LAYOUT, 4)

    def count() -> None:
        for _ in range(1000):
            counts.add(PLAIN, ("a",))

    def count_and_be_killed() -> None:
        count()
        os.kill(os.getpid(), signal.SIGKILL)

    for _ in range(8):
        assert in_a_process(count) == 0
        assert in_a_process(count_and_be_killed) == signal.SIGKILL
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            count()
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert read(counts) == {("things_total", "a"): 20_000}


def test_labels_are_escaped():
    """A version, a name: whatever it holds, the line can be read."""
    odd = 'a"b\\c\nd'
    text = written([(Family("info", "It.", ("version",), kind="gauge"), {(odd,): [1.0]})])
    ((family),) = text_string_to_metric_families(text)
    assert family.samples[0].labels == {"version": odd}
    assert family.type == "gauge"
