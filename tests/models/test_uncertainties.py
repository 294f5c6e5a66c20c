"""Distributions: their values by how many are below; and uncertainties of a problem, each fault at its pointer."""

from __future__ import annotations

import math
from typing import Any

import pytest

from oremix.models import read_problem
from oremix.models.uncertainties import Distribution, Uncertainty
from tests.problems import AUSTRALIA, CHINA, YEARS, document, faults

# The score that 97.5 % of a normal distribution is below.
SCORE = 1.959963984540054


def at(below: float, **stated: Any) -> float:
    return Distribution.model_validate(stated).at(below)


def test_uniform() -> None:
    """A quarter of [2, 4] is below 2.5."""
    assert [at(u, uniform=[2, 4]) for u in (0, 0.25, 1)] == [2, 2.5, 4]


def test_triangular() -> None:
    """Of [0, 1, 3] a third is below the mode; F(x) = 1 − (3 − x)²/6 above it, so that half is below 3 − √3."""
    assert at(1 / 3, triangular=[0, 1, 3]) == pytest.approx(1)
    assert at(0.5, triangular=[0, 1, 3]) == pytest.approx(3 - math.sqrt(3))
    assert at(1 / 12, triangular=[0, 1, 3]) == pytest.approx(0.5)  # F(x) = x²/3 below it
    assert [at(u, triangular=[0, 0, 2]) for u in (0, 0.75, 1)] == pytest.approx([0, 1, 2])
    assert [at(u, triangular=[0, 2, 2]) for u in (0, 0.25, 1)] == pytest.approx([0, 1, 2])


def test_normal() -> None:
    """Cut off so far out that nothing is missing, 97.5 % are below the mean and 1.96 standard deviations."""
    assert at(0.975, normal=[10, 2], low=-10, high=30) == pytest.approx(10 + 2 * SCORE)
    assert at(0.5, normal=[10, 2]) == pytest.approx(10)


def test_a_bell_is_cut_off_where_it_says_else_at_three_standard_deviations() -> None:
    """Of what is left between 10 and infinity, half of the right half, a quarter of all is above: Φ(z) = 0.75."""
    assert [at(u, normal=[10, 2]) for u in (0, 1)] == pytest.approx([4, 16])
    assert Distribution(normal=[10, 2]).ends == (4, 16)
    assert at(0.5, normal=[10, 2], low=10, high=1000) == pytest.approx(10 + 2 * 0.6744897501960817)
    assert at(0, normal=[10, 2], low=10) == 10


def test_lognormal() -> None:
    """Half is below the median 4; 97.5 % below 4·e^(1.96·0.5); cut off at e^(±3·0.5)."""
    assert at(0.5, lognormal=[4, 0.5]) == pytest.approx(4)
    assert at(0.975, lognormal=[4, 0.5], low=0, high=1e6) == pytest.approx(4 * math.exp(0.5 * SCORE))
    assert Distribution(lognormal=[4, 0.5]).ends == pytest.approx((4 * math.exp(-1.5), 4 * math.exp(1.5)))


def test_values() -> None:
    """One in four is the first; one without weight is never drawn, at no end either."""
    assert [at(u, values=[5, 9], weights=[1, 3]) for u in (0, 0.25, 0.26, 1)] == [5, 5, 9, 9]
    assert [at(u, values=[1, 5, 9, 2], weights=[0, 1, 1, 0]) for u in (0, 0.5, 0.51, 1)] == [5, 5, 9, 9]
    assert Distribution(values=[1, 5, 9, 2], weights=[0, 1, 1, 0]).ends == (5, 9)
    assert [at(u, values=[3, 1, 2]) for u in (0.3, 0.6, 0.9)] == [3, 1, 2]


@pytest.mark.parametrize(
    "stated",
    [
        {"uniform": [1, 2]},
        {"triangular": [0, 1, 3]},
        {"normal": [1, 0.2]},
        {"normal": [1, 0.2], "low": 1.1},
        {"lognormal": [2, 0.3]},
        {"values": [1, 2, 5]},
    ],
    ids=str,
)
def test_values_rise_with_what_is_below_and_keep_to_the_ends(stated: dict[str, Any]) -> None:
    """Whatever the distribution."""
    distribution = Distribution.model_validate(stated)
    found = [distribution.at(number / 50) for number in range(51)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == pytest.approx(distribution.ends)
    assert min(found) >= distribution.ends[0]
    assert max(found) <= distribution.ends[1]


# ---------------------------------------------------------------- in a problem

PRICE: dict[str, Any] = {"id": "price", "on": "suppliers", "field": "unit_cost", "times": {"uniform": [0.5, 1.5]}}


def faults_of(*entries: dict[str, Any], **parts: Any) -> dict[str, str]:
    return faults(**{"suppliers": [AUSTRALIA, CHINA], "uncertainties": list(entries), **parts})


def test_an_uncertainty_makes_a_change() -> None:
    """As a scenario would state it."""
    one = Uncertainty.model_validate(PRICE | {"where": {"country": "CN"}, "from_year": 2028})
    assert one.change(1.25).model_dump(exclude_unset=True) == {
        "on": "suppliers",
        "where": {"country": "CN"},
        "field": "unit_cost",
        "from_year": 2028,
        "times": 1.25,
    }


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"field": "unit_price"}, "/field", "is no field of these suppliers"),
        ({"where": {"country": "FR"}}, "/where", "fits none of the suppliers"),
        ({"where": {"contry": "CN"}}, "/where", "names no field"),
        ({"from_year": 2040}, "/from_year", "leaves no period"),
        ({"on": "mines"}, "/on", "should be"),
        ({"plus": {"uniform": [1, 2]}}, "", "exactly one of"),
        ({"times": {"uniform": [2, 1]}}, "/times/uniform", "lowest first"),
        ({"times": {"normal": [1, 0.5]}}, "/times", "state where it is cut off, as `low`"),
        ({"times": {"uniform": [1, 2], "low": 1}}, "/times/low", "ends of their own"),
        ({"times": {"normal": [1, 0.1], "low": 2, "high": 1}}, "/times/low", "leaves nothing"),
        ({"times": {"values": [1, 2], "weights": [1]}}, "/times/weights", "as many"),
        ({"times": {"values": [1, 2], "weights": [0, 0]}}, "/times/weights", "not all be 0"),
        ({"times": {"uniform": [1, 2], "values": [1]}}, "/times", "exactly one of"),
        ({"times": {"uniforn": [1, 2]}}, "/times/uniforn", "did you mean uniform?"),
        ({"field": "capacity", "times": None, "plus": {"uniform": [-200, 0]}}, "/field", "plus -200"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_its_pointer(change: dict[str, Any], pointer: str, words: str) -> None:
    """As of scenarios."""
    entry = {key: value for key, value in (PRICE | change).items() if value is not None}
    suppliers = [AUSTRALIA | {"capacity": 100}, CHINA]
    found = faults_of(entry, suppliers=suppliers, **YEARS)
    assert f"/uncertainties/0{pointer}" in found
    assert words in found[f"/uncertainties/0{pointer}"]


def test_all_faults_at_once_and_each_id_once() -> None:
    """Two that are wrong in themselves or beside the problem, and one whose id stands twice."""
    wrong = PRICE | {"id": "other", "field": "nothing"}
    found = faults_of(
        PRICE, wrong, PRICE, scenarios=[{"id": "s", "changes": [{"on": "plants", "field": "x", "set": 1}]}]
    )
    assert set(found) == {"/uncertainties/2/id", "/uncertainties/1/field", "/scenarios/0/changes/0/where"}


def test_both_ends_must_make_a_problem() -> None:
    """A share of 0.8 times 1.5 is none, and a floor above its cap neither."""
    share = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.8, "min": 0.5}
    high = {"id": "u", "on": "policies", "field": "max", "times": {"uniform": [1, 1.5]}}
    low = {"id": "u", "on": "policies", "field": "max", "times": {"uniform": [0.5, 1]}}
    assert "from 0 to 1" in faults_of(high, policies=[share])["/uncertainties/0/field"]
    assert "above the upper bound" in faults_of(low, policies=[share])["/uncertainties/0/times"]


def test_the_discount_rate() -> None:
    """It has to be stated, and to stay a rate; nothing else of the problem itself is drawn."""
    rate = {"id": "r", "on": "problem", "field": "discount_rate", "times": {"uniform": [0.5, 2]}}
    assert "is not stated" in faults_of(rate)["/uncertainties/0/field"]
    assert "from 0 to 1" in faults_of(rate, discount_rate=0.6)["/uncertainties/0"]
    assert "should be discount_rate" in faults_of(rate | {"field": "currency"})["/uncertainties/0/field"]
    assert "cannot stand with" in faults_of(rate | {"where": {"id": "x"}})["/uncertainties/0/where"]
    read_problem(document(suppliers=[CHINA], discount_rate=0.1, uncertainties=[rate]))


def test_they_are_part_of_what_a_problem_means() -> None:
    """In any order, written in any way; another distribution is another problem."""
    other = PRICE | {"id": "other", "where": {"id": "weld"}}
    parts: dict[str, Any] = {"suppliers": [AUSTRALIA, CHINA]}
    first = read_problem(document(**parts, uncertainties=[PRICE, other]))
    again = read_problem(
        document(**parts, uncertainties=[other, PRICE | {"times": {"uniform": [0.5, 1.5], "low": None}}])
    )
    wider = read_problem(document(**parts, uncertainties=[PRICE | {"times": {"uniform": [0.5, 1.6]}}, other]))
    assert first.hash == again.hash
    assert len({first.hash, wider.hash, read_problem(document(**parts)).hash}) == 3


def test_one_of_several_builds_may_lack_the_field() -> None:
    """What has it is drawn; nothing having it is a fault."""
    build = {"max": 50, "unit_capex": 10, "life": 10}
    entry = {"id": "u", "on": "suppliers", "field": "build.unit_capex", "times": {"uniform": [1, 2]}}
    read_problem(document(suppliers=[AUSTRALIA | {"build": build}, CHINA], uncertainties=[entry], discount_rate=0))
    assert "is no field that weld has" in faults_of(entry)["/uncertainties/0/field"]
