"""The workbench as it is served: whole, safe, and from this server alone."""

import re
from pathlib import Path

import pytest

from oremix.api.pages.workbench import routes

FOLDER = Path(routes.__file__).parent
MODULES = sorted(path.name for path in FOLDER.glob("*.js"))


def test_nothing_stands_in_the_page_itself(client):
    """No script, style or handler of its own; the policy names no `unsafe-`, and no other place."""
    response = client.get("/")
    assert response.content_type == "text/html; charset=utf-8"
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", response.text) == []
    policy = response.headers["Content-Security-Policy"]
    assert "'unsafe" not in policy
    assert "http" not in policy
    assert client.get("/docs").headers["Content-Security-Policy"] != policy  # what Plotly needs is for this page alone


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_served_with_what_it_imports(client, name):
    """As JavaScript, and each import leads to another module."""
    response = client.get(f"/workbench/{name}")
    assert response.content_type == "text/javascript; charset=utf-8"
    assert set(re.findall(r'from "\./([^"]+)"', response.text)) <= set(MODULES)
    assert "innerHTML" not in response.text  # words of users are text
    assert re.findall(r"https?://", response.text) == []


def test_every_module_is_used():
    """From the first one on."""
    seen, waiting = set(), ["main.js"]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += re.findall(r'from "\./([^"]+)"', (FOLDER / name).read_text(encoding="utf-8"))
    assert sorted(seen) == MODULES


@pytest.mark.parametrize("path", ["/", "/workbench/style.css", "/workbench/main.js", "/workbench/plotly.min.js"])
def test_a_browser_keeps_it(client, path):
    """Asked with its tag, it is not sent again."""
    first = client.get(path)
    assert first.status_code == 200
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["none.js", "routes.py", "workbench.html", "__init__.py"])
def test_nothing_else_of_the_folder_is_served(client, refused, name):
    """Only its modules are."""
    refused(client.get(f"/workbench/{name}"), 404)


def test_without_plotly_it_says_how_to_get_it(client, refused, monkeypatch):
    """The tables need none."""
    monkeypatch.setattr(routes, "find_spec", lambda _name: None)
    routes._plotly.cache_clear()  # noqa: SLF001 - it is kept for the life of a process
    detail = refused(client.get("/workbench/plotly.min.js"), 404)["detail"]
    assert "pip install 'oremix[report]'" in detail
