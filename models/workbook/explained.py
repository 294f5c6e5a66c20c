"""What stands below a header: the models' own descriptions, so that they cannot drift."""

from __future__ import annotations

from oremix.models.workbook.columns import Column

__all__ = ["explained"]


def explained(column: Column) -> str:
    """What stands below a header: the model's own description, and how else the field can be written."""
    text = column.description
    if column.form.words and not all(word in text for word in column.form.words):
        text += f"{': ' if text else ''}{', '.join(column.form.words)}"
    if column.year is not None:
        return f"{text}; in {column.year}"
    if column.form.series:
        text += f"; over time: a column for each year, as `{column.header} 2026`"
    if column.form.keyed is not None:
        text += f"; a column for each, as `{column.header}.NAME`"
    elif column.form.nests:
        text += "; as JSON, or a column for each field"
    return text or column.header
