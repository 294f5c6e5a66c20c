"""Jobs, runs, workers and keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32)),
        sa.Column("asked", sa.String(27), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("problem_hash", sa.String(80)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("question", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("solver", sa.String(64)),
        sa.Column("status", sa.String(16)),
        sa.Column("seconds", sa.Double),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("reusable", sa.Boolean, nullable=False),
        sa.Column("source", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    for column in ("digest", "asked", "source"):
        op.create_index(f"ix_runs_{column}", "runs", [column])
    op.create_table(
        "jobs",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("submitted", sa.String(27), nullable=False),
        sa.Column("started", sa.String(27)),
        sa.Column("finished", sa.String(27)),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(128)),
        sa.Column("beat", sa.BigInteger, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("progress", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("idempotency", sa.String(64)),
        sa.Column("body", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        sa.UniqueConstraint("run", name="uq_jobs_run"),
        sa.UniqueConstraint("idempotency", name="uq_jobs_idempotency"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_jobs_run"),
    )
    op.create_index("ix_jobs_state_number", "jobs", ["state", "number"])
    op.create_index("ix_jobs_key_state", "jobs", ["key", "state"])
    op.create_index("ix_jobs_finished", "jobs", ["finished"])
    op.create_table(
        "workers",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("started", sa.String(27), nullable=False),
        sa.Column("seen", sa.String(27), nullable=False),
        sa.Column("job", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("expires", sa.String(27)),
        sa.Column("revoked", sa.String(27)),
        sa.Column("used", sa.String(27)),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        sa.UniqueConstraint("secret", name="uq_keys_secret"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("jobs", "runs", "workers", "keys"):
        op.drop_table(table)
