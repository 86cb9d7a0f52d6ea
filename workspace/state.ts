import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";
import { paths, project } from "./workspace.ts";

/** What of a stack's state is looked at here. */
export interface StackState {
  checkpoint?: { latest?: { resources?: { type?: string }[]; pending_operations?: PendingOperation[] } };
}

/** An operation that was under way when Pulumi last wrote the state. */
export interface PendingOperation {
  type: string;
  resource: { urn: string };
}

/** The state of a stack in the clone's own backend; undefined when there is none. */
export function readState(stack: string): StackState | undefined {
  try {
    return JSON.parse(readFileSync(join(stateFolder, `${stack}.json`), "utf8")) as StackState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError("stack-state-unreadable", {
      subject: `stack "${stack}"`,
      problem: `its state cannot be read: ${(error as Error).message}`,
      remedy: `Restore the copy from before its last change, ${join(stateFolder, `${stack}.json.bak`)}`,
    });
  }
}

/** Names of the stacks in the clone's own backend that have resources, or had some under way, in alphabetical order. */
export function deployedStacks(): string[] {
  let files: string[];
  try {
    files = readdirSync(stateFolder);
  } catch {
    return [];
  }
  const stacks = files.flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []).sort();
  return stacks.filter((stack) => {
    const latest = readState(stack)?.checkpoint?.latest;
    return (latest?.resources?.length ?? 0) > 0 || (latest?.pending_operations?.length ?? 0) > 0;
  });
}

/** Whether a stack of the clone's own backend is one that meshes have their CA from. */
export function isTrustStack(stack: string): boolean {
  return (
    readState(stack)?.checkpoint?.latest?.resources?.some(
      (resource) => resource.type === "mesh-federation:trust:MeshTrust",
    ) ?? false
  );
}

const stateFolder = join(paths.state, ".pulumi", "stacks", project);
