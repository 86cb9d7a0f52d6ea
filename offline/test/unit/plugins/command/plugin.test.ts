import { commandPlugin } from "../../../../plugins/command/plugin.ts";
import { Secret, type Value, type Values } from "../../../../plugins/shared/values.ts";

const at = {
  urn: "urn:pulumi:s::p::command:local:Command::n",
  type: "command:local:Command",
  name: "n",
  signal: new AbortController().signal,
};
const plugin = commandPlugin();
const update = async (script: string, olds: Values, inputs: Values = {}): Promise<Value> => {
  const { properties } = await plugin.update({
    ...at,
    id: "n",
    olds,
    oldInputs: {},
    news: { update: script, logging: "none", ...inputs },
    timeout: 0,
    ignoreChanges: [],
    preview: false,
  });
  return properties["stdout"]!;
};
const script = "echo ${PULUMI_COMMAND_STDOUT-unset}/${PULUMI_COMMAND_STDERR-unset}";

describe("the previous output of a command", () => {
  test.each<{ name: string; olds: Values; inputs?: Values; expected: string }>([
    { name: "is handed on", olds: { stdout: "out", stderr: "err" }, expected: "out/err" },
    { name: "is not set when it was empty", olds: { stdout: "", stderr: new Secret("") }, expected: "unset/unset" },
    { name: "is not set when there was none", olds: {}, expected: "unset/unset" },
    { name: "is handed on when it is secret", olds: { stdout: new Secret("out"), stderr: "" }, expected: "out/unset" },
    {
      name: "stays away when that is asked for",
      olds: { stdout: "out", stderr: "err" },
      inputs: { addPreviousOutputInEnv: false },
      expected: "unset/unset",
    },
  ])("$name", async ({ olds, inputs, expected }) => expect(await update(script, olds, inputs)).toBe(expected));

  test("loses only the line feed of its last line break", async () => {
    expect(await update("printf 'a\\r\\n'", {})).toBe("a\r");
    expect(await update("printf 'a\\n\\n'", {})).toBe("a\n");
  });
});
