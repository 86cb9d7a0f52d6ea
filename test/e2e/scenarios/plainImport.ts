import { startLoad } from "../support/load/load.ts";
import { failedOf, noFailure } from "../support/load/noFailure.ts";
import { withStack } from "../support/stacks.ts";
import type { World } from "../support/world.ts";

const host = "echo.apps.svc.cluster.local";
const echo = { mesh: "east", host, ports: { http: 8000, tcp: 9001 } };

/** A DestinationRule of others in the client's namespace. */
const ruleOf = (name: string, pattern: string, trafficPolicy: object) => ({
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name, namespace: "apps" },
  spec: { host: pattern, trafficPolicy },
});

/** An import with a single gateway needs no DestinationRule, and loses no request when one comes or goes. */
export function plainImport(world: World): void {
  const rule = (command: string, name: string, ...options: string[]) =>
    world.kubectl("east", [command, "destinationrule", "-n", "apps", name, "--ignore-not-found", ...options]);
  /** Brings east up, and says whether the import has a rule of its own. */
  const up = async (): Promise<boolean> => {
    await world.clone.must("pulumi", ["up", "--yes", "--skip-preview", "--stack", "east"]);
    return (await rule("get", "import-west-echo", "-o", "name")).trim() !== "";
  };
  const withEast = <T>(change: (config: Record<string, any>) => void, work: () => Promise<T>): Promise<T> =>
    withStack(world, "east", change, work);
  // Its subsets are what its rule says.
  const isPlain = ({ imports }: Record<string, any>): void => {
    delete (imports as { name: string; subsets?: string[] }[]).find(({ name }) => name === "echo")!.subsets;
  };

  test("an import loses no request when its DestinationRule goes, comes and goes", async () => {
    try {
      await withEast(isPlain, async () => {
        await noFailure(world, [echo], async () => {
          const [plain, always] = [await up(), await withEast((config) => (config["importRules"] = "always"), up)];
          expect([plain, always, await up()]).toEqual([false, true, false]);
          await world.apply("east", ruleOf("wide", "*.local", { loadBalancer: { simple: "RANDOM" } }));
          await seconds(5);
        });
        await rule("delete", "wide");
        await expectFailuresAreSeen();
      });
    } finally {
      await rule("delete", "wide");
      await up();
    }
  });

  /** The control: a rule of others that sends plain text makes calls fail. */
  async function expectFailuresAreSeen(): Promise<void> {
    const load = await startLoad(world, [echo]);
    try {
      const before = failedOf(await load.counts());
      await world.apply("east", ruleOf("plain", host, { tls: { mode: "DISABLE" } }));
      await seconds(8);
      expect(failedOf(await load.counts()) - before).toBeGreaterThan(20);
    } finally {
      await rule("delete", "plain");
      await load.abandon();
    }
  }
}

const seconds = (count: number) => new Promise((done) => setTimeout(done, count * 1000));
