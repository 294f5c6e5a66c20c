"""Every link within the docs leads to a file and a heading that are there, and every page can be reached."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCE = re.compile(r"^```.*?^```$", flags=re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")
ALL = [ROOT / "README.md", *PAGES]


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What a link can name in a page: its headings, as GitHub and the site name them, and marks of its own."""
    text = prose(page)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    marks = re.findall(r"^\((\S+)\)=$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings} | set(marks)


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    """To a file, and to a heading in it."""
    for target, anchor in LINK.findall(CODE.sub("`", prose(page))):
        other = (page.parent / target).resolve() if target else page
        assert other.exists(), f"no {target}"
        if anchor:
            assert anchor in anchors(other), f"no heading {anchor} in {other.name}"


def test_every_page_is_in_the_index():
    """In the navigation of the site, once."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```$", index, flags=re.DOTALL | re.MULTILINE)
    entries = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    listed = [re.sub(r".*<(.*)>", r"\1", entry) for entry in entries]
    pages = [page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES]
    assert sorted(listed) == sorted(set(pages) - {"index"})


def test_the_readme_says_where_to_begin():
    """Its first link to a guide is the first that the index names, and it links to the index."""
    links = [target for target, _ in LINK.findall(prose(ROOT / "README.md"))]
    assert links[0] == "docs/start.md"
    assert "docs/index.md" in links
