"""Keys in the database, on both kinds of it."""

import re

import pytest
from sqlalchemy import select, update

from oremix.api.keys import NoSuchKey, find, has_valid, known, listed, new, revoke, rotate
from oremix.api.keys.key import digest
from oremix.api.storage import days_ago, days_between, in_days, keys

SCOPES = ("solve", "read")


def test_of_a_secret_only_its_hash_is_kept(database):
    """What stands in the database tells nobody the secret, and the secret finds its key."""
    made = new(database, "ERP", SCOPES)
    with database.reading() as connection:
        row = connection.execute(select(keys)).one()
    assert made.secret not in str(row)
    assert row.secret == digest(made.secret)
    assert re.fullmatch(r"[0-9a-f]{64}", row.secret)
    found = known(database, made.secret)
    assert found is not None
    assert (found.id, found.label, found.scopes) == (made.key.id, "ERP", SCOPES)


def test_no_other_secret_finds_a_key(database):
    """Beginnings, other case, spaces and nothing at all are no secrets."""
    secret = new(database, "ERP", SCOPES).secret
    for wrong in ("", secret[:-1], secret + "0", secret.upper(), f" {secret}", digest(secret), "%", "\x00", "\ud800"):
        assert known(database, wrong) is None


def test_an_expired_key_is_good_for_nothing(database):
    """Its moment has come: it stays in the list."""
    made = new(database, "ERP", SCOPES, days=1)
    assert known(database, made.secret) is not None
    with database.begin() as connection:
        connection.execute(update(keys).values(expires=days_ago(0.001)))
    assert known(database, made.secret) is None
    assert not has_valid(database)
    assert [key.state for key in listed(database)] == ["expired"]


def test_a_revoked_key_is_good_for_nothing(database):
    """At once, for ever, and the moment of the first revocation stands."""
    made = new(database, "ERP", SCOPES)
    first = revoke(database, find(database, made.key.prefix))
    again = revoke(database, find(database, made.key.id))
    assert first.revoked == again.revoked is not None
    assert known(database, made.secret) is None
    with pytest.raises(NoSuchKey, match="is revoked"):
        rotate(database, again, 1)


def test_after_rotation_both_secrets_hold_for_a_while(database):
    """The new one is the same holder's, for as long as the old one was made for; the old one ends with the overlap."""
    old = new(database, "ERP", SCOPES, days=10)
    young = rotate(database, old.key, overlap_days=2)
    first, second = known(database, old.secret), known(database, young.secret)
    assert first is not None
    assert second is not None
    assert first.holder == second.holder == old.key.id
    assert (second.label, second.scopes) == ("ERP", SCOPES)
    assert days_between(first.created, str(first.expires)) == pytest.approx(2, abs=0.01)
    assert days_between(second.created, str(second.expires)) == pytest.approx(10, abs=0.01)


def test_no_overlap_ends_the_old_secret_at_once(database):
    """An overlap of nothing is a change of secret."""
    old = new(database, "ERP", SCOPES)
    young = rotate(database, old.key, overlap_days=0)
    assert known(database, old.secret) is None
    assert known(database, young.secret) is not None


def test_rotation_makes_no_key_last_longer(database):
    """A key that expires sooner than the overlap ends keeps its moment."""
    old = new(database, "ERP", SCOPES, days=1)
    rotate(database, old.key, overlap_days=5)
    assert find(database, old.key.id).expires == old.key.expires


def test_the_last_use_is_noted_to_the_minute(database):
    """The first use of a minute is written, the others are not."""
    secret = new(database, "ERP", SCOPES).secret
    assert listed(database)[0].used is None
    known(database, secret)
    first = listed(database)[0].used
    known(database, secret)
    assert listed(database)[0].used == first is not None
    with database.begin() as connection:
        connection.execute(update(keys).values(used=days_ago(1)))
    known(database, secret)
    assert str(listed(database)[0].used) >= first


def test_a_key_is_found_by_what_people_have_of_it(database):
    """Its id, its first characters where no other begins so, and the secret itself; anything else is told."""
    made, other = new(database, "ERP", SCOPES), new(database, "MES", SCOPES)
    for name in (made.key.id, made.key.prefix, made.secret):
        assert find(database, name).id == made.key.id
    with pytest.raises(NoSuchKey, match=other.key.id):
        find(database, "oremix_")
    for name in ("", "%", "_", "nobody", made.key.id[:8]):
        with pytest.raises(NoSuchKey, match="there is no key"):
            find(database, name)


def test_moments_beyond_the_calendar_are_its_last():
    """A key for a million years does not fail."""
    assert in_days(1e9).startswith("9999-12-31")
