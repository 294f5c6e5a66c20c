"""The plan's records: what is bought, made, recycled, built, shipped, stored, delivered and left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from oremix.models import plan
from oremix.models.chain import Build, Facility, Recycler
from oremix.optimizer.answering.values import Values

__all__ = [
    "builds",
    "deliveries",
    "footprints",
    "production",
    "purchases",
    "recycling",
    "shipments",
    "stocks",
    "surpluses",
]


def purchases(values: Values) -> Iterator[plan.Purchase]:
    """What is taken from each supplier, and what is paid for."""
    model = values.model
    for supplier in model.problem.suppliers:
        for period in model.timeline:
            taken = values.sum(model.taken.get((supplier.id, period), []))
            paid = max(taken, model.owed.get((supplier.id, period), 0.0))
            if paid:
                yield plan.Purchase.model_construct(
                    supplier=supplier.id,
                    country=model.country(supplier.at),
                    place=supplier.at,
                    material=supplier.material,
                    period=model.start(period),
                    quantity=taken,
                    paid=paid,
                    unit=model.network.materials[supplier.material].unit,
                    cost=values.paid.get(("supplier", supplier.id, "purchases", period), 0.0),
                )


def production(values: Values) -> Iterator[plan.Production]:
    """What each recipe does."""
    model = values.model
    plants = {plant.id: (plant, {recipe.id: recipe for recipe in plant.recipes}) for plant in model.problem.plants}
    for (plant_id, recipe_id, period), run in model.run.items():
        activity = values.value[run]
        if activity:
            plant, recipes = plants[plant_id]
            recipe = recipes[recipe_id]
            yield plan.Production.model_construct(
                plant=plant_id,
                recipe=recipe_id,
                country=model.country(plant.at),
                place=plant.at,
                stage=plant.stage,
                period=model.start(period),
                activity=activity,
                inputs={material: amount * activity for material, amount in recipe.inputs.items()},
                outputs={material: amount * activity for material, amount in recipe.outputs.items()},
                cost=values.cost.get((run.number, "processing"), 0.0),
            )


def recycling(values: Values) -> Iterator[plan.Recycling]:
    """What is collected and recovered."""
    model = values.model
    recyclers = {recycler.id: recycler for recycler in model.problem.recyclers}
    for (name, period), collect in model.collect.items():
        scrap = values.value[collect]
        recycler = recyclers[name]
        returned = list(_returned(values, recycler, period))
        if scrap or returned:
            yield plan.Recycling.model_construct(
                recycler=name,
                country=model.country(recycler.at),
                place=recycler.at,
                material=recycler.material,
                period=model.start(period),
                scrap=scrap,
                quantity=scrap * recycler.recovery,
                unit=model.network.materials[recycler.material].unit,
                returned=returned,
                cost=values.cost.get((collect.number, "collection"), 0.0)
                + values.cost.get((collect.number, "processing"), 0.0),
            )


def _returned(values: Values, recycler: Recycler, period: int) -> Iterator[plan.Returned]:
    for number, entry in enumerate(recycler.returns or []):
        scrap = values.sum(values.model.returned.get((recycler.id, number, period), []))
        if scrap:
            yield plan.Returned.model_construct(demand=entry.demand, after_years=entry.after_years, scrap=scrap)


def builds(values: Values) -> Iterator[plan.Build]:
    """What is ordered."""
    for (name, number, period), add in values.model.add.items():
        if values.value[add] or values.sum(values.model.opened[name, number, period]):
            facility = values.model.network.facilities[name]
            yield _build(values, facility, facility.builds[number], number, period, values.value[add])


def _build(values: Values, facility: Facility, build: Build, number: int, period: int, capacity: float) -> plan.Build:
    model = values.model
    ordered = model.start(period)
    on_stream = ordered if model.timeline.typical else ordered + build.lead_time
    capex = values.sum(model.capex[facility.id, number, period])
    return plan.Build.model_construct(
        on=facility.id,
        build=number,
        country=model.country(facility.at),
        capacity=capacity,
        unit=model.capacity_unit(facility),
        ordered=ordered,
        on_stream=on_stream,
        until=None if build.life is None or model.timeline.typical else on_stream + build.life,
        capex=capex,
        grant=capex * build.grant,
    )


def shipments(values: Values) -> Iterator[plan.Shipment]:
    """What moves from where it was last made to where it is used."""
    model = values.model
    x, cost = values.x, values.cost.get
    for (material, place, period), arrivals in values.arrivals.items():
        start, unit = model.start(period), model.network.materials[material].unit
        for origin, arrives, ship in arrivals:
            quantity = x[ship]
            freight, duty = cost((ship, "freight"), 0.0), cost((ship, "duties"), 0.0)
            yield plan.Shipment.model_construct(
                material=material,
                from_=origin.place,
                owner=origin.owner,
                stage=origin.stage,
                to=place,
                period=start,
                quantity=quantity,
                arrived=quantity * arrives,
                unit=unit,
                freight=freight,
                duty=duty,
                cost=freight + duty,
            )


def stocks(values: Values) -> Iterator[plan.Stock]:
    """Every stockpile in every period."""
    model = values.model
    drawn: dict[tuple[int, int], list[plan.Draw]] = defaultdict(list)
    for (number, place, period), draw in model.draw.items():
        if quantity := values.value[draw]:
            drawn[number, period].append(plan.Draw.model_construct(to=place, quantity=quantity))
    for (number, period), level in model.level.items():
        pile = model.problem.stockpiles[number]
        draws = drawn.get((number, period), [])
        yield plan.Stock.model_construct(
            place=pile.at,
            material=pile.material,
            period=model.start(period),
            fill=values.value[model.fill[number, period]],
            draw=sum(draw.quantity for draw in draws),
            draws=draws,
            level=values.value[level],
            unit=model.network.materials[pile.material].unit,
            cost=values.paid.get(("stockpile", pile.id or f"{pile.material} at {pile.at}", "holding", period), 0.0),
        )


def deliveries(values: Values) -> Iterator[plan.Delivery]:
    """Every demand in every period."""
    model = values.model
    demands = {demand.id: demand for demand in model.problem.demands}
    for (name, period), deliver in model.deliver.items():
        demand = demands[name]
        short = model.short.get((name, period))
        yield plan.Delivery.model_construct(
            demand=name,
            country=model.country(demand.at),
            place=demand.at,
            material=demand.material,
            period=model.start(period),
            quantity=values.value[deliver],
            shortage=values.value[short] if short is not None else 0.0,
            unit=model.network.materials[demand.material].unit,
            cost=values.paid.get(("demand", name, "shortage", period), 0.0),
            revenue=-values.paid.get(("demand", name, "sales", period), 0.0),
        )


def surpluses(values: Values) -> Iterator[plan.Surplus]:
    """What is made and not used."""
    model = values.model
    for (material, origin, period), surplus in model.surplus.items():
        quantity = values.value[surplus]
        if quantity:
            yield plan.Surplus.model_construct(
                material=material,
                from_=origin.place,
                owner=origin.owner,
                stage=origin.stage,
                period=model.start(period),
                quantity=quantity,
                unit=model.network.materials[material].unit,
                cost=values.cost.get((surplus.number, "surplus"), 0.0),
            )


def footprints(values: Values) -> Iterator[plan.FootprintRecord]:
    """What is emitted or used up, by name, country and period."""
    amounts: dict[tuple[str, str, int], float] = defaultdict(float)
    for emission in values.model.emissions:
        amounts[emission.name, emission.country, emission.period] += emission.rate * values.value[emission.column]
    for (name, country, period), amount in sorted(amounts.items()):
        if amount:
            start = values.model.start(period)
            yield plan.FootprintRecord.model_construct(of=name, country=country, period=start, amount=amount)
