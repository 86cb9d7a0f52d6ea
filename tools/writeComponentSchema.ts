import { writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { schemaFile, schemaText } from "./componentSchema/index.ts";

/* `npm run docs:components`: writes provider/schema.json from the types of the components. */
const config = await resolveConfig(schemaFile);
writeFileSync(schemaFile, await format(schemaText(), { ...config, parser: "json" }));
