import { existsSync } from "node:fs";
import { federationOutput, parseContract, type FederationContract } from "../../federation/contract/contract.ts";
import { byStack, type FailedCheck } from "../revision/planRevision.ts";
import { peerEntries, secretsOfConfig, type DeclaredStack, type Revision } from "../revision/revision.ts";
import { secretsIn } from "../secrets/masking.ts";
import type { Toolchain } from "../../tools/index.ts";
import { stacksInBackend } from "../../workspace/pulumiCommand.ts";
import { pulumiJson } from "../../workspace/pulumiJson.ts";
import { refreshOwnFile } from "../../workspace/stackConfig.ts";
import { deployedStacks } from "../../workspace/state.ts";
import { NoBackend, stateFile, usesOwnBackend } from "../../workspace/workspace.ts";
import { inTwos } from "../concurrency.ts";

/** What the backend says of the stacks of a revision. */
export interface Deployed {
  /** Why nothing is known of the backend, in a sentence; undefined where something is. */
  down?: string;
  /** The revision's stacks that are in the backend. */
  stacks: string[];
  /** Contracts published now, by mesh name; those of peers in other projects too. */
  contracts: Map<string, FederationContract>;
  /** Every secret text in states and configuration, to be masked. Never to be printed. */
  secrets: Set<string>;
  /** What could not be read, one sentence each. */
  notes: FailedCheck[];
  /** Those of the revision's stacks of which nobody knows what they published, and why. */
  unread: FailedCheck[];
  /** Stacks with resources that the revision does not declare, and what to do about them. */
  orphans: FailedCheck[];
}

/** Reads the deployed contracts, and the secrets that nothing printed may contain. Writes nothing. */
export async function readDeployed(tools: Toolchain, head: Revision): Promise<Deployed> {
  const result: Deployed = { stacks: [], contracts: new Map(), secrets: new Set(), notes: [], unread: [], orphans: [] };
  try {
    const { known, filled } = await stacksOf(tools);
    result.stacks = head.stacks.map((s) => s.stack).filter(known);
    result.orphans = orphansAmong(filled, head);
  } catch (error) {
    result.down = error instanceof NoBackend ? error.message : `the backend cannot be read: ${firstLine(error)}`;
    return result;
  }
  await inTwos(
    head.stacks.filter((s) => result.stacks.includes(s.stack)),
    async (declared) => {
      const { stack, secrets } = declared;
      const state = await readState(tools, stack, result);
      try {
        addContract(result, stack, outputsOf(state)[federationOutput]);
      } catch (error) {
        result.unread.push({ stack, message: `what it has published cannot be used: ${firstLine(error)}` });
      }
      if (Object.keys(secrets).length === 0) return;
      try {
        (await readConfigSecrets(tools, declared)).forEach((s) => result.secrets.add(s));
      } catch (error) {
        result.notes.push({
          stack,
          message: `its secret configuration cannot be read (${firstLine(error)}), so it is not masked beyond what Pulumi masks`,
        });
      }
    },
  );
  result.unread.sort(byStack);
  result.notes.push(...result.unread);
  await inTwos(peersElsewhere(head), async ([mesh, stack]) => {
    try {
      addContract(
        result,
        mesh,
        await pulumiJson(tools, ["stack", "output", federationOutput, "--json", "--stack", stack]),
      );
    } catch (error) {
      result.notes.push({
        stack: mesh,
        message: `its contract in stack ${stack} cannot be read (${firstLine(error)})`,
      });
    }
  });
  result.notes.sort(byStack);
  return { ...result, contracts: new Map([...result.contracts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Which stacks are in the backend, and the names of those with resources. */
async function stacksOf(tools: Toolchain): Promise<{ known: (stack: string) => boolean; filled: string[] }> {
  if (usesOwnBackend()) return { known: (stack) => existsSync(stateFile(stack)), filled: deployedStacks() };
  const stacks = await stacksInBackend(tools);
  return {
    known: (stack) => stacks.some((s) => s.name === stack),
    filled: stacks.filter((s) => s.resources !== 0).map((s) => s.name),
  };
}

/** Stacks that nobody declares: a mesh whose file is taken out of the repository stays as it was deployed. */
function orphansAmong(stacks: string[], head: Revision): FailedCheck[] {
  const declared = new Set([
    ...head.stacks.map((s) => s.stack),
    ...peersElsewhere(head).map(([, stack]) => stack.split("/").at(-1)),
  ]);
  const message =
    'it is deployed, and no file in stacks/ declares it: if its mesh was removed, it stays up until it is destroyed (docs/ci.md, "A mesh that was removed"); if another repository deploys it, name it in peers.<mesh>.stack';
  return stacks
    .filter((stack) => !declared.has(stack))
    .sort()
    .map((stack) => ({ stack, message }));
}

/** The state of a stack, its secrets noted; without them where they cannot be decrypted: what a mesh publishes is plain. */
async function readState(tools: Toolchain, stack: string, result: Deployed): Promise<unknown> {
  const exported = (...more: string[]): Promise<unknown> =>
    pulumiJson(tools, ["stack", "export", "--stack", stack, ...more]);
  try {
    const state = await exported("--show-secrets");
    secretsIn(state).forEach((s) => result.secrets.add(s));
    return state;
  } catch (error) {
    const why = firstLine(error);
    try {
      const state = await exported();
      result.notes.push({
        stack,
        message: `the secrets of its state cannot be read (${why}), so they are not masked beyond what Pulumi masks`,
      });
      return state;
    } catch {
      result.unread.push({
        stack,
        message: `its state cannot be read (${why}), so what it has published is not known here`,
      });
      return undefined;
    }
  }
}

/** Every text of a stack's secret configuration, in clear. */
async function readConfigSecrets(tools: Toolchain, declared: DeclaredStack): Promise<string[]> {
  const values = await pulumiJson(tools, [
    "config",
    "--show-secrets",
    "--json",
    "--stack",
    declared.stack,
    "--config-file",
    refreshOwnFile(declared.stack),
  ]);
  return secretsOfConfig(values as Parameters<typeof secretsOfConfig>[0], declared);
}

function addContract(result: Deployed, stack: string, value: unknown): void {
  if (value === undefined) return;
  const contract = parseContract(value, stack);
  result.contracts.set(contract.mesh.name, contract);
}

/** Peers whose contract is in a stack of another project or backend organisation, by mesh name. */
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

export function firstLine(error: unknown): string {
  const lines = String((error as Error).message)
    .split("\n")
    .map((l) => l.trim().replace(/^error: /, ""))
    .filter(Boolean);
  return lines.find((l) => !/exit code|failed:$/.test(l)) ?? lines[0] ?? "no reason given";
}
