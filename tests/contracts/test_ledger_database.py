"""What the ledger promises of its database: it comes up from anything, and fails plainly."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from catalogue.errors import LedgerUnavailable, SettingsInvalid
from catalogue.ledger import Ledger
from catalogue.ledger.engine import Database
from catalogue.ledger.tables import metadata, received, version
from tests.contracts.ledger_builders import config, harvest, record, row_counts

Opener = Callable[..., Ledger]


def test_the_migrations_make_the_tables_that_the_code_names(open_ledger: Opener) -> None:
    with open_ledger()._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_an_upgraded_database_writes_nothing(open_ledger: Opener) -> None:
    mine = open_ledger()
    before = mine.data_version()
    open_ledger()
    assert mine.data_version() == before


def test_an_old_database_is_upgraded_with_what_it_holds(open_ledger: Opener, ledger_url: str) -> None:
    """The oldest state of a ledger is an empty database beside foreign tables."""
    database = Database.at(ledger_url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE foreign_table (id INTEGER)"))
    database.close()
    ledger = open_ledger()
    ledger.add_source(config())
    with ledger._database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM foreign_table")).scalar_one() == 0


def test_a_newer_database_is_refused_with_the_reason(open_ledger: Opener, ledger_url: str) -> None:
    with open_ledger()._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerUnavailable, match=r"newer version of the catalogue.*9999"):
        Ledger.open(ledger_url)


def test_processes_that_open_a_new_database_at_once_all_get_it(ledger_url: str) -> None:
    program = "import sys; from catalogue.ledger import Ledger; print(Ledger.open(sys.argv[1]).last_change())"
    openers = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", program, ledger_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    told = [opener.communicate(timeout=120)[0].strip() for opener in openers]
    assert told == ["0", "0", "0"]


def test_threads_that_open_a_new_database_at_once_all_get_it(open_ledger: Opener) -> None:
    with ThreadPoolExecutor(4) as threads:
        ledgers = list(threads.map(lambda _: open_ledger(), range(4)))
    assert [ledger.last_change() for ledger in ledgers] == [0, 0, 0, 0]


def test_moments_come_back_in_utc(open_ledger: Opener) -> None:
    ledger = open_ledger()
    row = ledger.add_source(config())
    assert row.added.tzinfo is UTC
    assert ledger.source("lisbon").added == row.added


def test_what_was_written_is_there_after_reopening(open_ledger: Opener) -> None:
    first = open_ledger()
    first.add_source(config())
    harvest(first, record("a"))
    first.close()
    assert open_ledger().published("key-a").triples == record("a").published


def test_bytes_are_kept_compressed(open_ledger: Opener) -> None:
    ledger = open_ledger()
    ledger.add_source(config())
    harvest(ledger, record("a", "a long text " * 1000))
    with ledger._database.reading() as connection:
        for body in (version.c.body, received.c.body):
            assert len(connection.execute(select(body)).scalar_one()) < 1000


def test_a_worker_killed_anywhere_leaves_a_run_whole_or_not_at_all(
    open_ledger: Opener, ledger_url: str
) -> None:
    """SIGKILL at eight moments of a harvest of 300 records."""
    ledger = open_ledger()
    ledger.add_source(config())
    for moment in range(8):
        worker = subprocess.Popen(
            [sys.executable, "-c", _HARVEST, ledger_url, str(moment)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert worker.stdout
        worker.stdout.readline()
        time.sleep(moment * 0.03)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        counts = row_counts(ledger)
        assert counts["version"] % 300 == counts["change"] % 300 == 0
        assert counts["version"] == ledger.last_change()
        ledger.abandon_runs("lisbon", "killed")
        assert row_counts(ledger)["staged"] == 0


_HARVEST = """
import sys
from catalogue.ledger import Ledger
from tests.contracts.ledger_builders import applied, record
ledger = Ledger.open(sys.argv[1])
run = ledger.start_run("lisbon")
print("started", flush=True)
ledger.stage(run.id, (record(f"r{number}", sys.argv[2]) for number in range(300)))
applied(ledger, run.id, complete=True)
"""


def test_an_address_that_nobody_answers_is_told_plainly() -> None:
    with pytest.raises(LedgerUnavailable, match=r"127\.0\.0\.1:9"):
        Ledger.open("postgresql://me:secret@127.0.0.1:9/ledger?connect_timeout=5")


def test_a_password_is_not_told() -> None:
    with pytest.raises(LedgerUnavailable) as failure:
        Ledger.open("postgresql://me:secret@127.0.0.1:9/ledger?connect_timeout=5")
    assert "secret" not in str(failure.value)


def test_a_file_that_is_no_database_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("this is a letter, not a database " * 100)
    with pytest.raises(LedgerUnavailable, match="not a database"):
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "no address"])
def test_an_address_of_no_supported_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        Ledger.open(url)


def test_a_full_disk_is_told_and_leaves_what_was(tmp_path: Path) -> None:
    """SQLite's own limit of pages stands for the disk."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    ledger.add_source(config())
    harvest(ledger, record("a"))
    run = ledger.start_run("lisbon")
    with ledger._database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    noise = os.urandom(1_000_000).hex()
    with pytest.raises(LedgerUnavailable, match="full"):
        ledger.stage(run.id, [record("b", noise)])
    assert ledger.count_live() == 1
    assert row_counts(ledger)["staged"] == 0
    ledger.close()


def test_sqlite_runs_with_its_safeguards(tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with ledger._database.reading() as connection:
        asked = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        told = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in asked]
    ledger.close()
    assert told == ["wal", 1, 30_000, 2]


def test_all_published_records_are_read_in_constant_memory(tmp_path: Path) -> None:
    """Some 38 MB of triples pass through a process that holds a batch of 2 MB at a time."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    ledger.add_source(config())
    harvest(ledger, *(record(f"r{number}", f"{number} " * 10_000) for number in range(1000)))
    tracemalloc.start()
    read = sum(len(each.triples) for each in ledger.iterate_published(batch=50))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ledger.close()
    assert read > 30_000_000
    assert peak < 8_000_000
