import { execFileSync } from "node:child_process";
import { shellExports } from "../../../workspace/pulumiCommand.ts";
import { countsOf, diagnosticsOf } from "../../../workspace/pulumiOutput.ts";

/** What `operate` keeps of Pulumi's output: its lines without blanks around them, and no empty ones. */
const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

describe("the output of Pulumi", () => {
  test.each([
    {
      what: "a first up",
      text: "Resources:\n    + 47 created\n\nDuration: 2m15s",
      counts: "+ 47 created",
      changed: true,
    },
    {
      what: "an up without changes",
      text: "Resources:\n    31 unchanged\n\nDuration: 4s",
      counts: "31 unchanged",
      changed: false,
    },
    {
      what: "a mixed one",
      text:
        "Resources:\n    + 1 created\n    ~ 2 updated\n    - 3 deleted\n    +-1 replaced\n    7 changes. 20 " +
        "unchanged\n\nDuration: 4s",
      counts: "+ 1 created, ~ 2 updated, - 3 deleted, +-1 replaced",
      changed: true,
    },
    {
      what: "a destroy",
      text: "Resources:\n    - 31 deleted\n\nDuration: 1m4s\n\nThe resources in the stack have been deleted",
      counts: "- 31 deleted",
      changed: true,
    },
    { what: "an empty stack", text: "Resources:\n\nDuration: 1s", counts: "no resources", changed: false },
    {
      what: "one whose outputs look like counts",
      text: "Outputs:\n    note: {\n      Resources:\n      + 9 created\n    }\nResources:\n    2 unchanged\n",
      counts: "2 unchanged",
      changed: false,
    },
    {
      what: "one that was cut short",
      text: "@ updating....\n + pulumi:pulumi:Stack creating",
      counts: "no resources",
      changed: false,
    },
  ])("has the counts of $what", ({ text, counts, changed }) => {
    expect(countsOf(lines(text))).toEqual({ counts, changed });
  });

  test("of a failure is its diagnostics, without progress and outputs", () => {
    const text =
      "Updating (east):\n +  mesh creating\nDiagnostics:\n  pulumi:pulumi:Stack (east):\n    error: " +
      "exports[0].ports: missing\n\nOutputs:\n  - kubeconfig: [secret]\n\nResources:\n    + 1 created\n";
    expect(diagnosticsOf(lines(text))).toBe("  pulumi:pulumi:Stack (east):\n  error: exports[0].ports: missing");
    expect(diagnosticsOf(lines("Diagnostics:\n  error: a\n"))).toBe("  error: a");
  });

  test("of a failure without diagnostics is its last lines", () => {
    const many = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    expect(diagnosticsOf([...many, "error: the stack is currently locked by 1 lock(s)"])).toMatch(
      /^ {2}line 16\n[^]*\n {2}error: the stack is currently locked by 1 lock\(s\)$/,
    );
  });
});

describe("an exported variable", () => {
  test("is read by a shell unchanged", () => {
    const awkward = `it's $HOME, "two"\n\\lines`;
    expect(
      execFileSync("sh", ["-c", `${shellExports({ ONE: awkward, TWO: "2" })}printf '%s|%s' "$ONE" "$TWO"`], {
        encoding: "utf8",
      }),
    ).toBe(`${awkward}|2`);
  });
});
