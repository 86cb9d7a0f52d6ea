import type { FederationContract } from "../federation/contract/contract.ts";
import { findingSentences } from "../federation/errors/userError.ts";
import type { StackFinding } from "../review/findings.ts";
import type { FederationObject } from "../federation/objects/federationObject.ts";
import { exportText, importText } from "../review/changes/contractFileChanges.ts";
import { addressesOf, pair, settingChanges, valueChange, type Change } from "../review/changes/words.ts";
import { fencedLine, markdown } from "../review/report/markdown.ts";
import type { PlannedFederation } from "../review/revision/planRevision.ts";
import type { Revision } from "../review/revision/revision.ts";
import { readCertificates } from "../review/trust/certificates.ts";
import { contractPems, contractTrust } from "../review/trust/contractTrust.ts";
import { renderedFiles, type RenderedMesh } from "../workspace/renderedFolder.ts";
import type { PlannedMesh } from "./planMeshes.ts";
import { reviewTitle } from "./writeFolder.ts";

/** A mesh in its folder; undefined where the folder does not have it. */
export interface ComparedMesh {
  name: string;
  before: RenderedMesh | undefined;
  after: (Pick<RenderedMesh, "name" | "contract" | "objects"> & { planned: PlannedMesh }) | undefined;
}

/** What changes from one folder to another. */
export interface RenderChanges {
  trust: Change[];
  /** Between and within meshes. */
  federation: Change[];
  manifests: Change[];
}

/** Describes what changes, by the contracts and the objects of both folders. */
export async function renderChanges(meshes: readonly ComparedMesh[]): Promise<RenderChanges> {
  const [before, after] = (["before", "after"] as const).map((side): Revision => {
    const files = meshes.flatMap((mesh) => (mesh[side] ? [[fileOf(mesh.name), mesh[side].contract] as const] : []));
    return { stacks: [], contractFiles: new Map(files) };
  });
  const certificates = await readCertificates({ certificates: contractPems([before!, after!]), requests: [] });
  return {
    trust: contractTrust(before!, after!, federationOf(meshes), certificates),
    federation: meshes.flatMap(meshChanges),
    manifests: meshes.flatMap(manifestChanges),
  };
}

function fileOf(mesh: string): string {
  return `${mesh}/${renderedFiles.contract}`;
}

/** The rendered meshes, with the folder as the file of each peer: the review says who pins which root. */
function federationOf(meshes: readonly ComparedMesh[]): PlannedFederation {
  const planned = meshes.flatMap(({ after }) => (after ? [after.planned] : []));
  return {
    meshes: planned.map(({ stack, name, declared, config, contract }) => {
      const peers = Object.entries(config.peers).map(([peer, keys]) => [peer, { ...keys, file: fileOf(peer) }]);
      const known = { ...config, peers: Object.fromEntries(peers) as typeof config.peers };
      return { stack, name, declared, config: known, contract, before: undefined, imports: [] };
    }),
    failed: [],
    warnings: [],
  };
}

function meshChanges({ name, before, after }: ComparedMesh): Change[] {
  if (!before && !after) return [];
  if (!after) return [{ sign: "-", text: `mesh ${name}` }];
  const now = after.contract;
  if (!before) {
    const gateway = now.gateways.length > 0 ? `, gateway ${addressesOf(now.gateways)}` : "";
    const added = [...now.exports.map((e) => exportText(e, now.gateways)), ...now.imports.map(importText)];
    return [
      { sign: "+", text: `mesh ${name}: network ${now.mesh.network}, Istio ${now.mesh.istioVersion}${gateway}` },
      ...added.map((text): Change => ({ sign: "+", text: `${name} ${text}` })),
    ];
  }
  return contractChanges(name, before.contract, now);
}

function contractChanges(name: string, old: FederationContract, now: FederationContract): Change[] {
  const changed = (text: string): Change => ({ sign: "~", text: `mesh ${name}: ${text}` });
  const identity = (["meshId", "cluster", "network", "clusterDomain", "locality"] as const).flatMap((key) =>
    valueChange(key, old.mesh[key], now.mesh[key]),
  );
  return [
    ...identity.map(changed),
    ...valueChange("Istio", old.mesh.istioVersion, now.mesh.istioVersion).map(changed),
    ...valueChange("gateway", addressesOf(old.gateways), addressesOf(now.gateways)).map(changed),
    ...entryChanges(name, "exports", old.exports, now.exports, (e) => exportText(e, now.gateways)),
    ...entryChanges(name, "imports", old.imports, now.imports, importText),
    ...settingChanges({ pendingImports: old.pendingImports }, { pendingImports: now.pendingImports }).map(changed),
  ];
}

function entryChanges<T extends { name: string; id?: string | undefined }>(
  mesh: string,
  verb: "exports" | "imports",
  old: T[],
  now: T[],
  text: (entry: T) => string,
): Change[] {
  return pair(old, now, (e) => e.id ?? e.name).flatMap(({ before, after }): Change[] => {
    if (!before) return [{ sign: "+", text: `${mesh} ${text(after!)}` }];
    if (!after) return [{ sign: "-", text: `${mesh} no longer ${verb} ${before.name}` }];
    return settingChanges(before, after).map((change) => ({
      sign: "~",
      text: `${mesh} ${verb} ${after.name}: ${change}`,
    }));
  });
}

function manifestChanges({ name, before, after }: ComparedMesh): Change[] {
  const key = ({ kind, metadata }: FederationObject): string => `${kind} ${metadata.namespace}/${metadata.name}`;
  const pairs = pair(before?.objects ?? [], after?.objects ?? [], key);
  const changes = pairs.flatMap(({ before: old, after: now }): Change[] => {
    if (!old) return [{ sign: "+", text: `${name}: ${key(now!)}` }];
    if (!now) return [{ sign: "-", text: `${name}: ${key(old)}` }];
    return settingChanges(old, now).map((change) => ({ sign: "~", text: `${name}: ${key(now)}: ${change}` }));
  });
  return changes.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

/** What a reviewer must know besides the changes. */
export interface ReviewNotes {
  /** What the folder is compared with, in words. */
  base: string;
  /** Warnings about meshes. */
  warnings: readonly StackFinding[];
  meshes: readonly PlannedMesh[];
}

/** The review in Markdown. It has no date, and no path of the machine. */
export function reviewText({ trust, federation, manifests }: RenderChanges, notes: ReviewNotes): string {
  const pending = notes.meshes.flatMap(({ name, plan }) => [
    ...plan.pending.map((p) => `- **${markdown(name)}**: import ${markdown(`${p.name} from ${p.from}: ${p.reason}`)}`),
    ...plan.pendingTrust.map((p) => `- **${markdown(name)}**: trust of ${markdown(`${p.mesh}: ${p.reason}`)}`),
  ]);
  const warnings = notes.warnings.map(
    (w) => `- **${markdown(w.stack)}**: ${markdown(findingSentences(w))} (${w.code})`,
  );
  const nothing = trust.length + federation.length + manifests.length === 0;
  return [
    reviewTitle,
    "",
    `Compared with ${notes.base}. ${nothing ? "Nothing changes." : ""}`.trim(),
    ...part("Trust: whose identities the meshes accept, or who can issue them", diff(trust)),
    ...part("Between and within the meshes", diff(federation)),
    ...part("Manifests", diff(manifests)),
    ...part("Pending", pending),
    ...part("Warnings", warnings),
    "",
  ].join("\n");
}

function part(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ["", `## ${title}`, "", ...lines] : [];
}

function diff(changes: readonly Change[]): string[] {
  return changes.length > 0 ? ["```diff", ...changes.map((c) => fencedLine(`${c.sign} ${c.text}`)), "```"] : [];
}
