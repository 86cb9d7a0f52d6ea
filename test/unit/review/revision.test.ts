import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { releaseSources } from "../../../components/plan/versions.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes.ts";
import { planRevision } from "../../../review/planRevision.ts";
import { plainSecretsOf, readRevision, type Revision } from "../../../review/revision.ts";
import { example, type Stacks } from "./federation.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-revision-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The revision whose stack files have these texts. */
function revisionOf(files: Record<string, string>): Revision {
  rmSync(join(folder, "stacks"), { recursive: true, force: true });
  mkdirSync(join(folder, "stacks"));
  for (const [stack, text] of Object.entries(files)) writeFileSync(join(folder, "stacks", `Pulumi.${stack}.yaml`), text);
  return readRevision(folder);
}

function textsOf(stacks: Stacks): Record<string, string> {
  return Object.fromEntries(Object.entries(stacks).map(([stack, raw]) => [stack, stringify({ config: Object.fromEntries(Object.entries(raw).map(([key, value]) => [`mesh-federation:${key}`, value])) })]));
}

const planned = (revision: Revision): PlannedRevision => ({ revision, federation: planRevision(revision, new Map(), releaseSources) });

/** The example, with values at a managed Istio of west. */
function withValues(values: unknown): Record<string, string> {
  const stacks = example();
  stacks["west"]!["istio"] = { provider: "managed", version: "1.30.1", values };
  return textsOf(stacks);
}

test("secrets inside of objects and lists are secrets: they change, and their place is kept", () => {
  const values = (cipher: string) => ({ pilot: { env: { PLACE: "here", PIN: { secure: cipher } } }, list: ["a", { secure: `${cipher}2` }] });
  const [before, after] = [planned(revisionOf(withValues(values("v1:old:cipher")))), planned(revisionOf(withValues(values("v1:new:cipher"))))];
  expect(before.revision.stacks[1]!.raw["istio"]).toMatchObject({ values: { pilot: { env: { PLACE: "here", PIN: "[secret]" } }, list: ["a", "[secret]"] } });
  expect(Object.keys(before.revision.stacks[1]!.secrets)).toEqual(["istio.values.pilot.env.PIN", "istio.values.list[1]"]);
  expect(changesBetween(before, after).map((c) => `${c.sign} ${c.text}`)).toEqual(["~ stack west: secret istio.values.list[1] is set anew", "~ stack west: secret istio.values.pilot.env.PIN is set anew"]);
  expect(JSON.stringify(after)).not.toContain("cipher");
  expect(plainSecretsOf(after.revision)).toEqual([]);
});

test("a secret that comes, and one that is put into plain text, are told without their values", () => {
  const [before, after] = [planned(revisionOf(withValues({ a: { token: { secure: "v1:x" } } }))), planned(revisionOf(withValues({ a: { token: "in clear" }, b: { secure: "v1:y" } })))];
  const lines = changesBetween(before, after).map((c) => `${c.sign} ${c.text}`);
  expect(lines).toEqual(["- stack west: secret istio.values.a.token", "+ stack west: secret istio.values.b", "~ stack west: istio.values.a.token changed (value hidden)"]);
});
