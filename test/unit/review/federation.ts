import { releaseSources } from "../../../federation/config/versions.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { changesBetween, type PlannedRevision } from "../../../review/changes/changes.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import type { Revision } from "../../../review/revision/revision.ts";
import { trustChanges } from "../../../review/trust/trustChanges.ts";

/** Configuration of stacks, keys without the project's prefix; `role` where a stack is not a mesh. */
export type Stacks = Record<string, Record<string, any>>;

/** A mesh on somebody else's Istio, so that its configuration says everything. */
export function mesh(name: string, more: Record<string, any> = {}): Record<string, any> {
  return {
    mesh: { name },
    cluster: { provider: "existing", kubeconfigPath: "kubeconfig" },
    istio: { provider: "existing", version: "1.30.1" },
    gateway: { provider: "existing", addresses: [name === "west" ? "192.0.2.10" : "192.0.2.20"] },
    ...more,
  };
}

export function exported(name: string, more: Record<string, any> = {}): Record<string, any> {
  return {
    name,
    namespace: "httpbin",
    service: name,
    host: `${name}.mesh.global`,
    ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
    selector: { app: name },
    serviceAccounts: [name],
    to: ["east"],
    callers: ["sleep/sleep"],
    ...more,
  };
}

export const imported = (name: string, more: Record<string, any> = {}) => ({
  name,
  from: "west",
  visibleTo: ["sleep"],
  ...more,
});

/** East imports httpbin from west. */
export const example = (): Stacks => ({
  east: mesh("east", { imports: [imported("httpbin")] }),
  west: mesh("west", { exports: [exported("httpbin")] }),
});

export function revisionOf(stacks: Stacks, secrets: Record<string, Record<string, string>> = {}): Revision {
  return {
    stacks: Object.entries(stacks).map(([stack, { role = "mesh", ...raw }]) => ({
      stack,
      role,
      raw,
      secrets: secrets[stack] ?? {},
    })),
    contractFiles: new Map(),
  };
}

export function planned(
  stacks: Stacks,
  deployed: FederationContract[] = [],
  secrets: Record<string, Record<string, string>> = {},
): PlannedRevision {
  const revision = revisionOf(stacks, secrets);
  return {
    revision,
    federation: planRevision(revision, new Map(deployed.map((c) => [c.mesh.name, c])), releaseSources),
  };
}

/** What changes from one set of stacks to another, as lines. */
export function diff(before: Stacks, after: Stacks): string[] {
  return changesBetween(planned(before), planned(after)).map((c) => `${c.sign} ${c.text}`);
}

/** What changes in whom the meshes trust, as lines. */
export async function trustDiff(before: Stacks, after: Stacks): Promise<string[]> {
  return (await trustChanges(planned(before), planned(after))).map((c) => `${c.sign} ${c.text}`);
}

/** What is published when everything of these stacks is up. */
export const contractsOf = (stacks: Stacks): FederationContract[] =>
  planned(stacks).federation.meshes.map((m) => m.contract);
