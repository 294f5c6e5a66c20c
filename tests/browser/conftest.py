"""A real Chromium on a real service, shared by the tests of a module."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.serving import serving

WAIT = 20_000  # milliseconds, on a machine that has other work


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a service is."""
    database = tmp_path_factory.mktemp("storage") / "oremix.db"
    with serving("--job-workers", "1", OREMIX_DATABASE_URL=f"sqlite:///{database}") as (port, _):
        yield f"http://127.0.0.1:{port}/"


class Watched:
    """What a page asked for, and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def elsewhere(self, address: str) -> list[str]:
        """What was asked of another than the service; what stands in the page itself is asked of nobody."""
        home = urlsplit(address).netloc
        return [
            url
            for url in self.requests
            if urlsplit(url).netloc != home and urlsplit(url).scheme not in ("data", "blob")
        ]


@pytest.fixture
def watched() -> list[Watched]:
    return []


@pytest.fixture
def page(browser: Browser, address: str, watched: list[Watched], viewport: dict[str, int]) -> Iterator[Page]:
    """The workbench in a tab of its own: nothing goes wrong on it, and it asks nobody but the service."""
    context = browser.new_context(viewport=viewport, reduced_motion="reduce", accept_downloads=True)
    opened = context.new_page()
    opened.set_default_timeout(WAIT)
    watched.append(Watched(opened))
    opened.goto(address)
    yield opened
    context.close()
    assert watched[0].errors == []
    assert watched[0].elsewhere(address) == []


@pytest.fixture
def viewport() -> dict[str, int]:
    return {"width": 1280, "height": 900}
