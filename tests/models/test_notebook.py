"""Plans in notebooks: what is shown, drawn and given as frames, in IPython itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import oremix
from oremix.models import MissingExtra, Plan
from oremix.models.plan import Record

EXAMPLES = sorted(oremix.examples())
HOSTILE = "</td><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return oremix.solve(oremix.example("lithium-japan"))


def test_a_notebook_shows_the_plan(tmp_path: Path) -> None:
    """Its cells run in IPython: the last value of a cell is shown as HTML, and the figure as Plotly's."""
    alone = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=alone, ipython_dir=str(tmp_path))
    shell.display_formatter.active_types = shell.display_formatter.format_types  # as a notebook's kernel has it
    shown: list[dict[str, Any]] = []
    shell.displayhook.write_format_data = lambda data, _metadata=None: shown.append(data)
    for cell in (
        "import oremix\nplan = oremix.solve(oremix.example('minimal'))",
        "plan",
        "plan.frames()['purchases'].set_index('supplier')['quantity (units a year)'].to_dict()",
        "type(plan.figure('sankey'))",
        "oremix.frontier(oremix.example('minimal'))",
    ):
        assert shell.run_cell(cell).success
    table, purchases, figure, study = shown
    assert "40.0 % ≤ 40.0 %" in table["text/html"]
    assert table["text/plain"].startswith("Plan(") or "optimal" in table["text/plain"]
    assert json.loads(purchases["text/plain"].replace("'", '"')) == pytest.approx(
        {"northern": 2200, "mount_weld": 3300}
    )
    assert "plotly.graph_objs" in figure["text/plain"]
    assert study["text/html"].startswith("<pre")


def test_shares_costs_and_builds_are_shown(plan: Plan) -> None:
    """As the plan has them."""
    shown = plan._repr_html_()
    for share in plan.shares:
        if share.policy is not None and share.achieved is not None and share.max is not None:
            assert f"{100 * share.achieved:.1f} % ≤ {100 * share.max:.1f} %" in shown
    for cost in plan.costs.by_period:
        assert f"{cost.annual / 1e6:,.1f}" in shown
    for build in plan.builds:
        assert build.on in shown


def test_words_of_users_are_words() -> None:
    """Nothing that an id says is an element."""
    document = json.loads(oremix.example("minimal"))
    document["name"] = document["policies"][0]["id"] = HOSTILE
    document["materials"][0]["id"] = HOSTILE
    for entry in (*document["suppliers"], *document["demands"]):
        entry["material"] = HOSTILE
    plan = oremix.solve(document)
    study = oremix.frontier(document)
    for shown in (plan._repr_html_(), study._repr_html_()):
        assert "<img" not in shown
        assert "&lt;img" in shown


def test_any_status_is_shown() -> None:
    """An infeasible problem with its reason, and no table."""
    document = json.loads(oremix.example("minimal"))
    document["suppliers"] = document["suppliers"][:1]
    shown = oremix.solve(document)._repr_html_()
    assert "No plan keeps every rule." in shown
    assert "<table" not in shown


# ---------------------------------------------------------------- frames


@pytest.mark.parametrize("name", EXAMPLES)
def test_frames_hold_every_record(name: str) -> None:
    """A row for each, with the plan's numbers, and a frame for every list of the plan's records."""
    plan = oremix.solve(oremix.example(name))
    frames = plan.frames()
    for field in Plan.model_fields:
        records = getattr(plan, field)
        if isinstance(records, list) and records and isinstance(records[0], Record):
            assert len(frames[field]) == len(records)
    assert frames["purchases"]["quantity (units a year)"].sum() == pytest.approx(
        sum(record.quantity for record in plan.purchases)
    )
    made = frames["materials_used_and_made"]
    assert made.loc[made["role"] == "made", "quantity (units a year)"].sum() == pytest.approx(
        sum(sum(run.outputs.values()) for run in plan.production)
    )
    for costs in ("costs_by_country", "costs_by_facility"):
        assert frames[costs][f"total ({plan.currency}, discounted)"].sum() == pytest.approx(plan.total_cost)
    by_period = frames["costs_by_period"].groupby("period")[f"cost ({plan.currency} a year)"].sum()
    assert by_period.to_dict() == pytest.approx({cost.period: cost.annual for cost in plan.costs.by_period})


def test_columns_say_their_units(plan: Plan) -> None:
    """Money with its label and amounts per year; numbers stay numbers, and what is not there has its columns."""
    frames = plan.frames()
    assert {"quantity (units a year)", "cost (USD a year)", "unit"} <= set(frames["purchases"].columns)
    assert {"capex (USD)", "grant (USD)"} <= set(frames["builds"].columns)
    assert "level (units)" in frames["stocks"].columns
    assert {"from", "to"} <= set(frames["shipments"].columns)
    assert pd.api.types.is_float_dtype(frames["purchases"]["quantity (units a year)"])
    assert frames["surpluses"].empty
    assert "quantity (units a year)" in frames["surpluses"].columns


def test_without_pandas_or_plotly_it_is_said_what_to_install(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the plan is shown all the same."""
    for module in ("pandas", "plotly", "plotly.graph_objects"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match="pip install pandas"):
        plan.frames()
    with pytest.raises(MissingExtra, match=r"pip install 'oremix\[report\]'"):
        plan.figure("sankey")
    assert "<table" in plan._repr_html_()


def test_a_figure_has_its_title_and_its_period(plan: Plan) -> None:
    """What the report has beside it."""
    assert plan.figure("cost").layout.title.text == "Cost by category and year"
    chosen = plan.figure("sankey", period=2030)
    assert chosen.layout.title.text == "From mine to demand, 2030"
    assert len(chosen.data) == 1
