"""What holding, resuming, withdrawing and restoring need, changed identifiers, and what people are told.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _columns_of_sources_and_runs()
    _columns_of_records()
    op.create_table(
        "alias",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name="fk_alias_source"),
        sa.PrimaryKeyConstraint("source", "given", name="pk_alias"),
    )
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run", NUMBER),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("next_try", MOMENT),
        sa.Column("sent", MOMENT),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name="fk_notice_source"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_notice_run"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )


def _columns_of_sources_and_runs() -> None:
    op.add_column("source", sa.Column("token_sha256", sa.String(64), nullable=False, server_default=""))
    op.add_column("source", _text("condition"))
    op.add_column("source", sa.Column("relist_after", MOMENT))
    for column in (
        _number("withdrawn"),
        sa.Column("mode", sa.Text(), nullable=False, server_default="full"),
        _number("resumed"),
        _number("crashes"),
        _flag("left_in_order"),
        _flag("stop_requested"),
        sa.Column("pages", NUMBER),
        sa.Column("total", NUMBER),
        sa.Column("complete", sa.Boolean()),
        _text("incomplete_because"),
        sa.Column("proves_absence", sa.Boolean()),
        sa.Column("as_of", MOMENT),
        sa.Column("worth_retrying", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("not_before", MOMENT),
        _text("software"),
    ):
        op.add_column("run", column)


def _columns_of_records() -> None:
    for table in ("staged", "record"):
        op.add_column(table, _text("title"))
        op.add_column(table, sa.Column("patients", NUMBER))
    op.add_column("staged", _text("given"))
    op.add_column("record", _text("withdrawal"))
    op.add_column("record", _flag("restored"))
    op.add_column("version", _text("why"))
    op.create_index("ix_change_run", "change", ["run"])


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, NUMBER, nullable=False, server_default="0")


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
