import { jsonIn } from "../support/clone.ts";
import { eventually, type World } from "../support/world.ts";

/** What of `verify --json` is looked at. */
interface Report {
  good: boolean;
  edges: {
    name: string;
    host: string;
    good: boolean;
    broken: { hop: string } | null;
    problems: string[];
    servedBy: { mesh: string; workload: string };
    caller: string;
    status: number | null;
  }[];
  guards: { name: string; state: string; evidence: string | null }[];
  unreachable: string[];
}

/** `verify` of whatever an import can be: each protocol, several meshes, a gateway by name, blended, refused. */
export function everyKindOfImport(world: World): void {
  const verify = async (...options: string[]): Promise<{ code: number; report: Report }> => {
    const { code, output } = await world.clone.run("verify", ["--json", "--wait", "30", ...options], {}, true);
    return { code, report: jsonIn<Report>(output) };
  };
  const summary = ({ edges }: Report) =>
    Object.fromEntries(
      edges.map((e) => [`${e.name} ${e.host}`, e.good ? e.servedBy.mesh : (e.broken?.hop ?? e.problems.join("; "))]),
    );

  test("verify answers for each kind of import: every protocol, several meshes, a gateway by name, blended; and knows who is refused", async () => {
    // A sidecar that found no address for a gateway's name asks again after a while.
    await eventually("a 200 from north", 90, async () =>
      (await world.callFrom("east", "http://httpbin.north.global:8000/headers")) === 200 ? 200 : undefined,
    );
    const { code, report } = await verify();
    const ports = [8000, 8001, 9000, 9001, 9443];
    const ofEach = (importer: string, name: string, host: string, result: string) =>
      Object.fromEntries(ports.map((port) => [`${importer} <- west/${name}:${port} ${host}`, result]));
    expect(summary(report)).toEqual({
      ...ofEach("east", "echo", "echo.apps.svc.cluster.local", "west"),
      ...ofEach("east", "guarded", "guarded.mesh.global", "west"),
      ...ofEach("north", "echo", "echo.apps.svc.cluster.local", "west"),
      // Ports without a probe are only connected to, which tells nothing of who may call.
      ...ofEach("north", "guarded", "guarded.mesh.global", "west"),
      "north <- west/guarded:8000 guarded.mesh.global": "authorization",
      // North's gateway is a name that only east's sidecars resolve, so its certificate is not to be had from here.
      "east <- west+north/httpbin:8000 httpbin.httpbin.svc.cluster.local": "west",
      "east <- north/httpbin:8000 httpbin.north.global": "not observable",
      "east <- west/shop:8000 shop.apps.svc.cluster.local": "east",
      "west <- east/shop:8000 shop.apps.svc.cluster.local": "east",
    });
    expect(code).toBe(1);
    expect(report.edges.find((e) => e.host === "httpbin.north.global")).toMatchObject({
      status: 200,
      caller: "spiffe://cluster.local/ns/sleep/sa/sleep",
    });
    expect(report.guards.filter((g) => g.state === "bad")).toEqual([]);
    expect(report.unreachable).toEqual([]);
  });

  test("verify from a probe pod of the named caller: answered, and the caller that is not named is refused", async () => {
    const { code, report } = await verify("--stack", "east", "--import", "guarded", "--probe-pod");
    expect(summary(report)).toEqual(
      Object.fromEntries(
        [8000, 8001, 9000, 9001, 9443].map((port) => [`east <- west/guarded:${port} guarded.mesh.global`, "west"]),
      ),
    );
    expect(report.guards.find((g) => /: caller /.test(g.name))).toMatchObject({ state: "good" });
    expect({ code, unreachable: report.unreachable, bad: report.guards.filter((g) => g.state === "bad") }).toEqual({
      code: 0,
      unreachable: [],
      bad: [],
    });
  });
}
