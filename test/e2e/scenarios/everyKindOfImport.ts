import { jsonIn } from "../support/clone.ts";
import type { World } from "../support/world.ts";

/** What of `verify --json` is looked at. */
interface Report {
  good: boolean;
  edges: { name: string; host: string; good: boolean; broken: { hop: string } | null; problems: string[]; servedBy: { mesh: string; workload: string }; caller: string; status: number | null }[];
  guards: { name: string; state: string }[];
}

/** `verify` of whatever an import can be: each protocol, several meshes, a gateway by name, blended, refused. */
export function everyKindOfImport(world: World): void {
  const verify = async (...options: string[]): Promise<{ code: number; report: Report }> => {
    const { code, output } = await world.clone.run("verify", ["--json", "--wait", "30", ...options], {}, true);
    return { code, report: jsonIn<Report>(output) };
  };
  const summary = ({ edges }: Report) => Object.fromEntries(edges.map((e) => [`${e.name} ${e.host}`, e.good ? e.servedBy.mesh : (e.broken?.hop ?? e.problems.join("; "))]));

  test("verify answers for each kind of import: every protocol, several meshes, a gateway by name, blended; and knows who is refused", async () => {
    const { code, report } = await verify();
    expect(summary(report)).toEqual({
      ...Object.fromEntries([8000, 8001, 9000, 9001, 9443].map((port) => [`east <- west/echo:${port} echo.apps.svc.cluster.local`, "west"])),
      // Its client has no curl: nobody can call, and that is said.
      ...Object.fromEntries([8000, 8001, 9000, 9001, 9443].map((port) => [`east <- west/guarded:${port} guarded.mesh.global`, "client"])),
      "east <- west+north/httpbin:8000 httpbin.httpbin.svc.cluster.local": "north, west",
      "east <- north/httpbin:8000 httpbin.north.global": "north",
      "east <- west/shop:8000 shop.apps.svc.cluster.local": "east",
      "west <- east/shop:8000 shop.apps.svc.cluster.local": "west",
    });
    expect(code).toBe(1);
    expect(report.edges.find((e) => e.host === "httpbin.north.global")).toMatchObject({ status: 200, caller: "spiffe://cluster.local/ns/sleep/sa/sleep", servedBy: { workload: "spiffe://north.local/ns/httpbin/sa/httpbin" } });
    expect(report.guards.filter((g) => g.state === "bad")).toEqual([]);
  });

  test("verify from a probe pod of the named caller: answered, and the caller that is not named is refused", async () => {
    const { code, report } = await verify("--stack", "east", "--import", "guarded", "--probe-pod");
    expect(summary(report)).toEqual(Object.fromEntries([8000, 8001, 9000, 9001, 9443].map((port) => [`east <- west/guarded:${port} guarded.mesh.global`, "west"])));
    expect(report.guards.find((g) => /: caller /.test(g.name))).toMatchObject({ state: "good" });
    expect(code).toBe(0);
  });
}
