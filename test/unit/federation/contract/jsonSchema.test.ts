import { readFileSync } from "node:fs";
import { contractJsonSchema } from "../../../../federation/contract/jsonSchema.ts";

test("docs/contract.schema.json is the schema that contracts are read with; `npm run docs:contract` writes it", () => {
  expect(JSON.parse(readFileSync("docs/contract.schema.json", "utf8"))).toEqual(
    JSON.parse(JSON.stringify(contractJsonSchema())),
  );
});
