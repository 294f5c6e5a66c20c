"""What Alembic runs for a migration: on the connection that it is handed, in the transaction that holds there."""

from alembic import context

from oremix.api.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
