import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { denySleep } from "../support/denySleep.ts";
import { eventually, type World } from "../support/world.ts";

/** An `up` with `verifyOnUp`, which fails while an import does not answer. */
export function verifyOnUp(world: World): void {
  const up = () => world.clone.run("pulumi", ["up", "--yes", "--skip-preview", "--stack", "east"]);

  test("with verifyOnUp an up fails with the diagnosis, verifies again, then changes nothing", async () => {
    const file = join(world.clone.folder, "stacks", "Pulumi.east.yaml");
    const before = readFileSync(file, "utf8");
    const configure = (change: (config: Record<string, any>) => void = () => undefined) => {
      const stack = parse(before) as { config: Record<string, any> };
      stack.config["mesh-federation:verifyOnUp"] = true;
      change(stack.config);
      writeFileSync(file, stringify(stack));
    };
    await world.apply("west", denySleep);
    try {
      await eventually("calls that are all denied", 60, () => allDenied(world));
      configure();
      for (const attempt of ["first", "second"]) {
        const { code, output } = await up();
        expect([attempt, code]).not.toEqual([attempt, 0]);
        expect(output).toMatch(/import "httpbin" of mesh "east".*\[import-not-answering\]/);
        expect(output).toContain("[hop-authorization]");
      }
    } finally {
      writeFileSync(file, before);
      await world.kubectl("west", ["delete", "-n", "httpbin", "authorizationpolicy", "no-sleep"]);
    }
    try {
      configure();
      expect((await up()).code).toBe(0);
      await world.clone.must("pulumi", ["preview", "--expect-no-changes", "--stack", "east"]);
      // A changed probe does not verify again; a changed client does.
      configure((config) => (config["mesh-federation:imports"][0].probe = { http: { path: "/nowhere" } }));
      expect((await up()).code).toBe(0);
      configure(
        (config) =>
          (config["mesh-federation:imports"][0].client = {
            namespace: "sleep",
            serviceAccount: "sleep",
            app: "no-such-app",
          }),
      );
      const { output } = await world.clone.run("pulumi", ["preview", "--stack", "east"]);
      expect(output).toMatch(/\+-.*verify-west-httpbin-call.*replace/);
    } finally {
      writeFileSync(file, before);
    }
    expect((await up()).code).toBe(0);
    expect((await world.resources("east")).urns.filter((urn) => urn.includes("::verify-"))).toEqual([]);
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });
}

/** Whether a dozen calls are denied: each thread of a sidecar may have a connection that answers once more. */
async function allDenied(world: World): Promise<true | undefined> {
  for (let calls = 0; calls < 12; calls++)
    if ((await world.callFrom("east", "http://httpbin.httpbin.svc.cluster.local:8000/headers")) !== 403)
      return undefined;
  return true;
}
