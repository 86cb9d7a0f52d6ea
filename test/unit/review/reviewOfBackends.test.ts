import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releaseSources } from "../../../federation/config/versions.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import type { Revision } from "../../../review/revision/revision.ts";
import { contractsOf, example, planned, revisionOf } from "./federation.ts";
import { hasFailed, type ReviewResult } from "../../../review/result.ts";
import type { Progress } from "../../../tools/progress.ts";
import type { Toolchain } from "../../../tools/index.ts";
import { cloneAt } from "../support/clone.ts";

type Backend = typeof import("../../../review/deployment/readDeployed.ts");
type PreviewsModule = typeof import("../../../review/preview/previews.ts");

/*
 * A Pulumi whose answers are files named after the command and the stack; without one it fails as its file `error` says.
 * East and west are in its backend.
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

/** What a deployment would be of these stacks, as things are in the backend. */
async function orderNow(stacks = example()) {
  const { revision } = planned(stacks);
  const deployed = await backend.readDeployed(tools, revision);
  const { federation } = planned(stacks, [...deployed.contracts.values()]);
  const { order } = await previews.previewStacks(tools, revision, federation, deployed, quiet);
  const result = { failed: [], policies: [], previews: [], order } as unknown as ReviewResult;
  return { deployed, order, passed: { review: !hasFailed(result), deployment: !hasFailed(result, { order: true }) } };
}
const quiet = { step: () => ({ done: () => undefined }) } as unknown as Progress;
const [east, west] = contractsOf(example());

test("a backend that is down blocks the deployment of every stack, and says why; a review passes", async () => {
  const { order, passed } = await orderNow();
  const message = "the backend cannot be read: access denied";
  expect(order).toEqual({
    steps: [],
    stuck: [],
    blocked: [
      { stack: "east", message },
      { stack: "west", message },
    ],
  });
  expect(passed).toEqual({ review: true, deployment: false });
});

test("a backend that is read blocks nothing", async () => {
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

test("one state that cannot be read blocks the deployment by name, and hides nothing of the other", async () => {
  answer("ls", [{ name: "east" }, { name: "west" }]);
  answer("export-clear-east", stateOf(east));
  const { deployed, order, passed } = await orderNow();
  expect([...deployed.contracts.keys()]).toEqual(["east"]);
  const found = {
    stack: "west",
    message: "its state cannot be read (access denied), so what it has published is not known here",
  };
  expect(order.blocked[0]).toEqual(found);
  expect(deployed.notes).toEqual([found]);
  expect(passed.deployment).toBe(false);
});

test("a stack whose configuration is wrong blocks the deployment by name", async () => {
  answer("ls", []);
  const stacks = example();
  stacks["west"]!["exports"][0].ports[0].number = 80_000;
  const { order, passed } = await orderNow(stacks);
  expect(order.blocked).toEqual([{ stack: "west", message: expect.stringContaining("must be 1 to 65535") }]);
  expect(passed.deployment).toBe(false);
});

test("without the passphrase, what is published is known all the same; secret configuration that cannot be read is told for itself", async () => {
  answer("ls", [{ name: "east" }, { name: "west" }]);
  answer("export-east", stateOf(east));
  answer("export-clear-west", stateOf(west));
  const deployed = await backend.readDeployed(tools, revisionOf(example(), { west: { kubeconfig: "fingerprint" } }));
  expect([...deployed.contracts.keys()].sort()).toEqual(["east", "west"]);
  expect(deployed.unread).toEqual([]);
  expect(deployed.notes.sort((a, b) => a.stack.localeCompare(b.stack))).toEqual([
    {
      stack: "east",
      message:
        "the secrets of its state cannot be read (access denied), so they are not masked beyond what Pulumi masks",
    },
    {
      stack: "west",
      message: "its secret configuration cannot be read (access denied), so it is not masked beyond what Pulumi masks",
    },
  ]);
});

test("a published contract that is not one is told for itself", async () => {
  answer("ls", [{ name: "east" }, { name: "west" }]);
  answer("export-clear-east", stateOf({ version: "nonsense" }));
  answer("export-clear-west", stateOf(west));
  const deployed = await backend.readDeployed(tools, revisionOf(example()));
  expect([...deployed.contracts.keys()]).toEqual(["west"]);
  expect(deployed.unread).toEqual([
    { stack: "east", message: expect.stringMatching(/^what it has published cannot be used: /) },
  ]);
});

test("a stack that is deployed and that nobody declares is named with what to do; an empty one and a peer's are not", async () => {
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
  const { orphans } = await backend.readDeployed(tools, revisionOf(stacks));
  const message = expect.stringMatching(
    /^it is deployed, and no file in stacks\/ declares it: .*docs\/ci\.md, "A mesh that was removed"/,
  );
  expect(orphans).toEqual([
    { stack: "north", message },
    { stack: "unsure", message },
  ]);
});

test("in the clone's own backend too", async () => {
  delete process.env["MESH_FEDERATION_BACKEND"];
  delete process.env["PULUMI_BACKEND_URL"];
  const states = join(folder, "clone", ".federation", "state", ".pulumi", "stacks", "mesh-federation");
  mkdirSync(states, { recursive: true });
  for (const stack of ["east", "north"])
    writeFileSync(join(states, `${stack}.json`), JSON.stringify({ checkpoint: { latest: { resources: [{}] } } }));
  answer("export-clear-east", stateOf(east));
  const { stacks, orphans } = await backend.readDeployed(tools, revisionOf(example()));
  expect([stacks, orphans.map((o) => o.stack)]).toEqual([["east"], ["north"]]);
});

test("a trust stack whose keys are wrong is not previewed, and blocks its deployment", async () => {
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
  expect(found.previews).toEqual([
    { stack: "trust", state: "skipped", reason: "its configuration is not valid, see the checks" },
  ]);
  expect(found.order.blocked).toEqual([
    { stack: "trust", message: expect.stringContaining('key "imports" belongs in the stack of a mesh') },
  ]);
});
