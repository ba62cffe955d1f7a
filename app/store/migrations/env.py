"""Where Alembic begins: runs the steps on the connection that ``app.store.schema`` hands over; its thread."""

from alembic import context

from app.store.models import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transaction_per_migration=False
)
with context.begin_transaction():
    context.run_migrations()
