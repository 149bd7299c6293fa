"""How a database of any age is brought to the tables of this version."""

import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from catalogue.errors import LedgerUnavailable
from catalogue.ledger.engine import Database

_LOCK_NUMBER: Final = 0x0CA7A106
# Alembic keeps the migration under way in one variable of the process.
_ONE_AT_A_TIME: Final = threading.Lock()


def upgrade(database: Database) -> None:
    """Nothing is written if the database is up to date. Of two processes that open one at once, one waits."""
    scripts = _configuration()
    known = ScriptDirectory.from_config(scripts)
    newest = known.get_current_head()
    with _ONE_AT_A_TIME:
        with database.reading() as connection:
            found = _revision(connection)
        if found == newest:
            return
        with database.writing() as connection:
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
            _refuse_newer(_revision(connection), known)
            scripts.attributes["connection"] = connection
            command.upgrade(scripts, "head")


def _configuration() -> Config:
    scripts = Config()
    scripts.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    scripts.set_main_option("path_separator", "os")
    return scripts


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(found: str | None, known: ScriptDirectory) -> None:
    if found is not None and found not in {each.revision for each in known.walk_revisions()}:
        raise LedgerUnavailable(
            f"the ledger's database was made by a newer version of the catalogue (its revision is {found}); "
            "install that version, or restore a backup made with this one"
        )
