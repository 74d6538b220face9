"""When time does something to a complaint stands beside it, with an index; the table of clocks was never used."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import BigInteger, Column, Integer, column, table, update

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Have every complaint looked at once: what it is due for, the next tick writes down."""
    prefix: str = context.config.attributes["prefix"]
    complaint = f"{prefix}complaint"
    op.drop_table(f"{prefix}clock")
    op.add_column(complaint, Column("next_look", BigInteger))
    op.add_column(complaint, Column("due_at", BigInteger))
    op.add_column(complaint, Column("provisional_year", Integer))
    looked_at = table(complaint, column("next_look", BigInteger))
    op.execute(update(looked_at).values(next_look=0))
    op.create_index(f"{complaint}_by_look", complaint, ["next_look", "id"])
    op.create_index(f"{complaint}_by_year", complaint, ["provisional_year", "id"])
