"""The page of a plan: whole, of itself alone, and with every word of its users shown as a word."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

import oremix
from oremix.models import InvalidProblem, MissingExtra, Plan, Problem, needed, read_problem
from oremix.models.studies.reading import read_study

EXAMPLES = sorted(oremix.examples())
EMPTY = {"meta", "link", "br", "img", "input"}


class Page(HTMLParser):
    """The elements of a page with their attributes, its text, and whether all is closed that is opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module", params=EXAMPLES)
def solved(request: pytest.FixtureRequest) -> tuple[Problem, Plan]:
    problem = read_problem(oremix.example(request.param))
    return problem, oremix.solve(problem)


def infeasible() -> dict[str, Any]:
    document = json.loads(oremix.example("minimal"))
    document["policies"][0]["max"] = 0.2
    document["suppliers"][1]["capacity"] = 3000
    return document


def test_a_report_is_one_file(solved: tuple[Problem, Plan]) -> None:
    """Nothing in it is loaded from anywhere: no address but those that can be clicked."""
    problem, plan = solved
    page = Page(oremix.report(plan, problem))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "action", "onload", "onerror", "onclick"} & set(attributes)
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        if "href" in attributes:
            assert tag == "a"
    assert {"sankey", "shares", "cost", "prices", "limits", "certificate", "assumed"} <= set(ids)


def test_it_says_what_the_plan_says(solved: tuple[Problem, Plan]) -> None:
    """Status, certificate, warnings, assumptions, sources and the words of what binds."""
    problem, plan = solved
    text = Page(oremix.report(plan, problem)).text
    squeezed = [" ".join(part.split()) for part in (*plan.warnings, *plan.assumptions, *plan.notes)]
    assert [part for part in squeezed if part not in text] == []
    assert [limit.text for limit in plan.limits[:10] if limit.text not in text] == []
    assert [source.id for source in problem.sources if source.id not in text] == []
    assert plan.problem_hash in text
    assert f"{plan.certificate.bound / 1e6:,.2f} m" in text if plan.certificate.bound else True
    assert f"Oremix {plan.version}" in text


def test_every_picture_has_its_numbers(solved: tuple[Problem, Plan]) -> None:
    """As a table, and what it shows in words for who does not see it."""
    problem, plan = solved
    page = Page(oremix.report(plan, problem))
    pictures = [attributes for _, attributes in page.elements if "data-figure" in attributes]
    captions = [
        attributes.get("aria-label") or "" for tag, attributes in page.elements if attributes.get("role") == "region"
    ]
    for picture in pictures:
        label = picture["aria-label"] or ""
        assert any(label.startswith(caption) for caption in captions)


def test_offers_say_by_how_much_they_are_too_dear() -> None:
    """70,000 is asked and 69,000 would do: too dear by 1,000, which is 1.4 %."""
    document = json.loads(oremix.example("minimal"))
    dear = {"id": "dear", "country": "US", "material": "ndpr_oxide", "capacity": 9000, "unit_cost": 70000}
    document["suppliers"].append(dear)
    text = Page(oremix.report(oremix.solve(document))).text
    assert "dear a typical year 70,000 69,000 1,000 1.4 % USD per t" in text


def test_an_infeasible_problem_has_its_diagnosis() -> None:
    """The statements that conflict and every repair with its cost, no picture, and no script."""
    plan = oremix.solve(infeasible())
    assert plan.diagnosis is not None
    page = Page(oremix.report(plan))
    assert [entry.text for entry in plan.diagnosis.conflict if entry.text not in page.text] == []
    assert [repair.text for repair in plan.diagnosis.repairs if repair.text not in page.text] == []
    assert "344,465,000" in page.text
    assert [tag for tag, _ in page.elements if tag == "script"] == []


def test_what_is_not_verified_is_said_first() -> None:
    """Before any number."""
    plan = oremix.solve(oremix.example("minimal"))
    proof = plan.certificate.model_copy(update={"verified": False, "reason": "the audit differs"})
    text = Page(oremix.report(plan.model_copy(update={"certificate": proof}))).text
    assert text.index("Not verified: the audit differs") < text.index("348.70 m")


def test_studies_are_shown() -> None:
    """With their pictures and words; one of another problem is marked."""
    problem = read_problem(oremix.example("minimal"))
    plan = oremix.solve(problem)
    curve, broken = oremix.frontier(problem), oremix.stress(problem, plan)
    page = Page(oremix.report(plan, problem, [curve, broken.to_json(), oremix.compare(plan, plan)]))
    assert {"study-1", "study-2"} <= {attributes.get("data-figure") for _, attributes in page.elements}
    assert " ".join(str(curve).split()) in page.text
    assert "of another problem" not in page.text
    other = json.loads(oremix.example("minimal"))
    other["demands"][0]["quantity"] = 5000
    assert "of another problem" in Page(oremix.report(plan, None, [oremix.frontier(other)])).text


def test_every_study_is_known_by_what_it_has() -> None:
    """Each goes to JSON and comes back as what it was; anything else is refused."""
    problem = json.loads(oremix.example("minimal"))
    surge = {"id": "surge", "probability": 0.5, "changes": [{"on": "demands", "field": "quantity", "times": 0.5}]}
    plan = oremix.solve(problem)
    for study in (
        oremix.compare(plan, plan),
        oremix.frontier(problem),
        oremix.stress(problem),
        oremix.sensitivity(problem),
        oremix.alternatives(problem, tries=1),
        oremix.hedge(problem | {"scenarios": [surge]}),
    ):
        found = read_study(study.to_json())
        assert type(found) is type(study)
        assert found == study
    for wrong in ({}, [], {"policy": "cap"}, json.loads(plan.to_json())):
        with pytest.raises(InvalidProblem, match="no answer of a study"):
            read_study(json.dumps(wrong))


def test_addresses_that_are_no_web_pages_are_no_links() -> None:
    """`javascript:` stays text."""
    document = json.loads(oremix.example("minimal"))
    document["sources"] = [
        {"id": "bad", "title": "Bad", "url": "javascript:alert(1)"},
        {"id": "good", "title": "Good", "url": "https://example.org/a?b=1&c=2"},
    ]
    problem = read_problem(document)
    page = Page(oremix.report(oremix.solve(problem), problem))
    assert [attributes["href"] for tag, attributes in page.elements if tag == "a"] == ["https://example.org/a?b=1&c=2"]


def test_what_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Plotly the error says what to install."""
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(MissingExtra, match=re.escape("pip install 'oremix[report]'")):
        oremix.report(oremix.solve(oremix.example("minimal")))
    with pytest.raises(MissingExtra, match="needs nothing_like_it"):
        needed.needed("nothing_like_it", "it", "this")


def test_importing_loads_neither_plotly_nor_pandas() -> None:
    """They are only loaded by who asks for them."""
    program = (
        "import sys, oremix\n"
        "plan = oremix.solve(oremix.example('minimal'))\n"
        "plan._repr_html_()\n"
        "from oremix.models.figures import figures_of\n"
        "figures_of(plan)\n"
        "assert not {'plotly', 'pandas', 'jinja2'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
