// Numbers as people read them, each with its unit.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const four = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

/** Money: USD 348.7 m. */
export function money(value, currency) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  const [number, scale] = size >= 1e9 ? [four.format(value / 1e9), " bn"] : size >= 1e6 ? [four.format(value / 1e6), " m"] : [whole.format(value), ""];
  return `${currency} ${number.replace("-", "−")}${scale}`;
}

/** A difference of money with its sign before it: −USD 22.2 m. */
export function signed(value, currency) {
  if (Math.abs(value) < 0.5) return "0";
  return `${value > 0 ? "+" : "−"}${money(Math.abs(value), currency)}`;
}

/** A difference of money in words. */
export function moreOrLess(value, currency) {
  if (Math.abs(value) < 0.5) return "the same";
  return `${money(Math.abs(value), currency)} ${value > 0 ? "more" : "less"}`;
}

/** A share from 0 to 1: 40.0 %. */
export function percent(share) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** A quantity with its unit: 2,200 t. */
export function amount(value, unit = "") {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value) >= 1000 ? whole.format(value) : four.format(value);
  return unit ? `${text} ${unit}` : text;
}

/** A country's name; what is no country is said as it is. */
export function country(code) {
  return /^[A-Z]{2}$/.test(code ?? "") ? names.of(code) : code ?? "no country";
}

/** One, two or several: "a, b and c". */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The first few of many: "a, b, c and 4 more". */
export function firstOf(words, most) {
  return words.length <= most + 1 ? listed(words) : `${words.slice(0, most).join(", ")} and ${words.length - most} more`;
}

/** An id as words: china_mines → China mines. */
export function words(id) {
  const text = String(id).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A period by its first year; a typical year has none. */
export function year(period) {
  return period === 1 ? "typical year" : period === null ? "all years" : String(period);
}

export const count = (number, one, more = `${one}s`) => `${whole.format(number)} ${number === 1 ? one : more}`;
