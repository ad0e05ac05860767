"""Alembic's entry: runs the migrations on the connection that `engine.database.opening` hands over."""

from alembic import context
from sqlmodel import SQLModel

from campaigns import tables

assert tables.Campaign.metadata is SQLModel.metadata  # the tables are known before they are compared

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
