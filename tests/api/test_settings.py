"""The settings of the service."""

from dataclasses import fields

import pytest

from oremix.api import Settings, create_app

NUMBERS = [field.name for field in fields(Settings) if isinstance(field.default, float)]


@pytest.mark.parametrize("name", NUMBERS)
def test_each_setting_is_read_from_its_variable(name):
    """Every setting has a variable, and the others keep their defaults."""
    settings = Settings.from_environment({f"OREMIX_{name.upper()}": "7"})
    assert settings == Settings(**{name: 7.0})


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_each_variable_is_documented(name):
    """The one place that documents the settings names each variable."""
    assert f"OREMIX_{name.upper()}:" in Settings.__doc__


@pytest.mark.parametrize("text", ["abc", "-1", "0", "nan", "inf", ""])
def test_a_wrong_variable_is_named(text):
    """A variable that holds no positive number stops the start and is named."""
    with pytest.raises(ValueError, match="OREMIX_MAX_SECONDS should be a positive number"):
        Settings.from_environment({"OREMIX_MAX_SECONDS": text})


def test_the_database_is_an_address_without_its_password():
    """A wrong address stops the start, and what is said of it holds no secret."""
    with pytest.raises(ValueError, match="OREMIX_DATABASE_URL should begin with") as raised:
        Settings.from_environment({"OREMIX_DATABASE_URL": "mysql://me:geheim@host/name"})
    assert "geheim" not in str(raised.value)
    url = "sqlite:////var/lib/oremix/oremix.db"
    assert str(Settings.from_environment({"OREMIX_DATABASE_URL": url}).open_database()) == url


def test_the_app_reads_the_environment_where_no_settings_are_given(monkeypatch):
    """Any WSGI server can run the factory as it is."""
    monkeypatch.setenv("OREMIX_MAX_BODY_MB", "2")
    monkeypatch.setenv("OREMIX_KEYS", "off")
    response = create_app().test_client().post("/v1/check", data=b" " * 2_000_001, content_type="application/json")
    assert response.get_json(force=True)["limit"]["most"] == 2_000_000


def test_two_apps_do_not_share_limits():
    """There is no global state: each app has its own settings."""
    small, large = create_app(Settings(max_body_mb=0.0001)), create_app(Settings())
    body = b" " * 1000
    statuses = [
        app.test_client().post("/v1/check", data=body, content_type="application/json").status_code
        for app in (small, large)
    ]
    assert statuses == [413, 400]
