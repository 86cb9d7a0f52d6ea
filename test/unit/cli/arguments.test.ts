import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const cli = resolve(import.meta.dirname, "..", "..", "..", "cli");
const argumentsModule = resolve(cli, "arguments.ts");

/** Reads arguments in a process of its own, since an error ends it. */
function read(...args: string[]) {
  const script = `import { fail, readArguments } from ${JSON.stringify(argumentsModule)};
    const options = readArguments({ source: { type: "string" }, json: { type: "boolean" } }, "usage: x");
    if (options.source === "bad") fail(new Error("no such source"));
    console.log(JSON.stringify(options));`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script, "--", ...args],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("the arguments", () => {
  test.each([
    { args: ["--source", "release", "--json"], status: 0, stdout: '{"source":"release","json":true}\n', stderr: /^$/ },
    { args: [], status: 0, stdout: "{}\n", stderr: /^$/ },
    { args: ["--help"], status: 0, stdout: "usage: x\n", stderr: /^$/ },
    { args: ["--sorce", "release"], status: 2, stdout: "", stderr: /--sorce[^]*usage: x/ },
    { args: ["--source"], status: 2, stdout: "", stderr: /--source[^]*usage: x/ },
    { args: ["east"], status: 2, stdout: "", stderr: /east[^]*usage: x/ },
    { args: ["--source", "bad"], status: 1, stdout: "", stderr: /^\nerror: no such source\n$/ },
  ])("$args end with $status", ({ args, status, stdout, stderr }) => {
    expect(read(...args)).toEqual({ status, stdout, stderr: expect.stringMatching(stderr) });
  });
});

describe("the output of a command", () => {
  test("reaches a slow reader completely and may lose its reader", () => {
    const script = `import { exit } from ${JSON.stringify(argumentsModule)};
    process.stdout.write("x".repeat(1_000_000));
    exit(3);`;
    const through = (reader: string) =>
      spawnSync(
        "bash",
        [
          "-c",
          '"$0" --disable-warning=ExperimentalWarning --input-type=module --eval "$1" ' +
            `| ${reader}; echo " \${PIPESTATUS[0]}"`,
          process.execPath,
          script,
        ],
        { encoding: "utf8" },
      );
    expect(through("(sleep 0.5; wc -c)")).toMatchObject({ stdout: "1000000\n 3\n", stderr: "" });
    expect(through("head -c 1")).toMatchObject({ stdout: "x 3\n", stderr: "" });
  });
});

describe("a wrong argument", () => {
  test.each([
    { program: "verify.ts", args: ["--wait", "long"], says: /--wait: "long" .*0 to 600.*\[arguments-invalid\]/ },
    {
      program: "verify.ts",
      args: ["--access", "theirs"],
      says: /--access: "theirs" .*own, both.*\[arguments-invalid\]/,
    },
    { program: "contract.ts", args: ["nowhere"], says: /mesh "nowhere": .*east, west.*\[mesh-unknown\]/ },
    { program: "contract.ts", args: ["--oot", "x"], says: /--oot[^]*npm run contract/ },
  ])("of $program $args exits with 2", ({ program, args, says }) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", resolve(cli, program), ...args],
      { encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});
