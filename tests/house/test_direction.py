"""One direction: api -> optimizer -> models. Read from the files, so that an unused import counts too."""

import ast
from pathlib import Path

import pytest

WEB = {"flask", "gunicorn", "werkzeug", "click", "rich"}
SOLVERS = {"pulp", "highspy"}

# folder: what nothing in it may import
FORBIDDEN = {
    "models": WEB | SOLVERS | {"oremix.optimizer", "oremix.api", "oremix.cli"},
    "optimizer": WEB | {"oremix.api", "oremix.cli"},
    "optimizer/formulation": {"highspy", "oremix.optimizer.solving", "oremix.optimizer.answering"},
    "optimizer/solving": {"oremix.models"},  # but for the errors: it knows no minerals
    "api": SOLVERS | {"oremix.cli"},
}
# What the lower folders may take from the face itself: anything else would reach through it.
FROM_THE_FACE = {"oremix.__version__"}


def imported(path: Path) -> set[str]:
    """Every name that a file imports, in full: `from a import b` imports a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def sources(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} holds no Python file"
    return found


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_go_one_direction(root: Path, folder: str) -> None:
    """No file of a folder imports what that folder must not know."""
    breaches = [
        f"{path.relative_to(root)} imports {name}"
        for path in sources(root / folder)
        for name in sorted(imported(path))
        for banned in FORBIDDEN[folder]
        if (name == banned or name.startswith(f"{banned}.")) and not name.startswith("oremix.models.errors.")
    ]
    assert breaches == []


@pytest.mark.parametrize("folder", ["models", "optimizer", "api"])
def test_no_layer_reaches_through_the_face(root: Path, folder: str) -> None:
    """No file takes from `oremix` itself what it should take from the layer that has it, but the version."""
    parts = ("oremix.models", "oremix.optimizer", "oremix.api")
    breaches = [
        f"{path.relative_to(root)} imports {name}"
        for path in sources(root / folder)
        for name in sorted(imported(path))
        if name.split(".")[0] == "oremix" and not name.startswith(parts) and name not in FROM_THE_FACE
    ]
    assert breaches == []
