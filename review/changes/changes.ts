import type { FederationContract } from "../../federation/contract/contract.ts";
import { contractFileChanges, contractIn } from "./contractFileChanges.ts";
import { exportChanges } from "./exportChanges.ts";
import { importChanges, type ExportsOf } from "./importChanges.ts";
import type { PlannedFederation, PlannedMesh } from "../revision/planRevision.ts";
import { policyConfigFile, type DeclaredStack, type Revision } from "../revision/revision.ts";
import { addressesOf, list, listChange, pair, rootText, settingChanges, valueChange, type Change } from "./words.ts";

/** A revision with its planned federation. */
export interface PlannedRevision {
  revision: Revision;
  federation: PlannedFederation;
}

/**
 * The changes from one revision to another, in words: meshes, exports, imports, other configuration keys of a stack,
 * and the policy configuration. Each change occurs once, at the mesh whose configuration changes.
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
    ...pair(base.revision.stacks, head.revision.stacks, (s) => s.stack).flatMap((p) => stackChanges(p.before, p.after)),
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
    const { name, network, trustDomain, istioVersion, acceptedTrustDomains } = mesh;
    const gateway = gateways.length > 0 ? [`gateway ${addressesOf(gateways)}`] : [];
    const accepted =
      acceptedTrustDomains.length > 0 ? [`accepts callers of trust domains ${list(acceptedTrustDomains)}`] : [];
    const facts = [`network ${network}`, `trust domain ${trustDomain}`, ...accepted, `Istio ${istioVersion}`];
    return [{ sign: "+", text: `mesh ${name}: ${[...facts, ...gateway].join(", ")}` }];
  }
  if (!after) return [{ sign: "-", text: `mesh ${before.name}` }];
  const [old, now] = [before.contract.mesh, after.contract.mesh];
  const parts = (["name", "meshId", "cluster", "network", "locality"] as const).flatMap((key) =>
    valueChange(key, old[key], now[key]),
  );
  parts.push(
    ...valueChange("trust domain", old.trustDomain, now.trustDomain),
    ...valueChange("Istio", old.istioVersion, now.istioVersion),
  );
  const accepted = listChange(old.acceptedTrustDomains, now.acceptedTrustDomains);
  if (accepted) parts.push(`accepts callers of trust domains ${accepted}`);
  const roots = listChange(old.roots.map(rootText), now.roots.map(rootText));
  if (roots) parts.push(`roots ${roots}`);
  const moved = valueChange("gateway", addressesOf(before.contract.gateways), addressesOf(after.contract.gateways));
  const users = federation.meshes.flatMap((m) =>
    m.imports
      .filter((i) => i.resolved?.gateways.some((g) => g.mesh === after.name))
      .map((i) => `${m.name} for ${i.spec.name}`),
  );
  parts.push(...moved.map((m) => (users.length > 0 ? `${m}, used by ${users.join(", ")}` : m)));
  return parts.map((part) => ({ sign: "~", text: `mesh ${after.name}: ${part}` }));
}

/** The configuration without the keys that are compared as meshes, exports and imports. */
function otherSettings({ raw }: DeclaredStack): Record<string, unknown> {
  const { exports: _exports, imports: _imports, mesh, gateway, istio, ...rest } = raw;
  const { slot } = membersOf(mesh);
  const { addresses: _addresses, port: _port, ...otherGateway } = membersOf(gateway);
  const { version: _version, istioMinor: _minor, ...otherIstio } = membersOf(istio);
  const others = { mesh: slot === undefined ? {} : { slot }, gateway: otherGateway, istio: otherIstio };
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => Object.keys(value).length > 0)),
  };
}

/** Members of a mapping in an unchecked configuration; none of any other value. */
function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function stackChanges(before: DeclaredStack | undefined, after: DeclaredStack | undefined): Change[] {
  if (!before || !after)
    return (after ?? before)!.role === "mesh"
      ? []
      : [{ sign: after ? "+" : "-", text: `stack ${(after ?? before)!.stack}` }];
  if (before.problem || after.problem) return [];
  const keys = [...new Set([...Object.keys(before.secrets), ...Object.keys(after.secrets)])].sort();
  const secrets = keys.flatMap((key): Change[] => {
    const [old, now] = [before.secrets[key], after.secrets[key]];
    if (old === now) return [];
    return [
      {
        sign: old ? (now ? "~" : "-") : "+",
        text: `stack ${after.stack}: secret ${key}${old && now ? " changed" : ""}`,
      },
    ];
  });
  const hidden = new Set(keys.flatMap((key) => [`${key} new (value hidden)`, `${key} removed (value hidden)`]));
  const settings = settingChanges(otherSettings(before), otherSettings(after))
    .filter((text) => !hidden.has(text))
    .map((text): Change => ({ sign: "~", text: `stack ${after.stack}: ${text}` }));
  return [...secrets, ...settings];
}
