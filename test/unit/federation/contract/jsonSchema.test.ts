import { readFileSync } from "node:fs";
import { contractJsonSchema } from "../../../../federation/contract/jsonSchema.ts";

describe("docs/contract.schema.json", () => {
  test("is the schema of contracts, as written by `npm run docs:contract`", () => {
    expect(JSON.parse(readFileSync("docs/contract.schema.json", "utf8"))).toEqual(
      JSON.parse(JSON.stringify(contractJsonSchema())),
    );
  });
});
