import type { ErrorCode } from "../federation/errors/catalogue/index.ts";

/** The section of docs/verify.md about a code. A unit test checks that there is one. */
export function pageOf(code: ErrorCode): string {
  return `docs/verify.md#${code}`;
}
