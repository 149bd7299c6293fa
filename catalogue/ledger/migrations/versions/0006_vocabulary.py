"""What curators decided of mappings, and which releases of other systems were loaded.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("counter", sa.Column("vocabulary", NUMBER, nullable=False, server_default="0"))
    op.create_table(
        "mapping_event",
        sa.Column("number", NUMBER, nullable=False, autoincrement=False),
        sa.Column("act", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mapping_event"),
    )
    op.create_index("ix_mapping_event_act", "mapping_event", ["act"])
    op.create_index("ix_mapping_event_record_id", "mapping_event", ["record_id"])
    op.create_table(
        "mapping",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("event", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["event"], ["mapping_event.number"], name="fk_mapping_event"),
        sa.PrimaryKeyConstraint("record_id", name="pk_mapping"),
    )
    op.create_index("ix_mapping_state", "mapping", ["state", "axis"])
    _table_of_releases()


def _table_of_releases() -> None:
    op.create_table(
        "release",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("term_count", NUMBER, nullable=False),
        sa.Column("concept_count", NUMBER, nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("additions", sa.LargeBinary(), nullable=False),
        sa.Column("applied", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("replaced", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
    )
    present = sa.text("replaced IS NULL")
    op.create_index(
        "ux_release_present",
        "release",
        ["system"],
        unique=True,
        sqlite_where=present,
        postgresql_where=present,
    )
