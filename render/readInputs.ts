import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { declaredMesh, stackFileKeys } from "../federation/config/declaredMesh.ts";
import type { FederationContract } from "../federation/contract/contract.ts";
import { Findings, UserError } from "../federation/errors/userError.ts";
import { rfc1123Label } from "../federation/objects/names.ts";
import { declaredStack, peerEntries, type DeclaredStack, type Revision } from "../review/revision/revision.ts";
import { readContractFile } from "../workspace/contractFile.ts";
import { readRenderedContract, renderedMeshes } from "../workspace/renderedFolder.ts";
import { readSources } from "../workspace/sources.ts";
import type { RenderInputs } from "./planMeshes.ts";

/** Where the inputs of a run are. */
export interface RenderSource {
  /** Folder of the stack files; relative paths in them count from the folder above. */
  stacksFolder: string;
  /** Names of stacks or meshes to render; empty: all meshes. */
  stacks: readonly string[];
  /** Folder of the manifests. */
  out: string;
  /** Folder of contracts that meshes publish now, `<mesh>.json`. */
  contracts?: string | undefined;
}

/**
 * Reads what decides the manifests: stack files, the contract files that they name, and what was rendered before.
 * @throws UserError for an unknown stack, and for a file that cannot be used
 */
export function readInputs({ stacksFolder, stacks: named, out, contracts }: RenderSource, now: Date): RenderInputs {
  const stacks = readStacks(stacksFolder);
  const folder = dirname(stacksFolder);
  const run = stacksToRender(stacks, named);
  const used = stacks.filter(({ stack }) => run.includes(stack));
  return {
    folder,
    stacks,
    run,
    contractFiles: readContractFiles(folder, used),
    deployed: contracts === undefined ? new Map() : readContracts(contracts),
    rendered: new Map(
      renderedMeshes(out).flatMap((mesh) => {
        const contract = readRenderedContract(out, mesh);
        return contract ? [[mesh, contract] as const] : [];
      }),
    ),
    sources: readSources(),
    now,
  };
}

function readStacks(folder: string): DeclaredStack[] {
  if (!existsSync(folder))
    throw new UserError("render-folder-missing", {
      subject: folder,
      problem: "the folder of stack files does not exist",
      remedy: "Give it by --stacks",
    });
  return readdirSync(folder)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort()
    .map((stack) => {
      const path = join(folder, `Pulumi.${stack}.yaml`);
      return declaredStack(stack, () => stackFileKeys(readFileSync(path, "utf8"), `stacks/Pulumi.${stack}.yaml`));
    });
}

/** The stacks of a run: those that are named, by their own name or that of their mesh; default: all of meshes. */
function stacksToRender(stacks: readonly DeclaredStack[], named: readonly string[]): string[] {
  const meshes = stacks.filter(({ role }) => role === "mesh");
  if (named.length === 0) return meshes.map(({ stack }) => stack);
  const nameOf = ({ stack, raw }: DeclaredStack): string => declaredMesh(stack, raw).name;
  const found = named.map((given) => {
    const mesh = meshes.find((s) => s.stack === given || nameOf(s) === given);
    if (mesh) return mesh.stack;
    throw new UserError("mesh-unknown", {
      subject: `mesh "${given}"`,
      problem: "no stack file declares it",
      remedy: `Declared meshes: ${meshes.map(nameOf).join(", ") || "none"}`,
    });
  });
  return [...new Set(found)].sort();
}

/** The contracts of the files that stacks name. Every file that cannot be used is an error. */
function readContractFiles(folder: string, stacks: readonly DeclaredStack[]): Revision["contractFiles"] {
  const findings = new Findings();
  const found = new Map<string, FederationContract>();
  for (const { name, file } of stacks.flatMap(({ raw }) => peerEntries(raw)))
    if (typeof file === "string" && rfc1123Label.test(name))
      try {
        found.set(file, readContractFile(name, resolve(folder, file)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        findings.addAll([error, ...error.details]);
      }
  findings.throwIfAny("render-refused", {
    subject: "peers",
    problem: "contracts that the stack files name cannot be used, so nothing is written",
    remedy: "Correct the details",
  });
  return found;
}

/** Contracts that meshes publish now. @throws UserError `render-contract-unreadable` */
function readContracts(folder: string): Map<string, FederationContract> {
  const unusable = (subject: string, problem: string): UserError =>
    new UserError("render-contract-unreadable", {
      subject,
      problem,
      remedy: "Write it again with `npm run contract -- MESH --out FILE`",
    });
  if (!existsSync(folder)) throw unusable(folder, "the folder does not exist");
  const names = readdirSync(folder).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  return new Map(
    names
      .filter((name) => rfc1123Label.test(name))
      .sort()
      .map((name) => {
        const file = join(folder, `${name}.json`);
        try {
          return [name, readContractFile(name, file)] as const;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          throw unusable(file, [error, ...error.details].at(-1)!.problem);
        }
      }),
  );
}
