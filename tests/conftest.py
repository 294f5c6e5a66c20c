import atexit
import os
import signal
import tempfile

import pytest
from hypothesis import settings

# No test of the service writes where the user's own service keeps its data.
DATA = tempfile.TemporaryDirectory(prefix="oremix-tests-")
atexit.register(DATA.cleanup)
os.environ["XDG_DATA_HOME"] = DATA.name

# What is started in the background without a terminal ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A solve takes as long as the machine is slow; in CI, a failure must come back when it is run again.
settings.register_profile("oremix", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("oremix")


@pytest.fixture(scope="module")
def browser():
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import ARGUMENTS, REMEDY, chromium, environment

    path = chromium()
    assert path is not None, REMEDY
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=environment())
        yield found
        found.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Half characters that a test logs cannot be sent from a process of tests to the one that reports."""
    report = yield
    report.sections = [(where, text.encode(errors="backslashreplace").decode()) for where, text in report.sections]
    return report
