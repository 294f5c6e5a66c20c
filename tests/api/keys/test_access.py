"""Who may ask for what."""

import logging

import pytest

from oremix.api import Settings, create_app, solving
from oremix.api.app import OPERATIONS
from oremix.api.keys import find, new, revoke, rotate

OPEN = {"health", "openapi", "docs", "style", "ready", "workbench", "workbench_style", "module"}


@pytest.fixture
def settings(tmp_path):
    """Settings of a service that asks for keys."""
    return Settings(database_url=f"sqlite:///{tmp_path}/keys.db", keys="on")


@pytest.fixture
def secrets(settings):
    """A secret for each scope."""
    database = settings.open_database()
    yield {scope: new(database, f"who may {scope}", (scope,)).secret for scope in ("solve", "read", "admin")}
    database.close()


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def ask(client, operation, headers):
    """Ask for an operation, with nothing that it could use."""
    path = operation.path.replace("{name}", "main.js" if operation.name == "module" else "minimal")
    return client.open(path, method=operation.method, headers=headers)


def test_without_a_key_only_what_tells_nothing_is_answered(settings, refused):
    """Everything else is 401 with what to send, whatever else is wrong with the request."""
    client = create_app(settings).test_client()
    for operation in OPERATIONS:
        response = ask(client, operation, {})
        assert operation.public == (operation.name in OPEN)
        if operation.public:
            assert response.status_code == (503 if operation.name == "ready" else 200)  # there is no worker
            continue
        refused(response, 401)
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="oremix"'
        assert "Authorization: Bearer" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    "given",
    [
        "Bearer nonsense",
        "Bearer",
        "Bearer ",
        "Basic b3JlbWl4Og==",
        "Token x",
        "oremix_0",
        "Bearer \u00e9",
        "Bearer a b c",
    ],
)
def test_a_wrong_header_is_401_and_is_not_repeated(settings, refused, given, caplog):
    """Unknown keys and other ways of authentication are refused; what was sent is nowhere."""
    client = create_app(settings).test_client()
    response = client.get("/v1/examples", headers={"Authorization": given})
    refused(response, 401)
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="oremix", error="')
    assert "nonsense" not in response.text + caplog.text


def test_each_scope_opens_what_it_is_for(settings, secrets, refused, minimal):
    """`solve` posts, `read` gets, `admin` does both; the scope that is missing is named."""
    client = create_app(settings).test_client()
    for operation in OPERATIONS:
        for scope, secret in secrets.items():
            response = ask(client, operation, bearer(secret))
            if operation.public or scope in {operation.scope, "admin"}:
                assert response.status_code not in {401, 403}
                continue
            problem = refused(response, 403)
            assert problem["scope"] == operation.scope
            assert f'error="insufficient_scope", scope="{operation.scope}"' in response.headers["WWW-Authenticate"]
            assert secret not in response.text
    assert client.post("/v1/check", json=minimal, headers=bearer(secrets["solve"])).status_code == 200


def test_a_revoked_key_is_out_at_once(settings, secrets):
    """The next request is refused, in every process: nothing is remembered."""
    client = create_app(settings).test_client()
    assert client.get("/v1/examples", headers=bearer(secrets["read"])).status_code == 200
    database = settings.open_database()
    revoke(database, find(database, secrets["read"]))
    database.close()
    assert client.get("/v1/examples", headers=bearer(secrets["read"])).status_code == 401


def test_the_secret_is_in_no_log(settings, secrets, monkeypatch, caplog, minimal):
    """Neither of a request that is answered, nor of one that fails inside."""
    caplog.set_level(logging.DEBUG)
    client = create_app(settings).test_client()

    def fail(*_args, **_options):
        raise RuntimeError("broken")

    monkeypatch.setattr(solving, "solve", fail)
    response = client.post("/v1/solve", json=minimal, headers=bearer(secrets["solve"]))
    assert response.status_code == 500
    assert "broken" in caplog.text
    for text in (caplog.text, response.text):
        assert secrets["solve"] not in text
        assert secrets["solve"].partition("_")[2] not in text


def test_without_its_database_nobody_gets_in(tmp_path, refused):
    """A key that cannot be looked up is no key; where no key is needed the service answers."""
    (tmp_path / "file").write_text("")
    settings = Settings(database_url=f"sqlite:///{tmp_path}/file/oremix.db", keys="on")
    client = create_app(settings).test_client()
    response = client.get("/v1/examples", headers=bearer("x"))
    problem = refused(response, 503)
    assert str(tmp_path) not in str(problem)
    assert client.get("/healthz").status_code == 200


def test_from_the_environment_keys_are_needed(monkeypatch):
    """Under a WSGI server of somebody else's nothing says who can reach it."""
    monkeypatch.delenv("OREMIX_KEYS", raising=False)
    assert create_app().test_client().get("/v1/examples").status_code == 401
    monkeypatch.setenv("OREMIX_KEYS", "off")
    assert create_app().test_client().get("/v1/examples").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("oremix", 200),
        ("rebound.example.com", 421),
        ("rebound.example.com:8000", 421),
        ("192.168.1.4:8000", 421),
    ],
)
def test_on_this_machine_a_foreign_name_is_refused(refused, host, status):
    """A page on the internet that lets its own name lead to this machine reads nothing here."""
    client = create_app(Settings(keys="local")).test_client()
    response = client.get("/v1/examples", headers={"Host": host})
    if status == 421:
        assert "OREMIX_KEYS" in refused(response, 421)["detail"]
    assert response.status_code == status


def test_a_rotated_key_sees_the_jobs_of_the_old_one(settings, minimal):
    """They are its holder's."""
    client = create_app(settings).test_client()
    database = settings.open_database()
    old, other = (new(database, name, ("solve", "read")) for name in ("ERP", "MES"))
    body = {"kind": "solve", "problem": minimal}
    address = client.post("/v1/jobs", json=body, headers=bearer(old.secret)).headers["Location"]
    young = rotate(database, old.key, 0)
    database.close()
    found = [client.get(address, headers=bearer(one.secret)).status_code for one in (old, young, other)]
    assert found == [401, 200, 404]
