import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { contractJsonSchema } from "../federation/contract/jsonSchema.ts";

/* `npm run docs:contract`: writes docs/contract.schema.json from the schema that contracts are read with. */
const path = join(import.meta.dirname, "..", "docs", "contract.schema.json");
writeFileSync(path, `${JSON.stringify(contractJsonSchema(), undefined, 2)}\n`);
