import { changesBetween } from "../../../review/changes/changes.ts";
import { renderComment } from "../../../review/report/comment.ts";
import { trustChanges } from "../../../review/trust/trustChanges.ts";
import { diff, planned, trustDiff, type Stacks } from "./federation.ts";
import { owner } from "./trustCasesOfCas.ts";
import { newRoot, oldRoot, trustCases, trusting } from "./trustCases.ts";

/** The example before and after a change. */
function both({ before, change }: Pick<(typeof trustCases)[number], "before" | "change">): [Stacks, Stacks] {
  const [old, now] = [trusting(), trusting()];
  before?.(old);
  change(now);
  return [old, now];
}

describe("the changes of trust", () => {
  test.each(trustCases)("$what", async ({ says, ...change }) => {
    expect(await trustDiff(...both(change))).toEqual(says);
  });

  test.each(trustCases)("$what: no other line has it", ({ says, ...change }) => {
    const lines = diff(...both(change)).map((line) => line.slice(2));
    expect(says.map((line) => line.slice(2)).filter((line) => lines.includes(line))).toEqual([]);
    expect(lines.filter((line) => /\b(roots|quarantine|rotation|trust|CA)\b/.test(line))).toEqual([]);
  });
});

describe("the secret CA of a mesh", () => {
  const told = async (before: Parameters<typeof planned>, after: Parameters<typeof planned>) =>
    (await trustChanges(planned(...before), planned(...after))).map(({ sign, text }) => `${sign} ${text}`);

  test("that changes is told without its value", async () => {
    const with_ = (sha256: string) => ({ east: { caMaterial: sha256 } });
    expect(await told([trusting(), [], with_("a")], [trusting(), [], with_("b")])).toEqual([
      "~ stack east: secret caMaterial changed",
    ]);
  });

  test("in plain text is told without its value", async () => {
    const plain = (caKey: string): Stacks => ({
      ...trusting(),
      east: { ...trusting()["east"], caMaterial: { caKey } },
    });
    expect(await told([plain("a")], [plain("b")])).toEqual(["~ stack east: caMaterial.caKey changed (value hidden)"]);
  });
});

test("a comment has the changes of trust first", async () => {
  const [before, after] = both({
    before: (s) => (s["east"]!["peers"].west.roots = [oldRoot]),
    change: (s) => {
      s["east"]!["peers"].west.roots = [newRoot];
      s["east"]!["gateway"].addresses = ["192.0.2.21"];
      s["trust"]!["root"] = { generations: [1, 2] };
    },
  });
  const [base, head] = [planned(before), planned(after)];
  const comment = renderComment({
    trust: await trustChanges(base, head),
    changes: changesBetween(base, head),
    invalidStacks: [],
    failed: [{ stack: "east", code: "imports-mismatch", subject: "import", problem: "is wrong", remedy: "" }],
    warnings: [],
    violations: [],
    advisories: [],
    policyCoverage: { policies: 7, stacks: [], notEvaluated: [] },
    previews: [{ stack: "east", state: "skipped", code: "review-preview-failed", reason: "its preview failed" }],
    order: { steps: [], unfinished: [], blocked: [] },
  });
  expect(comment).toBe(`<!-- mesh-federation review -->
## Federation review

### Trust

This changes whose identities the meshes accept, or who can issue them.

\`\`\`diff
~ mesh east: pinned roots of peer west, by SHA-256: + ${newRoot}, - ${oldRoot}; ${owner("west")}
~ stack trust: roots that exist + 2
\`\`\`

### What changes

\`\`\`diff
~ mesh east: gateway 192.0.2.20:15443 -> 192.0.2.21:15443
\`\`\`

### 1 check failed

- **east**: import: is wrong. ([imports-mismatch](docs/errors.md#imports-mismatch))

Ran: contract checks, no policy (no stack is previewed).

### Previews

| stack | resources |
|---|---|
| east | not previewed: its preview failed |

`);
});
