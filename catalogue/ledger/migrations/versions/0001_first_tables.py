"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SHA256 = sa.String(64)
OPEN = sa.text("until IS NULL")


def upgrade() -> None:
    _create_work()
    _create_records()
    _create_change_log()


def _create_work() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("pace", sa.Float(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("hold_first", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("added", MOMENT, nullable=False),
        sa.Column("removed", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_table(
        "job",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("argument", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("put", MOMENT, nullable=False),
        sa.Column("claimed", MOMENT),
        sa.Column("ended", MOMENT),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_state", "job", ["state"])
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", NUMBER, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "run",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("job", NUMBER),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("offered", NUMBER, nullable=False),
        sa.Column("new", NUMBER, nullable=False),
        sa.Column("changed", NUMBER, nullable=False),
        sa.Column("unchanged", NUMBER, nullable=False),
        sa.Column("unseen", NUMBER, nullable=False),
        sa.Column("rejected", NUMBER, nullable=False),
        sa.Column("versions", NUMBER, nullable=False),
        sa.Column("changes", NUMBER, nullable=False),
        sa.Column("graph_writes", NUMBER, nullable=False),
        sa.Column("index_writes", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name="fk_run_job"),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name="fk_run_source"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_source", "run", ["source", "id"])
    op.create_table(
        "transition",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_transition_run"),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
    )
    op.create_index("ix_transition_run", "transition", ["run"])
    op.create_table(
        "finding",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("how_to_fix", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_finding_run"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    op.create_index("ix_finding_run", "finding", ["run", "id"])
    op.create_table(
        "rejection",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_rejection_run"),
        sa.PrimaryKeyConstraint("id", name="pk_rejection"),
    )
    op.create_index("ix_rejection_run", "rejection", ["run", "id"])


def _create_records() -> None:
    op.create_table(
        "staged",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("received", sa.LargeBinary(), nullable=False),
        sa.Column("received_sha256", SHA256, nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("crosswalk", sa.Text(), nullable=False),
        sa.Column("published", sa.LargeBinary()),
        sa.Column("published_sha256", SHA256),
        sa.Column("aligner", sa.Text(), nullable=False),
        sa.Column("rejection", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_staged_run"),
        sa.PrimaryKeyConstraint("id", name="pk_staged"),
        sa.UniqueConstraint("run", "identifier", name="uq_staged_run_identifier"),
    )
    op.create_table(
        "mention",
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_mention_run"),
        sa.PrimaryKeyConstraint("run", "identifier", name="pk_mention"),
    )
    op.create_table(
        "record",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.Column("missing_since", MOMENT),
        sa.Column("missed_runs", NUMBER, nullable=False),
        sa.Column("datestamp", MOMENT),
        sa.Column("crosswalk", sa.Text(), nullable=False),
        sa.Column("aligner", sa.Text(), nullable=False),
        sa.Column("rejection", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name="fk_record_source"),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("key", name="uq_record_key"),
        sa.UniqueConstraint("source", "identifier", name="uq_record_source_identifier"),
    )
    op.create_index("ix_record_identifier", "record", ["identifier"])
    op.create_table(
        "received",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", SHA256, nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("crosswalk", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name="fk_received_record"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_received_run"),
        sa.PrimaryKeyConstraint("id", name="pk_received"),
    )
    op.create_index("ix_received_record", "received", ["record"])
    op.create_index(
        "ux_received_open", "received", ["record"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "version",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", SHA256, nullable=False),
        sa.Column("crosswalk", sa.Text(), nullable=False),
        sa.Column("aligner", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name="fk_version_record"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_version_run"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("record", "number", name="uq_version_record_number"),
    )
    op.create_index("ix_version_run", "version", ["run"])
    op.create_index(
        "ux_version_open", "version", ["record"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def _create_change_log() -> None:
    op.create_table(
        "counter",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("last_change", NUMBER, nullable=False),
        sa.Column("last_datestamp", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_counter"),
    )
    op.create_table(
        "change",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run", NUMBER),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_change_run"),
        sa.PrimaryKeyConstraint("number", name="pk_change"),
    )
    op.create_table(
        "watermark",
        sa.Column("follower", sa.Text(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("follower", name="pk_watermark"),
    )
    counter = sa.table("counter", sa.column("id", NUMBER), sa.column("last_change", NUMBER))
    op.execute(sa.insert(counter).values(id=1, last_change=0))
