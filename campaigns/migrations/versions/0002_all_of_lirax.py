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
    _heard_calls()
    _inbox()


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
    op.add_column("attempt", sa.Column("joined_at", Moment(), nullable=True))
    op.add_column("attempt", sa.Column("abandoned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attempt", sa.Column("utm", Document, nullable=True))
    op.add_column("attempt", sa.Column("callid_plain", sa.String(), nullable=True))
    attempt = sa.table("attempt", sa.column("callid"), sa.column("callid_plain"))
    op.execute(sa.update(attempt).values(callid_plain=sa.func.replace(attempt.c.callid, "-", "")))
    op.drop_index("attempt_callid", "attempt")
    op.create_index("attempt_callid", "attempt", ["account_id", "callid_plain"])


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
        "roll_call",
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
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
        sa.Column("callid", sa.String(), nullable=True),
        sa.Column("callid_plain", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("deadline", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("keys", Document, nullable=True),
        sa.Column("recording", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("employee_call_provider", "employee_call", ["account_id", "provider_id"])
    op.create_index("employee_call_order", "employee_call", ["created_at", "id"])
    op.create_index("employee_call_callid", "employee_call", ["account_id", "callid_plain"])
    op.create_index("employee_call_call_id", "employee_call", ["account_id", "call_id"])
    op.create_index("employee_call_campaign", "employee_call", ["campaign_id", "id"])
    still_open = sa.text("state IN ('placing','placed','answered','unknown')")
    op.create_index(
        "employee_call_open",
        "employee_call",
        ["phone"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _inbox() -> None:
    dead = sa.text("dead")
    op.create_index("inbox_dead", "inbox", ["account_id", "id"], sqlite_where=dead, postgresql_where=dead)


def _heard_calls() -> None:
    op.create_table(
        "heard_call",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("callid", sa.String(), nullable=False),
        sa.Column("callid_plain", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("attempt_id", RowId, nullable=True),
        sa.Column("ext", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("heard_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("recording", sa.String(), nullable=True),
        sa.Column("utm", Document, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "callid"),
    )
    op.create_index("heard_call_plain", "heard_call", ["account_id", "callid_plain"])
    op.create_index("heard_call_phone", "heard_call", ["phone", "heard_at"])
    op.create_index("heard_call_attempt", "heard_call", ["attempt_id"])
