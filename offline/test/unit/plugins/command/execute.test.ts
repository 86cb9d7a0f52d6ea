import { readFileSync, readdirSync } from "node:fs";
import { checkCommand } from "../../../../plugins/command/check.ts";
import { execute } from "../../../../plugins/command/execute.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";

const taken = [
  "addPreviousOutputInEnv",
  "command",
  "create",
  "delete",
  "dir",
  "environment",
  "interpreter",
  "logging",
  "stdin",
  "triggers",
  "update",
];
const never = new AbortController().signal;

describe("a command", () => {
  test("masks a secret in logs and errors, not in its output", async () => {
    const lines: string[] = [];
    const environment = { TOKEN: new Secret("hush-token") };
    expect(
      await execute({ script: "echo $TOKEN; echo two >&2", environment }, never, (line) => lines.push(line)),
    ).toEqual({ stdout: "hush-token", stderr: "two" });
    expect(lines.sort()).toEqual(["[secret]", "two"]);
    await expect(execute({ script: "echo $TOKEN; exit 3", environment }, never, () => undefined)).rejects.toThrow(
      `exit status 3: running "echo $TOKEN; exit 3":\n[secret]\n`,
    );
  });

  test("keeps a secret script out of process arguments", async () => {
    const running = execute(
      { script: new Secret("sleep 3.0625; : hush-script; echo done"), environment: {} },
      never,
      () => undefined,
    );
    const all = () =>
      readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid))
        .map(commandOf);
    let commands = all();
    for (; !commands.some((text) => text.startsWith("sleep\u00003.0625")); commands = all())
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(commands.filter((text) => text.includes("hush-script"))).toEqual([]);
    expect((await running).stdout).toBe("done");
    await expect(
      execute(
        { script: new Secret("print(1)"), interpreter: ["python3", "-c"], environment: {} },
        never,
        () => undefined,
      ),
    ).rejects.toThrow(/stdin or environment/);
  });

  test("ends its whole process group when it is cancelled", async () => {
    const stop = new AbortController();
    const running = execute({ script: "sleep 1000.25 & wait", environment: {} }, stop.signal, () => undefined);
    setTimeout(() => stop.abort(), 200);
    await expect(running).rejects.toThrow(/cancelled/);
    const left = readdirSync("/proc").filter(
      (pid) => /^\d+$/.test(pid) && commandOf(pid).startsWith("sleep\u00001000.25"),
    );
    expect(left).toEqual([]);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

describe("the inputs of a command", () => {
  test.each<{ inputs: Values; property: string; reason: RegExp }>([
    { inputs: { assetPaths: ["*"] }, property: "assetPaths", reason: /not built into this stand-in/ },
    { inputs: { archivePaths: ["*"] }, property: "archivePaths", reason: /not built into this stand-in/ },
    { inputs: { logging: "loud" }, property: "logging", reason: /"loud".*stdoutAndStderr/ },
    { inputs: { interpreter: "sh" }, property: "interpreter", reason: /list of strings/ },
    { inputs: { environment: { A: 1 } }, property: "environment", reason: /strings/ },
    { inputs: { create: 1 }, property: "create", reason: /not a number/ },
  ])("reject $property", ({ inputs, property, reason }) => {
    expect(checkCommand(inputs)).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("may be unknown", () => {
    expect(
      checkCommand({ create: Unknown.value, environment: { A: Unknown.value }, interpreter: Unknown.value }),
    ).toEqual([]);
  });

  test("run in the shell without an interpreter", async () => {
    expect(checkCommand({ create: "echo", interpreter: [] })).toEqual([]);
    expect(
      (await execute({ script: "echo $0", interpreter: [], environment: {} }, never, () => undefined)).stdout,
    ).toBe("/bin/sh");
  });

  test("are each accepted or rejected by name", () => {
    for (const [file, name] of [
      ["command", "CommandArgs"],
      ["run", "RunArgs"],
    ] as const) {
      const text = readFileSync(require.resolve(`@pulumi/command/local/${file}.d.ts`), "utf8");
      const inputs = [
        ...text
          .slice(text.indexOf(`export interface ${name} `))
          .split("\n}")[0]!
          .matchAll(/^    (\w+)\??: /gm),
      ].map(([, property]) => property!);
      const refused = inputs.filter((input) =>
        checkCommand({ [input]: [] }).some(
          ({ property, reason }) => property === input && reason.includes("not built"),
        ),
      );
      expect(inputs).toEqual(
        expect.arrayContaining(["dir", "environment", "interpreter", "logging", "stdin", "addPreviousOutputInEnv"]),
      );
      expect(refused.sort()).toEqual(["archivePaths", "assetPaths"]);
      const others = inputs.filter((input) => !refused.includes(input) && !taken.includes(input));
      expect(others).toEqual([]);
    }
  });
});
