"""How `make docs` makes a site of docs/: Sphinx, Markdown by MyST, the theme Furo, nothing from elsewhere."""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.highlighting import lexers

import oremix

ROOT = Path(__file__).parents[2]
FORMULATION = "optimizer/formulation/formulation.md"
"""It stays beside the code that it describes; on the site docs/formulation.md shows it."""

project = "Oremix"
version = release = oremix.__version__
copyright = "the authors of Oremix"  # noqa: A001 - Sphinx's name
language = "en"

lexers["csv"] = TextLexer()  # Pygments knows none
extensions = ["myst_parser"]
root_doc = "index"
exclude_patterns = ["site/**", "**/*.py", "tutorial/**"]
nitpicky = True
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # docs/benchmarks.md is written by a program that has its own levels

html_theme = "furo"
html_title = "Oremix"
html_static_path = [str(ROOT / "docs" / "site" / "static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
FONTS = {
    "font-stack": "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif",
    "font-stack--monospace": "ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    "font-stack--headings": "var(--font-stack)",
}
html_theme_options = {
    "light_css_variables": FONTS
    | {
        "color-brand-primary": "#0072B2",
        "color-brand-content": "#00639C",
        "color-brand-visited": "#00639C",
        "color-admonition-title--note": "#0072B2",
        "color-admonition-title-background--note": "#0072B21a",
        "color-admonition-title--tip": "#007A5A",
        "color-admonition-title-background--tip": "#009E731a",
        "color-admonition-title--warning": "#9A4600",
        "color-admonition-title-background--warning": "#D55E001a",
    },
    "dark_css_variables": FONTS
    | {
        "color-brand-primary": "#56B4E9",
        "color-brand-content": "#56B4E9",
        "color-brand-visited": "#56B4E9",
    },
    "top_of_page_buttons": [],
}
highlight_language = "text"
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"


def _prepare(_app: Sphinx, page: str, source: list[str]) -> None:
    """What a page says on the site in place of what it says in the project."""
    source[0] = _one_title(_reachable(source[0], "../" * page.count("/")))


def _reachable(text: str, up: str) -> str:
    """Links to what lies outside docs/ lead to where the site shows it, or are the name alone."""
    text = text.replace(f"]({up}../{FORMULATION}", f"]({up}formulation.md")
    return re.sub(r"\[([^]]+)\]\((?:\.\./)+(?:compose\.yaml|CHANGELOG\.md|README\.md)\)", r"\1", text)


def _one_title(text: str) -> str:
    """Of several titles those after the first are made sections: else each were a page in the navigation."""
    pieces = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
    prose = "".join(pieces[::2])
    if len(re.findall(r"^# ", prose, flags=re.MULTILINE)) > 1:
        pieces[::2] = [re.sub(r"^(#+ )", r"#\1", piece, flags=re.MULTILINE) for piece in pieces[::2]]
        pieces[0] = pieces[0].replace("## ", "# ", 1)
    return "".join(pieces)


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx asks for this."""
    app.connect("source-read", _prepare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
