"""What Alembic runs: the connection is ours, already in one transaction."""

from alembic import context

from storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller has begun the transaction, and ends it
    transaction_per_migration=False,
)
context.run_migrations()
