"""The history of the tables, for Alembic. A new form of them is a new file in versions/, and its name here."""

__all__ = ["HEAD"]

HEAD = "0002"
