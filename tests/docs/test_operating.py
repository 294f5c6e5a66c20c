"""The page on operating says what there is: metrics, labels, reasons, fields of the log."""

import re
from pathlib import Path

import pytest

from oremix.api.metrics.families import FAMILIES
from oremix.api.metrics.layout import NOWHERE, REASONS

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
NAMES = {family.name for family in FAMILIES}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_metric_has_a_row_with_its_labels(family):
    """A name in an alarm can be looked up."""
    labels = ", ".join(f"`{label}`" for label in family.labels)
    assert re.search(rf"^\| `{family.name}` \| {re.escape(labels)} ?\|", PAGE, flags=re.MULTILINE)


def test_no_other_metric_is_promised():
    """An alarm on what is not there would be silent for ever."""
    named = {re.sub(r"_(count|bucket|sum)$", "", name) for name in re.findall(r"\boremix_[a-z_]+\b", PAGE)}
    assert named - NAMES == set()


def test_every_reason_and_the_word_for_nothing_are_explained():
    """As in the labels."""
    for word in (*REASONS, NOWHERE):
        assert f"`{word}`" in PAGE


def test_every_field_of_the_log_is_explained():
    """Those of a request, of a job, and of every line."""
    fields = "time level logger process message request operation asker job kind attempt worker client method path "
    fields += "status bytes seconds waited error"
    table = PAGE.partition("| field | is |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+)`", table)) >= set(fields.split())
