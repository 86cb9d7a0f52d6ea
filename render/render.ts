import type { FederationObject } from "../federation/objects/federationObject.ts";
import { inStack, type StackFinding } from "../review/findings.ts";
import {
  readRenderedFolder,
  readRenderedMesh,
  renderedMeshes,
  type RenderedMesh,
} from "../workspace/renderedFolder.ts";
import { meshFiles, meshManifests } from "./manifests.ts";
import { planMeshes, type PlannedMesh } from "./planMeshes.ts";
import { readInputs, type RenderSource } from "./readInputs.ts";
import { renderChanges, reviewText, type ComparedMesh, type RenderChanges } from "./reviewText.ts";
import { writeFolder, type WrittenFiles } from "./writeFolder.ts";

/** A run of `npm run render`. */
export interface RenderOptions extends RenderSource {
  /** Folder that the review compares with; default: the content of `out` before the run. */
  base?: string | undefined;
  argocd: boolean;
}

/** What a run did; with `failed`, nothing is written. */
export interface RenderResult {
  failed: StackFinding[];
  warnings: StackFinding[];
  pending: { mesh: string; name: string; from: string; reason: string; cause?: string | undefined }[];
  changes: RenderChanges;
  files: WrittenFiles;
}

/**
 * Writes the manifests and the contract of each mesh to a folder. Needs no cluster, no state and no Pulumi.
 * @throws UserError for inputs that cannot be read, and for files of somebody else in the folder
 */
export async function render(options: RenderOptions, now = new Date()): Promise<RenderResult> {
  const inputs = readInputs(options, now);
  const { meshes, failed } = await planMeshes(inputs);
  const nothing: RenderResult = {
    failed,
    warnings: [],
    pending: [],
    changes: { trust: [], federation: [], manifests: [] },
    files: { written: [], deleted: [], unchanged: 0 },
  };
  if (failed.length > 0) return nothing;
  const gone = options.stacks.length === 0 ? goneMeshes(options.out, meshes) : [];
  const compared = comparedMeshes(options, meshes, gone);
  const changes = await renderChanges(compared);
  const warnings = meshes.flatMap((mesh) => warningsOf(mesh));
  const base = options.base === undefined ? "the previous content of this folder" : "the folder given by `--base`";
  const review = reviewText(changes, { base, warnings, meshes });
  const none = new Map<string, string>();
  const files = new Map([
    ...meshes.map((mesh) => [mesh.name, meshFiles(mesh, options)] as const),
    ...gone.map((name) => [name, none] as const),
  ]);
  return {
    failed,
    warnings,
    pending: meshes.flatMap(({ name, plan }) => plan.pending.map((p) => ({ mesh: name, ...p }))),
    changes,
    files: writeFolder(options.out, files, review),
  };
}

/** Meshes that an earlier run has rendered, and that no stack file declares any more. */
function goneMeshes(out: string, meshes: readonly PlannedMesh[]): string[] {
  return renderedMeshes(out).filter((name) => !meshes.some((mesh) => mesh.name === name));
}

function comparedMeshes(
  { out, base, argocd }: RenderOptions,
  meshes: readonly PlannedMesh[],
  gone: readonly string[],
): ComparedMesh[] {
  const names = renderedMeshes(base ?? out);
  if (base !== undefined) readRenderedFolder(base);
  const before = (name: string): RenderedMesh | undefined =>
    names.includes(name) ? readRenderedMesh(base ?? out, name) : undefined;
  const rendered = meshes.map((planned): ComparedMesh => {
    const { name, contract } = planned;
    const objects = JSON.parse(JSON.stringify(meshManifests(planned, { argocd }))) as FederationObject[];
    return { name, before: before(name), after: { name, contract, objects, planned } };
  });
  return [...rendered, ...gone.map((name) => ({ name, before: before(name), after: undefined }))];
}

function warningsOf({ stack, plan }: PlannedMesh): StackFinding[] {
  return inStack(stack, [...plan.settings, ...plan.warnings]);
}
