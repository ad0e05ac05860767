"""All of LiraX: several accounts, agents, directories, deals, calls of employees, an outbox with intents"""

import sqlalchemy as sa
from alembic import op

from campaigns.columns import Document, Moment, RowId

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _accounts()
    _attempts()
    _effects()
    _crm()
    _agents()
    _employee_calls()


def _accounts() -> None:
    columns: list[sa.Column[object]] = [
        sa.Column("next_webhook_token", sa.String(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False, server_default="10"),
        sa.Column("extensions", Document, nullable=True),
        sa.Column("modems", Document, nullable=True),
        sa.Column("history_url", sa.String(), nullable=True),
        sa.Column("history_login", sa.String(), nullable=True),
        sa.Column("history_password", sa.String(), nullable=True),
        sa.Column("push_suppressions", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("capabilities", Document, nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
    ]
    for column in columns:
        op.add_column("account", column)


def _attempts() -> None:
    op.add_column("attempt", sa.Column("answered_at", Moment(), nullable=True))
    op.add_column("attempt", sa.Column("agent", sa.String(), nullable=True))
    op.add_column("attempt", sa.Column("abandoned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attempt", sa.Column("utm", Document, nullable=True))


def _effects() -> None:
    """An effect belongs to an account; its campaign and person are optional now."""
    op.add_column("effect", sa.Column("account_id", RowId, nullable=True))
    op.add_column("effect", sa.Column("provider_id", sa.String(), nullable=True))
    op.add_column("effect", sa.Column("sent_at", Moment(), nullable=True))
    op.add_column("effect", sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("effect", sa.Column("repeated_at", Moment(), nullable=True))
    effect = sa.table("effect", sa.column("account_id"), sa.column("campaign_id"))
    campaign = sa.table("campaign", sa.column("id"), sa.column("account_id"))
    of_campaign = sa.select(campaign.c.account_id).where(campaign.c.id == effect.c.campaign_id)
    op.execute(sa.update(effect).values(account_id=of_campaign.scalar_subquery()))
    with op.batch_alter_table("effect") as batch_op:
        batch_op.alter_column("account_id", existing_type=RowId, nullable=False)
        batch_op.alter_column("campaign_id", existing_type=RowId, nullable=True)
        batch_op.alter_column("recipient_id", existing_type=RowId, nullable=True)
        batch_op.create_foreign_key("effect_account", "account", ["account_id"], ["id"])
    op.drop_index("effect_queue", table_name="effect")
    op.create_index("effect_queue", "effect", ["account_id", "state", "due_at"])
    going_on = sa.text("kind = 'campaign' AND state = 'queued'")
    op.create_index("effect_going_on", "effect", ["due_at"], sqlite_where=going_on, postgresql_where=going_on)


def _crm() -> None:
    op.create_table(
        "deal",
        sa.Column("recipient_id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("ext", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sum", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"]),
        sa.PrimaryKeyConstraint("recipient_id"),
    )
    op.create_table(
        "crm_contact",
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("ext", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "phone"),
    )


def _agents() -> None:
    op.create_table(
        "agent",
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("ext", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("status_at", Moment(), nullable=False),
        sa.Column("heard_in", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "ext"),
    )
    op.create_table(
        "directory",
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entries", Document, nullable=False),
        sa.Column("fetched_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "kind"),
    )


def _employee_calls() -> None:
    op.create_table(
        "employee_call",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("campaign_id", RowId, nullable=True),
        sa.Column("ext", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("employee_call_provider", "employee_call", ["account_id", "provider_id"])
    op.create_index("employee_call_order", "employee_call", ["created_at", "id"])
