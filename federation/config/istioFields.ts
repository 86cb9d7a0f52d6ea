import { z } from "zod";

const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** A span of time as Istio reads it (`1h30m`, `1.5s`, `250ms`), in milliseconds; undefined for any other text. */
export function milliseconds(text: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,3})?(h|ms|m|s)){1,4}$/.test(text)) return undefined;
  const parts = text.matchAll(/([\d.]+)([a-z]+)/g);
  return Math.round([...parts].reduce((sum, [, value, unit]) => sum + Number(value) * units[unit!]!, 0) * 1000) / 1000;
}

/** Istio takes whole milliseconds only. */
const span = (least: number) =>
  z.string().refine((text) => {
    const ms = milliseconds(text);
    return ms !== undefined && Number.isInteger(ms) && (ms === 0 ? least === 0 : ms <= 8760 * units["h"]!);
  }, `must be a span of time like 250ms, 1.5s or 1h, in whole milliseconds, from ${least}ms to 8760h`);
/** A span of time of at least 1 ms. */
export const duration = span(1);

/** The same, or `0s`, where that means none. */
export const durationOrNone = span(0);

/** A number in an int32 that is not negative. */
export const count = z.int("must be a whole number").min(0, "must be at least 0").max(2_147_483_647, "is too large");
