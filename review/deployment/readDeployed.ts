import { existsSync } from "node:fs";
import { configPrefix } from "../../federation/config/declaredMesh.ts";
import { federationOutput, parseContract, type FederationContract } from "../../federation/contract/contract.ts";
import { findingSentences, UserError, type Finding } from "../../federation/errors/userError.ts";
import { byStack, type StackFinding } from "../findings.ts";
import type { SkipReason } from "../result.ts";
import { firstLineOf } from "./pulumiMessage.ts";
import { peerEntries, secretsOfConfig, type DeclaredStack, type Revision } from "../revision/revision.ts";
import { secretsIn } from "../secrets/masking.ts";
import type { Toolchain } from "../../tools/index.ts";
import { stacksInBackend } from "../../workspace/pulumiCommand.ts";
import { pulumiJson } from "../../workspace/pulumiJson.ts";
import { refreshOwnFile } from "../../workspace/stackConfig.ts";
import { deployedStacks } from "../../workspace/state.ts";
import { stateFile, usesOwnBackend } from "../../workspace/workspace.ts";
import { forEachStack } from "../concurrency.ts";

/** What the backend has of the stacks of a revision. */
export interface Deployed {
  /** Why the backend cannot be read; undefined when it can. */
  backendError?: SkipReason;
  /** Stacks of the revision that are in the backend. */
  stacks: string[];
  /** Published contracts, by mesh name; those of peers in other projects too. */
  contracts: Map<string, FederationContract>;
  /** Every secret text in states and configuration. They are masked and never printed. */
  secrets: Set<string>;
  /** Decrypted kubeconfigs of the secret configuration, by stack. They are never printed. */
  kubeconfigs: Map<string, string>;
  /** What cannot be read; includes {@link unreadable}. */
  notes: StackFinding[];
  /** Stacks of the revision whose published contract cannot be read. */
  unreadable: StackFinding[];
  /** Stacks with resources that the revision does not declare. */
  undeclared: StackFinding[];
}

/** Reads the deployed contracts, and the secrets that are masked. Writes nothing. */
export async function readDeployed(tools: Toolchain, head: Revision): Promise<Deployed> {
  const result: Deployed = {
    stacks: [],
    contracts: new Map(),
    secrets: new Set(),
    kubeconfigs: new Map(),
    notes: [],
    unreadable: [],
    undeclared: [],
  };
  try {
    const { known, deployed } = await stacksOf(tools);
    result.stacks = head.stacks.map((s) => s.stack).filter(known);
    result.undeclared = undeclaredOf(deployed, head);
  } catch (error) {
    result.backendError = backendErrorOf(error);
    return result;
  }
  await forEachStack(
    head.stacks.filter((s) => result.stacks.includes(s.stack)),
    async (declared) => {
      const { stack, secrets } = declared;
      const state = await readState(tools, stack, result);
      try {
        addContract(result, stack, outputsOf(state)[federationOutput]);
      } catch (error) {
        result.unreadable.push({
          stack,
          ...noteOn("contract", "review-contract-unreadable", `is not valid (${reasonOf(error)})`),
        });
      }
      if (Object.keys(secrets).length === 0) return;
      try {
        await readConfigSecrets(tools, declared, result);
      } catch (error) {
        const problem = `cannot be decrypted (${firstLineOf(error)}); only what Pulumi masks is masked`;
        result.notes.push({ stack, ...noteOn("secret configuration", "review-config-secrets-unreadable", problem) });
      }
    },
  );
  result.unreadable.sort(byStack);
  result.notes.push(...result.unreadable);
  await forEachStack(peersElsewhere(head), async ([mesh, stack]) => {
    try {
      addContract(
        result,
        mesh,
        await pulumiJson(tools, ["stack", "output", federationOutput, "--json", "--stack", stack]),
      );
    } catch (error) {
      const problem = `cannot be read from stack ${stack} (${reasonOf(error)})`;
      result.notes.push({ stack: mesh, ...noteOn("contract", "review-contract-unreadable", problem) });
    }
  });
  result.notes.sort(byStack);
  return { ...result, contracts: new Map([...result.contracts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function backendErrorOf(error: unknown): SkipReason {
  if (error instanceof UserError && error.code === "backend-none")
    return { code: "review-backend-none", reason: "no backend is given", detail: "MESH_FEDERATION_BACKEND is none" };
  return { code: "review-backend-unreadable", reason: "the backend cannot be read", detail: firstLineOf(error) };
}

/** The reason of an error of this project, or Pulumi's. */
function reasonOf(error: unknown): string {
  return error instanceof UserError ? findingSentences(error) : firstLineOf(error);
}

function noteOn(subject: string, code: Finding["code"], problem: string): Finding {
  return { code, subject, problem, remedy: "" };
}

/** Which stacks are in the backend, and the names of those with resources. */
async function stacksOf(tools: Toolchain): Promise<{ known: (stack: string) => boolean; deployed: string[] }> {
  if (usesOwnBackend()) return { known: (stack) => existsSync(stateFile(stack)), deployed: deployedStacks() };
  const stacks = await stacksInBackend(tools);
  return {
    known: (stack) => stacks.some((s) => s.name === stack),
    deployed: stacks.filter((s) => s.resources !== 0).map((s) => s.name),
  };
}

/** Deployed stacks without a stack file: the removal of the file does not destroy a mesh. */
function undeclaredOf(stacks: string[], head: Revision): StackFinding[] {
  const declared = new Set([
    ...head.stacks.map((s) => s.stack),
    ...peersElsewhere(head).map(([, stack]) => stack.split("/").at(-1)),
  ]);
  return stacks
    .filter((stack) => !declared.has(stack))
    .sort()
    .map((stack) => ({
      stack,
      code: "review-stack-undeclared",
      subject: "stack",
      problem: "is deployed, but has no file in stacks/",
      remedy:
        'Destroy it if its mesh was removed (docs/ci.md, "Removing a mesh"), ' +
        "or name it in peers.<mesh>.stack if another repository deploys it",
    }));
}

/**
 * The state of a stack; collects its secrets. When they cannot be decrypted, the state without them, which has the
 * contract.
 */
async function readState(tools: Toolchain, stack: string, result: Deployed): Promise<unknown> {
  const exported = (...more: string[]): Promise<unknown> =>
    pulumiJson(tools, ["stack", "export", "--stack", stack, ...more]);
  try {
    const state = await exported("--show-secrets");
    secretsIn(state).forEach((s) => result.secrets.add(s));
    return state;
  } catch (error) {
    const why = firstLineOf(error);
    try {
      const state = await exported();
      const problem = `secrets cannot be decrypted (${why}); only what Pulumi masks is masked`;
      result.notes.push({ stack, ...noteOn("state", "review-state-secrets-unreadable", problem) });
      return state;
    } catch {
      const problem = `cannot be read (${why}); the published contract is unknown`;
      result.unreadable.push({ stack, ...noteOn("state", "review-state-unreadable", problem) });
      return undefined;
    }
  }
}

/** Reads every text of a stack's secret configuration, decrypted. */
async function readConfigSecrets(tools: Toolchain, declared: DeclaredStack, result: Deployed): Promise<void> {
  const read = await pulumiJson(tools, [
    "config",
    "--show-secrets",
    "--json",
    "--stack",
    declared.stack,
    "--config-file",
    refreshOwnFile(declared.stack),
  ]);
  const values = read as Parameters<typeof secretsOfConfig>[0];
  const kubeconfig = values[`${configPrefix}kubeconfig`]?.value;
  if (kubeconfig !== undefined) result.kubeconfigs.set(declared.stack, kubeconfig);
  secretsOfConfig(values, declared).forEach((secret) => result.secrets.add(secret));
}

function addContract(result: Deployed, stack: string, value: unknown): void {
  if (value === undefined) return;
  const contract = parseContract(value, stack);
  result.contracts.set(contract.mesh.name, contract);
}

/** Peers whose contract is in a stack of another project or organization, by mesh name. */
function peersElsewhere(head: Revision): [string, string][] {
  const own = new Set(head.stacks.map((s) => s.stack));
  const found = head.stacks.flatMap(({ raw }) => peerEntries(raw));
  return [
    ...new Map(
      found.flatMap(({ name, stack }): [string, string][] =>
        typeof stack === "string" && stack !== "" && !own.has(name) ? [[name, stack]] : [],
      ),
    ),
  ];
}

function outputsOf(state: any): Record<string, unknown> {
  const resources = (state?.deployment?.resources ?? []) as { type: string; outputs?: Record<string, unknown> }[];
  return resources.find((r) => r.type === "pulumi:pulumi:Stack")?.outputs ?? {};
}
