import { verify, type Report } from "../support/report.ts";
import { eventually, type World } from "../support/world.ts";

/** `verify` of every kind of import: each protocol, several meshes, a gateway by name, blended, denied. */
export function everyKindOfImport(world: World): void {
  const summary = ({ edges }: Report) =>
    Object.fromEntries(
      edges.map((e) => [
        `${e.name} ${e.host}`,
        e.passed ? e.servedBy.mesh : (e.failedHop?.hop ?? e.problems.map((p) => `${p.code}: ${p.problem}`).join("; ")),
      ]),
    );

  test("verify reports each protocol, several meshes, a gateway by name, a blended and a denied import", async () => {
    // A sidecar that finds no address for a gateway's name looks it up again later.
    await eventually("a 200 from north", 90, async () =>
      (await world.callFrom("east", "http://httpbin.north.global:8000/headers")) === 200 ? 200 : undefined,
    );
    // One edge is denied for as long as it waits.
    const { code, report } = await verify(world, "--wait", "12");
    const ports = [8000, 8001, 9000, 9001, 9443];
    const ofEach = (importer: string, name: string, host: string, result: string) =>
      Object.fromEntries(ports.map((port) => [`${importer} <- west/${name}:${port} ${host}`, result]));
    expect(summary(report)).toEqual({
      ...ofEach("east", "echo", "echo.apps.svc.cluster.local", "west"),
      ...ofEach("east", "guarded", "guarded.mesh.global", "west"),
      ...ofEach("north", "echo", "echo.apps.svc.cluster.local", "west"),
      // A port without a probe is only connected to, which does not show who may call it.
      ...ofEach("north", "guarded", "guarded.mesh.global", "west"),
      "north <- west/guarded:8000 guarded.mesh.global": "authorization",
      // North's gateway is a name that only east's cluster resolves, so its certificate is read through a pod there.
      "east <- west+north/httpbin:8000 httpbin.httpbin.svc.cluster.local": "north, west",
      "east <- north/httpbin:8000 httpbin.north.global": "north",
      "east <- west/shop:8000 shop.apps.svc.cluster.local": "east",
      "west <- east/shop:8000 shop.apps.svc.cluster.local": "east",
    });
    expect(code).toBe(1);
    expect(report.edges.find((e) => e.host === "httpbin.north.global")).toMatchObject({
      status: 200,
      caller: "spiffe://cluster.local/ns/sleep/sa/sleep",
    });
    expect(report.negativeChecks.filter((c) => c.state === "failed")).toEqual([]);
    expect(report.unreachable).toEqual([]);
  });

  test("verify from a probe pod: the named caller is answered, another caller is denied", async () => {
    const { code, report } = await verify(
      world,
      ...["--wait", "30", "--stack", "east", "--import", "guarded", "--probe-pod"],
    );
    expect(summary(report)).toEqual(
      Object.fromEntries(
        [8000, 8001, 9000, 9001, 9443].map((port) => [`east <- west/guarded:${port} guarded.mesh.global`, "west"]),
      ),
    );
    expect(report.negativeChecks.find((c) => c.code === "negative-undeclared-caller")).toMatchObject({
      state: "passed",
    });
    expect({
      code,
      unreachable: report.unreachable,
      failed: report.negativeChecks.filter((c) => c.state === "failed"),
    }).toEqual({
      code: 0,
      unreachable: [],
      failed: [],
    });
  });
}
