"""The page on the API: whole, safe, and from this server alone."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest

from oremix.api.app import OPERATIONS
from oremix.api.pages.in_words import rows, typed


class Page(HTMLParser):
    """What the tests look at of a page: its elements with their attributes, and the ids and links among them."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = []
        self.feed(text)
        assert self.open == []
        self.ids = [attributes["id"] for _, attributes in self.elements if "id" in attributes]
        self.links = [attributes["href"] for _, attributes in self.elements if "href" in attributes]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text():
    from oremix.api import Settings, create_app

    return create_app(Settings()).test_client().get("/docs").text


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_operation_and_schema_has_its_section(page, client):
    """And every link within the page leads somewhere, once."""
    document = client.get("/openapi.json").get_json()
    assert {operation.name for operation in OPERATIONS} <= set(page.ids)
    assert set(document["components"]["schemas"]) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_nothing_comes_from_elsewhere_and_nothing_runs(page, client):
    """No script, no style in the page itself; what it loads is this server's."""
    assert {tag for tag, _ in page.elements} & {"script", "style", "img", "iframe", "form", "object"} == set()
    assert not any(name == "style" or name.startswith("on") for _, attributes in page.elements for name in attributes)
    others = [link for link in page.links if not link.startswith("#")]
    assert set(others) == {"docs/style.css", "openapi.json"}
    response = client.get("/docs")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
    style = client.get("/docs/style.css")
    assert style.content_type == "text/css; charset=utf-8"
    assert "url(" not in style.text


def test_it_can_be_read_by_everybody(page):
    """A language, a title, headings without a gap, tables with headers, a way past the navigation."""
    assert ("html", {"lang": "en"}) in page.elements
    assert [tag for tag, _ in page.elements].count("h1") == 1
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
    assert page.links[1] == "#content"
    labels = {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes}
    assert labels <= set(page.ids)


def test_a_browser_keeps_it(client):
    """Asked with its tag, it is not sent again."""
    first = client.get("/docs")
    assert client.get("/docs", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Plan"}, '<a href="#Plan">Plan</a>'),
        ({"type": "number", "minimum": 0, "maximum": 1}, "number (≥ 0, ≤ 1)"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"type": ["string", "null"]}, "text or null"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1}, "list of whole number (at least 1)"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
        ({"type": "object", "additionalProperties": False}, "object"),
        ({"enum": ["a", 1]}, "<code>&#34;a&#34;</code> or <code>1</code>"),
        ({"type": "string", "pattern": "<b>"}, "text (like &lt;b&gt;)"),
        ({}, "anything"),
        (True, "anything"),
    ],
)
def test_a_schema_in_words(schema, words):
    """What a value is, in a few words; whatever stands in a schema is text, not markup."""
    assert typed(schema) == words


def test_fields_of_an_object_inside_an_object_stand_behind_a_dot():
    """With what is required, and defaults."""
    inner = {"type": "object", "properties": {"b": {"type": "number", "default": 2, "description": "how many"}}}
    found = rows({"type": "object", "properties": {"a": inner}, "required": ["a"]})
    assert [(row.name, row.type, row.required, row.description) for row in found] == [
        ("a", "object", True, ""),
        ("a.b", "number", False, "how many (default 2)"),
    ]
