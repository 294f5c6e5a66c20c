"""The workbench on a service that asks for a key."""

from playwright.sync_api import Browser, expect

from oremix.api.keys.keeping import new
from oremix.api.storage import Database
from tests.serving import serving


def test_the_page_asks_for_the_key_and_keeps_it_in_the_tab(browser: Browser, tmp_path):
    """Nothing is shown without; a wrong one is asked for again; the tab keeps it, jobs use it, another tab has none."""
    url = f"sqlite:///{tmp_path / 'oremix.db'}"
    database = Database(url)
    database.upgrade()
    secret = new(database, "Ann", ("read", "solve")).secret
    database.close()
    with serving("--job-workers", "1", OREMIX_DATABASE_URL=url, OREMIX_KEYS="on") as (port, _):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        dialog = page.get_by_role("dialog", name="Key for this service")
        expect(dialog).to_contain_text("This server asks for a key")
        field = page.get_by_label("Key", exact=True)
        expect(field).to_be_focused()
        field.fill("oremix_wrong")
        field.press("Enter")
        expect(dialog).to_contain_text("unknown, expired or revoked")
        field.fill(secret)
        field.press("Enter")
        page.get_by_role("button", name="NdPr oxide for Japan").click()
        expect(page.locator("#answer")).to_contain_text("USD 348.7 m")
        page.get_by_role("button", name="Solve as a job").click()
        expect(page.locator("#joblist")).to_contain_text("done")
        page.reload()
        page.get_by_role("button", name="NdPr oxide for Japan").wait_for()
        assert page.evaluate("document.cookie + Object.keys(localStorage).join()") == ""
        other = context.new_page()
        other.goto(f"http://127.0.0.1:{port}/")
        expect(other.get_by_role("dialog", name="Key for this service")).to_be_visible()
        context.close()
