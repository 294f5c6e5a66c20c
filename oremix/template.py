"""The problem that `oremix new` writes: small, explained in its notes, with one of each part."""

from __future__ import annotations

from typing import Any

__all__ = ["TEMPLATE", "for_sheets"]

TEMPLATE = """\
{
  "name": "Template: magnet oxide for Japan and the United States",
  "notes": "Every number here is made up. `oremix schema problem` lists every field, `oremix check` every error.",
  "assumption": true,
  "currency": "USD",
  "price_year": 2025,
  "periods": [2026, 2028, 2030],
  "discount_rate": 0.06,

  "groups": {"partners": ["AU", "MY", "JP", "US"]},

  "materials": [
    {"id": "concentrate", "unit": "t", "notes": "What flows. All quantities of a material are in its unit."},
    {"id": "oxide", "unit": "t", "notes": "One entry for each step of processing that matters."}
  ],

  "suppliers": [
    {"id": "northern", "country": "CN", "stage": "refining", "material": "oxide",
     "capacity": 60000, "unit_cost": 55000,
     "notes": "Sells oxide as it is. capacity: units per year; unit_cost: money per unit."},
    {"id": "western_mine", "country": "AU", "stage": "mining", "material": "concentrate",
     "capacity": {"2026": 16000, "2030": 24000}, "unit_cost": 9000,
     "notes": "Over time, a value is a number, a list with one per period, or a map year -> number as here."}
  ],

  "plants": [
    {"id": "separation", "country": "MY", "stage": "refining", "capacity": 2000,
     "recipes": [
       {"id": "separate", "inputs": {"concentrate": 4.0}, "outputs": {"oxide": 1.0}, "unit_cost": 21000,
        "notes": "Per unit of activity: 4 t of concentrate make 1 t of oxide for 21,000."}
     ],
     "build": {"max": 4000, "unit_capex": 90000, "life": 20, "lead_time": 2, "wacc": 0.08, "grant": 0.2,
               "notes": "Can be added: capex per unit of annual capacity, paid over its life; grant: paid by others."},
     "notes": "Turns materials into materials. capacity is what exists today."}
  ],

  "recyclers": [
    {"id": "magnet_scrap", "country": "JP", "material": "oxide",
     "scrap": [1500, 2000, 2600], "collection_rate": 0.5, "collection_cost": 4000,
     "recovery": 0.28, "unit_cost": 18000, "capacity": 400,
     "notes": "scrap: available per year, here one number per period; recovery: oxide per unit of scrap."}
  ],

  "demands": [
    {"id": "japan", "country": "JP", "material": "oxide", "quantity": [5000, 5500, 6000],
     "notes": "Must be met. A shortage_cost per unit would let it go short at that price."},
    {"id": "united_states", "country": "US", "material": "oxide", "quantity": [1500, 1700, 2000]}
  ],

  "lanes": [
    {"from": "*", "to": "*", "unit_cost": 150,
     "notes": "Freight per unit between countries. Rules further down win; what no rule matches is open and free."},
    {"from": "AU", "to": "MY", "materials": ["concentrate"], "unit_cost": 60, "loss": 0.002}
  ],

  "policies": [
    {"id": "china_cap", "type": "share", "countries": ["CN"], "max": {"2026": 0.8, "2030": 0.5},
     "notes": "The largest share of the oxide arriving that may be made in China. --cap CN=0.4 tries another."}
  ]
}
"""


def for_sheets() -> dict[str, Any]:
    """The same problem without the notes on how JSON says it: sheets have explanations of their own."""
    from oremix.models import parse_json

    problem: dict[str, Any] = _without_notes(parse_json(TEMPLATE))
    problem["notes"] = "Every number here is made up: put your own in its place, and take `assumption` out where it is."
    return problem


def _without_notes(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_notes(entry) for entry in part]
    if isinstance(part, dict):
        return {key: _without_notes(value) for key, value in part.items() if key != "notes"}
    return part
