import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pyproject(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def package_folders(root: Path, pyproject: dict[str, Any]) -> dict[str, Path]:
    """Each top-level package and the folder it lives in: oremix.models -> models."""
    return {name: root / folder for name, folder in pyproject["tool"]["setuptools"]["package-dir"].items()}
