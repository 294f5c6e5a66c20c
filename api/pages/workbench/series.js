// Values over time, read and written as the format has them: a number, one per period, or a map year → value.

/** First years of the periods; 1 for a typical year. */
export const startsOf = (problem) => problem.periods ?? [1];

/** What a value over time says in each period: linear between the years of a map, flat outside them. */
export function read(series, starts) {
  if (Array.isArray(series)) return series;
  if (series === null || typeof series !== "object") return starts.map(() => series);
  const points = Object.entries(series).map(([year, value]) => [Number(year), value]).sort(([a], [b]) => a - b);
  return starts.map((start) => interpolated(points, start));
}

function interpolated(points, year) {
  const after = points.findIndex(([known]) => known >= year);
  if (after === 0) return points[0][1];
  if (after === -1) return points.at(-1)[1];
  const [[y0, v0], [y1, v1]] = [points[after - 1], points[after]];
  return v0 + ((v1 - v0) * (year - y0)) / (y1 - y0);
}

/** As the format writes it: one number where all are the same, else one per period. */
export const written = (values) => (values.every((value) => value === values[0]) ? values[0] : values);
