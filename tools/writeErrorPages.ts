import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorPages } from "./errorPages.ts";

/* `npm run docs:errors`: writes docs/errors.md from the catalogue of codes. */
writeFileSync(join(import.meta.dirname, "..", "docs", "errors.md"), errorPages());
