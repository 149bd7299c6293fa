"""How Alembic meets the database: on the connection, and in the transaction, that ``upgrade`` gives it."""

from alembic import context

from catalogue.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
