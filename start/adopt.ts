import { join, resolve } from "node:path";
import { classify, type Adoption } from "../federation/adopt/classify.ts";
import type { HandMade } from "../federation/adopt/handMade.ts";
import { proposalOf } from "../federation/adopt/proposal.ts";
import { reachable, type Reachable } from "../federation/adopt/reachable.ts";
import { adoptText } from "../federation/adopt/report.ts";
import { meshSettingsOf } from "../federation/cluster/meshSettings.ts";
import { defaultClusterDomain, istioNamespace } from "../federation/config/defaults.ts";
import { mappingIn } from "../federation/config/values.ts";
import { adoptedProject } from "./adoptedProject.ts";
import { readExistingMesh } from "./existingMesh.ts";
import { stackFile } from "./projectFiles.ts";
import { checkFolder, writeFolder } from "./writeFolder.ts";

/** What `adopt` is told. */
export interface AdoptOptions {
  /** Path of a kubeconfig. */
  kubeconfig: string;
  context?: string | undefined;
  mesh: string;
  /** Folder that it makes. */
  out: string;
  /** Ports of gateways of other meshes. */
  ports: readonly number[];
  revision?: string | undefined;
}

/** What `adopt` found. */
export interface Adopted {
  adoption: Adoption;
  reachable: Reachable;
  unread: HandMade["unread"];
}

/**
 * Reads a mesh that federates by hand, and writes a project that knows its objects as they are. Changes nothing in the
 * cluster. Throws where the folder has files, or the cluster cannot be reached.
 */
export async function adopt({ kubeconfig, context, mesh, out, ports, revision }: AdoptOptions): Promise<Adopted> {
  const folder = resolve(out);
  checkFolder(folder);
  const { access, facts, found, gateway } = await readExistingMesh(kubeconfig, context, revision);
  const clusterDomain = facts.clusterDomain?.value ?? defaultClusterDomain;
  const settings = { ports, network: facts.network?.value, clusterDomain };
  const adoption = classify(found, settings);
  const open = reachable(found, {
    ...settings,
    rootNamespace: facts.rootNamespace?.value ?? facts.istioNamespace?.value ?? istioNamespace,
    serviceExportTo: meshSettingsOf(mappingIn(facts.meshConfig)).serviceExportTo,
  });
  const proposal = proposalOf({ mesh, facts, gateway, found, adoption, access, clusterDomain });
  writeFolder(folder, {
    ...adoptedProject(mesh, adoption.objects, access),
    "ADOPT.md": adoptText({ mesh, found, adoption, proposal, reachable: open }),
    [join("stacks", `Pulumi.${mesh}.yaml`)]: stackFile("mesh-federation", proposal.config),
  });
  return { adoption, reachable: open, unread: found.unread };
}
