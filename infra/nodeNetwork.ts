import { execFile } from "node:child_process";
import { inspectNetwork, parseNetwork } from "../components/kindCluster.ts";
import { poolsOnNetwork } from "../federation/cluster/meshPools.ts";
import { poolOf, type MeshConfig, type Neighbour } from "../federation/config/readMeshConfig.ts";

/** How long docker may take to tell of a network, in milliseconds. */
const patience = 3_000;

/**
 * Compares pods, services and pools of a mesh on KinD with the docker network that its nodes would be on, where there is
 * one already, as after other clusters: so a clash is found before a cluster is made. Which network docker would choose
 * for a new one nobody knows; that is compared when it is there.
 *
 * Addresses in use are left out: they pass with their containers.
 * @throws Problem that names the key, its value and the network
 */
export async function checkExistingNetwork(config: MeshConfig, neighbours: Neighbour[]): Promise<void> {
  const { mesh, cluster } = config;
  if (cluster.provider !== "kind") return;
  const told = await new Promise<string>((resolve) =>
    execFile("sh", ["-c", `exec ${inspectNetwork}`], { timeout: patience, env: process.env }, (error, stdout) =>
      resolve(error ? "" : stdout),
    ),
  );
  // Without docker, or without the network, there is nothing to compare.
  if (told.trim() === "") return;
  const { subnet } = parseNetwork(told, cluster);
  const pool = poolOf(config);
  if (pool) poolsOnNetwork({ name: mesh.name, pool }, { subnet, addresses: [] }, neighbours);
}
