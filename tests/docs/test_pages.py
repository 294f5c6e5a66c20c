"""What the pages show happens: each command gives the output shown below it, each problem is one."""

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from shutil import copy
from typing import Any

import click
import pytest

import oremix
from oremix.cli import cli
from tests.docs.pages import DOCS, FILES, PAGES, ROOT, Block, as_shown, blocks, merged, steps

# Their commands are run by tests of their own, which make the files that they are about.
ELSEWHERE = {"spreadsheets.md"}
SHOWING = [page for page in PAGES if {block.language for block in blocks(page)} & {"console", "pycon"}]
RUN = [page for page in SHOWING if page.name not in ELSEWHERE]
WALKED = DOCS / "tutorial.md"


def name(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Where a page's commands run, with the files that go with the guides."""
    for path in FILES.iterdir():
        copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str) -> tuple[int, str]:
    """A command as it is typed, in a shell, and all that is seen of it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env=os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def try_commands(block: Block) -> None:
    """Each command of a console block ends as it should, with what is shown."""
    for number, (command, output) in enumerate(block.commands, 1):
        assert command.startswith("oremix "), f"no test runs `{command}`: mark it `not run`"
        code, seen = run(command)
        ended = re.fullmatch(r"ends with (\d+)", block.mark) if number == len(block.commands) else None
        assert as_shown(output).fullmatch(seen), f"$ {command}\n{seen}"
        assert code == (int(ended[1]) if ended else 0), f"$ {command}\n{seen}"


def try_python(block: Block, known: dict[str, Any]) -> None:
    """Each prompt of a Python block gives what is shown; what is defined stays for the next block."""
    test = doctest.DocTestParser().get_doctest(block.text.replace("…", "..."), {}, "page", None, None)
    test.globs = known
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append, clear_globs=False)
    assert not told, "".join(told)


@pytest.mark.parametrize("page", RUN, ids=name)
def test_what_a_page_shows_happens(page, folder):
    """Its files, commands and prompts in order, in one folder, as a reader types them."""
    known: dict[str, Any] = {}
    for block in blocks(page):
        if block.mark.startswith("file: "):
            (folder / block.mark.removeprefix("file: ")).write_text(block.text, encoding="utf-8")
        elif block.language == "pycon":
            try_python(block, known)
        elif block.language == "console" and block.mark != "not run":
            try_commands(block)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_problems_shown_are_problems(page):
    """What has materials and demands is valid, but for files called wrong; all JSON without … is JSON."""
    for block in blocks(page):
        if block.language == "json" and "…" not in block.text and not block.mark.startswith("file: wrong"):
            text = block.text.strip()
            found = json.loads(text if text[0] in "[{" else f"{{{text}}}")
            if isinstance(found, dict) and {"materials", "demands"} <= found.keys() and "problem" not in found:
                oremix.read_problem(block.text)


def test_the_files_of_the_guide_are_what_it_builds_up():
    """Each step is the file that it says, complete and valid."""
    found = steps(WALKED)
    assert {path.name for path in FILES.glob("step-*.json")} == found.keys()
    for file, problem in found.items():
        assert json.loads((FILES / file).read_text(encoding="utf-8")) == problem
        oremix.read_problem(problem)


def test_entries_are_put_in_by_their_ids():
    """An entry that is there gets its new fields, at any depth; another is added at the end."""
    before = {"name": "a", "plants": [{"id": "p", "capacity": 1}]}
    more = {"name": "b", "plants": [{"id": "p", "capacity": 2}, {"id": "q"}], "periods": [2026]}
    assert merged(before, more) == {"name": "b", "plants": [{"id": "p", "capacity": 2}, {"id": "q"}], "periods": [2026]}
    assert before == {"name": "a", "plants": [{"id": "p", "capacity": 1}]}


def test_an_ellipsis_stands_for_what_varies():
    """Within its line, or for whole lines; all else is exact."""
    shown = as_shown("a … c\n…\nend\n")
    assert shown.fullmatch("a b c\nend\n")
    assert shown.fullmatch("a b c\nmore\nand more\nend\n")
    assert not shown.fullmatch("a b d\nend\n")
    assert not shown.fullmatch("a b c\nend\nmore\n")


def shown_commands() -> set[str]:
    """Every command of `oremix` in blocks that are not run, or within a sentence, without the shell's signs."""
    found: set[str] = set()
    for page in [ROOT / "README.md", *PAGES]:
        text = page.read_text(encoding="utf-8")
        lines = [line for block in blocks(page) if block.language == "" for line in block.text.splitlines()]
        for line in [*lines, *re.findall(r"`(oremix [^`\n]+)`", text)]:
            for part in re.split(r" [|>&] ?", line):
                found |= {part.strip()} if re.match(r"(OREMIX_\w+=\S+ )*oremix ", part) else set()
    return found


@pytest.mark.parametrize("command", sorted(shown_commands()))
def test_commands_shown_can_be_typed(command):
    """With options and arguments that there are; a sentence may leave out the file."""
    words = shlex.split(re.sub(r"[][]", "", command), comments=True)
    words = words[words.index("oremix") + 1 :]
    group: click.Command = cli
    while isinstance(group, click.Group) and words and words[0] in group.commands:
        group, words = group.commands[words[0]], words[1:]
    if words and words != ["…"]:
        with suppress(click.MissingParameter):
            group.make_context("oremix", words).close()
