import { componentTypes, type FederationObject } from "../federation/objects/federationObject.ts";
import type { Toolchain } from "../tools/index.ts";
import { pulumiJson } from "../workspace/pulumiJson.ts";
import { inTime } from "../workspace/meshes.ts";

/** The objects by which a stack exports, imports and demands mTLS, from its state; of that, no secret is decrypted. */
export async function madeObjects(tools: Toolchain, stack: string): Promise<FederationObject[]> {
  return objectsIn(await inTime(stack, pulumiJson(tools, ["stack", "export", "--stack", stack])), stack);
}

/** The objects in a stack's state. Throws where an earlier release wrote it, which did not say what it made. */
export function objectsIn(state: unknown, stack: string): FederationObject[] {
  const { resources } =
    (
      state as
        | { deployment?: { resources?: { type: string; delete?: boolean; outputs?: { objects?: unknown } }[] } }
        | undefined
    )?.deployment ?? {};
  const components = (resources ?? []).filter(
    (r) => !r.delete && (Object.values(componentTypes) as string[]).includes(r.type),
  );
  return components.flatMap(({ outputs }) => {
    if (!Array.isArray(outputs?.objects))
      throw new Error(
        `an earlier release made what is in it; \`pulumi up --stack ${stack}\` with this one notes what should be in the cluster`,
      );
    return outputs.objects as FederationObject[];
  });
}
