"""Two hosts with one PostgreSQL, and the network between them cut and healed: `python -m tests.two_hosts`.

Needs root, Linux and `ip` (Debian's iproute2). The hosts are network namespaces on one switch, itself a namespace, so
that a cut is what a cut is: no link goes down, packets just no longer arrive. On host one are PostgreSQL and two
workers, on host two are two workers. Jobs of a second or two are worked on all the while; the network is cut for less
than a lease, for longer, and again and again. Ends with 1 if a job was lost, or came to an end twice.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from oremix.api.jobs.queue import Queue, submit
from oremix.api.storage import Database, jobs
from tests.api.jobs.crew import Crew, all_have_ended, endings, keep_book, states, wait_until
from tests.api.jobs.entry import question
from tests.postgres import Postgres

IP = shutil.which("ip") or "ip"
LEASE = 6.0
CUTS = (2.0, 15.0, 1.0, 1.0, 20.0, 9.0)
"""Seconds: less than a lease, more, and about as long."""
JOBS = 160
ONE, TWO, SWITCH = (f"oremix-{name}" for name in ("one", "two", "switch"))
ADDRESS = {ONE: "10.213.77.1", TWO: "10.213.77.2"}


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def ip(*arguments: str) -> None:
    """Run `ip`."""
    subprocess.run([IP, *arguments], check=True)


def connect() -> None:
    """Make the hosts and the switch between them."""
    for name in (ONE, TWO, SWITCH):
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
    ip("-n", SWITCH, "link", "add", "bridge", "type", "bridge")
    ip("-n", SWITCH, "link", "set", "bridge", "up")
    for name in (ONE, TWO):
        port = name.removeprefix("oremix-")
        ip("link", "add", port, "netns", SWITCH, "type", "veth", "peer", "name", "wire", "netns", name)
        ip("-n", SWITCH, "link", "set", port, "master", "bridge", "up")
        ip("-n", name, "address", "add", f"{ADDRESS[name]}/24", "dev", "wire")
        ip("-n", name, "link", "set", "wire", "up")


def disconnect() -> None:
    """Remove all of it."""
    for name in (ONE, TWO, SWITCH):
        subprocess.run([IP, "netns", "delete", name], check=False, stderr=subprocess.DEVNULL)


def cut(seconds: float) -> None:
    """Let no packet pass between the hosts for some seconds."""
    ip("-n", SWITCH, "link", "set", "two", "nomaster")
    time.sleep(seconds)
    ip("-n", SWITCH, "link", "set", "two", "master", "bridge")


def work(folder: Path) -> list[str]:
    """On host one: start everything, cut and heal; gives what is wrong."""
    server = Postgres(folder / "postgres", ADDRESS[ONE])
    database = Database(server.new_database())
    keep_book(database)
    queue = Queue(database)
    submitted = [submit(queue, question("nap", seconds=1 + n % 3)) for n in range(JOBS)]
    lease = {"OREMIX_LEASE_SECONDS": str(LEASE)}
    near = Crew(database, 2, folder / "one.log", **lease)
    far = Crew(database, 2, folder / "two.log", within=(IP, "netns", "exec", TWO), **lease)
    with near, far:
        wait_until(lambda: len(workers(database)) >= 4)
        for seconds in CUTS:
            cut(seconds)
            say(f"cut for {seconds:g} s: {states(database)}")
            time.sleep(LEASE)
        wait_until(lambda: all_have_ended(database), 300)
    done, ends = states(database), endings(database)
    with database.reading() as connection:
        deaths = connection.scalars(select(jobs.c.deaths)).all()
        hosts = Counter(name in worked(folder / "two.log") for name in connection.scalars(select(jobs.c.id)))
    say(f"{done}; taken from a worker of which nothing was heard: {sum(deaths)}; with host two: {hosts[True]}")
    database.close()
    server.stop()
    wrong = [f"{identity} came to an end {ends[identity]} times" for identity in submitted if ends[identity] != 1]
    if done != {"done": JOBS}:
        wrong.append(f"not all are done: {done}")
    if sum(deaths) == 0 or hosts[True] < JOBS / 10:
        wrong.append("the cuts met no work")
    return wrong


def workers(database: Database) -> set[str]:
    """Who works."""
    with database.reading() as connection:
        return set(connection.scalars(select(jobs.c.worker).where(jobs.c.state == "running")))


def worked(log: Path) -> str:
    """What workers said."""
    return log.read_text(encoding="utf-8")


def main() -> int:
    """Set up the hosts, and go on as a program of host one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.within is not None:
        wrong = work(given.within)
        say("\n".join(wrong) or "no job was lost, none came to an end twice")
        return 1 if wrong else 0
    disconnect()
    try:
        connect()
        with TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            (Path(folder) / "postgres").mkdir()
            command = [sys.executable, "-m", "tests.two_hosts", "--within", folder]
            return subprocess.run([IP, "netns", "exec", ONE, *command], env=os.environ, check=False).returncode
    finally:
        disconnect()


if __name__ == "__main__":
    sys.exit(main())
