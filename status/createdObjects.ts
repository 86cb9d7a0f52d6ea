import { UserError } from "../federation/errors/userError.ts";
import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import type { Toolchain } from "../tools/index.ts";
import { inTime, readMeshes, type MeshSource } from "../workspace/meshes.ts";
import { pulumiJson } from "../workspace/pulumiJson.ts";
import { upRefresh } from "./liveDrift.ts";

/** What was made, as the states of the stacks say it. */
export function stackSource(tools: Toolchain): MeshSource {
  return {
    meshes: (credentials) => readMeshes(tools, credentials),
    created: ({ stack }) => createdObjects(tools, stack),
    restore: upRefresh,
  };
}

/** The objects that a stack created for exports, imports and mTLS, from its state. It decrypts no secret. */
export async function createdObjects(tools: Toolchain, stack: string): Promise<FederationObject[]> {
  return objectsIn(await inTime(stack, pulumiJson(tools, ["stack", "export", "--stack", stack])), stack);
}

/** The part of an exported state that is read here. */
interface ExportedState {
  deployment?: { resources?: { type: string; delete?: boolean; outputs?: { objects?: unknown } }[] };
}

/**
 * The objects in a stack's state. Throws a `UserError` for the state of an earlier release, which does not have them.
 */
export function objectsIn(state: unknown, stack: string): FederationObject[] {
  const { resources = [] } = (state as ExportedState | undefined)?.deployment ?? {};
  const types: string[] = Object.values(componentTypes);
  return resources
    .filter((r) => !r.delete && types.includes(r.type))
    .flatMap(({ outputs }) => {
      if (Array.isArray(outputs?.objects)) return outputs.objects as FederationObject[];
      throw new UserError("status-objects-unknown", {
        subject: `stack "${stack}"`,
        problem: "an earlier release wrote its state, which does not record the objects that it created",
        remedy: `Run \`pulumi up --stack ${stack}\``,
      });
    });
}
