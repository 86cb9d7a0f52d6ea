import { join } from "node:path";
import { unexplainedApiChanges } from "./package/apiChange.ts";

/* `npm run check:api [-- BASE]`: fails when the API differs from BASE (default origin/main), the changelog does not. */
const base = process.argv[2] ?? "origin/main";
const changed = unexplainedApiChanges(join(import.meta.dirname, ".."), base);
if (changed.length > 0) {
  process.stderr.write(`error: ${changed.join(", ")}: the API differs from ${base}. Add a line to CHANGELOG.md.\n`);
  process.exitCode = 1;
}
