import { execFile } from "node:child_process";
import { inspectNodeNetwork, parseNodeNetwork } from "../components/index.ts";
import { poolOf, poolsOnNetwork, type MeshConfig, type SiblingMesh } from "../federation/index.ts";

/** Timeout of the docker command, in milliseconds. */
const timeout = 3_000;

/**
 * Compares pods, Services and pools of a mesh on KinD with docker's network of the nodes, when other clusters
 * created it. An overlap is then found before a cluster is created. A network that docker has yet to create is compared
 * after its creation, because docker chooses its subnet.
 *
 * Addresses in use are left out: they belong to containers that may be gone.
 * @throws UserError that names the key, its value and the network
 */
export async function checkExistingNetwork(config: MeshConfig, siblings: SiblingMesh[]): Promise<void> {
  const { mesh, cluster } = config;
  if (cluster.provider !== "kind") return;
  const printed = await new Promise<string>((resolve) =>
    execFile("sh", ["-c", `exec ${inspectNodeNetwork}`], { timeout, env: process.env }, (error, stdout) =>
      resolve(error ? "" : stdout),
    ),
  );
  // Without docker, or without the network, there is nothing to compare.
  if (printed.trim() === "") return;
  const { subnet } = parseNodeNetwork(printed, cluster);
  const pool = poolOf(config);
  if (pool) poolsOnNetwork({ name: mesh.name, pool }, { subnet, addresses: [] }, siblings);
}
