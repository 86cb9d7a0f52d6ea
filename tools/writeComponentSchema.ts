import { writeFileSync } from "node:fs";
import { schemaFile, schemaText } from "./componentSchema/index.ts";

/* `npm run docs:components`: writes provider/schema.json from the types of the components. */
writeFileSync(schemaFile, schemaText());
