"""Sourcing problems with decisions unlike those of `families`: sizes and curves, smallest orders, lanes to open."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

__all__ = ["STRUCTURES", "lanes_to_open", "sizes_and_curves", "smallest_orders"]

Document = dict[str, Any]

COUNTRIES = ["AU", "BR", "CA", "CL", "CN", "DE", "FR", "IN", "JP", "KR", "US", "ZA"]
PERIODS = [2026, 2028, 2030, 2032]
OXIDE = {"id": "oxide", "unit": "t", "price": 1_500.0}


def sizes_and_curves(seed: int) -> Document:
    """Refineries that come in sizes, or along a curve with economies of scale, and what is made of two ores."""
    random = _random("sizes", seed)
    ores = [{"id": "ore", "unit": "t"}, {"id": "clay", "unit": "t"}]
    plants = []
    for number in range(16):
        full = random.uniform(2_000, 9_000)
        points = [(share, share**0.7) for share in (0.25, 0.5, 0.75, 1.0)]
        money = full * random.uniform(2_000, 5_000)
        build = {
            "sizes" if number % 2 else "curve": [
                {"capacity": round(share * full, 2), "capex": round(cost * money, 2)} for share, cost in points
            ],
            "life": 20,
            "wacc": 0.08,
            "lead_time": random.choice([0, 2]),
            "orders": random.choice([1, 2]),
        }
        ore = random.choice(ores)["id"]
        recipe = {
            "id": "refine",
            "inputs": {ore: round(random.uniform(1.2, 2.5), 2)},
            "outputs": {"oxide": 1},
            "unit_cost": round(random.uniform(100, 400), 2),
        }
        plants.append({"id": f"works{number}", "country": _country(random), "recipes": [recipe], "build": build})
    mines = [
        {
            "id": f"mine{number}",
            "country": _country(random),
            "material": ores[number % 2]["id"],
            "capacity": round(random.uniform(3_000, 12_000), 2),
            "unit_cost": round(random.uniform(150, 450), 2),
        }
        for number in range(10)
    ]
    document = _document(random, "sizes and curves", seed, quantity=3_000.0)
    return document | {"materials": [OXIDE, *ores], "suppliers": mines, "plants": plants}


def smallest_orders(seed: int) -> Document:
    """Sellers with smallest orders, yearly fees, tiers that get cheaper and discounts on all units."""
    random = _random("orders", seed)
    sellers = []
    for number in range(14):
        capacity = round(random.uniform(2_000, 8_000), 2)
        price = random.uniform(900, 2_000)
        seller: Document = {"id": f"seller{number}", "country": _country(random), "material": "oxide"}
        if number % 3:
            seller |= {"capacity": capacity, "unit_cost": round(price, 2)}
        else:
            cheaper = [(0.4, 1.0), (0.7, 0.95), (1.0, 0.85)]
            tiers = [{"up_to": round(s * capacity, 2), "unit_cost": round(c * price, 2)} for s, c in cheaper]
            seller |= {"tiers": tiers, "all_units": number % 2 == 0}
        if number % 2:
            seller["minimum_order"] = round(random.uniform(0.3, 0.7) * capacity, 2)
        if number % 4 < 2:
            seller["fixed_cost"] = round(random.uniform(0.02, 0.2) * capacity * price, 2)
        sellers.append(seller)
    return _document(random, "smallest orders", seed, quantity=4_000.0) | {"suppliers": sellers}


def lanes_to_open(seed: int) -> Document:
    """Every lane costs a sum per year to keep, some together; each country buys from several, none from too many."""
    random = _random("lanes", seed)
    sellers = [
        {
            "id": f"seller{number}",
            "country": country,
            "material": "oxide",
            "capacity": round(random.uniform(3_000, 9_000), 2),
            "unit_cost": round(random.uniform(900, 1_600), 2),
        }
        for number, country in enumerate(COUNTRIES)
    ]
    document = _document(random, "lanes to open", seed, quantity=3_000.0) | {"suppliers": sellers}
    document["lanes"] += [
        {"from": start, "to": end, "fixed_cost": round(random.uniform(50_000, 500_000), 2)}
        for start in COUNTRIES
        for end in COUNTRIES
        if start != end
    ]
    document["lanes"] += [{"from": "CN", "to": ["DE", "FR"], "fixed_cost": 600_000, "joint": True}]
    document["policies"] += [
        {"id": "several", "type": "diversify", "of": "suppliers", "min": 4, "smallest": 0.1},
        {"id": "few", "type": "diversify", "of": "countries", "max": 7},
    ]
    return document


STRUCTURES: dict[str, Callable[[int], Document]] = {
    "sizes": sizes_and_curves,
    "orders": smallest_orders,
    "lanes": lanes_to_open,
}


def _document(random: Random, name: str, seed: int, quantity: float) -> Document:
    """Eight countries that want oxide, a little stock in each, freight by pair, and a cap on China."""
    users = random.sample(COUNTRIES, 8)
    growing = [[round(quantity * random.uniform(0.5, 1.5) * 1.15**t, 2) for t in range(len(PERIODS))] for _ in users]
    return {
        "name": f"{name}, seed {seed}",
        "periods": PERIODS,
        "discount_rate": 0.05,
        "materials": [OXIDE],
        "demands": [
            {
                "id": f"demand{number}",
                "country": country,
                "material": "oxide",
                "quantity": series,
                "shortage_cost": 9_000,
            }
            for number, (country, series) in enumerate(zip(users, growing, strict=True))
        ],
        "stockpiles": [
            {"country": country, "material": "oxide", "capacity": round(0.3 * series[0], 2), "holding_cost": 30}
            for country, series in zip(users, growing, strict=True)
        ],
        "lanes": [
            {"from": start, "to": end, "unit_cost": round(random.uniform(10, 150), 2)}
            for start in COUNTRIES
            for end in COUNTRIES
            if start != end
        ],
        "policies": [{"id": "china", "type": "share", "countries": ["CN"], "max": 0.3}],
    }


def _random(kind: str, seed: int) -> Random:
    return Random(f"{kind} {seed}")  # noqa: S311 - data, no secrets


def _country(random: Random) -> str:
    return random.choice(COUNTRIES)
