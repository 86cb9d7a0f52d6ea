import type { jsonReport } from "../../../verify/report/json.ts";
import { jsonIn } from "./clone.ts";
import type { World } from "./world.ts";

/** The output of `npm run verify -- --json`. */
export type Report = ReturnType<typeof jsonReport>;

/** A hop, as in the report. */
export type HopName = NonNullable<Report["edges"][number]["failedHop"]>["hop"];

/** Runs `npm run verify -- --json` with more options. */
export async function verify(world: World, ...options: string[]): Promise<{ code: number; report: Report }> {
  const { code, output } = await world.clone.run("verify", ["--json", ...options], {}, true);
  return { code, report: jsonIn<Report>(output) };
}
