import { isMeshStack, type RawKeys } from "../federation/config/declaredMesh.ts";
import { defaultLoadBalancer } from "../federation/config/defaults.ts";
import { mappingOf } from "../federation/config/values.ts";
import type { ChartUse } from "../tools/source.ts";
import { readStackFile, stackNames } from "./stackFiles.ts";

/** Which charts the mesh stacks of the clone at `root` take from the default repositories. */
export function chartUse(root: string = process.cwd()): ChartUse {
  let meshes: RawKeys[];
  try {
    meshes = stackNames(root)
      .map((stack) => readStackFile(root, stack))
      .filter(isMeshStack);
  } catch {
    // The program itself reports a file that cannot be read.
    return { istio: true, metallb: true };
  }
  return { istio: meshes.some(takesIstio), metallb: meshes.some(takesMetallb) };
}

function takesIstio({ istio }: RawKeys): boolean {
  const { provider, charts, chartRepository } = mappingOf(istio);
  return provider !== "existing" && charts === undefined && chartRepository === undefined;
}

function takesMetallb({ cluster, loadBalancer }: RawKeys): boolean {
  const given = mappingOf(loadBalancer ?? defaultLoadBalancer(mappingOf(cluster)["provider"]));
  return given["provider"] === "metallb" && given["chartRepository"] === undefined;
}
