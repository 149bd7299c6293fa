"""What was shown at a moment is told by an index alone, without reading the versions' bodies.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_version_shown", "version", ["record", "since", "until"])
