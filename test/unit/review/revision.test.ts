import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { releaseSources } from "../../../federation/config/versions.ts";
import { findingText } from "../../../federation/errors/userError.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes/changes.ts";
import { meshStackFiles } from "../../../workspace/stackFiles.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import { deploymentOrder } from "../../../review/deployment/deploymentOrder.ts";
import {
  peerEntries,
  plainSecretsOf,
  readRevision,
  secretsOfConfig,
  type Revision,
} from "../../../review/revision/revision.ts";
import { contractsOf, example } from "./federation.ts";
import { eastWith, stackFileCases, textsOf } from "./stackFileCases.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-revision-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The revision whose stack files have these texts. */
function revisionOf(files: Record<string, string>): Revision {
  rmSync(join(folder, "stacks"), { recursive: true, force: true });
  mkdirSync(join(folder, "stacks"));
  for (const [stack, text] of Object.entries(files))
    writeFileSync(join(folder, "stacks", `Pulumi.${stack}.yaml`), text);
  return readRevision(folder);
}

const planned = (revision: Revision): PlannedRevision => ({
  revision,
  federation: planRevision(revision, new Map(), releaseSources),
});

/** The example, with values at a managed Istio of west. */
function withValues(values: unknown): Record<string, string> {
  const stacks = example();
  stacks["west"]!["istio"] = { provider: "managed", version: "1.30.1", values };
  return textsOf(stacks);
}

test("secrets inside of objects and lists change and keep their path", () => {
  const values = (cipher: string) => ({
    pilot: { env: { PLACE: "here", PIN: { secure: cipher } } },
    list: ["a", { secure: `${cipher}2` }],
  });
  const [before, after] = [
    planned(revisionOf(withValues(values("v1:old:cipher")))),
    planned(revisionOf(withValues(values("v1:new:cipher")))),
  ];
  expect(before.revision.stacks[1]!.raw["istio"]).toMatchObject({
    values: { pilot: { env: { PLACE: "here", PIN: "[secret]" } }, list: ["a", "[secret]"] },
  });
  expect(Object.keys(before.revision.stacks[1]!.secrets)).toEqual([
    "istio.values.pilot.env.PIN",
    "istio.values.list[1]",
  ]);
  expect(changesBetween(before, after).map((c) => `${c.sign} ${c.text}`)).toEqual([
    "~ stack west: secret istio.values.list[1] changed",
    "~ stack west: secret istio.values.pilot.env.PIN changed",
  ]);
  expect(JSON.stringify(after)).not.toContain("cipher");
  expect(plainSecretsOf(after.revision)).toEqual([]);
});

test("a secret that appears or becomes plain text is reported without values", () => {
  const [before, after] = [
    planned(revisionOf(withValues({ a: { token: { secure: "v1:x" } } }))),
    planned(revisionOf(withValues({ a: { token: "in clear" }, b: { secure: "v1:y" } }))),
  ];
  const lines = changesBetween(before, after).map((c) => `${c.sign} ${c.text}`);
  expect(lines).toEqual([
    "- stack west: secret istio.values.a.token",
    "+ stack west: secret istio.values.b",
    "~ stack west: istio.values.a.token changed (value hidden)",
  ]);
});

test("secrets in plain configuration are masked, also inside of a value", () => {
  const { stacks } = revisionOf(
    withValues({ pilot: { env: { PLACE: "here", PIN: { secure: "v1:x" } } }, list: ["a", { secure: "v1:y" }] }),
  );
  const istio = {
    provider: "managed",
    version: "1.30.1",
    values: { pilot: { env: { PLACE: "here", PIN: "1234" } }, list: ["a", "letters"] },
  };
  const values = {
    "mesh-federation:istio": { value: JSON.stringify(istio), secret: true },
    "mesh-federation:kubeconfig": { value: "text", secret: true },
    "mesh-federation:verifyOnUp": { value: "true", secret: false },
  };
  expect(secretsOfConfig(values, stacks[1]!)).toEqual(["1234", "letters", "text"]);
});

/** The findings on east; west is planned. */
function findingsOnEast(text: string): string[] {
  const { federation } = planned(revisionOf({ ...textsOf(example()), east: text }));
  expect(federation.meshes.map((m) => m.stack)).toContain("west");
  return federation.failed.map((f) => `${f.stack}: ${findingText(f)}`);
}
test.each(stackFileCases)("$what is one finding and does not stop other stacks", ({ text, facts }) => {
  expect(findingsOnEast(text)).toEqual([expect.stringMatching(facts)]);
});

test("a contract file without JSON is named and not quoted", () => {
  writeFileSync(join(folder, "contract.json"), "root:x:0:0");
  const { revision } = planned(revisionOf({ east: eastWith({ peers: { north: { file: "contract.json" } } }) }));
  const error = revision.contractFiles.get("contract.json") as Error;
  expect(error).toMatchObject({ code: "review-contract-file-unreadable", subject: "peers.north.file" });
  expect(error.message).toContain("contract.json");
  expect(error.message).not.toContain("root:x");
});

test.each([
  ["up", "../secret.json"],
  ["an absolute path", join(folder, "secret.json")],
  ["a symbolic link", "link.json"],
  ["a folder that is a symbolic link", "links/secret.json"],
])("a contract file outside of the repository is rejected: %s", (_what, file) => {
  const outside = mkdtempSync(join(tmpdir(), "mesh-federation-outside-"));
  writeFileSync(join(outside, "secret.json"), "root:x:0:0");
  for (const [link, target] of [
    ["link.json", join(outside, "secret.json")],
    ["links", outside],
  ] as const) {
    rmSync(join(folder, link), { force: true });
    symlinkSync(target, join(folder, link));
  }
  const { revision, federation } = planned(revisionOf({ east: eastWith({ peers: { north: { file } } }) }));
  expect(revision.contractFiles.get(file)).toMatchObject({ code: "review-contract-file-outside" });
  expect(federation.failed).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ stack: file, code: "review-contract-file-outside" })]),
  );
  rmSync(outside, { recursive: true });
});

test("a contract file of another mesh is rejected", () => {
  writeFileSync(join(folder, "contract.json"), JSON.stringify(contractsOf(example())[1]));
  const { revision } = planned(revisionOf({ east: eastWith({ peers: { north: { file: "contract.json" } } }) }));
  expect(revision.contractFiles.get("contract.json")).toMatchObject({ code: "contract-of-other-mesh" });
});

test.each(["preview", "Deploy", "read"])("a stack named %s is rejected and not deployed", (stack) => {
  for (const text of [textsOf(example())["east"]!, "config:\n  mesh-federation:role: trust\n"]) {
    const { revision, federation } = planned(revisionOf({ ...textsOf(example()), [stack]: text }));
    const code = "review-stack-name-reserved";
    expect(federation.failed).toEqual(expect.arrayContaining([expect.objectContaining({ stack, code })]));
    expect(federation.meshes.map((m) => m.stack)).not.toContain(stack);
    expect(deploymentOrder(revision, federation, new Map()).steps).not.toContain(stack);
    expect(revision.stacks.filter((s) => s.role === "trust")).toEqual([]);
  }
});

test("a review never throws for any value of a key", () => {
  const any = fc.oneof(
    fc.constant(null),
    fc.constant({}),
    fc.constant([]),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const base: Record<string, string> = {
    ...textsOf(example()),
    east: eastWith({ peers: { north: { file: "contracts/north.json", trustDomain: "north.example" } } }),
  };
  const stack = fc.constantFrom("east", "west");
  fc.assert(
    fc.property(stack, fc.array(fc.tuple(fc.nat(), any), { minLength: 1, maxLength: 3 }), (name, edits) => {
      const file = parse(base[name]!) as object;
      for (const [at, value] of edits) replaceAt(file, at, value);
      const [before, after] = [planned(revisionOf(base)), planned(revisionOf({ ...base, [name]: stringify(file) }))];
      for (const [from, to] of [
        [before, after],
        [after, before],
      ] as const) {
        const changes = changesBetween(from, to);
        const order = deploymentOrder(
          to.revision,
          to.federation,
          new Map(from.federation.meshes.map((m) => [m.name, m.contract])),
        );
        expect([changes, order.steps].every(Array.isArray)).toBe(true);
        peerEntries(to.revision.stacks[0]!.raw);
      }
      // What cannot be planned is named.
      const named = new Set(after.federation.failed.map((f) => f.stack));
      for (const { stack } of after.revision.stacks)
        if (!after.federation.meshes.some((m) => m.stack === stack)) expect(named).toContain(stack);
    }),
    { numRuns: 100 },
  );
});

/** Puts a value in the place of one of the values inside another, whichever the number picks. */
function replaceAt(root: object, at: number, value: unknown): void {
  const places: [any, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node === "object" && node !== null)
      for (const key of Object.keys(node)) (places.push([node, key]), walk((node as any)[key]));
  };
  walk(root);
  if (places.length === 0) return;
  const [parent, key] = places[at % places.length]!;
  parent[key] = value;
}

test("a review knows the same meshes as the program", () => {
  const files = {
    ...textsOf(example()),
    trust: "config:\n  mesh-federation:role: trust\n  mesh-federation:mesh: {}\n",
    empty: "encryptionsalt: v1:x\n",
    unnamed: "config:\n  mesh-federation:cluster: { provider: existing }\n",
    other: "config:\n  elsewhere:mesh: {}\n",
  };
  const meshes = revisionOf(files)
    .stacks.filter((s) => s.role === "mesh" && !s.problem)
    .map((s) => s.stack);
  expect(meshes).toEqual(["east", "unnamed", "west"]);
  expect(meshStackFiles(folder).map((s) => s.stack)).toEqual(meshes);
});

test("a policy that is turned off or on is a change", () => {
  const withPolicies = (text?: string): PlannedRevision => {
    const file = join(folder, "policy-config.json");
    rmSync(file, { force: true });
    if (text !== undefined) writeFileSync(file, text);
    return planned(revisionOf(textsOf(example())));
  };
  const [none, off, wrong] = [withPolicies(), withPolicies('{"export-names-callers": "disabled"}'), withPolicies("{")];
  rmSync(join(folder, "policy-config.json"));
  const told = (before: PlannedRevision, after: PlannedRevision) =>
    changesBetween(before, after).map(({ sign, text }) => `${sign} ${text}`);
  expect(told(none, none)).toEqual([]);
  expect(told(none, off)).toEqual(['~ policy-config.json: export-names-callers "disabled" (new)']);
  expect(told(off, none)).toEqual(['~ policy-config.json: export-names-callers "disabled" (removed)']);
  // A head that cannot be read ends the review elsewhere; a base that cannot be read is as good as none.
  expect(told(wrong, off)).toEqual(told(none, off));
});
