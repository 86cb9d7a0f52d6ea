import { existsSync } from "node:fs";
import { federationOutput, parseContract, type FederationContract } from "../../components/plan/contract.ts";
import type { Revision } from "../../review/revision.ts";
import { secretsIn, textsOf } from "../../review/masking.ts";
import type { Toolchain } from "../../toolchain/index.ts";
import { listStacks } from "../pulumiCommand.ts";
import { refreshOwnFile } from "../stackConfig.ts";
import { stateFile, usesOwnBackend } from "../workspace.ts";
import { inTwos } from "./inTwos.ts";
import { pulumiJson } from "./pulumiJson.ts";

/** What the backend says of the stacks of a revision. */
export interface Deployed {
  /** Why the backend cannot be read; undefined when it can. */
  down?: string;
  /** The revision's stacks that are in the backend. */
  stacks: string[];
  /** Contracts published now, by mesh name; those of peers in other projects too. */
  contracts: Map<string, FederationContract>;
  /** Every secret text in states and configuration, to be masked. Never to be printed. */
  secrets: Set<string>;
  /** What could not be read, one sentence each. */
  notes: { stack: string; message: string }[];
}

/** Reads the deployed contracts, and the secrets that nothing printed may contain. Writes nothing. */
export async function readDeployed(tools: Toolchain, head: Revision): Promise<Deployed> {
  const result: Deployed = { stacks: [], contracts: new Map(), secrets: new Set(), notes: [] };
  try {
    const known = usesOwnBackend() ? (stack: string) => existsSync(stateFile(stack)) : ((names) => (stack: string) => names.includes(stack))(await listStacks(tools));
    result.stacks = head.stacks.map((s) => s.stack).filter(known);
  } catch (error) {
    result.down = firstLine(error);
    return result;
  }
  await inTwos(head.stacks.filter((s) => result.stacks.includes(s.stack)), async ({ stack, secrets }) => {
    const configFile = refreshOwnFile(stack);
    try {
      const state = await pulumiJson(tools, ["stack", "export", "--show-secrets", "--stack", stack]);
      secretsIn(state).forEach((s) => result.secrets.add(s));
      if (Object.keys(secrets).length > 0) {
        const config = (await pulumiJson(tools, ["config", "--show-secrets", "--json", "--stack", stack, "--config-file", configFile])) as Record<string, { value?: string; secret?: boolean }>;
        for (const { value, secret } of Object.values(config)) if (secret && value) textsOf(value).forEach((t) => result.secrets.add(t));
      }
      addContract(result, stack, outputsOf(state)[federationOutput]);
    } catch (error) {
      result.notes.push({ stack, message: `its state cannot be read (${firstLine(error)}), so what it has published is not known here` });
    }
  });
  await inTwos(peersElsewhere(head), async ([mesh, stack]) => {
    try {
      addContract(result, mesh, await pulumiJson(tools, ["stack", "output", federationOutput, "--json", "--stack", stack]));
    } catch (error) {
      result.notes.push({ stack: mesh, message: `its contract in stack ${stack} cannot be read (${firstLine(error)})` });
    }
  });
  return result;
}

function addContract(result: Deployed, stack: string, value: unknown): void {
  if (value === undefined) return;
  const contract = parseContract(value, stack);
  result.contracts.set(contract.mesh.name, contract);
}

/** Peers whose contract is in a stack of another project or backend organisation, by mesh name. */
function peersElsewhere(head: Revision): [string, string][] {
  const own = new Set(head.stacks.map((s) => s.stack));
  const found = head.stacks.flatMap(({ raw }) => Object.entries((raw["peers"] ?? {}) as Record<string, { stack?: string }>));
  return [...new Map(found.flatMap(([mesh, { stack }]): [string, string][] => (stack && !own.has(mesh) ? [[mesh, stack]] : [])))];
}

function outputsOf(state: any): Record<string, unknown> {
  const resources = (state?.deployment?.resources ?? []) as { type: string; outputs?: Record<string, unknown> }[];
  return resources.find((r) => r.type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

export function firstLine(error: unknown): string {
  const lines = String((error as Error).message).split("\n").map((l) => l.trim().replace(/^error: /, "")).filter(Boolean);
  return lines.find((l) => !/exit code|failed:$/.test(l)) ?? lines[0] ?? "no reason given";
}
