import { identity } from "../support/forgery/impostor.ts";
import { verify } from "../support/report.ts";
import { run, type World } from "../support/world.ts";

/**
 * `verify` on a machine without a route to the gateways, as macOS is: the same rows, from the client's pod. Nodes are
 * on one bridge, so that a route of the machine changes nothing for them.
 */
export function hostWithoutRoute(world: World): void {
  test("verify proves an import through a pod where this machine has no route, and says so once", async () => {
    const { gateways } = (await world.outputs("west")).federation;
    const address = `${gateways[0]!.address}/32`;
    const { enter, env } = await world.lab();
    const route = (...what: string[]) => {
      const [command, ...rest] = [...enter, "ip", "route", ...what];
      run(command!, rest, env);
    };
    const reached = await verify(world);
    route("add", "unreachable", address);
    try {
      const { code, report } = await verify(world);
      expect([code, report.passed, report.unreachable]).toEqual([0, true, []]);
      expect(report.edges.map((e) => [e.name, e.servedBy, e.caller])).toEqual(
        reached.report.edges.map((e) => [e.name, e.servedBy, e.caller]),
      );
      expect(report.edges[0]!.servedBy).toMatchObject({ mesh: "west", workload: identity });
      expect(report.negativeChecks.map((c) => [c.name, c.state, c.control])).toEqual(
        reached.report.negativeChecks.map((c) => [c.name, c.state, c.control]),
      );
      expect(reached.report.notes).toEqual([]);
      expect(report.notes).toEqual([expect.stringMatching(/gets no connection to .*EHOSTUNREACH.*pod sleep\/sleep-/)]);
      const tcp = report.edges[0]!.hops.find(({ hop }) => hop === "tcp");
      expect(tcp!.evidence).toMatch(/\(from pod sleep\/sleep-/);
    } finally {
      route("del", "unreachable", address);
    }
    expect((await verify(world)).report.notes).toEqual([]);
  });
}
