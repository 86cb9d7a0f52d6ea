import { existsSync, rmSync } from "node:fs";
import { mirrorVariable } from "../../../tools/releases.ts";
import { ReleaseWorld } from "./support/releaseWorld.ts";

jest.setTimeout(120_000);

let world: ReleaseWorld;
beforeEach(() => void (world = new ReleaseWorld()));
afterEach(() => world.remove());

describe("proxies", () => {
  test("HTTPS_PROXY tunnels; a company CA is trusted by NODE_EXTRA_CA_CERTS, and not without it", async () => {
    const tls = world.certificate();
    const server = await world.serve(tls);
    const proxy = await world.proxyTo(server);
    const environment = { [mirrorVariable]: "https://releases.example", HTTPS_PROXY: proxy.url };
    const refused = await world.pulumiVersion(world.lockedClone("one"), environment);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/self-signed certificate.*NODE_EXTRA_CA_CERTS/);
    const { output } = await world.pulumiVersion(world.lockedClone("two"), {
      ...environment,
      NODE_EXTRA_CA_CERTS: tls.file,
    });
    world.expectOfficial(output);
    expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT releases.example:443"]));
  });

  test("HTTP_PROXY forwards to a plain mirror, and NO_PROXY goes around it", async () => {
    const server = await world.serve();
    const proxy = await world.proxyTo(server);
    const through = await world.pulumiVersion(world.lockedClone("one"), {
      [mirrorVariable]: server.url,
      HTTP_PROXY: proxy.url,
    });
    world.expectOfficial(through.output);
    expect(proxy.asked[0]).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/pulumi\/pulumi\//);
    proxy.asked.length = 0;
    rmSync(world.cache, { recursive: true });
    const around = await world.pulumiVersion(world.lockedClone("two"), {
      [mirrorVariable]: server.url,
      HTTP_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
    });
    world.expectOfficial(around.output);
    expect(proxy.asked).toEqual([]);
    expect(existsSync(world.cache)).toBe(true);
  });

  test("a mirror that redirects from https to http is refused", async () => {
    const tls = world.certificate();
    const server = await world.serve(tls);
    const plain = await world.serve();
    server.redirectsTo = plain.url;
    const proxy = await world.proxyTo(server);
    const { code, output } = await world.pulumiVersion(world.lockedClone("one"), {
      [mirrorVariable]: "https://releases.example",
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: tls.file,
    });
    expect(code).toBe(1);
    expect(output).toMatch(/redirects to http:\/\/127\.0\.0\.1:\d+, which is not https.*\[download-failed\]/);
  });
});
