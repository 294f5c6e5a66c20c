// The order of the stages of a chain, and what stands at each in which country.

/** {stages, countries, at(stage, country)}: stages from mine to demand, countries by name. */
export function chainOf(problem) {
  const places = new Map((problem.places ?? []).map((place) => [place.id, place.country]));
  const where = (part) => part.country ?? places.get(part.place) ?? part.place;
  const parts = [
    ...(problem.suppliers ?? []).map((part) => ({ kind: "supplier", part, stage: part.stage ?? "supply", makes: [part.material] })),
    ...(problem.plants ?? []).map((part) => ({ kind: "plant", part, stage: part.stage ?? "refining", makes: outputs(part) })),
    ...(problem.recyclers ?? []).map((part) => ({ kind: "recycler", part, stage: part.stage ?? "recycling", makes: [part.material] })),
    ...(problem.stockpiles ?? []).map((part) => ({ kind: "stockpile", part, stage: "stock", makes: [part.material] })),
    ...(problem.demands ?? []).map((part) => ({ kind: "demand", part, stage: "demand", makes: [part.material] })),
  ].map((entry) => ({ ...entry, country: where(entry.part) }));
  const depth = depths(problem);
  const ranks = new Map();
  for (const { kind, stage, makes } of parts) {
    const rank = LAST.get(stage) ?? (kind === "plant" ? Math.max(...makes.map((material) => depth.get(material) ?? 0)) : 0);
    ranks.set(stage, Math.max(ranks.get(stage) ?? 0, rank));
  }
  const stages = [...ranks.keys()].sort((a, b) => ranks.get(a) - ranks.get(b));
  return { stages, parts, countries: [...new Set(parts.map((entry) => entry.country))] };
}

const LAST = new Map([["recycling", 900], ["stock", 950], ["demand", 1000]]);

const outputs = (plant) => [...new Set((plant.recipes ?? []).flatMap((recipe) => Object.keys(recipe.outputs ?? {})))];

/** How many recipes lie behind each material, at most; a loop counts once. */
function depths(problem) {
  const makers = new Map();
  for (const recipe of (problem.plants ?? []).flatMap((plant) => plant.recipes ?? [])) {
    for (const made of Object.keys(recipe.outputs ?? {})) makers.set(made, [...(makers.get(made) ?? []), Object.keys(recipe.inputs ?? {})]);
  }
  const known = new Map();
  const depth = (material, above) => {
    if (known.has(material)) return known.get(material);
    if (above.has(material) || !makers.has(material)) return 0;
    const inside = new Set(above).add(material);
    const found = 1 + Math.max(0, ...makers.get(material).flat().map((input) => depth(input, inside)));
    if (above.size === 0) known.set(material, found);
    return found;
  };
  for (const material of makers.keys()) depth(material, new Set());
  return known;
}
