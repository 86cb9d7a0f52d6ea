import type { ExportPlan } from "../exports/exportPlan.ts";
import { someOf } from "./pinnedIdentities.ts";

/** The callers of an export that a fault of the exporting cluster concerns, for a message. */
export function peerCalls({ to }: Pick<ExportPlan, "to">): string {
  return to.length > 0 ? `calls from ${someOf(to)}` : "calls of peers";
}
