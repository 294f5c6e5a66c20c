"""Requests that nobody means well; the long campaign is `python -m tests.hostile 10000`."""

from tests.hostile import campaign


def test_hostile_requests_impress_nobody():
    """No 500, no hang, no worker that dies or grows, no internals; beside clients that send half and then nothing."""
    said = []
    assert campaign(250, 3, said.append) == []
    assert len(said) == 3
