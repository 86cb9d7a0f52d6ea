import { resolve } from "node:path";
import { parse } from "yaml";
import {
  callingNamespaces,
  initialStacks,
  meshNameOf,
  missingAnswers,
  offeredServices,
  type FirstImport,
  type ReadMesh,
} from "../federation/adopt/initialStacks.ts";
import { projectConfigs } from "../federation/adopt/initialProject.ts";
import type { Fact } from "../federation/adopt/meshFacts.ts";
import { inline, UserError } from "../federation/errors/userError.ts";
import { readExistingMesh } from "./existingMesh.ts";
import { initialProject } from "./initialProject.ts";
import { stackFile } from "./projectFiles.ts";
import { checkFolder, writeFolder } from "./writeFolder.ts";

/** A cluster that `init` reads. */
export interface InitCluster {
  /** Path of a kubeconfig. */
  kubeconfig: string;
  context?: string | undefined;
  /** Name of its mesh. Default: made of the context's. */
  mesh?: string | undefined;
}

export interface InitOptions {
  exporter: InitCluster;
  importer: InitCluster;
  /** Folder that it makes. */
  out: string;
  /** What is known of the first import. */
  answers: Partial<FirstImport>;
  /** Asks for what no cluster says; undefined: nobody can be asked. */
  ask?: ((question: string, choices: readonly string[]) => Promise<string>) | undefined;
  /** Write two stack files of this repository's program in place of a project. */
  stackFiles?: boolean | undefined;
  /** What npm installs the library from; default: its version in the registry. */
  library?: string | undefined;
  say: (line: string) => void;
}

/**
 * Reads two meshes and writes a project with a stack for each: one exports a Service, the other imports it. Changes
 * nothing in the clusters. Returns the names of the stacks, the exporter first.
 * @throws UserError where the folder has files, or something is not known and nobody can be asked
 */
export async function init(options: InitOptions): Promise<[string, string]> {
  const { exporter, importer, out, answers, ask, say } = options;
  const folder = resolve(out);
  checkFolder(folder);
  const from = await readMesh(exporter);
  const to = await readMesh(importer);
  if (from.name === to.name) to.name = `${to.name}-2`;
  for (const mesh of [from, to]) for (const line of told(mesh)) say(line);
  const service =
    answers.service ?? (await ask?.(`Which Service does mesh "${from.name}" export?`, offeredServices(from)));
  const callers =
    answers.callers ?? (await ask?.(`Which namespace of mesh "${to.name}" calls it?`, callingNamespaces(to)));
  const missing = missingAnswers(from, to, { service, callers });
  if (missing.length > 0 || !service || !callers)
    throw new UserError(
      "init-answer-missing",
      { subject: "init", problem: "something is not known, and cannot be read", remedy: "Give what the details name" },
      missing.map((text) => ({ code: "init-answer-missing" as const, ...text })),
    );
  writeFolder(folder, files(from, to, { service, callers }, options));
  return [from.name, to.name];
}

async function readMesh({ kubeconfig, context, mesh }: InitCluster): Promise<ReadMesh> {
  const { kubeconfig: text, ...read } = await readExistingMesh(kubeconfig, context);
  const current = (parse(text) as { "current-context"?: unknown } | null)?.["current-context"];
  return { name: mesh ?? meshNameOf(context ?? String(current ?? "mesh")), ...read };
}

/** What was read of a mesh, and from where. */
function told({ name, facts, gateway, found }: ReadMesh): string[] {
  const { istioNamespace, revision, version, trustDomain, meshId, cluster, network, clusterDomain } = facts;
  const rows: [string, Fact | undefined, string][] = [
    ["Istio", version, "unknown"],
    ["namespace of Istio", istioNamespace, "istio-system, its default"],
    ["revision", revision, "none"],
    ["trust domain", trustDomain, "cluster.local, Istio's default"],
    ["mesh ID", meshId, "made of the name"],
    ["cluster", cluster, "made of the name"],
    ["network", network, "none"],
    ["cluster domain", clusterDomain, "cluster.local, Kubernetes's default"],
    [
      "gateway",
      gateway && { value: `${gateway.addresses.join(", ")} port ${gateway.port}`, from: gateway.from },
      "none; an export needs one, which the project then makes",
    ],
  ];
  return [
    `mesh ${name}:`,
    ...rows.map(([what, fact, other]) => `  ${what}: ${fact ? inline(`${fact.value} (${fact.from})`) : other}`),
    ...found.unread.map(({ object, reason }) => `  not read: ${object} (${inline(reason)})`),
  ];
}

function files(from: ReadMesh, to: ReadMesh, first: FirstImport, { stackFiles, library }: InitOptions) {
  if (stackFiles)
    return Object.fromEntries(
      Object.entries(initialStacks(from, to, first)).map(([name, config]) => [
        `Pulumi.${name}.yaml`,
        stackFile("mesh-federation", config),
      ]),
    );
  const [exporter, importer] = projectConfigs(from, to, first);
  return initialProject({ [from.name]: exporter, [to.name]: importer }, library);
}
