"""The workbench as a person uses it, in a real browser on a real service."""

import json
import re
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

import oremix
from oremix.api.body import WORKBOOK
from oremix.models.workbook import workbook

EXAMPLE = "NdPr oxide for Japan"
MAGNETS = "Magnet rare earths"


def opened(page: Page, title: str = EXAMPLE) -> Page:
    """An example, solved and drawn."""
    page.get_by_role("button", name=title).click()
    drawn(page)
    return page


def drawn(page: Page, unlike: str | None = None) -> str:
    """Wait for the pictures of a plan of another problem than before; gives the hash of its problem."""
    last = "" if unlike is None else f":not([data-of='{unlike}'])"
    found = page.locator(f"#pictures[data-of]{last}")
    found.wait_for()
    return found.get_attribute("data-of") or ""


def flows(page: Page) -> list[str]:
    """The shapes of the streams in the picture of the chain."""
    page.locator("#picture-sankey .sankey-link").first.wait_for()
    return page.locator("#picture-sankey .sankey-link").evaluate_all(
        "links => links.map(link => link.getAttribute('d'))"
    )


def given(page: Page, document: dict | str, name: str = "mine.json") -> None:
    """Choose a file."""
    text = document if isinstance(document, str) else json.dumps(document)
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/json", "buffer": text.encode()})


def problem(**changes) -> dict:
    """The smallest example, with changes."""
    return json.loads(oremix.example("minimal")) | changes


def test_the_slider_moves_plan_cost_and_picture(page):
    """40 % of 5,500 t at 55,000 and the rest at 69,000 is 348.7 m; at 30 % it is 7.7 m dearer."""
    opened(page)
    expect(page.locator("#answer")).to_contain_text("USD 348.7 m")
    expect(page.locator("#caps")).to_contain_text("A point costs USD 770,000 a year")
    before, streams = drawn(page), flows(page)
    slider = page.get_by_role("slider", name="Share")
    slider.focus()
    slider.press("PageDown")
    drawn(page, unlike=before)
    expect(page.locator("#answer")).to_contain_text("USD 356.4 m")
    expect(page.locator("#answer")).to_contain_text("USD 7.7 m more than the plan as opened")
    expect(page.locator("#answer")).to_contain_text("at most 30.0 %")
    assert flows(page) != streams
    expect(page.get_by_role("spinbutton", name="Share, percent")).to_have_value("30")


def test_the_last_of_many_moves_wins(page):
    """Whatever comes between, the plan is that of the slider's last place."""
    opened(page)
    slider = page.get_by_role("slider", name="Share")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowLeft")
    expect(slider).to_have_value("25")
    expect(page.locator("#answer")).to_contain_text("25.0 %")
    expect(page.locator("#plan")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#answer")).to_contain_text("USD 360.3 m")  # 5,500 · (0.25 · 55,000 + 0.75 · 69,000)


def test_a_cap_over_time_is_moved_year_by_year_and_together(page):
    """One year's bound moves alone; the slider for all moves each by as many points; both can be taken back."""
    opened(page, "Lithium chemicals")
    before = drawn(page)
    page.get_by_role("spinbutton", name="2034, percent").fill("25")
    page.get_by_role("spinbutton", name="2034, percent").press("Enter")
    moved = drawn(page, unlike=before)
    assert page.get_by_role("spinbutton", name="2032, percent").input_value() == "40"
    together = page.get_by_role("slider", name="All years")
    together.focus()
    together.press("ArrowRight")
    drawn(page, unlike=moved)
    assert [page.get_by_role("spinbutton", name=f"{year}, percent").input_value() for year in (2024, 2034)] == [
        "87",
        "26",
    ]
    page.get_by_role("button", name="As opened").click()
    expect(page.locator("#pictures")).to_have_attribute("data-of", before)


def test_values_over_time_are_read_as_by_the_library(page):
    """A number, a list, maps: the sliders stand where the rule does."""
    starts = [2026, 2028, 2030, 2033]
    timeline = oremix.read_problem(problem(periods=starts, discount_rate=0.05, policies=[])).timeline
    for series in (0.4, [0.5, 0.4, 0.3, 0.2], {2027: 0.6, 2031: 0.2}, {2020: 1, 2040: 0}, {2028: 0.3}):
        found = page.evaluate("async given => (await import('/workbench/series.js')).read(...given)", [series, starts])
        assert found == pytest.approx(timeline.read(series))


def test_a_cap_is_added_where_there_is_none(page):
    """It begins at the share that the plan has, so that nothing changes; then it moves like any other."""
    given(page, problem(policies=[]))
    drawn(page)
    expect(page.locator("#caps")).to_contain_text("caps no country’s share")
    page.get_by_role("combobox", name="Cap the share of").select_option("CN")
    page.get_by_role("button", name="Add the cap").click()
    slider = page.get_by_role("slider", name="Share")
    expect(slider).to_be_focused()
    expect(slider).to_have_value("100")
    slider.fill("50")
    expect(page.locator("#answer")).to_contain_text("USD 341 m")  # 5,500 · (0.5 · 55,000 + 0.5 · 69,000)


def test_a_closed_country_shows_what_breaks(page):
    """Without Australia 3,300 of 5,500 t are missing: China may not bring more than its share of what arrives."""
    opened(page)
    page.get_by_role("button", name="Australia").click()
    outage = page.locator("#outage")
    expect(outage).to_contain_text("Without Australia")
    expect(outage).to_contain_text("demand goes short")
    expect(page.get_by_role("button", name="Australia")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="China").click()
    expect(outage).to_contain_text("Without Australia and China")
    expect(outage).to_contain_text("100.0 %")
    for name in ("China", "Australia"):
        page.get_by_role("button", name=name).click()
    expect(outage).to_be_empty()


def test_a_file_with_errors_shows_all_of_them(page):
    """Each with its place and what was given; what was open stays open."""
    opened(page)
    wrong = problem()
    wrong["suppliers"][0] |= {"capacity": -1, "material": "unobtainium"}
    wrong["demands"][0]["quantity"] = "much"
    page.get_by_text("Open another problem").click()
    given(page, wrong)
    faults = page.locator("#faults")
    expect(faults.get_by_role("heading")).to_have_text("3 things to mend")
    expect(faults.get_by_role("heading")).to_be_focused()
    for words in ("/suppliers/0/capacity", "/suppliers/0/material", "/demands/0/quantity", "unobtainium", "much"):
        expect(faults).to_contain_text(words)
    expect(page.get_by_role("heading", level=1)).to_have_text(EXAMPLE)


def test_a_workbook_is_opened_and_its_faults_have_cells(page):
    """A workbook of the example is the example; one with a wrong number says in which cell it stands."""
    book = workbook(oremix.read_problem(problem()))
    page.locator("#file").set_input_files({"name": "mine.xlsx", "mimeType": WORKBOOK, "buffer": book})
    drawn(page)
    expect(page.locator("#answer")).to_contain_text("USD 348.7 m")
    opened_book = load_workbook(BytesIO(book))
    sheet = opened_book["suppliers"]
    heads = [cell.value for cell in sheet[1]]
    cell = sheet.cell(3, heads.index("capacity") + 1, "plenty")
    changed = BytesIO()
    opened_book.save(changed)
    page.get_by_text("Open another problem").click()
    page.locator("#file").set_input_files({"name": "mine.xlsx", "mimeType": WORKBOOK, "buffer": changed.getvalue()})
    expect(page.locator("#faults")).to_contain_text(f"suppliers!{cell.coordinate}")
    expect(page.locator("#faults")).to_contain_text("plenty")


def test_a_file_that_is_no_json_says_where_it_breaks(page):
    """The line and column, as the service names them."""
    given(page, '{"name": "broken",\n "materials": [}')
    expect(page.locator("#faults")).to_contain_text("line 2")


def test_a_repair_is_a_button(page):
    """Without China 6,500 t from Australia cannot meet 6,600 t: a repair gives a plan."""
    changed = problem()
    changed["demands"][0]["quantity"] = 6600
    changed["policies"][0]["max"] = 0
    given(page, changed)
    diagnosis = page.locator("#diagnosis")
    expect(diagnosis).to_contain_text("There is no plan")
    expect(diagnosis).to_contain_text("china_cap")
    diagnosis.get_by_role("listitem").filter(has_text="Raise china_cap").get_by_role("button").click()
    expect(diagnosis).to_be_hidden()
    expect(page.locator("#answer")).to_contain_text("The cheapest plan costs")
    # 100 of 6,600 t, rounded outward
    expect(page.get_by_role("spinbutton", name="Share, percent")).to_have_value("1.6")


def test_a_frontier_is_found_by_a_job(page):
    """From where the cap begins to cost to 0 %: Australia alone could do it."""
    opened(page)
    page.get_by_role("button", name="Find the frontier").click()
    found = page.locator("#frontier-found")
    expect(found).to_contain_text("the plan gets USD 77 m dearer")  # 5,500 · 14,000
    page.locator("#picture-frontier .scatterlayer .js-line").first.wait_for()


def test_a_job_is_cancelled(page):
    """A test of every outage takes seconds; cancelled it ends at once, with what was tried so far or nothing."""
    opened(page, MAGNETS)
    page.get_by_role("button", name="Try every outage").click()
    expect(page.locator("#joblist")).to_contain_text("is being worked on")
    page.locator("#every-outage").get_by_role("button", name="Cancel").click()
    expect(page.locator("#joblist")).to_contain_text("cancelled", timeout=5000)
    expect(page.locator("#every-outage")).to_contain_text(re.compile("Cancelled before|Ended early"))
    expect(page.get_by_role("button", name="Try every outage")).to_be_enabled()


def test_two_plans_are_compared(page):
    """The plan that was kept and the one as it stands, with what the second costs more and why."""
    opened(page)
    page.get_by_role("button", name="Keep this plan as A").click()
    slider = page.get_by_role("slider", name="Share")
    slider.focus()
    slider.press("PageUp")
    compared = page.locator("#compared")
    expect(compared).to_contain_text("B costs USD 7.7 m less than A.")
    page.locator("#side-b .sankey-link").first.wait_for()
    page.get_by_role("button", name="Go back to A").click()
    expect(page.locator("#answer")).to_contain_text("USD 348.7 m")


def test_what_is_open_can_be_taken_along(page, tmp_path):
    """A problem that solves, a plan that verifies, and files for people."""
    opened(page)
    names = {"Problem (.json)": "problem.json", "Plan (.json)": "plan.json"}
    names |= {"Report (.html)": "plan.html", "Workbook (.xlsx)": "plan.xlsx"}
    for button, name in names.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
    assert json.loads((tmp_path / "problem.json").read_text()) == problem()
    assert oremix.verify(problem(), json.loads((tmp_path / "plan.json").read_text())).right
    assert (tmp_path / "plan.html").read_text().startswith("<!DOCTYPE html>")
    assert load_workbook(tmp_path / "plan.xlsx").sheetnames


def test_without_plotly_the_tables_remain(page):
    """The page says what is missing, and shows the numbers of each picture."""
    page.route("**/plotly.min.js", lambda route: route.fulfill(status=404, content_type="application/problem+json"))
    opened(page)
    picture = page.locator("#picture-sankey")
    expect(picture).to_contain_text("this server has no Plotly")
    expect(picture.get_by_role("table")).to_contain_text("2,200")


def test_the_keyboard_is_enough(page):
    """From the address bar: open an example, move its cap, close a country, without a mouse."""

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id").startswith(name):
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    page.get_by_role("button", name=EXAMPLE).wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab_to(EXAMPLE)
    page.keyboard.press("Enter")
    drawn(page)
    tab_to("cap-1")
    page.keyboard.press("PageDown")
    expect(page.locator("#answer")).to_contain_text("USD 356.4 m")
    tab_to("Australia")
    page.keyboard.press("Space")
    expect(page.locator("#outage")).to_contain_text("Without Australia")
    assert page.evaluate("document.activeElement.dataset.country") == "AU"


@pytest.mark.parametrize(
    "viewport", [{"width": 1280, "height": 900}, {"width": 360, "height": 740}], ids=["desk", "phone"]
)
def test_everybody_can_use_it(page):
    """No serious finding of axe with everything on the page, and nothing wider than the screen."""
    clean(page)
    opened(page, "Lithium chemicals")
    page.get_by_role("button", name="China").click()
    expect(page.locator("#outage")).to_contain_text("Without China")
    for summary in page.locator("#tables summary").all():
        summary.click()
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def clean(page: Page) -> None:
    """No finding of axe that is serious or critical."""
    found = Axe().run(page).response["violations"]
    grave = [
        (entry["id"], [node["html"][:200] for node in entry["nodes"]])
        for entry in found
        if entry["impact"] in ("serious", "critical")
    ]
    assert grave == []
