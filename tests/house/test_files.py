import os
import re
from importlib.metadata import requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# In pieces, so that this file passes its own test.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("registry", "npmjs", "org"), ("deb", "debian", "org"))]
HOSTS.append("files.python" + "hosted.org")
MADE_HERE = {"__pycache__", "build", "dist"}


def project_files(root: Path) -> list[Path]:
    """Every file that is the project's own: no caches, no environment, no repository data."""
    found: list[Path] = []
    for at, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f == ".ci" or not (f.startswith(".") or f in MADE_HERE)]
        found += [path for name in names if (path := Path(at, name)).is_file()]
    return sorted(found)


def test_no_file_names_a_registry(root: Path) -> None:
    """Packages are asked for by name: where they come from is the machine's own setting."""
    naming = [
        f"{path.relative_to(root)}: {host}"
        for path in project_files(root)
        for host in HOSTS
        if host.encode() in path.read_bytes()
    ]
    assert naming == []


def test_constraints_are_names_and_versions(root: Path) -> None:
    """constraints.txt is name==version lines, in order, each name once: no addresses, no hashes."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][a-z0-9.]*", line)] == []
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_constraints_fix_everything_that_is_installed(root: Path, pyproject: dict[str, Any]) -> None:
    """Every package that the project, [dev] or the build needs, directly or not, has its version fixed."""
    project, build = pyproject["project"], pyproject["build-system"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["dev"], *build["requires"]]
    asked = [(Requirement(text), "") for text in listed]
    needed: set[tuple[str, str]] = set()
    while asked:
        requirement, of_extra = asked.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {extra for known, extra in needed if known == name}:
            needed.add((name, extra))
            asked += [(Requirement(text), extra) for text in requires(name) or []]
    fixed = {line.split("==")[0] for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert sorted({name for name, _ in needed} - fixed) == []
