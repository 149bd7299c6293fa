"""Which tables the ledger has.

source ── run ──┬── transition, finding, rejection
                ├── staged, mention            what a run found, until it is applied
                └── staged_identity            by which identifiers others know it, until then
record ─────────┬── received                   every version as the provider gave it
                ├── version                    every version as published
                ├── identity                   by which identifiers others know it
                └── member                     which records are one dataset, and who represents it
source ─────────┬── alias                      under which other identifiers it gave a record
                └── notice                     what people are told of it, and whether they were
counter, change, watermark                     the change log, its lock and its followers
quality, quality_state                         what was found of each record, and how far the checks are
mapping_event ── mapping                       what curators decided of words, and what holds at present
release                                        which releases of other systems were loaded
job, lease                                     what is to be done, and who does it

A version is valid from ``since`` until ``until``; the open one (``until`` is null) is the present one.
"""

import importlib.metadata
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
SHA256: Final = String(64)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Prose(TypeDecorator[str]):
    """Text that came from outside: PostgreSQL keeps neither NUL nor half a surrogate pair."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def running_version() -> str:
    """Of this software, as it is installed."""
    return importlib.metadata.version("eucaim-catalogue")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Prose, nullable=False),
    Column("pace", Float, nullable=False),
    Column("options", JSON, nullable=False),
    Column("hold_first", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("added", Moment, nullable=False),
    Column("removed", Moment),
    Column("token_sha256", SHA256, nullable=False, server_default=""),
    Column("condition", Text, nullable=False, server_default=""),
    Column("relist_after", Moment),
)

job = Table(
    "job",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("argument", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("put", Moment, nullable=False),
    Column("claimed", Moment),
    Column("ended", Moment),
    Column("message", Prose, nullable=False),
    Index("ix_job_state", "state"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", NUMBER, nullable=False),
    Column("expires", Moment, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("source", Text, ForeignKey("source.id"), nullable=False),
    Column("job", NUMBER, ForeignKey("job.id")),
    Column("state", Text, nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("message", Prose, nullable=False),
    Column("offered", NUMBER, nullable=False),
    Column("new", NUMBER, nullable=False),
    Column("changed", NUMBER, nullable=False),
    Column("unchanged", NUMBER, nullable=False),
    Column("unseen", NUMBER, nullable=False),
    Column("rejected", NUMBER, nullable=False),
    Column("versions", NUMBER, nullable=False),
    Column("changes", NUMBER, nullable=False),
    Column("graph_writes", NUMBER, nullable=False),
    Column("index_writes", NUMBER, nullable=False),
    Column("withdrawn", NUMBER, nullable=False, server_default="0"),
    Column("mode", Text, nullable=False, server_default="full"),
    Column("resumed", NUMBER, nullable=False, server_default="0"),
    Column("crashes", NUMBER, nullable=False, server_default="0"),
    Column("left_in_order", Boolean, nullable=False, server_default=false()),
    Column("stop_requested", Boolean, nullable=False, server_default=false()),
    Column("pages", NUMBER),
    Column("total", NUMBER),
    Column("complete", Boolean),
    Column("incomplete_because", Prose, nullable=False, server_default=""),
    Column("proves_absence", Boolean),
    Column("as_of", Moment),
    Column("worth_retrying", Boolean, nullable=False, server_default=true()),
    Column("not_before", Moment),
    # Whoever starts a run; after an update another one may go on with it.
    Column("software", Text, nullable=False, server_default="", default=running_version),
    Index("ix_run_source", "source", "id"),
)

transition = Table(
    "transition",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("cause", Prose, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False),
    Column("identifier", Prose, nullable=False),
    Column("severity", Text, nullable=False),
    Column("focus", Prose, nullable=False),
    Column("path", Prose, nullable=False),
    Column("value", Prose, nullable=False),
    Column("message", Prose, nullable=False),
    Column("how_to_fix", Prose, nullable=False),
    Index("ix_finding_run", "run", "id"),
)

rejection = Table(
    "rejection",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False),
    Column("identifier", Prose, nullable=False),
    Column("reason", Prose, nullable=False),
    Index("ix_rejection_run", "run", "id"),
)

staged = Table(
    "staged",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False),
    Column("identifier", Prose, nullable=False),
    Column("key", Text, nullable=False),
    Column("subject", Prose, nullable=False),
    Column("received", LargeBinary, nullable=False),
    Column("received_sha256", SHA256, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("crosswalk", Text, nullable=False),
    Column("published", LargeBinary),
    Column("published_sha256", SHA256),
    Column("aligner", Text, nullable=False),
    Column("rejection", Prose, nullable=False),
    Column("title", Prose, nullable=False, server_default=""),
    Column("patients", NUMBER),
    Column("given", Prose, nullable=False, server_default=""),
    UniqueConstraint("run", "identifier"),
)

staged_identity = Table(
    "staged_identity",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False),
    Column("identifier", Prose, nullable=False),
    Column("value", Prose, nullable=False),
    Index("ix_staged_identity_run", "run", "identifier"),
)

mention = Table(
    "mention",
    metadata,
    Column("run", NUMBER, ForeignKey("run.id"), primary_key=True),
    Column("identifier", Prose, primary_key=True),
    Column("kind", Text, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key", Prose, nullable=False, unique=True),
    Column("source", Text, ForeignKey("source.id"), nullable=False),
    Column("identifier", Prose, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("missing_since", Moment),
    Column("missed_runs", NUMBER, nullable=False),
    Column("datestamp", Moment),
    Column("crosswalk", Text, nullable=False),
    Column("aligner", Text, nullable=False),
    Column("rejection", Prose, nullable=False),
    Column("title", Prose, nullable=False, server_default=""),
    Column("patients", NUMBER),
    Column("withdrawal", Prose, nullable=False, server_default=""),
    Column("restored", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("source", "identifier"),
)

received = Table(
    "received",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("record", NUMBER, ForeignKey("record.id"), nullable=False, index=True),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sha256", SHA256, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("crosswalk", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)
Index(
    "ux_received_open",
    received.c.record,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)

version = Table(
    "version",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("record", NUMBER, ForeignKey("record.id"), nullable=False),
    Column("run", NUMBER, ForeignKey("run.id"), nullable=False, index=True),
    Column("number", NUMBER, nullable=False),
    Column("subject", Prose, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sha256", SHA256, nullable=False),
    Column("crosswalk", Text, nullable=False),
    Column("aligner", Text, nullable=False),
    Column("why", Prose, nullable=False, server_default=""),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    UniqueConstraint("record", "number"),
    # Holds all that a snapshot asks for.
    Index("ix_version_shown", "record", "since", "until"),
)
Index(
    "ux_version_open",
    version.c.record,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)

identity = Table(
    "identity",
    metadata,
    Column("record", NUMBER, ForeignKey("record.id"), primary_key=True),
    Column("value", Prose, primary_key=True, index=True),
)

member = Table(
    "member",
    metadata,
    Column("record", NUMBER, ForeignKey("record.id"), primary_key=True, autoincrement=False),
    Column("representative", NUMBER, ForeignKey("record.id"), nullable=False, index=True),
)

alias = Table(
    "alias",
    metadata,
    Column("source", Text, ForeignKey("source.id"), primary_key=True),
    Column("given", Prose, primary_key=True),
    Column("identifier", Prose, nullable=False),
    Column("why", Prose, nullable=False),
    Column("at", Moment, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("source", Text, ForeignKey("source.id"), nullable=False),
    Column("run", NUMBER, ForeignKey("run.id")),
    Column("kind", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("text", Prose, nullable=False),
    Column("at", Moment, nullable=False),
    Column("tries", NUMBER, nullable=False),
    Column("next_try", Moment),
    Column("sent", Moment),
    Column("error", Prose, nullable=False),
    Column("told", Text, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("last_change", NUMBER, nullable=False),
    Column("last_datestamp", Moment),
    Column("vocabulary", NUMBER, nullable=False, server_default="0"),
)

change = Table(
    "change",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("run", NUMBER, ForeignKey("run.id"), index=True),
    Column("at", Moment, nullable=False),
)

watermark = Table(
    "watermark",
    metadata,
    Column("follower", Text, primary_key=True),
    Column("number", NUMBER, nullable=False),
)

quality = Table(
    "quality",
    metadata,
    Column("key", Text, primary_key=True),
    Column("subject", Prose, nullable=False),
    Column("version", NUMBER, nullable=False),
    Column("accept", Boolean, nullable=False),
    Column("eucaim", Boolean, nullable=False),
    Column("ehds", Boolean, nullable=False),
    Column("findings", JSON, nullable=False),
)

quality_state = Table(
    "quality_state",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("watermark", NUMBER, nullable=False),
    Column("made_with", Text, nullable=False),
)

mapping_event = Table(
    "mapping_event",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("act", NUMBER, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", Prose, nullable=False),
    Column("verb", Text, nullable=False),
    Column("record_id", Prose, nullable=False, index=True),
    Column("content", Prose, nullable=False),
    Column("why", Prose, nullable=False),
)

mapping = Table(
    "mapping",
    metadata,
    Column("record_id", Prose, primary_key=True),
    Column("state", Text, nullable=False),
    Column("axis", Text, nullable=False),
    Column("word", Prose, nullable=False),
    Column("source", Prose, nullable=False),
    Column("content", Prose, nullable=False),
    Column("event", NUMBER, ForeignKey("mapping_event.number"), nullable=False),
    Index("ix_mapping_state", "state", "axis"),
)

release = Table(
    "release",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("system", Prose, nullable=False),
    Column("version", Prose, nullable=False),
    Column("title", Prose, nullable=False),
    Column("licence", Prose, nullable=False),
    Column("sha256", SHA256, nullable=False),
    Column("term_count", NUMBER, nullable=False),
    Column("concept_count", NUMBER, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("additions", LargeBinary, nullable=False),
    Column("applied", Moment, nullable=False),
    Column("who", Prose, nullable=False),
    Column("replaced", Moment),
)
Index(
    "ux_release_present",
    release.c.system,
    unique=True,
    sqlite_where=text("replaced IS NULL"),
    postgresql_where=text("replaced IS NULL"),
)
