import { resolve } from "node:path";
import { sleepClient } from "../federation/cluster/sampleObjects.ts";
import type { DeclaredMesh } from "../federation/config/declaredMesh.ts";
import { isMapping } from "../federation/config/values.ts";
import type { FederationObject } from "../federation/objects/federationObject.ts";
import { KubeClient } from "../kube/kubeClient.ts";
import { readContractFile } from "./contractFile.ts";
import { readKubeconfigFile } from "./kubeconfigFile.ts";
import type { Mesh, MeshSource } from "./meshes.ts";
import { readRenderedFolder } from "./renderedFolder.ts";
import { meshStackFiles, peersGiven, readStackFile } from "./stackFiles.ts";
import { root } from "./workspace.ts";

/**
 * What was made, as a folder of `npm run render` says it: contracts and objects. The cluster of a mesh is that of
 * `cluster.kubeconfigPath` in its stack file; without it, only the contract is read.
 *
 * @param clone folder with the folder `stacks`
 * @throws UserError `render-folder-missing` or `rendered-unreadable`
 */
export function renderedSource(folder: string, clone = root): MeshSource {
  const rendered = readRenderedFolder(folder);
  const stacks = new Map(meshStackFiles(clone).map((mesh) => [mesh.name, mesh]));
  const own = [...rendered.values()].map(({ name, contract }): Mesh => {
    const declared = stacks.get(name);
    const mesh = { name, stack: declared?.stack ?? name, importsFrom: declared?.importsFrom ?? [], contract };
    return { ...mesh, ...clusterOf(declared, clone) };
  });
  const missing = [...stacks.values()]
    .filter(({ name }) => !rendered.has(name))
    .map(({ name, stack, importsFrom }): Mesh => ({ ...unread, name, stack, importsFrom, problem: notRendered }));
  const meshes = [...own, ...missing, ...foreignMeshes(clone, new Set([...rendered.keys(), ...stacks.keys()]))];
  return {
    meshes: (credentials) =>
      Promise.resolve(
        meshes.map((mesh) => (credentials?.includes(mesh.stack) === false ? { ...mesh, cluster: undefined } : mesh)),
      ),
    created: ({ name }) => Promise.resolve((rendered.get(name)?.objects ?? []).filter(isOfIstio)),
    restore: "apply the rendered manifests again",
  };
}

/**
 * Whether a cluster keeps an object's spec as it is applied. To that of the other rendered kind, the Service of a
 * managed gateway, it adds addresses and ports.
 */
function isOfIstio({ apiVersion }: FederationObject): boolean {
  return apiVersion.split("/")[0]!.endsWith(".istio.io");
}

const unread = { contract: undefined, cluster: undefined, fallbackClient: undefined, problem: undefined };
const notRendered = "is not in the rendered folder; run `npm run render`";

/** Peers whose contract is a file; the outputs of stacks are not read. */
function foreignMeshes(clone: string, known: ReadonlySet<string>): Mesh[] {
  return [...peersGiven(clone)].flatMap(([name, source]): Mesh[] => {
    if (known.has(name) || !("file" in source)) return [];
    const mesh: Mesh = { ...unread, name, stack: name, importsFrom: [], foreign: true };
    try {
      return [{ ...mesh, contract: readContractFile(name, resolve(clone, source.file)) }];
    } catch (error) {
      return [{ ...mesh, problem: `cannot be read: ${(error as Error).message.split("\n")[0]}` }];
    }
  });
}

/** The cluster that a stack file names, and the client of imports that declare none. */
function clusterOf(
  declared: DeclaredMesh | undefined,
  clone: string,
): Pick<Mesh, "cluster" | "fallbackClient" | "problem"> {
  const raw = declared ? readStackFile(clone, declared.stack) : {};
  const { kubeconfigPath, context } = isMapping(raw["cluster"]) ? raw["cluster"] : {};
  const hasSleep = Array.isArray(raw["samples"]) && raw["samples"].includes("sleep");
  const { namespace, app } = sleepClient;
  const fallbackClient = hasSleep ? { namespace, serviceAccount: app, app } : undefined;
  if (typeof kubeconfigPath !== "string") return { fallbackClient, cluster: undefined, problem: undefined };
  try {
    const text = readKubeconfigFile(kubeconfigPath, clone);
    const cluster = new KubeClient(text, typeof context === "string" ? context : undefined);
    return { fallbackClient, cluster, problem: undefined };
  } catch (error) {
    return { fallbackClient, cluster: undefined, problem: `cannot be reached: ${(error as Error).message}` };
  }
}
