import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { noFailure } from "./load/noFailure.ts";
import { loadPorts, loadServer } from "./load/server.ts";
import { inLab, type PlainMesh } from "./plainMesh.ts";
import { gatewayPort } from "./plainObjects.ts";
import type { World } from "./world.ts";

const app = "by-hand";

/** Host of the server in the exporting cluster. */
const hostIn = ({ clusterDomain }: PlainMesh): string => `${app}.httpbin.svc.${clusterDomain}`;

/** The manual page's objects for a server of the load, in the importing mesh. The other has the guide's gateway. */
function objectsByHand(exporter: PlainMesh): object[] {
  const host = hostIn(exporter);
  const metadata = { name: app, namespace: "sleep" };
  const entry = {
    apiVersion: "networking.istio.io/v1",
    kind: "ServiceEntry",
    metadata,
    spec: {
      hosts: [host],
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      ports: loadPorts.map(({ name, number, protocol }) => ({ name, number, protocol })),
      endpoints: [{ address: exporter.nodeAddress, ports: { http: gatewayPort, tcp: gatewayPort } }],
      subjectAltNames: [`spiffe://cluster.local/ns/httpbin/sa/${app}`],
    },
  };
  const rule = {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata,
    spec: { host, trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } },
  };
  return [entry, rule];
}

/**
 * Two meshes that are federated by hand are adopted under load, and forgotten again: nobody writes their objects, and
 * no request is lost. Afterwards the meshes are as before.
 * @param folder where the projects go
 */
export async function adoptsByHand(world: World, meshes: [PlainMesh, PlainMesh], folder: string): Promise<void> {
  const [north, south] = meshes;
  await world.apply("south", ...loadServer(app, "httpbin"));
  await world.apply("north", ...objectsByHand(south));
  try {
    await world.kubectl("south", ["rollout", "status", "-n", "httpbin", `deployment/${app}`, "--timeout=120s"]);
    const edge = { mesh: "north", host: hostIn(south), ports: { http: 8000, tcp: 9001 }, namespace: "sleep" };
    await noFailure(world, [edge], async () => {
      const before = await writers(world);
      await Promise.all([adoptMesh(world, north, folder, 2), adoptMesh(world, south, folder, 1)]);
      expect(await writers(world)).toEqual(before);
    });
  } finally {
    await world.kubectl("north", ["delete", "-n", "sleep", "serviceentry,destinationrule", app, "--ignore-not-found"]);
    await world.kubectl("south", ["delete", "-n", "httpbin", "deployment,service,serviceaccount", app, "--wait"]);
  }
}

/** Adopts a mesh, proves that `up` only imports, and that nothing is left to do, and destroys the stack. */
async function adoptMesh(world: World, mesh: PlainMesh, folder: string, objects: number): Promise<void> {
  const { name, kubeconfig } = mesh;
  const out = join(folder, `adopted-${name}`);
  const options = ["--kubeconfig", kubeconfig, "--mesh", name, "--port", String(gatewayPort), "--out", out];
  const command = ["-r", "tools/checkNode.cjs", "cli/adopt.ts"].map((part) =>
    part.startsWith("-") ? part : join(world.clone.folder, part),
  );
  expect(await inLab(await world.lab(), kubeconfig, process.execPath, [...command, ...options])).toContain(
    `${objects} objects adopted`,
  );
  if (name === "south")
    expect(readFileSync(join(out, "ADOPT.md"), "utf8")).toMatch(/`httpbin\.httpbin\.svc\.[^`]*`.*everybody/);
  symlinkSync(join(world.clone.folder, "node_modules"), join(out, "node_modules"));
  const pulumi = await pulumiIn(world, mesh, out);
  await pulumi("stack", "init", name);
  expect(await pulumi("up", "--yes", "--skip-preview", "--stack", name)).toContain(`${objects} imported`);
  await pulumi("up", "--yes", "--expect-no-changes", "--skip-preview", "--stack", name);
  await pulumi("destroy", "--yes", "--skip-preview", "--stack", name);
  await pulumi("stack", "rm", "--yes", "--stack", name);
}

/** Pulumi with the clone's backend, in a folder of another project. */
async function pulumiIn(world: World, { kubeconfig }: PlainMesh, folder: string) {
  const { output } = await world.clone.must("pulumi-env", [], {}, true);
  const variables = output.split("\n").filter((line) => line.startsWith("export "));
  const script = [...variables, 'cd "$1" && shift && exec pulumi "$@" --non-interactive --color never'].join("\n");
  const lab = await world.lab();
  return (...args: string[]) => inLab(lab, kubeconfig, "sh", ["-c", script, "sh", folder, ...args]);
}

/** The objects by hand with their generation and everybody who has ever written them. */
async function writers(world: World): Promise<string[]> {
  const path =
    "{range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.generation} " +
    '{.metadata.managedFields[*].manager}{"\\n"}{end}';
  const kinds = "gateways.networking.istio.io,serviceentry,destinationrule";
  const texts = await Promise.all(
    ["north", "south"].map((name) => world.kubectl(name, ["get", kinds, "-A", "-o", `jsonpath=${path}`])),
  );
  return texts.flatMap((text) => text.split("\n").filter(Boolean)).sort();
}
