import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { gatewayService } from "../../../federation/cluster/gatewayService.ts";
import { gatewayValues, type ManagedGateway } from "../../../federation/cluster/gatewayValues.ts";
import { managedGatewayLabels } from "../../../federation/cluster/gatewayObjects.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";

const folder = join(__dirname, "../../../examples/gateways");
const prefix = "mesh-federation:";

/** Names of the gateways in examples/gateways. */
export const gatewayExamples = globSync("*.yaml", { cwd: folder })
  .map((file) => basename(file, ".yaml"))
  .sort();

/** What the program makes of a stack file with one of them. */
export function gatewayExample(name: string) {
  const { config } = parse(readFileSync(join(folder, `${name}.yaml`), "utf8")) as { config: Record<string, unknown> };
  const keys = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(prefix, ""), value]));
  const cluster = { provider: "existing", kubeconfigPath: "kubeconfig" };
  const { gateway, mesh, profile } = readMeshConfig({ mesh: { name: "west" }, cluster, ...keys }, "west", {
    ...releaseSources,
  });
  if (gateway.provider !== "managed") throw new Error(`${name} is no managed gateway`);
  const managed: ManagedGateway = {
    ...gateway,
    labels: managedGatewayLabels(gateway.name),
    network: mesh.network,
    revision: "",
    proxyVersion: "",
    profile,
    values: gateway.values ?? {},
  };
  return { gateway, service: gatewayService(managed), values: gatewayValues(managed) };
}
