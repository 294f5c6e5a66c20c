"""Requests that nobody means well: made at random from a seed, sent to a real service, and what came of them.

`python -m tests.hostile 10000` starts a service, sends so many, and ends with 1 where the service was impressed.
"""

import argparse
import copy
import gzip
import json
import random
import re
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import oremix
from tests.serving import ask, serving

MINIMAL = json.loads(oremix.example("minimal"))
PLAN = json.loads(oremix.solve(MINIMAL).to_json())
BODIES: dict[str, Any] = {
    "/v1/check": MINIMAL,
    "/v1/solve?time_limit=1": MINIMAL,
    "/v1/compliance": {"problem": MINIMAL, "plan": PLAN},
    "/v1/why": {"problem": MINIMAL, "id": "mount_weld"},
    "/v1/verify": {"problem": MINIMAL, "plan": PLAN},
    "/v1/studies/compare": {"first": PLAN, "second": PLAN},
    "/v1/studies/frontier?time_limit=1": {"problem": MINIMAL, "options": {"points": 3}},
    "/v1/studies/stress?time_limit=1": {"problem": MINIMAL, "options": {}},
    "/v1/jobs": {"kind": "solve", "problem": MINIMAL, "options": {"time_limit": 1}},
}
NUMBERS = (
    *("1e308", "-1e308", "1e-320", "5e-324", "1e309", "-1e309", "NaN", "Infinity", "-Infinity", "-0", "0.0", "1E+9999"),
    *("0x10", "01", ".5", "1.", "+1", "1_000", "9" * 400, "9" * 5000, "0." + "0" * 5000 + "1", "1e" + "9" * 50, "--1"),
    *("18446744073709551616", "9007199254740993", "1e15", "1e-15", "true", "null"),
)
GOOD_NUMBERS = (
    "1e308",
    "-1e308",
    "1e-320",
    "-0",
    "0.0",
    "9007199254740993",
    "1e15",
    "1e-15",
    "true",
    "null",
    "9" * 400,
)
TEXTS = (
    *("\\ud800", "\\udfff\\ud800", "\\u0000", "\u202eevil", "\u0301" * 500, "\U0001f4a3", "\ufeff", "a" * 100_000, ""),
    *("../../etc/passwd", "${jndi:ldap://x}", "'; DROP TABLE jobs; --", "<script>alert(1)</script>", "%s%n", "\\u202e"),
    *("*", "CN", "free", "\u0000", "\\", '"', "\x1b[31m", "__proto__", "\u00e9", "e\u0301", " japan", "japan "),
)
RAW = (
    *(
        b"",
        b" ",
        b"{",
        b"[",
        b"nul",
        b"-",
        b"1e",
        b"[1,]",
        b"{}\x00",
        b"\x00",
        b'{"a":}',
        b"// {}",
        b"{'a': 1}",
        b"{} {}",
    ),
    *(b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1f\x8b\x08\x00"),
    *(b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b'{"\\ud800": 1}', b"{}" * 1000, b'{"problem":{"problem":{}}}'),
)
LENGTHS = ("0", "1", "99999", "-1", "x", "", "1" * 18, "1" * 400, "+5", "0x10", "5, 5")
HEADERS = (
    *("Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: x", "Content-Length: 7"),
    *(
        "Content-Encoding: deflate",
        "Content-Encoding: br",
        "Content-Encoding: gzip, gzip",
        "Content-Encoding: " + "x" * 999,
    ),
    *("Expect: 100-continue", "Expect: 200-ok", "Authorization: Bearer \u202e\u0301", "Authorization: " + "x" * 999),
    *("Idempotency-Key: ", "Idempotency-Key: \u00e9\x01", "Idempotency-Key: " + "k" * 999, "If-None-Match: *, W/x"),
    *(
        "X: " + "y" * 9000,
        "X-\u00e9: y",
        "X y: z",
        ": y",
        "X",
        "\tX: y",
        "Range: bytes=0-0,1-1,2-2",
        "Cookie: " + "a=b;" * 99,
    ),
    *("Host: other", "X-Forwarded-For: 1.2.3.4", "X-HTTP-Method-Override: DELETE", "Accept: text/html", "Upgrade: h2c"),
)
TYPES = ("text/plain", "", "application/json; charset=utf-16", "\u00e9", "a/b" * 900, "application/json; charset=\x01")
QUERIES = ("?gap=nan", "?x=%00", "?time_limit=1e999", "?" + "a=b&" * 300, "%00", "/..%2f", "#x", "?gap=%ff", "?=", "??")
PATHS = ("/v1/jobs/%00", "/v1/examples/%ff", "//", "/%2e%2e/etc/passwd", "*", "x", "http://[::1/", "/" + "a" * 3000, "")
METHODS = ("PUT", "PATCH", "TRACE", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "post", "\u00e9", "A" * 300, "")
HOSTS = (b"Host: ", b"Host: a b", b"Host: \xff", b"Host: [::1", b"X: y", b"Host: a.b.example.com", b"Host: 1:2:3")
VERSIONS = (b"HTTP/1.0", b"HTTP/9.9", b"HTTP/x", b"", b"HTTP/1.1\r\n folded: x", b"HTTP/1.1\nX: y")
SECONDS = 40.0
CLIENTS = 6


@dataclass
class Found:
    """What came of it all."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0


# ---------------------------------------------------------------- bodies


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every entry of a document: what it stands in, and its key there."""
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [place for key, value in list(inner) for place in [(document, key), *places(value)]]


def bent(rng: random.Random, document: Any) -> bytes:
    """A document with anything in place of some entries."""
    changed = copy.deepcopy(document)
    holes: dict[str, str] = {}
    for number in range(rng.randint(1, 4)):
        where, key = rng.choice(places(changed))
        hole = f"hole {number}"
        holes[f'"{hole}"'] = anything(rng)
        where[key] = hole
    text = json.dumps(changed, ensure_ascii=rng.random() < 0.5)
    for hole, value in holes.items():
        text = text.replace(hole, value)
    return text.encode("utf-8", "surrogatepass")


def anything(rng: random.Random) -> str:
    """Anything that may stand in JSON, or should not."""
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice(GOOD_NUMBERS if kind else NUMBERS)
    if kind < 5:
        return f'"{rng.choice(TEXTS)}"'
    if kind == 5:
        depth = rng.choice((1, 50, 900, 1000, 20_000))
        return rng.choice(("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth))
    if kind == 6:
        return "[" + ",".join(rng.choice(NUMBERS) for _ in range(rng.choice((0, 3, 1000)))) + "]"
    return "{" + ",".join(f'"{rng.choice(TEXTS)}":{rng.choice(NUMBERS)}' for _ in range(rng.randint(0, 3))) + "}"


def broken(rng: random.Random, document: Any) -> bytes:
    """The text of a document with bytes changed, lost, doubled or cut off."""
    text = bytearray(json.dumps(document).encode())
    for _ in range(rng.randint(1, 10)):
        at = rng.randrange(len(text))
        match rng.randrange(4):
            case 0:
                text[at] = rng.randrange(256)
            case 1:
                del text[at : at + rng.randint(1, 30)]
            case 2:
                text[at:at] = text[at : at + 30] or b","
            case 3 if rng.random() < 0.3:
                del text[at:]
        text = text or bytearray(b"x")
    return bytes(text)


def wide(rng: random.Random, document: Any) -> bytes:
    """A document of which one list or object is very long, or which nests very deeply."""
    match rng.randrange(4):
        case 0:
            return b"[" * rng.choice((1000, 100_000, 2_000_000))
        case 1:
            return b'{"a":' * rng.choice((1000, 100_000))
        case 2:
            return json.dumps(document | {"suppliers": [{"id": str(i)} for i in range(20_500)]}).encode()
        case _:
            return json.dumps(document | {str(i): i for i in range(50_000)}).encode()


def made(rng: random.Random, document: Any) -> bytes:
    """A hostile body."""
    kind = rng.random()
    if kind < 0.75:
        return bent(rng, document)
    if kind < 0.9:
        return broken(rng, document)
    if kind < 0.985:
        return rng.choice(RAW)
    return wide(rng, document)


# ---------------------------------------------------------------- requests


def request(path: str, body: bytes, *more: str, method: str = "POST", kind: str = "application/json") -> bytes:
    """A request as it should be."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return "\r\n".join([*head, "", ""]).encode("utf-8", "surrogatepass") + body


def chunked(rng: random.Random, path: str, body: bytes) -> bytes:
    """A body in chunks, some of which are none."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b""
    while body:
        size = rng.randint(1, 5000)
        said = rng.choice((b"%x" % len(body[:size]),) * 30 + (b"-1", b"zz", b"ffffffffffffffff", b"%x;x=y" % size, b""))
        chunks += said + b"\r\n" + body[:size] + b"\r\n"
        body = body[size:]
    return head.encode() + chunks + rng.choice((b"0\r\n\r\n",) * 5 + (b"", b"0\r\nX: y\r\n\r\n", b"0"))


def odd(rng: random.Random, path: str, body: bytes) -> bytes:
    """A request that lies, or is none."""
    whole = request(path, body)
    kinds: list[Callable[[], bytes]] = [
        lambda: whole.replace(f"Content-Length: {len(body)}".encode(), b"Content-Length: " + pick(LENGTHS).encode()),
        lambda: request(path, body, pick(HEADERS)),
        lambda: request(path, body, pick(HEADERS), pick(HEADERS)),
        lambda: request(path, gzip.compress(b" " * 5_000_000), "Content-Encoding: gzip"),
        lambda: request(path, gzip.compress(body)),
        lambda: request(path, body, kind=pick(TYPES)),
        lambda: request(path + pick(QUERIES), body),
        lambda: request(pick(PATHS), body),
        lambda: request(path, body, method=pick(METHODS)),
        lambda: request(path, body, *(f"X-{i}: y" for i in range(pick((50, 150))))),
        lambda: whole.replace(b"Host: localhost", pick(HOSTS)),
        lambda: whole.replace(b"HTTP/1.1", pick(VERSIONS)),
        lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        lambda: rng.randbytes(200) + b"\r\n\r\n",
        lambda: b"\r\n\r\n" + whole,
    ]
    pick = rng.choice
    return pick(kinds)()


def sent(rng: random.Random) -> tuple[bytes, str]:
    """What is sent, and how: whole, in pieces, cut short and waited for, or cut short and torn off."""
    path = rng.choice(list(BODIES))
    body = made(rng, BODIES[path])
    kind = rng.random()
    if kind < 0.55:
        return request(path, body), "whole"
    if kind < 0.65:
        return chunked(rng, path, body), "whole"
    if kind < 0.9:
        return odd(rng, path, body), "whole"
    text = request(path, body)
    cut = text[: rng.randrange(1, len(text))]
    return (text, "pieces") if kind < 0.93 else (cut, rng.choice(("half", "torn")))


# ---------------------------------------------------------------- what comes of it


def converse(port: int, text: bytes, how: str) -> bytes:
    """Send it so, and give all that comes back; nothing where the line is cut."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        with suppress(BrokenPipeError, ConnectionResetError):
            if how == "pieces":
                for start in range(0, len(text), 1 + len(text) // 10):
                    client.sendall(text[start : start + 1 + len(text) // 10])
                    time.sleep(0.01)
            else:
                client.sendall(text)
            if how == "torn":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return b""
            client.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(ConnectionResetError):
            while chunk := client.recv(65_536):
                answer += chunk
        return answer


def fault_of(answer: bytes, *, of_head: bool) -> str:
    """What is wrong with an answer; nothing where it is one of those described."""
    head, _, body = answer.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
    if found is None:
        return "no HTTP"
    status = int(found[1])
    checks = {
        f"status {status}": status >= 500 and status not in {501, 503},  # 501: a transfer coding that is not known
        "an error in another shape": status >= 400 and b"application/problem+json" not in head,
        "no security headers": b"X-Content-Type-Options: nosniff" not in head,
        "internals in the answer": any(text in body for text in (b"Traceback", b"site-packages", b".py")),
        "no JSON": not (is_json(body) or (not body and (of_head or b"\r\nContent-Length: 0" in head))),
    }
    return ", ".join(name for name, holds in checks.items() if holds)


def is_json(body: bytes) -> bool:
    try:
        json.loads(body, parse_constant=int)  # which refuses what is no JSON: NaN, Infinity
    except ValueError:
        return False
    return True


def attack(port: int, numbers: range, seed: int, found: Found | None = None) -> Found:
    """Send the requests of these numbers, some at a time, and add to what was found."""
    found = found or Found()

    def one(number: int) -> None:
        text, how = sent(random.Random(f"{seed} {number}"))  # noqa: S311 - they are to be the same each time
        started = time.monotonic()
        try:
            answer = converse(port, text, how).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        except TimeoutError:
            found.wrong.append(f"request {number}: no answer in {SECONDS:g} s")
            return
        found.slowest = max(found.slowest, time.monotonic() - started)
        if not answer and how in {"torn", "half"}:
            found.statuses["none: the client had gone"] += 1
            return
        found.statuses[answer[9:12].decode("latin-1") or "none"] += 1
        if fault := fault_of(answer, of_head=text.startswith(b"HEAD ")):
            found.wrong.append(f"request {number}, {how}: {fault}: {text[:300]!r} -> {answer[:300]!r}")

    with ThreadPoolExecutor(CLIENTS) as threads:
        for _ in threads.map(one, numbers):
            pass
    return found


def children(pid: int) -> list[int]:
    """The workers that answer requests."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return sorted(
        int(child) for child in listed if b"worker" not in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[3:5]
    )


def megabytes(pid: int) -> float:
    """The memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6


def slow(port: int, count: int) -> Iterator[socket.socket]:
    """Clients that send a part and then nothing."""
    for number in range(count):
        client = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        text = request("/v1/check", b"{" + b" " * 1000)
        client.sendall(text[: (20, len(text) - 900)[number % 2]])
        yield client


def campaign(count: int, seed: int, say: Callable[[str], None]) -> list[str]:
    """Start a service, send so many, and give what is wrong."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
        variables = {"XDG_DATA_HOME": folder, "OREMIX_MAX_SECONDS": "5"}
        with serving("--workers", "4", "--job-workers", "1", log=log, **variables) as (port, process):
            before = {pid: megabytes(pid) for pid in children(process.pid)}
            held = list(slow(port, min(40, count // 25)))
            found = attack(port, range(count // 2), seed)
            for client in held:
                client.close()
            half = {pid: megabytes(pid) for pid in children(process.pid)}
            attack(port, range(count // 2, count), seed, found)
            after = {pid: megabytes(pid) for pid in children(process.pid)}
            wrong = found.wrong + ([] if before.keys() == after.keys() else ["workers died"])
            if ask(port, "GET", "/healthz")[0] != 200:
                wrong.append("no health")
        log.seek(0)
        wrong += [line for line in log if "Traceback" in line or "request failed" in line]
    grown = max(after[pid] - half[pid] for pid in half.keys() & after.keys())
    say(f"answers: {dict(sorted(found.statuses.items()))}")
    say(f"slowest answer: {found.slowest:.1f} s")
    memory = [f"{max(sizes.values()):.0f} MB" for sizes in (before, half, after)]
    say(f"the largest worker: {memory[0]} at first, {memory[1]} after half of them, {memory[2]} in the end")
    if grown > 30:
        wrong.append(f"a worker grew by {grown:.0f} MB in the second half")
    return wrong


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    wrong = campaign(arguments.count, arguments.seed, print)
    for line in wrong[:50]:
        sys.stdout.write(line + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
