import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ask, chooseSource, releaseHosts, type Probe, type ReleaseHost } from "../../../tools/source.ts";
import { chooseFor } from "../../../workspace/tools.ts";

describe("a host of the releases that is gone", () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => (server.closeAllConnections(), server.close())));
  /** A host on this machine; `status` 0 never answers. */
  const host = async (status: number, like: ReleaseHost): Promise<ReleaseHost> => {
    const server = createServer((_, answer) => void (status > 0 && answer.writeHead(status).end()));
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return { ...like, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.yaml` };
  };
  const quick: Probe = (url) => ask(url, 200);

  test.each([
    { lost: 0, status: 403, remedy: /^Set MESH_FEDERATION_RELEASES_URL to a mirror of https:\/\/github\.com$/ },
    { lost: 1, status: 404, remedy: /^Set istio\.chartRepository .* oci:\/\/ghcr\.io\/istio\/release\/charts$/ },
    { lost: 2, status: 0, remedy: /^Set loadBalancer\.chartRepository .* oci:\/\/quay\.io\/metallb\/chart$/ },
  ])(
    "leaves the releases with a warning that names it: host $lost, status $status",
    async ({ lost, status, remedy }) => {
      const hosts = await Promise.all(releaseHosts().map((like, i) => host(i === lost ? status : 200, like)));
      const { source, why, warnings } = await chooseSource(undefined, quick, undefined, hosts);
      const gone = new URL(hosts[lost]!.url).host;
      expect(source).toBe("release");
      expect(why).not.toContain(gone);
      expect(warnings).toEqual([
        {
          code: "release-host-unreachable",
          subject: gone,
          problem: expect.stringContaining(status > 0 ? `answered ${status}` : "no answer in 0.2 s"),
          remedy: expect.stringMatching(remedy),
        },
      ]);
    },
  );

  test("makes the source registry only with all others", async () => {
    const hosts = await Promise.all(releaseHosts().map((like, i) => host(i === 0 ? 403 : 0, like)));
    expect((await chooseSource(undefined, quick, undefined, hosts)).source).toBe("registry");
  });

  test("is not asked for where no mesh needs it", async () => {
    const asked: string[] = [];
    const charts = { istio: false, metallb: true };
    await chooseFor({ fresh: true, up: [], charts }, async (url) => (asked.push(url), undefined));
    expect(asked).toEqual([0, 2].map((i) => releaseHosts()[i]!.url));
  });
});
