import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { isMapping } from "../federation/config/values.ts";
import { contractOfPeer, type FederationContract } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";
import type { FederationObject } from "../federation/objects/federationObject.ts";
import { rfc1123Label } from "../federation/objects/names.ts";

/** Names of the files in a mesh's folder that are no manifests. */
export const renderedFiles = {
  contract: "contract.json",
  kustomization: "kustomization.yaml",
  /** The list of all files that `npm run render` has written; nothing else is overwritten or deleted. */
  list: ".rendered.json",
} as const;

/** A file that a run may have written: no path, and none that is hidden. */
const ownFile = /^[a-z0-9][-a-z0-9.]*\.(yaml|json)$/;

/** Most bytes of a file that is read. */
const maxBytes = 4 * 1024 * 1024;

/** The manifests of a mesh, as a run has written them. */
export interface RenderedMesh {
  name: string;
  contract: FederationContract;
  objects: FederationObject[];
}

/** Names of the meshes that a folder has, sorted; none where there is no such folder. */
export function renderedMeshes(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => rfc1123Label.test(name) && existsSync(join(folder, name, renderedFiles.list)))
    .sort();
}

/**
 * The files of a mesh that an earlier run has written, sorted; none where there is no list.
 * @throws UserError `rendered-unreadable`
 */
export function listedFiles(folder: string, mesh: string): string[] {
  const path = join(folder, mesh, renderedFiles.list);
  if (!existsSync(path)) return [];
  const files = jsonIn(path);
  const listed = isMapping(files) ? files["files"] : undefined;
  if (!Array.isArray(listed)) throw unreadable(path, "has no list of files");
  return listed.filter((name): name is string => typeof name === "string" && ownFile.test(name)).sort();
}

/**
 * Reads what a run has written for a mesh.
 * @throws UserError `rendered-unreadable`
 */
export function readRenderedMesh(folder: string, mesh: string): RenderedMesh {
  const { contract, kustomization } = renderedFiles;
  const path = (name: string): string => join(folder, mesh, name);
  const manifests = listedFiles(folder, mesh).filter((name) => name !== contract && name !== kustomization);
  return {
    name: mesh,
    contract: contractIn(path(contract), mesh),
    objects: manifests.map((name) => objectIn(path(name))),
  };
}

/** The contract of a mesh alone; undefined where the folder has none. */
export function readRenderedContract(folder: string, mesh: string): FederationContract | undefined {
  return renderedMeshes(folder).includes(mesh) ? readRenderedMesh(folder, mesh).contract : undefined;
}

/** Everything that a folder has, by mesh. @throws UserError `render-folder-missing` or `rendered-unreadable` */
export function readRenderedFolder(folder: string): Map<string, RenderedMesh> {
  const names = renderedMeshes(folder);
  if (names.length > 0) return new Map(names.map((name) => [name, readRenderedMesh(folder, name)]));
  throw new UserError("render-folder-missing", {
    subject: folder,
    problem: "no mesh is rendered there",
    remedy: "Give a folder that `npm run render -- --out DIR` has written",
  });
}

function contractIn(path: string, mesh: string): FederationContract {
  try {
    return contractOfPeer(jsonIn(path), mesh);
  } catch (error) {
    if (!(error instanceof UserError) || error.code === "rendered-unreadable") throw error;
    throw unreadable(path, `is no contract of mesh "${mesh}" (${[error, ...error.details].at(-1)!.problem})`);
  }
}

function objectIn(path: string): FederationObject {
  const document = parseDocument(textIn(path), { prettyErrors: false });
  const object: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
  const metadata = isMapping(object) ? object["metadata"] : undefined;
  const isObject =
    isMapping(object) &&
    isMapping(metadata) &&
    isMapping(object["spec"]) &&
    [object["apiVersion"], object["kind"], metadata["name"], metadata["namespace"]].every((v) => typeof v === "string");
  if (!isObject) throw unreadable(path, "is no manifest of one object with a namespace");
  return object as unknown as FederationObject;
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(textIn(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(path, "is not JSON");
  }
}

function textIn(path: string): string {
  try {
    const { size } = lstatSync(path);
    if (size > maxBytes) throw unreadable(path, `has more than ${maxBytes} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
}

function unreadable(path: string, problem: string): UserError {
  return new UserError("rendered-unreadable", {
    subject: path,
    problem,
    remedy: "Restore it with git, or delete the mesh's folder and render again",
  });
}
