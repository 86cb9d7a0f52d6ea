import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { managedGatewayService, meshObjects, type Step } from "../federation/meshObjects.ts";
import { renderedFiles } from "../workspace/renderedFolder.ts";
import type { PlannedMesh } from "./planMeshes.ts";

/** How manifests are written. */
export interface ManifestOptions {
  /** Whether each has the annotation by which Argo CD orders what it applies. */
  argocd: boolean;
}

/**
 * Argo CD's waves: it applies a lower one first, waits until it is healthy, and prunes in the reverse order. So a host
 * is never exposed without its policy, and never callable without its rule.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
const waves: Record<Step, string> = { guard: "-2", first: "-1", import: "0", expose: "1" };
const waveAnnotation = "argocd.argoproj.io/sync-wave";

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; annotations?: unknown };
  spec: object;
}

/**
 * The files of a mesh's folder by name, sorted: manifests, a kustomization that lists them, and the contract. Equal
 * input gives equal text.
 */
export function meshFiles(mesh: PlannedMesh, options: ManifestOptions): Map<string, string> {
  const manifests = meshManifests(mesh, options);
  const files = new Map<string, string>();
  for (const manifest of manifests) files.set(fileName(manifest, manifests), yaml(manifest));
  const resources = [...files.keys()].sort();
  files.set(
    renderedFiles.kustomization,
    yaml({ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources }),
  );
  files.set(renderedFiles.contract, `${JSON.stringify(mesh.contract, undefined, 2)}\n`);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The objects of a mesh that are rendered. Whoever installs Istio, its gateway's pods and the CA does the rest. */
export function meshManifests({ config, plan }: PlannedMesh, { argocd }: ManifestOptions): Manifest[] {
  const service = managedGatewayService(config);
  const objects: { step: Step; object: Manifest }[] = [
    ...meshObjects(config, plan),
    ...(service ? [{ step: "first" as const, object: { apiVersion: "v1", kind: "Service", ...service } }] : []),
  ];
  return objects.map(({ step, object }) => {
    const { annotations, ...metadata } = object.metadata;
    const all = { ...(annotations as object | undefined), ...(argocd ? { [waveAnnotation]: waves[step] } : {}) };
    return { ...object, metadata: { ...metadata, ...(Object.keys(all).length > 0 ? { annotations: all } : {}) } };
  });
}

/** `gateway-istio-system-export-httpbin.yaml`; with a hash where two objects would have the same file. */
function fileName(manifest: Manifest, all: readonly Manifest[]): string {
  const name = baseName(manifest);
  if (all.filter((other) => baseName(other) === name).length === 1) return `${name}.yaml`;
  const { kind, metadata } = manifest;
  const hash = createHash("sha256").update(`${kind}/${metadata.namespace}/${metadata.name}`).digest("hex").slice(0, 8);
  return `${name}-${hash}.yaml`;
}

function baseName({ kind, metadata }: Manifest): string {
  return `${kind.toLowerCase()}-${metadata.namespace}-${metadata.name}`;
}

/**
 * YAML that every reader takes alike: sorted, without aliases, and with quotes around what a reader of YAML 1.1, as Go
 * programs are, would not take for a text.
 */
function yaml(value: object): string {
  return stringify(value, {
    aliasDuplicateObjects: false,
    compat: "yaml-1.1",
    lineWidth: 0,
    sortMapEntries: true,
  });
}
