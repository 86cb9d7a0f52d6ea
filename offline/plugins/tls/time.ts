/** A moment with the precision that state keeps. */
export interface Instant {
  /** Whole seconds since 1970. */
  seconds: number;
  /** 0 to 999999999. */
  nanoseconds: number;
}

/** This moment, as exactly as the clock tells it. */
export function now(): Instant {
  const milliseconds = Date.now();
  // Date has milliseconds only; the digits after them come from the monotonic clock, and matter to nobody.
  const below = Number(process.hrtime.bigint() % 1_000_000n);
  return { seconds: Math.floor(milliseconds / 1000), nanoseconds: (milliseconds % 1000) * 1_000_000 + below };
}

/** RFC 3339 in UTC, with as many decimals as are needed, up to nine. */
export function rfc3339({ seconds, nanoseconds }: Instant): string {
  const decimals = String(nanoseconds).padStart(9, "0").replace(/0+$/, "");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${decimals && `.${decimals}`}Z`;
}

/**
 * Whether a certificate that ends at `end` (RFC 3339) is to be renewed `earlyHours` before. False when `end` is no
 * time, as in state that another version wrote.
 */
export function isReadyForRenewal(end: unknown, earlyHours: unknown, at = Date.now()): boolean {
  const time = typeof end === "string" ? Date.parse(end) : Number.NaN;
  return !Number.isNaN(time) && time - (typeof earlyHours === "number" ? earlyHours : 0) * 3_600_000 <= at;
}
