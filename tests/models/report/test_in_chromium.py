"""The page in a real browser: it draws, runs nothing of its users, asks nobody for anything, and prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import oremix
from oremix.models import read_problem

HOSTILE = "</script><img src='http://127.0.0.1:9/x' onerror=\"document.title='ran'\">"
SCRIPT = "<script>document.title='ran'</script>"
PAPER = {"width": 672, "height": 950}
PHONE = {"width": 360, "height": 740}


class Opened:
    """A report opened from its file, with all that it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, viewport: dict[str, int] | None = None) -> None:
        self.page: Page = browser.new_page(viewport=viewport or {"width": 1000, "height": 900})  # type: ignore[arg-type]
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())
        self.page.locator("html[data-ready]").wait_for(state="attached")

    @property
    def elsewhere(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]


@pytest.fixture(scope="module")
def lithium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of an example with stock, builds, scrap and a cap, and a frontier and outages of the smallest."""
    problem = read_problem(oremix.example("lithium-japan"))
    small = oremix.example("minimal")
    path = tmp_path_factory.mktemp("report") / "plan.html"
    path.write_text(oremix.report(oremix.solve(problem), problem, [oremix.frontier(small), oremix.stress(small)]))
    return path


def test_every_picture_is_drawn(browser: Browser, lithium: Path) -> None:
    """Each has lines, bars or streams; nothing is complained of, and nothing is asked of anybody."""
    opened = Opened(browser, lithium)
    for name in ("sankey", "supply", "shares", "cost", "builds", "prices", "limits", "study-1", "study-2"):
        marks = opened.page.locator(f"[data-figure='{name}'] :is(.sankey-link, .point, path.js-line)")
        assert marks.count() > 0, name
    assert opened.complaints == []
    assert opened.elsewhere == []


def test_the_years_of_the_chain_can_be_chosen(browser: Browser, lithium: Path) -> None:
    """Another year shows other streams."""
    page = Opened(browser, lithium).page
    chain = page.locator("[data-figure='sankey']")
    before = chain.locator(".sankey-node").count()
    chain.locator(".updatemenu-button").nth(1).click()
    page.wait_for_timeout(1500)
    assert chain.locator(".sankey-node").count() != before


@pytest.mark.parametrize("viewport", [PHONE, PAPER, {"width": 1400, "height": 900}], ids=["phone", "paper", "desktop"])
def test_nothing_is_wider_than_the_screen(browser: Browser, lithium: Path, viewport: dict[str, int]) -> None:
    """On a phone too, wide tables and the chain scroll by themselves."""
    page = Opened(browser, lithium, viewport).page
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_it_prints(browser: Browser, lithium: Path) -> None:
    """On paper the still pictures stand in place of those that move, none wider or higher than a page."""
    page = Opened(browser, lithium, PAPER).page
    page.emulate_media(media="print")
    pictures = page.locator("img.printed")
    assert pictures.count() == page.locator("[data-figure]").count()
    for picture in pictures.all():
        assert picture.is_visible()
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] <= PAPER["width"] + 1
        assert box["height"] <= PAPER["height"]
        assert picture.evaluate("image => image.naturalWidth") > 0
    assert page.locator(".plot:visible").count() == 0
    assert len(page.pdf(format="A4")) > 20_000


@pytest.mark.parametrize("text", [HOSTILE, SCRIPT, '"><svg onload=document.title="ran">', "{{ 7 * 7 }} %{x} $x^2$"])
def test_words_of_users_run_nothing(browser: Browser, tmp_path: Path, text: str) -> None:
    """As every id, name and note there is: shown as they are, nothing runs, nothing leaves."""
    document = json.loads(oremix.example("minimal"))
    document["name"] = document["notes"] = document["currency"] = text[:30]
    document["name"] = document["notes"] = text
    document["materials"][0] |= {"id": text, "name": text, "unit": text[:20]}
    for entry in (*document["suppliers"], *document["demands"]):
        entry |= {"material": text, "name": text, "notes": text}
    document["suppliers"][0] |= {"id": f"a{text}", "stage": text, "source": text}
    document["suppliers"][1]["stage"] = "mining"
    document["demands"][0]["id"] = f"b{text}"
    document["policies"][0] |= {"id": f"c{text}", "name": text}
    document["sources"] = [{"id": text, "title": text, "publisher": text, "url": f"https://example.org/{text}"}]
    problem = read_problem(document)
    plan = oremix.solve(problem)
    path = tmp_path / "plan.html"
    path.write_text(oremix.report(plan, problem, [oremix.frontier(problem), oremix.stress(problem, plan)]))
    opened = Opened(browser, path)
    for point in opened.page.locator(".sankey-node, .point, .sankey-link").all()[:6]:
        point.hover(force=True)
    assert opened.page.title() == text
    assert opened.page.locator("h1").inner_text() == text
    assert opened.page.locator("img:not(.printed), svg[onload]").count() == 0
    assert opened.elsewhere == []
    assert opened.complaints == []


def test_it_can_be_read_without_scripts(browser: Browser, lithium: Path) -> None:
    """The decision and the tables with the numbers are there all the same."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(lithium.as_uri())
    assert page.locator("#decision .sentence").count() == 3
    assert page.locator("#cost table").count() == 1
    assert page.get_by_text("The pictures need JavaScript").is_visible()
    context.close()
