"""What the promises need: history, leases, custody, caps, consent, erasure, holds of a campaign"""

import sqlalchemy as sa
from alembic import op

from campaigns.columns import Document, Moment, RowId

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _attempts()
    _accounts()
    _campaigns()
    _people()
    _running()


def _attempts() -> None:
    for name in ("finished_keys", "event_keys"):
        op.add_column("attempt", sa.Column(name, Document, nullable=True))
    for name in ("finished_heard_at", "event_heard_at", "history_at", "history_asked_at", "absent_at"):
        op.add_column("attempt", sa.Column(name, Moment(), nullable=True))
    op.add_column("attempt", sa.Column("history_id", sa.String(), nullable=True))
    op.create_index("employee_call_phone", "employee_call", ["phone", "created_at"])
    op.add_column("attempt", sa.Column("history_connected", sa.Boolean(), nullable=True))
    op.add_column("attempt", sa.Column("history_duration", sa.Integer(), nullable=True))
    given_up = sa.text("state IN ('unplaced','unknown') AND placed_at IS NOT NULL")
    op.create_index(
        "attempt_given_up",
        "attempt",
        ["account_id", "ended_at"],
        sqlite_where=given_up,
        postgresql_where=given_up,
    )


def _accounts() -> None:
    op.add_column("account", sa.Column("caps", Document, nullable=True))
    op.create_table(
        "history_health",
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("skew_seconds", sa.Float(), nullable=True),
        sa.Column("skew_within_seconds", sa.Float(), nullable=True),
        sa.Column("clock_set_after", RowId, nullable=True),
        sa.Column("compared_at", Moment(), nullable=True),
        sa.Column("healthy_at", Moment(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("trouble_since", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "drift",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("body", Document, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drift_order", "drift", ["account_id", "made_at"])


def _campaigns() -> None:
    op.add_column("campaign", sa.Column("hold_kind", sa.String(), nullable=True))
    op.add_column("campaign", sa.Column("hold_reason", sa.String(), nullable=True))
    op.add_column("campaign", sa.Column("probe_at", Moment(), nullable=True))
    op.add_column("campaign", sa.Column("nameless_at", Moment(), nullable=True))


def _people() -> None:
    op.create_index("sms_phone", "sms", ["phone"])
    op.create_table(
        "erased",
        sa.Column("phone_hash", sa.String(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=False),
        sa.Column("scrubbed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("phone_hash"),
    )
    _partly("erased_to_scrub", "erased", "erased_at", where="scrubbed_at IS NULL")
    _partly("suppression_erasing", "suppression", "phone", where="source = 'erase'")
    op.create_table(
        "erased_trace",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index("erased_trace_age", "erased_trace", ["erased_at"])
    op.create_table(
        "consent",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("phone"),
    )


def _running() -> None:
    op.add_column("effect", sa.Column("epoch", sa.String(), nullable=True))
    op.add_column("agent", sa.Column("heard_at", Moment(), nullable=True))
    op.create_table(
        "worker",
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("renewed_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("jumps_taken", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("epoch"),
    )
    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("server", sa.String(), nullable=True),
        sa.Column("former", Document, nullable=True),
        sa.Column("quarantined_at", Moment(), nullable=True),
        sa.Column("quarantine_reason", sa.String(), nullable=True),
        sa.Column("since", Moment(), nullable=True),
        sa.Column("found", Document, nullable=True),
        sa.Column("reconciled_at", Moment(), nullable=True),
        sa.Column("released_at", Moment(), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _partly(name: str, table: str, column: str, *, where: str) -> None:
    """An index of the few rows that it is about."""
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
