"""Log lines: what they say, and what they never do."""

import io
import json
import logging
import subprocess
import sys
from typing import Any, NoReturn

import pytest

from oremix.api.logs import about
from oremix.api.logs.lines import JSON, TEXT, Lines

SECRET = "oremix_" + "ab12cd" * 8


def written(style: str, *arguments: Any, **more: Any) -> str:
    """What a logger of ours writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(style))
    log = logging.getLogger("oremix.test")
    log.addHandler(handler)
    try:
        log.warning(*arguments, **more)
    finally:
        log.removeHandler(handler)
    return stream.getvalue()


def line(*arguments: Any, **more: Any) -> dict[str, Any]:
    """The one line that it writes, read."""
    (text,) = written(JSON, *arguments, **more).splitlines()
    return json.loads(text)


def test_a_line_is_one_object():
    """Whatever a message holds: breaks, quotes, lone surrogates."""
    found = line("it said %r, \n\r\u2028 and \ud800", 'a "word"')
    assert found["message"] == "it said 'a \"word\"', \n\r\u2028 and \ud800"
    assert (found["level"], found["logger"]) == ("warning", "oremix.test")
    assert found["time"].endswith("Z")
    assert isinstance(found["process"], int)


def test_a_line_says_what_the_work_is_about():
    """The request; within a block the job too; nothing once it is done."""
    about.begin(request="r1", operation="submit")
    about.note(asker="k1")
    with about.adding(job="j1"):
        assert line("in").items() >= {"request": "r1", "operation": "submit", "asker": "k1", "job": "j1"}.items()
    assert "job" not in line("out")
    assert "request=r1" in written(TEXT, "out")
    about.end()
    about.note(asker="nobody")
    assert {"request", "asker"}.isdisjoint(line("after"))


def test_no_line_holds_a_secret():
    """Not in the message, what it is about, or an error; in neither style."""
    about.begin(request=SECRET)
    error = raised(SECRET)
    for style in (JSON, TEXT):
        text = written(style, "given %s", SECRET, exc_info=error, extra={"fields": {"path": f"/?key={SECRET}"}})
        assert SECRET not in text
        assert text.count("oremix_ab12cd…") >= 4
    about.end()


def raised(word: str) -> ValueError:
    """An error that was raised, and says a word."""
    try:
        raise_it(word)
    except ValueError as error:
        return error


def raise_it(word: str) -> NoReturn:
    """Raise it."""
    raise ValueError(word)


def test_of_an_error_the_log_says_where_not_all_that_it_says():
    """What an error quotes of what it was given is cut."""
    found = line("failed", exc_info=raised("y" * 100_000))
    assert "ValueError" in found["error"]
    assert "test_lines.py" in found["error"]
    assert len(found["error"]) < 2000


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("order-17/3", True),
        ("Root=1-67891233-abcdef012345678912345678", True),
        ("4bf92f35-77b3-4da6-a3ce-929d0e0e4736", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        (None, False),
        ('"} {"level": "error', False),
        ("a b", False),
        ("-x", False),
        ("ä", False),
    ],
)
def test_a_clients_id_is_taken_if_it_can_stand_in_a_log(given, taken):
    """Else there is a new one."""
    found = about.identified(given)
    assert (found == given) is taken
    assert taken or about.SANE.fullmatch(found)
    assert taken or found != about.identified(given)


def test_a_process_logs_ours_and_what_is_wrong_elsewhere():
    """Warnings of Python too, each as a line of JSON where nobody looks on."""
    program = (
        "import logging, warnings\nfrom oremix.api.logs.lines import start\nstart('auto')\n"
        "logging.getLogger('oremix.api').info('ours')\nlogging.getLogger('alembic').info('noise')\n"
        "logging.getLogger('urllib3').warning('theirs')\nwarnings.warn('old')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    messages = [json.loads(said)["message"] for said in done.stderr.splitlines()]
    assert messages[:2] == ["ours", "theirs"]
    assert "old" in messages[2]
    assert len(messages) == 3
    assert done.stdout == ""
