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
  const up = () => world.clone.must("pulumi", ["up", "--yes", "--skip-preview", "--stack", "east"]);
  const ownRule = async () =>
    (
      await world.kubectl("east", [
        ...["get", "destinationrule", "-n", "apps", "import-west-echo", "--ignore-not-found", "-o", "name"],
      ])
    ).trim();
  const remove = (name: string) =>
    world.kubectl("east", ["delete", "-n", "apps", "destinationrule", name, "--ignore-not-found"]);

  test("an import loses no request when its DestinationRule comes and goes", async () => {
    expect(await ownRule()).toBe("");
    const wide = ruleOf("wide", "*.local", { loadBalancer: { simple: "RANDOM" } });
    try {
      await noFailure(world, [echo], async () => {
        await withStack(
          world,
          "east",
          (config) => (config["importRules"] = "always"),
          async () => {
            await up();
            expect(await ownRule()).toMatch(/import-west-echo$/);
          },
        );
        await up();
        expect(await ownRule()).toBe("");
        await world.apply("east", wide);
        await seconds(5);
      });
    } finally {
      await remove("wide");
    }
  });

  test("the load sees when a rule of others makes the import plaintext", async () => {
    const load = await startLoad(world, [echo]);
    try {
      const before = failedOf(await load.counts());
      await world.apply("east", ruleOf("plain", host, { tls: { mode: "DISABLE" } }));
      await seconds(8);
      expect(failedOf(await load.counts()) - before).toBeGreaterThan(20);
    } finally {
      await remove("plain");
      await load.abandon();
    }
  });
}

const seconds = (count: number) => new Promise((done) => setTimeout(done, count * 1000));
