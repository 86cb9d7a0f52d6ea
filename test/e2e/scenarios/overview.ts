import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Status } from "../../../status/status.ts";
import { jsonIn } from "../support/clone.ts";
import type { World } from "../support/world.ts";

/** `npm run status` and `npm run graph`. */
export function overview(world: World): void {
  test("npm run status shows meshes, exports with importers, expiry and drift", async () => {
    const { output } = await world.clone.must("status");
    expect(output).toMatch(/west +\d+\.\d+\.\d+\.\d+:15443 +up, Istio /);
    expect(output).toMatch(/west\/httpbin +8000\/HTTP +east +east/);
    expect(output).toMatch(/intermediate CA .* west +\d+ hours +\d+ days/);
    expect(output).toMatch(/no drift/);
    const entry = (await world.kubectl("east", ["get", "serviceentry", "-n", "sleep", "-o", "name"])).trim();
    const pin = (name: string) =>
      world.kubectl("east", [
        ...["patch", "-n", "sleep", entry, "--type=merge", "-p"],
        JSON.stringify({ spec: { subjectAltNames: [`spiffe://cluster.local/ns/httpbin/sa/${name}`] } }),
      ]);
    await pin("other-account");
    try {
      const json = (await world.clone.must("status", ["--json"], {}, true)).output;
      const { drift, exports } = jsonIn<Status>(json);
      expect(drift).toEqual([
        { mesh: "east", description: expect.stringMatching(/subjectAltNames.*other-account.*httpbin/) },
      ]);
      expect(exports[0]!.importers).toEqual(["east"]);
    } finally {
      await pin("httpbin");
    }
  });

  test("npm run graph writes the README's picture", async () => {
    expect((await world.clone.must("graph")).output).toMatch(/mesh_east -->\|"httpbin \(http 8000\)"\| mesh_west/);
    expect(readFileSync(join(world.clone.folder, "docs", "federation.svg"), "utf8")).toMatch(/^<\?xml|<svg/);
    // The committed picture is up to date.
    expect(world.clone.git("status", "--porcelain")).toBe("");
  });
}
