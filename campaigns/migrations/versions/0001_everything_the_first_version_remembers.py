"""Everything the first version remembers"""

import sqlalchemy as sa
from alembic import op

from campaigns.columns import Document, Moment, RowId

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lirax_url", sa.String(), nullable=False),
        sa.Column("lirax_token", sa.String(), nullable=True),
        sa.Column("webhook_token", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("hold_kind", sa.String(), nullable=True),
        sa.Column("hold_reason", sa.String(), nullable=True),
        sa.Column("probe_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_table(
        "app_user",
        sa.Column("id", RowId, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "first_run",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "suppression",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("phone"),
    )
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.create_index("suppression_order", ["added_at", "phone"], unique=False)

    op.create_table(
        "app_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", RowId, nullable=False),
        sa.Column("form_token", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("app_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("definition", Document, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("had_recipients", sa.Boolean(), nullable=False),
        sa.Column("start_at", Moment(), nullable=True),
        sa.Column("end_at", Moment(), nullable=True),
        sa.Column("last_claim_at", Moment(), nullable=True),
        sa.Column("credit", sa.Float(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "idempotency",
        sa.Column("key_id", RowId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", Document, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["api_key.id"],
        ),
        sa.PrimaryKeyConstraint("key_id", "key"),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index("idempotency_age", ["created_at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("cmd", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("body", Document, nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("applied_at", Moment(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "inbox_orphans",
            ["account_id", "received_at"],
            unique=False,
            sqlite_where=sa.text("verdict = 'orphan'"),
            postgresql_where=sa.text("verdict = 'orphan'"),
        )
        batch_op.create_index("inbox_subject", ["account_id", "subject"], unique=False)
        batch_op.create_index(
            "inbox_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("applied_at IS NULL AND NOT dead"),
            postgresql_where=sa.text("applied_at IS NULL AND NOT dead"),
        )

    op.create_table(
        "line_slot",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt_id", RowId, nullable=True),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "number"),
    )
    with op.batch_alter_table("line_slot", schema=None) as batch_op:
        batch_op.create_index("line_slot_attempt", ["attempt_id"], unique=False)

    op.create_table(
        "modem",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("free_at", Moment(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "number"),
    )
    op.create_table(
        "audio",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("campaign_id", RowId, nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    with op.batch_alter_table("audio", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audio_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "recipient",
        sa.Column("id", RowId, nullable=False),
        sa.Column("campaign_id", RowId, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("best", sa.String(), nullable=True),
        sa.Column("last_result", sa.String(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("closes_at", Moment(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("zones", sa.String(), nullable=True),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("not_after", Moment(), nullable=True),
        sa.Column("wait_reason", sa.String(), nullable=True),
        sa.Column("variables", Document, nullable=True),
        sa.Column("data", Document, nullable=False),
        sa.Column("keys", Document, nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("last_attempt_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("phone", "campaign_id", "round"),
    )
    with op.batch_alter_table("recipient", schema=None) as batch_op:
        batch_op.create_index(
            "recipient_external",
            ["external_id"],
            unique=False,
            postgresql_ops={"external_id": "text_pattern_ops"},
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.create_index("recipient_list", ["campaign_id", "state", "id"], unique=False)
        batch_op.create_index(
            "recipient_queue",
            ["campaign_id", "closes_at", "turn", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending','waiting')"),
            postgresql_where=sa.text("state IN ('pending','waiting')"),
        )

    op.create_table(
        "tally",
        sa.Column("campaign_id", RowId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.PrimaryKeyConstraint("campaign_id", "kind", "word"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("campaign_id", RowId, nullable=False),
        sa.Column("recipient_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("callid", sa.String(), nullable=True),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("deadline", Moment(), nullable=False),
        sa.Column("placed_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("duration_success", sa.Boolean(), nullable=True),
        sa.Column("event_status", sa.String(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("keys", Document, nullable=True),
        sa.Column("recording", sa.String(), nullable=True),
        sa.Column("fired", Document, nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recipient_id", "number"),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("attempt_callid", ["account_id", "callid"], unique=False)
        batch_op.create_index("attempt_campaign", ["campaign_id", "claimed_at"], unique=False)
        batch_op.create_index(
            "attempt_deadline",
            ["deadline"],
            unique=False,
            sqlite_where=sa.text("state IN ('placing','ambiguous','placed')"),
            postgresql_where=sa.text("state IN ('placing','ambiguous','placed')"),
        )
        batch_op.create_index(
            "attempt_one_open",
            ["account_id", "phone"],
            unique=True,
            sqlite_where=sa.text("state IN ('placing','ambiguous','placed')"),
            postgresql_where=sa.text("state IN ('placing','ambiguous','placed')"),
        )
        batch_op.create_index("attempt_phone", ["phone", "ended_at"], unique=False)
        batch_op.create_index(
            "attempt_provider",
            ["account_id", "provider_id"],
            unique=True,
            sqlite_where=sa.text("provider_id IS NOT NULL"),
            postgresql_where=sa.text("provider_id IS NOT NULL"),
        )

    op.create_table(
        "effect",
        sa.Column("id", RowId, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("campaign_id", RowId, nullable=False),
        sa.Column("recipient_id", RowId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", Document, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause"),
    )
    with op.batch_alter_table("effect", schema=None) as batch_op:
        batch_op.create_index("effect_campaign", ["campaign_id", "state"], unique=False)
        batch_op.create_index("effect_queue", ["state", "due_at"], unique=False)
        batch_op.create_index("effect_recipient", ["recipient_id"], unique=False)

    op.create_table(
        "sms",
        sa.Column("id", RowId, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("modem_id", RowId, nullable=False),
        sa.Column("campaign_id", RowId, nullable=False),
        sa.Column("recipient_id", RowId, nullable=False),
        sa.Column("ext", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.ForeignKeyConstraint(
            ["modem_id"],
            ["modem.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipient.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause"),
    )
    with op.batch_alter_table("sms", schema=None) as batch_op:
        batch_op.create_index("sms_campaign", ["campaign_id", "state"], unique=False)
        batch_op.create_index("sms_provider", ["account_id", "provider_id"], unique=False)
        batch_op.create_index("sms_queue", ["modem_id", "state", "due_at"], unique=False)
        batch_op.create_index("sms_recipient", ["recipient_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first version")
