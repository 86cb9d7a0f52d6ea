import { answeredBy, appsReady, curl, serverArguments } from "../support/echo.ts";
import { eventually, type World } from "../support/world.ts";

const url = "http://shop.apps.svc.cluster.local:8000/";

/** A Service that exists in two meshes, each of which fails over to the other. */
export function blended(world: World): void {
  const shop = (mesh: string, ...args: string[]) =>
    world.kubectl(mesh, [args[0]!, "-n", "apps", "deployment/shop-v1", ...args.slice(1)]);
  const calls = async (mesh: string, count: number) =>
    (await curl(world, mesh, url, count)).map((a) => (a.status === 200 ? answeredBy(a.body) : a.status));
  const allFrom = (mesh: string, answers: unknown[]): true | undefined =>
    answers.length > 0 && answers.every((a) => a === mesh) ? true : undefined;
  const refuseConnections = (mesh: string, refusing: boolean) =>
    shop(
      mesh,
      "patch",
      "--type=json",
      "-p",
      JSON.stringify([
        { op: "replace", path: "/spec/template/spec/containers/0/args", value: serverArguments(mesh, "v1", refusing) },
      ]),
    );

  test("blended, healthy: 100 of 100 calls stay local, in both meshes", async () => {
    for (const mesh of ["east", "west"]) {
      await eventually(`a local answer in ${mesh}`, 40, async () => allFrom(mesh, await calls(mesh, 3)));
      // A 503, as of an idle connection that closes at that moment, restarts the row; a remote answer fails.
      const answers = await eventually(`100 answers in ${mesh}`, 60, async () => {
        const row = await calls(mesh, 100);
        return row.includes(503) && row.every((a) => a === mesh || a === 503) ? undefined : row;
      });
      expect(answers).toEqual(Array(100).fill(mesh));
    }
  });

  test("blended, ready pods refuse connections: calls move in 30 s, and return later", async () => {
    await refuseConnections("east", true);
    try {
      await appsReady(world, "east");
      await eventually("calls move to west", 30, async () => allFrom("west", await calls("east", 5)));
      expect(
        await world.kubectl("east", [
          ...["get", "pods", "-n", "apps", "-l", "app=shop"],
          ...["-o", "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}"],
        ]),
      ).toBe("True");
    } finally {
      await refuseConnections("east", false);
    }
    await appsReady(world, "east");
    await eventually("calls return", 60, async () => allFrom("east", await calls("east", 10)));
  });

  test("blended, no pods: calls move and return; without pods in both meshes, a 503 in 2 s, no loop", async () => {
    await shop("east", "scale", "--replicas=0");
    try {
      await eventually("calls move to west", 30, async () => allFrom("west", await calls("east", 5)));
      await shop("west", "scale", "--replicas=0");
      try {
        await eventually("a 503", 30, async () => allFrom(503 as never, await calls("east", 1)));
        const before = await connectionsOf(world);
        for (const answer of await curl(world, "east", url, 5)) {
          expect(answer.status).toBe(503);
          expect(answer.seconds).toBeLessThan(2);
        }
        // A loop would open one connection after another between the gateways.
        const after = await connectionsOf(world);
        expect(after.east - before.east).toBe(0);
        expect(after.west - before.west).toBeLessThan(40);
      } finally {
        await shop("west", "scale", "--replicas=1");
      }
    } finally {
      await shop("east", "scale", "--replicas=1");
    }
    for (const mesh of ["east", "west"]) await appsReady(world, mesh);
    for (const mesh of ["east", "west"])
      await eventually("calls return", 60, async () => allFrom(mesh, await calls(mesh, 10)));
  });
}

/** Connections that each mesh's gateway has accepted so far on its port for other networks. */
async function connectionsOf(world: World): Promise<{ east: number; west: number }> {
  const count = async (mesh: string): Promise<number> => {
    const stats = await world.kubectl(mesh, [
      ...["exec", "-n", "istio-system", "deploy/istio-eastwestgateway", "--"],
      ...["pilot-agent", "request", "GET", "stats?filter=listener.*15443.*downstream_cx_total$"],
    ]);
    return [...stats.matchAll(/15443.*downstream_cx_total: (\d+)/g)].reduce((sum, m) => sum + Number(m[1]), 0);
  };
  return { east: await count("east"), west: await count("west") };
}
