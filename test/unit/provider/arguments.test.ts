import * as pulumi from "@pulumi/pulumi";
import type { UserError } from "../../../federation/errors/userError.ts";
import { checkArguments } from "../../../provider/arguments.ts";

const spec = {
  inputProperties: {
    name: {},
    host: {},
    enforce: { plain: true },
    accounts: { plain: true, items: {} },
    subsets: { plain: true, items: { $ref: "#/types/Subset" } },
  },
  requiredInputs: ["name"],
};
const problems = (args: pulumi.Inputs): string[] => {
  try {
    checkArguments("orders", "a:b:C", args, spec);
    return [];
  } catch (error) {
    return (error as UserError).details.map(({ subject, problem }) => `${subject} ${problem}`);
  }
};

describe("the arguments of a component in another language", () => {
  test("may be outputs, where the schema does not say plain", () => {
    expect(problems({ name: pulumi.output("a"), enforce: false, accounts: [pulumi.output("a")], subsets: [] })).toEqual(
      [],
    );
  });

  test("are refused together: missing, unknown, and outputs that decide which objects exist", () => {
    expect(problems({ hots: "a", enforce: pulumi.output(true), subsets: [pulumi.output({})] })).toEqual([
      "orders.name is missing",
      "orders.hots is no argument of a:b:C",
      "orders.enforce is an output, but decides which objects exist",
      "orders.subsets is an output, but decides which objects exist",
    ]);
  });
});
