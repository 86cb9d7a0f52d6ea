import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Status } from "../../../status/status.ts";
import { jsonIn } from "../support/clone.ts";
import { verify, type Report } from "../support/report.ts";
import { withStack } from "../support/stacks.ts";
import type { World } from "../support/world.ts";

const meshes = ["east", "west"];
const served = "spiffe://cluster.local/ns/httpbin/sa/httpbin";
const other = "spiffe://cluster.local/ns/httpbin/sa/other-account";

/** `npm run render` of the committed federation: `status` and `verify` by the folder, as where Argo CD applies it. */
export function renderedFolder(world: World): void {
  test("status and verify take a rendered folder for what was made, and find what differs from it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mesh-federation-rendered-"));
    const [deployed, gitops] = ["deployed", "gitops"].map((name) => join(folder, name)) as [string, string];
    try {
      // Load balancers have assigned the gateways' addresses, which the contracts say.
      await Promise.all(
        meshes.map((mesh) => world.clone.must("contract", [mesh, "--out", join(deployed, `${mesh}.json`)], {}, true)),
      );
      await world.clone.must("render", ["--out", gitops, "--contracts", deployed], {}, true);
      const byStates = await verify(world);
      expect(byStates.code).toBe(0);

      await withKubeconfigs(world, folder, async () => {
        const { code, report } = await verifyBy(world, gitops);
        expect([code, report.passed, report.unreachable, report.pending]).toEqual([0, true, [], []]);
        expect(report.edges.length).toBeGreaterThan(0);
        expect(foundBy(report)).toEqual(foundBy(byStates.report));
        expect(await driftFrom(world, gitops)).toEqual([]);

        replaceIn(join(gitops, "east", "serviceentry-sleep-import-west-httpbin.yaml"));
        expect(await driftFrom(world, gitops)).toEqual([
          {
            mesh: "east",
            description: expect.stringMatching(
              /import-west-httpbin: subjectAltNames is \S*\/httpbin, and should be \S*\/other-account: apply the rendered/,
            ),
          },
        ]);

        replaceIn(join(gitops, "east", "contract.json"));
        const pinned = await verifyBy(world, gitops, "--wait", "0");
        expect([pinned.code, pinned.report.passed]).toEqual([1, false]);
        expect(pinned.report.edges.map(({ failedHop }) => failedHop)).toEqual([
          expect.objectContaining({ hop: "tls", evidence: expect.stringContaining(`east accepts only ${other}`) }),
        ]);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });
}

/** Runs `work` while the stack files name kubeconfigs, as those of clusters do that exist already. */
async function withKubeconfigs(world: World, folder: string, work: () => Promise<void>): Promise<void> {
  let run = work;
  for (const mesh of meshes) {
    const kubeconfigPath = join(folder, `${mesh}.kubeconfig`);
    writeFileSync(kubeconfigPath, (await world.outputs(mesh)).kubeconfig, { mode: 0o600 });
    const inner = run;
    const named = (config: Record<string, any>) => (config["cluster"] = { provider: "existing", kubeconfigPath });
    run = () => withStack(world, mesh, named, inner);
  }
  await run();
}

/** Edges with both ends, and negative checks with their results. */
function foundBy(report: Report) {
  return {
    edges: report.edges.map((e) => [e.name, e.passed, e.servedBy, e.caller]),
    negativeChecks: report.negativeChecks.map((c) => [c.name, c.state, c.control]),
  };
}

async function verifyBy(world: World, gitops: string, ...options: string[]): Promise<{ code: number; report: Report }> {
  const { code, output } = await inNetwork(world, "verify", ["--rendered", gitops, "--json", ...options]);
  return { code, report: jsonIn<Report>(output) };
}

async function driftFrom(world: World, gitops: string): Promise<Status["drift"]> {
  const { code, output } = await inNetwork(world, "status", ["--rendered", gitops, "--json"]);
  expect(code).toBe(0);
  return jsonIn<Status>(output).drift;
}

/** Runs a command in the network of the clusters: with a folder, it does not enter a lab by itself. */
async function inNetwork(world: World, command: string, args: string[]): Promise<{ code: number; output: string }> {
  const { enter, env } = await world.lab();
  const [program, ...words] = [...enter, process.execPath, join(world.clone.folder, "cli", `${command}.ts`), ...args];
  const { status, stdout, stderr } = spawnSync(program!, words, {
    cwd: world.clone.folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 120_000,
  });
  return { code: status ?? -1, output: stdout || stderr };
}

/** Pins another service account in a rendered file. */
function replaceIn(file: string): void {
  const text = readFileSync(file, "utf8");
  expect(text).toContain(served);
  writeFileSync(file, text.replaceAll(served, other));
}
