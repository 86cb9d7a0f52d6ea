import { isOutputAbsent, isStackAbsent } from "../../../infra/pulumiMessages.ts";

const stack = "organization/mesh-federation/west";
const invoke = "invocation of pulumi:pulumi:readStackOutputs returned an error: ";

describe("a peer's stack is absent", () => {
  test("by Pulumi's own word for that stack", () => {
    expect(isStackAbsent(`${invoke}unknown stack "${stack}"`, stack)).toBe(true);
  });

  test.each([
    `${invoke}unknown stack "organization/mesh-federation/west-2"`,
    `${invoke}unknown stack "organization/mesh-federation/west": the bucket is not found`,
    `${invoke}failed to load checkpoint: blob (code=NotFound): bucket not found`,
    `${invoke}getting secrets manager: key "alias/west" not found`,
    `${invoke}organization "organization" not found`,
    `${invoke}exec: "gcloud": executable file not found in $PATH`,
    `${invoke}lookup states.example: host not found`,
    "no stack named 'west' found",
  ])("not by %j", (message) => {
    expect(isStackAbsent(message, stack)).toBe(false);
  });
});

describe("a stack lacks an output", () => {
  test("by Pulumi's own word for that output", () => {
    expect(isOutputAbsent("error: current stack does not have output property 'federation'\n", "federation")).toBe(
      true,
    );
  });

  test.each(["error: current stack does not have output property 'other'", "error: output federation not found"])(
    "not by %j",
    (message) => expect(isOutputAbsent(message, "federation")).toBe(false),
  );
});
