"""The database behind a URL, of either kind."""

import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select

from oremix.api.storage import Database, NewerSchema, StorageUnavailable, days_ago, keys, now, pack, unpack
from oremix.api.storage.migrations import HEAD
from oremix.api.storage.tables import metadata
from oremix.api.storage.upgrading import configuration


def a_key(number):
    """A row of the table of keys."""
    return {
        "id": f"key{number}",
        "holder": f"key{number}",
        "prefix": "ok_1234",
        "secret": f"{number:064}",
        "scopes": "solve",
        "label": "somebody",
        "created": now(),
    }


def count(database):
    """How many keys there are."""
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(keys))


def test_migrations_make_the_tables_that_the_code_has(url):
    """Upgraded from nothing, a database differs in nothing from the tables in the code."""
    database = Database(url)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_the_head_is_the_last_migration(database):
    """The name that the quick look compares with is that of the newest file."""
    with database.reading() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [HEAD]


def test_an_upgrade_can_be_taken_back(database):
    """Down to nothing and up again."""
    with database.begin() as connection:
        command.downgrade(configuration(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    again = Database(database.url)
    assert count(again) == 0
    again.close()


def test_many_can_upgrade_at_once(url):
    """Processes that start together all find the tables, and none fails."""
    program = "import sys; from oremix.api.storage import Database; Database(sys.argv[1]).upgrade()"
    started = [subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE) for _ in range(4)]
    outcomes = [(process.communicate()[1], process.returncode) for process in started]
    assert outcomes == [(b"", 0)] * 4
    database = Database(url)
    assert count(database) == 0
    database.close()


def test_tables_of_a_newer_version_are_refused(database):
    """An older Oremix does not work on tables that it does not know."""
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    later = Database(database.url)
    with pytest.raises(NewerSchema, match="newer Oremix"):
        count(later)
    later.close()


def test_a_transaction_holds_whole_or_not_at_all(database):
    """What was written before an error is not kept."""

    def fail():
        with database.begin() as connection:
            connection.execute(keys.insert().values(a_key(1)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert count(database) == 0


def test_many_writers_wait_for_each_other(database):
    """Transactions that read and then write do not fail each other, and no step of any is lost."""
    with database.begin() as connection:
        connection.execute(keys.insert().values(a_key(1) | {"label": "0"}))

    def add(_number):
        with database.begin() as connection:
            query = select(keys.c.label) if database.is_sqlite else select(keys.c.label).with_for_update()
            label = connection.scalar(query)
            connection.execute(keys.update().values(label=str(int(label) + 1)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(40)))
    with database.reading() as connection:
        assert connection.scalar(select(keys.c.label)) == "40"


def test_readers_do_not_wait_for_a_writer(database):
    """While one writes, others read what held before."""
    with database.begin() as connection:
        connection.execute(keys.insert().values(a_key(1)))
        seen = []
        reader = threading.Thread(target=lambda: seen.append(count(database)))
        reader.start()
        reader.join(timeout=5)
        assert seen == [0]
    assert count(database) == 1


def test_a_database_that_is_not_there_is_unavailable():
    """Nobody listens at that port; the error is the storage's own, without the password."""
    database = Database("postgresql://somebody:geheim@127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable) as raised:
        count(database)
    assert "geheim" not in str(raised.value)
    assert "geheim" not in str(database)


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path):
    """A file stands where the folder of the database would be."""
    (tmp_path / "file").touch()
    database = Database(f"sqlite:///{tmp_path}/file/oremix.db")
    with pytest.raises(StorageUnavailable, match="cannot make"):
        count(database)


def test_a_file_is_its_owners_alone(tmp_path):
    """Nobody else on the machine may read it or the files that SQLite lays beside it."""
    database = Database(f"sqlite:///{tmp_path}/new/oremix.db")
    with database.begin() as connection:
        connection.execute(keys.insert().values(a_key(1)))
        found = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()}
    assert "oremix.db-wal" in found
    assert set(found.values()) == {0o600}


@pytest.mark.parametrize("url", ["", "oracle://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_what_is_no_address_of_a_database_is_said(url):
    """Neither a database that is not shared, nor one of another kind."""
    with pytest.raises(ValueError, match="should"):
        Database(url)


def test_moments_sort_as_they_follow_each_other():
    """They are of one form, and can be compared as text."""
    moments = [days_ago(1e9), days_ago(400), days_ago(1), now(), now()]
    assert moments == sorted(moments)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment) for moment in moments)


def test_documents_are_stored_as_they_are():
    """Nothing is lost by packing."""
    assert unpack(pack("{…}".encode())) == "{…}".encode()
