"""The README shows what happens."""

import re
from pathlib import Path

import oremix


def blocks(root: Path) -> list[str]:
    """What stands between fences, without the language."""
    return re.findall(r"```\w*\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_readmes_example_gives_the_readmes_output(root: Path) -> None:
    """The problem shown is the example `minimal`, and the table shown is its plan."""
    problem = next(block for block in blocks(root) if block.startswith("{"))
    table = next(block for block in blocks(root) if block.startswith("NdPr"))
    assert oremix.read_problem(problem) == oremix.read_problem(oremix.example("minimal"))
    assert str(oremix.solve(problem)) + "\n" == table


def test_the_readme_opens_with_the_two_commands(root: Path) -> None:
    """The first thing to type is `make demo`, the second `make test`, and both exist."""
    first = blocks(root)[0].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make demo", "make test"]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert "\ndemo:" in makefile
    assert "\ntest:" in makefile


def test_links_lead_somewhere(root: Path) -> None:
    """Every file that the README and the docs link to exists."""
    for page in [root / "README.md", *(root / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_page_on_presets_has_every_preset_and_rule(root: Path) -> None:
    """Each has its section, with the address of its source and every rule by name."""
    page = (root / "docs" / "presets.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, flags=re.DOTALL | re.MULTILINE))
    for name in oremix.presets():
        preset = oremix.preset(name)
        assert preset.source.url in sections[name]
        assert [rule.id for rule in preset.rules if f"`{rule.id}`" not in sections[name]] == []
