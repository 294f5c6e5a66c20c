import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from typing import Any

import pytest

import oremix


def folder_files(folder: Path) -> list[Path]:
    """Every file of a package folder, without following the links in oremix/."""
    walked = [Path(at, name) for at, _, names in os.walk(folder) for name in names]
    return sorted(path for path in walked if "__pycache__" not in path.parts)


def importable(package_folders: dict[str, Path]) -> dict[str, Path]:
    """Every file of the project's packages, by the path it has where it is installed."""
    return {
        (Path(*package.split(".")) / path.relative_to(folder)).as_posix(): path
        for package, folder in package_folders.items()
        for path in folder_files(folder)
    }


def run_python(arguments: list[str], *, path: list[Path], cwd: Path) -> str:
    """What Python prints when it looks in `path` before its own packages."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, package_folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing is left in the tree."""
    copied = tmp_path_factory.mktemp("checkout")
    for folder in package_folders.values():
        target = copied / folder.relative_to(root)
        copytree(folder, target, symlinks=True, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        copy(root / name, copied)
    run_python(["-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"], path=[], cwd=copied)
    (built,) = (copied / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_installs_one_import_name(contents: set[str]) -> None:
    """A user's site-packages receives `oremix` and the wheel's metadata, nothing else."""
    assert {name.split("/")[0] for name in contents} == {"oremix", f"oremix-{oremix.__version__}.dist-info"}


def test_the_wheel_holds_every_file_of_the_packages(contents: set[str], package_folders: dict[str, Path]) -> None:
    """Every module and every data file of the tree is installed; only *.md pages stay behind."""
    expected = {name for name in importable(package_folders) if not name.endswith(".md")}
    assert {name for name in contents if name.startswith("oremix/")} == expected


def test_the_wheel_says_that_it_is_typed(contents: set[str]) -> None:
    """A user's type checker reads the installed annotations."""
    assert "oremix/py.typed" in contents


def test_every_example_is_installed(contents: set[str], root: Path) -> None:
    """Each example of the tree is JSON, and is found where an installed Oremix looks for it."""
    examples = sorted((root / "models" / "examples").glob("*.json"))
    assert examples
    for path in examples:
        json.loads(path.read_text(encoding="utf-8"))
        assert f"oremix/models/examples/{path.name}" in contents


def test_the_listed_packages_are_those_of_the_tree(package_folders: dict[str, Path], pyproject: dict[str, Any]) -> None:
    """pyproject.toml lists exactly the folders that hold Python files, and each has its __init__.py."""
    modules = [name for name in importable(package_folders) if name.endswith(".py")]
    folders = {name.rpartition("/")[0] for name in modules}
    assert {name.removesuffix("/__init__.py") for name in modules if name.endswith("/__init__.py")} == folders
    assert pyproject["tool"]["setuptools"]["packages"] == sorted(name.replace("/", ".") for name in folders)


def test_the_links_are_links_to_the_folders(root: Path, package_folders: dict[str, Path]) -> None:
    """A checkout that was never installed finds oremix.models and its siblings through relative links."""
    for package, folder in package_folders.items():
        if "." in package:
            link = root.joinpath(*package.split("."))
            assert link.readlink() == Path("..", folder.name)


@pytest.mark.parametrize("first", ["oremix", "user"])
def test_it_works_beside_a_users_own_modules(wheel: Path, tmp_path: Path, first: str) -> None:
    """Where the user has their own models.py, optimizer.py and api.py, each side finds its own."""
    installed, users = tmp_path / "installed", tmp_path / "users"
    zipfile.ZipFile(wheel).extractall(installed)  # what installing does, without pip
    users.mkdir()
    for name in ("models", "optimizer", "api"):
        (users / f"{name}.py").write_text("MINE = True\n", encoding="utf-8")
    program = (
        "import sys, oremix, oremix.api, oremix.models, oremix.optimizer, models, optimizer, api\n"
        "assert models.MINE and optimizer.MINE and api.MINE\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'oremix'), sep='\\n')\n"
    )
    path = [installed, users] if first == "oremix" else [users, installed]
    said = run_python(["-c", program], path=path, cwd=tmp_path)
    assert all(Path(line).is_relative_to(installed) for line in said.splitlines())


def test_the_command_works_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """`python -m oremix` of the wheel prints its version and the examples that it carries."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    assert oremix.__version__ in run_python(["-m", "oremix", "--version"], path=[tmp_path], cwd=tmp_path)
    said = run_python(["-m", "oremix", "examples", "lithium-japan"], path=[tmp_path], cwd=tmp_path)
    assert json.loads(said)
