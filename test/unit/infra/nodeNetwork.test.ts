import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meshProgram } from "../../../infra/mesh.ts";
import { record } from "../components/graph.ts";

const folder = mkdtempSync(join(tmpdir(), "docker-"));
const path = process.env["PATH"];

beforeAll(() => (process.env["PATH"] = `${folder}:${path}`));
afterAll(() => {
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true });
});

/** Previews mesh east on a machine whose docker prints that of its network `kind`, or ends with an error. */
function preview(network: string | undefined, loadBalancer?: unknown) {
  writeFileSync(
    join(folder, "docker"),
    `#!/bin/sh\necho "$*" > "${folder}/asked"\n` +
      `${network === undefined ? "echo; exit 1" : `printf '%s\\n' ${network}`}\n`,
  );
  chmodSync(join(folder, "docker"), 0o755);
  const config = {
    mesh: { name: "east", slot: 1 },
    cluster: { provider: "kind", podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" },
    ...(loadBalancer ? { loadBalancer } : {}),
  };
  return record(meshProgram, {
    preview: true,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value])),
    invoke: (_, { name }) => (name.endsWith("/trust") ? { outputs: { meshes: ["east", "west"] } } : { outputs: {} }),
  });
}

describe("a preview before the first up", () => {
  test.each<{ name: string; network: string; loadBalancer?: unknown; says: RegExp }>([
    {
      name: "pods",
      network: "'subnet 10.10.128.0/20'",
      says: /cluster\.podSubnet: 10\.10\.0\.0\/16 overlaps .* 10\.10\.128\.0\/20.*\[node-network-overlap\]/,
    },
    {
      name: "services",
      network: "'subnet 10.255.0.0/16'",
      says: /cluster\.serviceSubnet: 10\.255\.10\.0\/24 overlaps/,
    },
    {
      name: "a slot",
      network: "'subnet 172.18.0.0/28'",
      says: /mesh\.slot: the node network 172\.18\.0\.0\/28 is too small for 4 slots/,
    },
    {
      name: "the slot of mesh west",
      network: "'subnet 172.18.0.0/16'",
      loadBalancer: { provider: "metallb", addresses: ["172.18.130.0/24"] },
      says: /172\.18\.130\.0\/24.* overlaps that of mesh "west"/,
    },
    {
      name: "a network without IPv4",
      network: "'subnet fc00:f853::/64'",
      says: /docker network "kind": it has no IPv4 subnet/,
    },
  ])("finds a clash of the existing Docker network with $name", async ({ network, loadBalancer, says }) => {
    await expect(preview(network, loadBalancer)).rejects.toMatchObject({
      message: expect.stringMatching(says),
    });
  });

  test.each([
    {
      name: "a network apart from them, with a node in the pool that a container left",
      network: "'subnet 172.18.0.0/16' 'address 172.18.64.1/16'",
    },
    { name: "no network yet, or no docker", network: undefined },
  ])("passes with $name", async ({ network }) => {
    await expect(preview(network)).resolves.toBeDefined();
    expect(readFileSync(join(folder, "asked"), "utf8")).toMatch(/^network inspect kind /);
  });
});
