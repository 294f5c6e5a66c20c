"""compose.yaml and Dockerfile: of the shape that Docker takes, with commands and variables that exist, no secret."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from oremix.api import Settings
from oremix.cli import cli

KEYS = {
    *("image", "build", "user", "command", "environment", "depends_on", "restart", "init", "read_only", "tmpfs"),
    *("cap_drop", "security_opt", "ports", "volumes", "mem_limit", "stop_grace_period", "deploy", "healthcheck"),
    "shm_size",
}
"""Keys of a service in the Compose specification, as far as we use them."""
SERVICES = ("service", "worker", "database")
OURS = ("service", "worker")


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    """The file, read."""
    return yaml.safe_load((root / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dockerfile(root: Path) -> str:
    """The text of the Dockerfile."""
    return (root / "Dockerfile").read_text(encoding="utf-8")


def test_it_has_the_service_its_workers_and_a_database(compose):
    """And nothing else; each key is one that Compose knows."""
    assert tuple(compose["services"]) == SERVICES
    assert {key for key in compose if not key.startswith("x-")} == {"services", "volumes"}
    for service in compose["services"].values():
        assert set(service) <= KEYS
        assert isinstance(service.get("volumes", []), list)
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"]
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "test" in compose["services"][other]["healthcheck"]


@pytest.mark.parametrize("name", OURS)
def test_the_commands_are_commands(compose, name):
    """Each is one of `oremix`, with options that it has."""
    program, command, *options = compose["services"][name]["command"]
    assert program == "oremix"
    found = cli.commands[command]
    context = found.make_context(command, [str(option) for option in options])
    assert isinstance(context, click.Context)
    if name == "service":
        assert context.params["host"] == "0.0.0.0"  # noqa: S104 - of the container
        assert context.params["job_workers"] == 0


@pytest.mark.parametrize("name", SERVICES)
def test_it_may_do_as_little_as_it_needs(compose, name):
    """No root, no capabilities, nothing written but where it must be."""
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service.get("user", "of the image") != "root"


def test_the_image_is_not_root(dockerfile):
    """Its user is a number, which a cluster can check."""
    assert re.findall(r"^USER (.*)$", dockerfile, flags=re.MULTILINE) == ["10001"]


def test_no_secret_stands_in_it(compose):
    """The password comes from outside, and its absence is an error."""
    asked = "${OREMIX_DATABASE_PASSWORD:?put it into .env}"
    assert compose["services"]["database"]["environment"]["POSTGRES_PASSWORD"] == asked
    for name in OURS:
        environment = compose["services"][name]["environment"]
        assert environment["PGPASSWORD"] == asked
        assert environment["OREMIX_DATABASE_URL"] == "postgresql://oremix@database/oremix"


def test_the_variables_exist(compose, dockerfile):
    """Each that begins with OREMIX_ is a setting, and has a value that is taken."""
    names = {f"OREMIX_{field.name.upper()}" for field in fields(Settings)}
    for name in OURS:
        environment = compose["services"][name]["environment"]
        ours = {key for key in environment if key.startswith("OREMIX_")}
        assert ours <= names
        assert environment["OREMIX_KEYS"] == "${OREMIX_KEYS:-auto}"
    assert set(re.findall(r"OREMIX_[A-Z_]+", dockerfile)) <= names


def test_it_is_published_to_this_machine_alone(compose):
    """Unless its operator says otherwise."""
    assert compose["services"]["service"]["ports"] == ["${OREMIX_ADDRESS:-127.0.0.1:8000}:8000"]
    assert "ports" not in compose["services"]["database"]


def test_it_is_given_the_time_to_end(compose):
    """As long as the longest request may take, and half a minute more."""
    grace = int(compose["services"]["service"]["stop_grace_period"].removesuffix("s"))
    assert grace >= Settings().max_request_seconds + 30


def test_memory_holds_what_the_settings_allow(compose):
    """A worker and the largest job."""
    memory = int(compose["services"]["worker"]["mem_limit"].removesuffix("g")) * 1e3
    assert memory > Settings().max_job_memory_mb + 200


def test_health_is_asked_for(compose, dockerfile):
    """Of the service by the image, of the database by its own program; workers listen nowhere."""
    assert "/healthz" in dockerfile.partition("HEALTHCHECK")[2]
    assert compose["services"]["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert compose["services"]["worker"]["healthcheck"] == {"disable": True}
    assert "healthcheck" not in compose["services"]["service"]
    assert "'.[postgres,excel,report]'" in dockerfile
