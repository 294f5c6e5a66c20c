"""The service as a process, and clients that say what they like to it."""

import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import IO, Any

HEADERS = {"Content-Type": "application/json"}


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start `oremix serve` on a free port."""
    return subprocess.Popen(
        [sys.executable, "-m", "oremix", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "."} | variables,
    )


def _drain(stream: IO[str], log: IO[str]) -> None:
    """Read on, so that the service never waits for us to."""
    for line in stream:
        log.write(line)


def port_of(process: subprocess.Popen[str]) -> int:
    """The port that the service says it listens on."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"Listening at: http://[0-9.]+:(\d+)", line):
            return int(found[1])
    raise AssertionError("the service did not start")


@contextmanager
def serving(
    *arguments: str, log: IO[str] | None = None, **variables: str
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A running service, stopped at the end; gives its port and process. Nothing may be on its standard output."""
    process = start(*arguments, **variables)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        port = port_of(process)
        reader = Thread(target=_drain, args=(process.stderr, log or io.StringIO()))
        reader.start()
        ask(port, "GET", "/healthz")  # once it answers, all of it is there
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            reader.join()
            output = process.stdout.read()
            process.stdout.close()
            process.stderr.close()
    assert process.returncode == 0
    assert output == "", "only answers belong on standard output"


def ask(
    port: int, method: str, path: str, body: Any = None, **options: Any
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Ask once; gives status, headers and body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = options.pop("headers", HEADERS if body is not None else {})
    connection.request(method, path, body, headers, **options)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, response.headers, text


def post(port: int, body: Any, path: str = "/v1/solve", **options: Any) -> tuple[int, dict[str, Any]]:
    """Post a body; gives the status and the JSON of the answer."""
    status, _, text = ask(port, "POST", path, body, **options)
    return status, json.loads(text)


def converse(port: int, text: bytes) -> bytes:
    """Send bytes and then nothing more; gives all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=40) as connection:
        connection.sendall(text)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer
