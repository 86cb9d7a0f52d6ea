import type { FederationContract } from "../../federation/contract/contract.ts";
import { contractFileChanges, contractIn } from "./contractFileChanges.ts";
import { exportChanges } from "./exportChanges.ts";
import { importChanges, type ExportsOf } from "./importChanges.ts";
import type { PlannedFederation, PlannedMesh } from "../revision/planRevision.ts";
import { policyConfigFile, type Revision } from "../revision/revision.ts";
import { stackChanges } from "./stackChanges.ts";
import { addressesOf, pair, settingChanges, valueChange, type Change } from "./words.ts";

/** A revision with its planned federation. */
export interface PlannedRevision {
  revision: Revision;
  federation: PlannedFederation;
}

/**
 * The changes from one revision to another, in words: meshes, exports, imports, other configuration keys of a stack,
 * and the policy configuration. Each change occurs once, at the mesh whose configuration changes. `trustChanges` has
 * those of trust, and all of a trust stack.
 *
 * @param deployed contracts published now, for exporters that are not among the revisions' stacks
 */
export function changesBetween(
  base: PlannedRevision,
  head: PlannedRevision,
  deployed: ReadonlyMap<string, FederationContract> = new Map(),
): Change[] {
  const meshes = pair(
    base.federation.meshes,
    head.federation.meshes,
    (m) => m.stack,
    (m) => m.name,
  );
  const exportsOf =
    ({ federation, revision }: PlannedRevision): ExportsOf =>
    (name, importer) => {
      const inFile = contractIn(revision, importer.config.peers[name]?.file);
      const contract = inFile ?? federation.meshes.find((m) => m.name === name)?.contract ?? deployed.get(name);
      return contract?.exports ?? [];
    };
  const [before, after] = [exportsOf(base), exportsOf(head)];
  const invalid = new Set(invalidStacks(base, head));
  const compared = meshes.filter((p) => !invalid.has((p.after ?? p.before)!.stack));
  return [
    ...compared.flatMap((p) => meshChanges(p.before, p.after, head.federation)),
    ...compared.flatMap((p) => exportChanges(p.before, p.after, head.federation)),
    ...compared.flatMap((p) => importChanges(p.before, p.after, before, after)),
    ...contractFileChanges(base.revision, head.revision, head.federation),
    ...pair(base.revision.stacks, head.revision.stacks, (s) => s.stack).flatMap(({ before: old, after: now }) =>
      old?.role === "mesh" && now?.role === "mesh"
        ? stackChanges(old, now, { compared: !invalid.has(now.stack) }).others
        : [],
    ),
    ...settingChanges(base.revision.policyConfig ?? {}, head.revision.policyConfig ?? {}).map((text): Change => ({
      sign: "~",
      text: `${policyConfigFile}: ${text}`,
    })),
  ];
}

/**
 * Stacks whose configuration is not valid in one of the two revisions. They are not compared: everything in them would
 * look added or removed.
 */
export function invalidStacks(base: PlannedRevision, head: PlannedRevision): string[] {
  const invalid = [base, head].flatMap(({ revision, federation }) =>
    revision.stacks.filter((s) => s.role === "mesh" && !federation.meshes.some((m) => m.stack === s.stack)),
  );
  return [...new Set(invalid.map((s) => s.stack))].sort();
}

function meshChanges(
  before: PlannedMesh | undefined,
  after: PlannedMesh | undefined,
  federation: PlannedFederation,
): Change[] {
  if (!before) {
    const { mesh, gateways } = after!.contract;
    const { name, network, istioVersion } = mesh;
    const gateway = gateways.length > 0 ? [`gateway ${addressesOf(gateways)}`] : [];
    const facts = [`network ${network}`, `Istio ${istioVersion}`];
    return [{ sign: "+", text: `mesh ${name}: ${[...facts, ...gateway].join(", ")}` }];
  }
  if (!after) return [{ sign: "-", text: `mesh ${before.name}` }];
  const [old, now] = [before.contract.mesh, after.contract.mesh];
  const parts = (["name", "meshId", "cluster", "network", "locality"] as const).flatMap((key) =>
    valueChange(key, old[key], now[key]),
  );
  parts.push(...valueChange("Istio", old.istioVersion, now.istioVersion));
  const moved = valueChange("gateway", addressesOf(before.contract.gateways), addressesOf(after.contract.gateways));
  const users = federation.meshes.flatMap((m) =>
    m.imports
      .filter((i) => i.resolved?.gateways.some((g) => g.mesh === after.name))
      .map((i) => `${m.name} for ${i.spec.name}`),
  );
  parts.push(...moved.map((m) => (users.length > 0 ? `${m}, used by ${users.join(", ")}` : m)));
  return parts.map((part) => ({ sign: "~", text: `mesh ${after.name}: ${part}` }));
}
