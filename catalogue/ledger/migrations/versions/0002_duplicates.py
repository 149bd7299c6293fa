"""Identities of records, and the groups of duplicates they make.

Records that are there already have none until they are staged again.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "staged_identity",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_staged_identity_run"),
        sa.PrimaryKeyConstraint("id", name="pk_staged_identity"),
    )
    op.create_index("ix_staged_identity_run", "staged_identity", ["run", "identifier"])
    op.create_table(
        "identity",
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name="fk_identity_record"),
        sa.PrimaryKeyConstraint("record", "value", name="pk_identity"),
    )
    op.create_index("ix_identity_value", "identity", ["value"])
    op.create_table(
        "member",
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("representative", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.id"], name="fk_member_record"),
        sa.ForeignKeyConstraint(["representative"], ["record.id"], name="fk_member_representative"),
        sa.PrimaryKeyConstraint("record", name="pk_member"),
    )
    op.create_index("ix_member_representative", "member", ["representative"])
