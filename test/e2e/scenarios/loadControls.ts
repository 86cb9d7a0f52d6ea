import { handshakes, startLoad } from "../support/load/load.ts";
import type { EdgeCounts, LoadKind } from "../support/load/plan.ts";
import type { World } from "../support/world.ts";

const echo = { mesh: "east", host: "echo.apps.svc.cluster.local", ports: { http: 8000, tcp: 9001 } };

/** The load generator sees failures, and its own. */
export function loadControls(world: World): void {
  const pin = (accounts: string[]) =>
    world.kubectl("east", [
      ...["patch", "-n", "apps", "serviceentry", "import-west-echo", "--type=merge", "-p"],
      JSON.stringify({ spec: { subjectAltNames: accounts.map((a) => `spiffe://cluster.local/ns/apps/sa/${a}`) } }),
    ]);

  test("a load counts no failure of a working import, and failures while another identity is pinned", async () => {
    const load = await startLoad(world, [echo]);
    let end: EdgeCounts[] = [];
    try {
      const [before, counted] = [await handshakes(world, echo, echo.ports.tcp), await load.counts()];
      await seconds(20);
      const [after, steady] = [await handshakes(world, echo, echo.ports.tcp), await load.counts()];
      expect(sum(steady, "failed")).toBe(0);
      // Each fresh connection verifies both certificates: the sidecar reuses neither connections nor sessions.
      const fresh = sum(steady, "sent", "tcp fresh") - sum(counted, "sent", "tcp fresh");
      expect(fresh).toBeGreaterThan(100);
      expect(after.full - before.full).toBeGreaterThan(0.8 * fresh);
      expect(after.resumed).toBe(0);
      await pin(["other-account"]);
      await seconds(5);
    } finally {
      await pin(["echo-a", "echo-b"]);
      end = await load.stop();
    }
    for (const kind of ["http kept", "tcp fresh"] as const)
      expect([kind, sum(end, "failed", kind) > 5]).toEqual([kind, true]);
    expect(end[0]!.kinds.find((k) => k.kind === "http kept")!.failures[0]!.what).toMatch(/status 503/);
  });

  test("a load whose client is gone is an error", async () => {
    const load = await startLoad(world, [echo]);
    await world.kubectl("east", ["delete", "-n", "apps", "pod", "load"]);
    await expect(load.stop()).rejects.toThrow(/the load generator in east does not answer/);
  });
}

const seconds = (count: number) => new Promise((done) => setTimeout(done, count * 1000));

function sum(edges: EdgeCounts[], of: "sent" | "failed", kind?: LoadKind): number {
  const counts = edges.flatMap(({ kinds }) => kinds).filter((k) => !kind || k.kind === kind);
  return counts.reduce((total, k) => total + k[of], 0);
}
