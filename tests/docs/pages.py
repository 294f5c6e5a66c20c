"""The fenced blocks of the pages in docs/, and what their marks say is to be done with them.

A mark is a comment on the line before a block, which no reader sees:

- `<!-- file: NAME -->`: the block is the file NAME in the folder in which the page's commands run;
- `<!-- step: NAME -->`, `<!-- step: NAME from OTHER -->`: the block is put into the problem OTHER, which makes NAME;
- `<!-- ends with N -->`: the last command of the block ends with this code, not with 0;
- `<!-- not run -->`: a console block of what no test can do.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FILES = DOCS / "tutorial"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "site" not in path.parts)
MARK, FENCE = r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?", r"^```(?P<language>\w*)\n(?P<text>.*?)^```$"
BLOCK = re.compile(MARK + FENCE, re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    text: str
    mark: str = ""

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command of a console block, and what is shown of its output."""
        pieces = re.split(r"^\$ ", self.text, flags=re.MULTILINE)
        assert pieces[0] == "", f"begins with output: {self.text}"
        pairs = (piece.partition("\n") for piece in pieces[1:])
        return [(command, output) for command, _, output in pairs]


def blocks(page: Path) -> list[Block]:
    """What stands between fences on a page, in order."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["language"], one["text"], one["mark"] or "") for one in found]


def merged(before: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """An object with fields put in: an entry whose id is there already gets its new fields, others are added."""
    after = dict(before)
    for key, value in more.items():
        entries = isinstance(value, list) and all(isinstance(entry, dict) and "id" in entry for entry in value)
        after[key] = _with_entries(before.get(key, []), value) if entries else value
    return after


def _with_entries(before: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {entry["id"]: entry for entry in before}
    for entry in more:
        found[entry["id"]] = merged(found.get(entry["id"], {}), entry)
    return list(found.values())


def steps(page: Path) -> dict[str, dict[str, Any]]:
    """The problems that a page builds up, by the names of their files."""
    found: dict[str, dict[str, Any]] = {}
    for block in blocks(page):
        if marked := re.fullmatch(r"step: (\S+)(?: from (\S+))?", block.mark):
            name, other = marked.groups()
            found[name] = merged(found[other] if other else {}, json.loads(block.text))
    return found


def as_shown(output: str) -> re.Pattern[str]:
    """Output in which … stands for anything on its line, and alone on a line for any number of lines."""
    pattern = ""
    for line in output.splitlines():
        pattern += "(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + "\n"
    return re.compile(pattern)
