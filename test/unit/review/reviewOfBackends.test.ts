import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releaseSources } from "../../../federation/config/versions.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import type { Revision } from "../../../review/revision/revision.ts";
import { contractsOf, example, planned, revisionOf } from "./federation.ts";
import { failures, type ReviewResult } from "../../../review/result.ts";
import type { Progress } from "../../../tools/progress.ts";
import type { Toolchain } from "../../../tools/index.ts";
import { cloneAt } from "../support/clone.ts";

type Backend = typeof import("../../../review/deployment/readDeployed.ts");
type PreviewsModule = typeof import("../../../review/preview/previews.ts");

/*
 * A Pulumi whose answers are files named after the command and the stack; without one it fails as its file `error`
 * says. East and west are in its backend.
 */
const fakePulumi = `#!/bin/sh
command=$1; [ "$1" != stack ] || command=$2
for word; do case "$word" in --show-secrets) command=$command-clear ;; east|west) stack=$word ;; esac; done
answer="$ANSWERS/$command\${stack:+-$stack}"
if [ -e "$answer" ]; then cat "$answer"; else cat "$ANSWERS/error" >&2; exit 1; fi
`;

const before = { ...process.env };
let folder: string;
let backend: Backend;
let previews: PreviewsModule;
let tools: Toolchain;
const answer = (name: string, value: unknown): void =>
  writeFileSync(join(folder, "answers", name), typeof value === "string" ? value : JSON.stringify(value));
const stateOf = (federation: unknown, secret?: string) => ({
  deployment: {
    resources: [
      { type: "pulumi:pulumi:Stack", outputs: { federation } },
      ...(secret
        ? [
            {
              type: "x",
              outputs: {
                token: {
                  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                  plaintext: JSON.stringify(secret),
                },
              },
            },
          ]
        : []),
    ],
  },
});

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "backends-")));
  for (const part of ["bin", "answers"]) mkdirSync(join(folder, part));
  const clone = cloneAt(join(folder, "clone"));
  writeFileSync(join(folder, "bin", "pulumi"), fakePulumi);
  chmodSync(join(folder, "bin", "pulumi"), 0o755);
  tools = { bin: join(folder, "bin"), source: "release" } as Toolchain;
  Object.assign(process.env, {
    PULUMI_BACKEND_URL: "s3://states",
    MESH_FEDERATION_BACKEND: "required",
    ANSWERS: join(folder, "answers"),
  });
  backend = (await import(join(clone, "review/deployment/readDeployed.ts"))) as Backend;
  previews = (await import(join(clone, "review/preview/previews.ts"))) as PreviewsModule;
  answer("error", "error: access denied\n");
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

/** The order of deployment of these stacks onto the backend. */
async function orderNow(stacks = example()) {
  const { revision } = planned(stacks);
  const deployed = await backend.readDeployed(tools, revision);
  const { federation } = planned(stacks, [...deployed.contracts.values()]);
  const { order } = await previews.previewStacks(tools, revision, federation, deployed, quiet);
  const result = { failed: [], violations: [], previews: [], order } as unknown as ReviewResult;
  const passes = (required = {}): boolean => failures(result, required).length === 0;
  return { deployed, order, passed: { review: passes(), deployment: passes({ order: true }) } };
}
const quiet = { step: () => ({ done: () => undefined }) } as unknown as Progress;
const [east, west] = contractsOf(example());

describe("an unreadable backend", () => {
  test("blocks the deployment of all stacks, but no review", async () => {
    const { order, passed } = await orderNow();
    const finding = {
      code: "review-backend-unreadable",
      subject: "deployment",
      problem: "the backend cannot be read: access denied",
      remedy: "",
    };
    expect(order).toEqual({
      steps: [],
      unfinished: [],
      blocked: [
        { stack: "east", ...finding },
        { stack: "west", ...finding },
      ],
    });
    expect(passed).toEqual({ review: true, deployment: false });
  });
});

describe("a readable backend", () => {
  test("blocks nothing", async () => {
    answer("ls", [{ name: "east" }, { name: "west" }]);
    answer("export-clear-east", stateOf(east));
    answer("export-clear-west", stateOf(west, "a-secret-token"));
    const { deployed, order, passed } = await orderNow();
    expect([...deployed.contracts.keys()].sort()).toEqual(["east", "west"]);
    expect(deployed.secrets).toContain("a-secret-token");
    expect({ blocked: order.blocked, notes: deployed.notes, passed }).toEqual({
      blocked: [],
      notes: [],
      passed: { review: true, deployment: true },
    });
  });
});

describe("a stack in the backend", () => {
  test("with an unreadable state is blocked and hides no other stack", async () => {
    answer("ls", [{ name: "east" }, { name: "west" }]);
    answer("export-clear-east", stateOf(east));
    const { deployed, order, passed } = await orderNow();
    expect([...deployed.contracts.keys()]).toEqual(["east"]);
    const found = {
      stack: "west",
      code: "review-state-unreadable",
      subject: "state",
      problem: "cannot be read (access denied); the published contract is unknown",
      remedy: "",
    };
    expect(order.blocked[0]).toEqual(found);
    expect(deployed.notes).toEqual([found]);
    expect(passed.deployment).toBe(false);
  });

  test("with an invalid configuration is blocked", async () => {
    answer("ls", []);
    const stacks = example();
    stacks["west"]!["exports"][0].ports[0].number = 80_000;
    const { order, passed } = await orderNow(stacks);
    expect(order.blocked).toMatchObject([{ stack: "west" }]);
    expect(JSON.stringify(order.blocked)).toContain("65535");
    expect(passed.deployment).toBe(false);
  });

  test("without the passphrase has contracts, and its unreadable secrets are reported", async () => {
    answer("ls", [{ name: "east" }, { name: "west" }]);
    answer("export-east", stateOf(east));
    answer("export-clear-west", stateOf(west));
    const deployed = await backend.readDeployed(tools, revisionOf(example(), { west: { kubeconfig: "fingerprint" } }));
    expect([...deployed.contracts.keys()].sort()).toEqual(["east", "west"]);
    expect(deployed.unreadable).toEqual([]);
    expect(deployed.notes.sort((a, b) => a.stack.localeCompare(b.stack))).toMatchObject([
      { stack: "east", code: "review-state-secrets-unreadable", problem: expect.stringContaining("access denied") },
      { stack: "west", code: "review-config-secrets-unreadable", problem: expect.stringContaining("access denied") },
    ]);
  });

  test("with an invalid published contract is reported", async () => {
    answer("ls", [{ name: "east" }, { name: "west" }]);
    answer("export-clear-east", stateOf({ version: "nonsense" }));
    answer("export-clear-west", stateOf(west));
    const deployed = await backend.readDeployed(tools, revisionOf(example()));
    expect([...deployed.contracts.keys()]).toEqual(["west"]);
    expect(deployed.unreadable).toMatchObject([{ stack: "east", code: "review-contract-unreadable" }]);
  });
});

describe("a deployed stack without a stack file", () => {
  test("is reported, unlike an empty stack or a peer's", async () => {
    answer("ls", [
      { name: "east", resourceCount: 3 },
      { name: "o/p/north", resourceCount: 5 },
      { name: "unsure" },
      { name: "empty", resourceCount: 0 },
      { name: "o/p/south", resourceCount: 5 },
    ]);
    answer("export-clear-east", stateOf(east));
    const stacks = example();
    stacks["east"]!["peers"] = { south: { stack: "o/p/south" } };
    const { undeclared } = await backend.readDeployed(tools, revisionOf(stacks));
    const finding = {
      code: "review-stack-undeclared",
      remedy: expect.stringContaining('docs/ci.md, "Removing a mesh"'),
    };
    expect(undeclared).toMatchObject([
      { stack: "north", ...finding },
      { stack: "unsure", ...finding },
    ]);
  });

  test("is reported in the clone's own backend", async () => {
    delete process.env["MESH_FEDERATION_BACKEND"];
    delete process.env["PULUMI_BACKEND_URL"];
    const states = join(folder, "clone", ".federation", "state", ".pulumi", "stacks", "mesh-federation");
    mkdirSync(states, { recursive: true });
    for (const stack of ["east", "north"])
      writeFileSync(join(states, `${stack}.json`), JSON.stringify({ checkpoint: { latest: { resources: [{}] } } }));
    answer("export-clear-east", stateOf(east));
    const { stacks, undeclared } = await backend.readDeployed(tools, revisionOf(example()));
    expect([stacks, undeclared.map((f) => f.stack)]).toEqual([["east"], ["north"]]);
  });
});

describe("a trust stack", () => {
  test("with wrong keys is not previewed, and is blocked", async () => {
    answer("ls", [{ name: "trust" }]);
    answer("export-clear", stateOf(undefined));
    const revision: Revision = {
      stacks: [{ stack: "trust", role: "trust", raw: { imports: [{}] }, secrets: {} }],
      contractFiles: new Map(),
    };
    const deployed = await backend.readDeployed(tools, revision);
    const found = await previews.previewStacks(
      tools,
      revision,
      planRevision(revision, new Map(), releaseSources),
      deployed,
      quiet,
    );
    expect(found.previews).toMatchObject([{ stack: "trust", state: "skipped", code: "review-config-invalid" }]);
    expect(found.order.blocked).toMatchObject([{ stack: "trust" }]);
  });
});
