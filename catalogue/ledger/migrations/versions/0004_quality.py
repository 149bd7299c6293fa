"""What was found of the quality of each record, and how far the checks have come.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quality",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("accept", sa.Boolean(), nullable=False),
        sa.Column("eucaim", sa.Boolean(), nullable=False),
        sa.Column("ehds", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_quality"),
    )
    op.create_table(
        "quality_state",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("watermark", NUMBER, nullable=False),
        sa.Column("made_with", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_state"),
    )
