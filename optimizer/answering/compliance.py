"""How a plan stands against the presets, whether its problem has them or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from oremix.models.checks import of_parts_and_rules
from oremix.models.checks.known import Known
from oremix.models.checks.presets import faults_of_lines, faults_of_presets
from oremix.models.compliance import Compliance, PresetCompliance, Verdict
from oremix.models.errors import Fault, InvalidProblem
from oremix.models.files import read_presets
from oremix.models.plan import Plan
from oremix.models.policies import Preset, Share
from oremix.models.presets import preset, presets
from oremix.models.problem import Problem
from oremix.models.written_out import Line, stating
from oremix.optimizer.answering.audit import TOLERANCE
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.measures import Ratio, ratios

__all__ = ["asked", "compliance"]

Entry = str | dict[str, Any] | Preset

# What an entry of the problem says of the problem itself; its bounds and penalties are its own.
OF_THE_PROBLEM = {
    "preset",
    "id",
    "stages",
    "minerals",
    "materials",
    "places",
    "demands",
    "across",
    "weight",
    "carriers",
}


def compliance(problem: Problem, plan: Plan, presets: Iterable[Entry] | None = None) -> Compliance:
    """Measure a plan against presets, rule by rule and period by period.

    Parameters
    ----------
    problem
        The question; it need not have the presets among its policies.
    plan
        Its answer.
    presets
        Names, or entries as in a problem's policies; these are taken as they are. Default all that are shipped: where
        the problem has an entry for one, with what that says of the problem (stages, minerals, materials, …), and with
        the bounds and years as shipped.

    Raises
    ------
    InvalidProblem
        An entry of `presets` is wrong.
    """
    entries = asked(problem, presets)
    probe = stating(problem, list(entries))
    verdicts = list(_verdicts(probe, plan, Known(problem)))
    return Compliance(
        problem=problem.name,
        problem_hash=problem.hash,
        status=plan.status,
        presets=[_as_a_whole(name, verdicts) for name in dict.fromkeys(entry.preset for entry in entries)],
        verdicts=verdicts,
        notes=list(_notes(problem, plan)),
    )


def asked(problem: Problem, presets: Iterable[Entry] | None) -> list[Preset]:
    """The entries to measure; of those given every fault is found before anything is solved.

    Raises
    ------
    InvalidProblem
        An entry of `presets` is wrong.
    """
    if presets is None:
        return _default(problem)
    entries = read_presets(presets)
    faults = list(faults_of_presets(stating(problem, list(entries)), Known(problem)))
    if faults:
        raise InvalidProblem([Fault(("presets", *path[1:]), message, value) for path, message, value in faults])
    return entries


# ---------------------------------------------------------------- which presets


def _default(problem: Problem) -> list[Preset]:
    stated = [policy for policy in problem.policies if isinstance(policy, Preset)]
    found: list[Preset] = []
    for name in presets():
        own = [entry for entry in stated if entry.preset == name]
        found += [_of_the_problem(entry) for entry in own] or [Preset(preset=name)]
    return found


def _of_the_problem(entry: Preset) -> Preset:
    """The entry with what it says of the problem, and the bounds and years as shipped."""
    data = entry.model_dump(by_alias=True, exclude_unset=True)
    kept = {name: value for name, value in data.items() if name in OF_THE_PROBLEM}
    rules = {rule: _kept(changed) for rule, changed in entry.rules.items() if changed}
    return Preset.model_validate(kept | {"rules": rules})


def _kept(changed: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changed.items() if name in OF_THE_PROBLEM}


# ---------------------------------------------------------------- verdicts


def _verdicts(probe: Problem, plan: Plan, known: Known) -> Iterator[Verdict]:
    """The rules in their order: as measured, or with the reason why not."""
    reasons = _reasons(probe, plan, known)
    lines = [place.line for place in probe.written_out if place.line is not None]
    measured = _measured(probe, plan, [line for line in lines if line.id not in reasons])
    for line, name in zip(lines, _names(probe), strict=True):
        if line.id in reasons:
            yield _unmeasured(line, name, reasons[line.id])
        elif not measured.get(line.id):
            yield _unmeasured(line, name, "no country is left to test: all that take part are excepted")
        for ratio in measured.get(line.id, []):
            yield _verdict(probe, line, name, ratio)


def _names(probe: Problem) -> list[str]:
    """The preset of each rule."""
    entries = probe.policies
    return [str(getattr(entries[place.position], "preset", "")) for place in probe.written_out]


def _reasons(probe: Problem, plan: Plan, known: Known) -> dict[str, str]:
    """Rule → why it cannot be measured in this problem, or on this plan."""
    reasons: dict[str, str] = {}
    untold = [supplier.id for supplier in probe.suppliers if supplier.stage is None]
    for place in probe.written_out:
        line = place.line
        if line is None:
            continue
        if line.left_out is not None:
            reasons[line.id] = line.left_out
        elif plan.total_cost is None:
            reasons[line.id] = f"the plan is {plan.status} and says of nothing how much"
        elif untold and line.rule is not None and line.rule.stages is not None:
            reasons[line.id] = f"it names stages, and none is stated for {', '.join(untold[:5])}"
    for label, (path, message, _) in faults_of_lines(probe, known, of_parts_and_rules):
        if label is not None and label not in reasons:
            about = f"`{path[-1]}` " if len(path) > 2 else ""
            reasons[label] = about + message
    return reasons


def _measured(probe: Problem, plan: Plan, lines: list[Line]) -> dict[str, list[Ratio]]:
    """Rule → its ratios in every period, whether it is in force or not."""
    rules = [_always(line.rule) for line in lines if line.rule is not None]
    found: dict[str, list[Ratio]] = {rule.id: [] for rule in rules}
    for ratio in ratios(Book(probe, plan), [(rule.id, rule) for rule in rules]) if rules else ():
        found[str(ratio.subject.name)].append(ratio)
    return found


def _always(rule: Share) -> Share:
    """The rule at no price, and in every year unless years are added up."""
    if "periods" in rule.across:
        return rule.model_copy(update={"penalty": None})
    return rule.model_copy(update={"from_year": None, "until_year": None, "penalty": None})


def _unmeasured(line: Line, preset_name: str, reason: str) -> Verdict:
    return Verdict(preset=preset_name, rule=_rule(line, preset_name), evaluated=False, reason=reason)


def _rule(line: Line, preset_name: str) -> str:
    """The rule without the preset's name, unless the entry has an id of its own."""
    return line.id.removeprefix(f"{preset_name}.")


def _verdict(probe: Problem, line: Line, preset_name: str, ratio: Ratio) -> Verdict:
    subject, timeline, rule = ratio.subject, probe.timeline, line.rule
    period = None if subject.pooled else timeline.starts[subject.pool[0]]
    told = {
        "preset": preset_name,
        "rule": _rule(line, preset_name),
        "country": subject.country,
        "material": subject.cell.material,
        "place": subject.cell.place,
        "period": period,
        "measure": subject.measure,
        "in_force": rule is not None and any(timeline.within(t, rule.from_year, rule.until_year) for t in subject.pool),
    }
    if ratio.is_empty:
        return Verdict(**told, evaluated=False, reason="nothing is delivered or consumed there")
    achieved = ratio.part / ratio.whole
    margins = [ratio.max - achieved] if ratio.max is not None else []
    margins += [achieved - ratio.min] if ratio.min is not None else []
    return Verdict(
        **told,
        evaluated=True,
        part=ratio.part,
        whole=ratio.whole,
        achieved=achieved,
        max=ratio.max,
        min=ratio.min,
        margin=min(margins, default=None),
        met=ratio.over <= TOLERANCE * max(abs(ratio.part), ratio.whole),
    )


def _as_a_whole(name: str, verdicts: list[Verdict]) -> PresetCompliance:
    shipped = preset(name)
    own = [verdict for verdict in verdicts if verdict.preset == name]
    binding = [verdict.met for verdict in own if verdict.evaluated and verdict.in_force]
    return PresetCompliance(
        preset=name,
        title=shipped.title,
        source=shipped.source,
        verdict="not evaluated" if not binding else "met" if all(binding) else "missed",
        unmeasured=len({verdict.rule for verdict in own if verdict.measure is None}),
    )


def _notes(problem: Problem, plan: Plan) -> Iterator[str]:
    yield "Benchmarks, not legal advice: each preset names its source, and `oremix presets NAME` what it leaves out."
    if plan.problem_hash != problem.hash:
        yield "The plan was made for another version of this problem; it is measured by the data given here."
