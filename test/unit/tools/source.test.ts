import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chooseFor, type Situation } from "../../../workspace/tools.ts";
import { kindRelease, mirrorVariable } from "../../../tools/releases.ts";
import { ask, chooseSource, releaseHosts, type Probe } from "../../../tools/source.ts";

const probedUrls = () => releaseHosts().map(({ url }) => url);

/** A probe under which these hosts fail, and that tells what it was asked. */
function probe(failing: Record<string, string> = {}): { probe: Probe; asked: string[] } {
  const asked: string[] = [];
  return { asked, probe: async (url) => (asked.push(url), failing[new URL(url).host]) };
}

describe("the probes of the source", () => {
  test("are one per release file and chart repository, at different hosts", () => {
    const hosts = probedUrls().map((url) => new URL(url).host);
    expect(hosts[0]).toBe("github.com");
    expect(new Set(hosts).size).toBe(3);
  });

  test("go to the mirror where there is one", () => {
    process.env[mirrorVariable] = "https://mirror.example";
    try {
      expect(probedUrls()[0]).toBe(kindRelease().url);
      expect(probedUrls().map((url) => new URL(url).host)).not.toContain("github.com");
    } finally {
      delete process.env[mirrorVariable];
    }
  });

  // https://istio.io/latest/blog/2026/retirement-of-gcp/
  test("include the chart repository with every supported Istio minor", () => {
    expect(probedUrls()).toContain("https://blob.istio.io/istio-release/charts/index.yaml");
  });
});

describe("the choice of the source", () => {
  test("is release when all hosts answer", async () => {
    const { probe: all, asked } = probe();
    const { source, why } = await chooseSource(undefined, all);
    expect(source).toBe("release");
    expect(why).toMatch(/^source: release \(official downloads\), because github\.com, .* answer$/);
    expect(asked).toEqual(probedUrls());
  });

  test("is registry when no host answers, with the reasons in one line", async () => {
    const hosts = probedUrls().map((url) => new URL(url).host);
    const { source, why, warnings } = await chooseSource(
      undefined,
      probe(Object.fromEntries(hosts.map((host) => [host, "answered 403"]))).probe,
    );
    expect([source, warnings]).toEqual(["registry", undefined]);
    for (const host of hosts) expect(why).toContain(`${host} (answered 403)`);
    expect(why).toContain("--source release forces");
    expect(why).not.toContain("\n");
  });

  test.each(["release", "registry"])("is --source %s without a probe", async (forced) => {
    const { probe: none, asked } = probe({ "github.com": "no answer" });
    expect(await chooseSource(forced, none)).toEqual({
      source: forced,
      why: `source: ${forced}, as asked for by --source`,
    });
    expect(asked).toEqual([]);
  });

  test.each(["Release", "", "docker"])("rejects --source %j with the allowed values", async (forced) => {
    await expect(chooseSource(forced)).rejects.toThrow(/release .* or registry .*\[source-invalid\]/);
  });

  test.each<{ what: string; situation: Situation; chosen: string; asks: boolean }>([
    {
      what: "up of a fresh clone looks at the machine",
      situation: { fresh: true, up: [] },
      chosen: "release",
      asks: true,
    },
    {
      what: "another command of a fresh clone does too",
      situation: { fresh: false, up: [] },
      chosen: "release",
      asks: true,
    },
    {
      what: "up looks again when nothing is up",
      situation: { remembered: "registry", fresh: true, up: [] },
      chosen: "release",
      asks: true,
    },
    {
      what: "another command uses the choice of up",
      situation: { remembered: "registry", fresh: false, up: [] },
      chosen: "registry",
      asks: false,
    },
    {
      what: "up keeps the source of the clusters",
      situation: { remembered: "registry", fresh: true, up: ["east"] },
      chosen: "registry",
      asks: false,
    },
    {
      what: "--source may repeat the choice",
      situation: { forced: "registry", remembered: "registry", fresh: true, up: ["east"] },
      chosen: "registry",
      asks: false,
    },
    {
      what: "--source may change it when nothing is up",
      situation: { forced: "registry", remembered: "release", fresh: true, up: [] },
      chosen: "registry",
      asks: false,
    },
    {
      what: "the variable chooses for a fresh clone",
      situation: { variable: "registry", fresh: false, up: [] },
      chosen: "registry",
      asks: false,
    },
    {
      what: "--source comes before the variable",
      situation: { forced: "release", variable: "registry", fresh: true, up: [] },
      chosen: "release",
      asks: false,
    },
    {
      what: "the variable has no effect on running clusters",
      situation: { variable: "release", remembered: "registry", fresh: false, up: ["east"] },
      chosen: "registry",
      asks: false,
    },
    {
      what: "the variable may change it when nothing is up",
      situation: { variable: "registry", remembered: "release", fresh: false, up: [] },
      chosen: "registry",
      asks: false,
    },
  ])("by the situation: $what", async ({ situation, chosen, asks }) => {
    const { probe: all, asked } = probe();
    expect((await chooseFor(situation, all)).source).toBe(chosen);
    expect(asked.length > 0).toBe(asks);
  });

  test("rejects --source when clusters of the other source are up", async () => {
    const situation: Situation = { forced: "release", remembered: "registry", fresh: true, up: ["east", "west"] };
    await expect(chooseFor(situation)).rejects.toMatchObject({
      code: "source-conflict",
      subject: "--source",
      problem: "release is requested, but east, west came up with --source registry",
    });
  });

  test("follows the variable when --source is not given, and ignores an empty one", async () => {
    const silent = Object.fromEntries(probedUrls().map((url) => [new URL(url).host, "no answer"]));
    const { probe: all, asked } = probe(silent);
    const situation = { fresh: true, up: [], variable: "release" };
    expect(await chooseFor(situation, all)).toEqual({
      source: "release",
      why: "source: release, as asked for by MESH_FEDERATION_SOURCE",
    });
    expect((await chooseFor({ ...situation, remembered: "registry" }, all)).source).toBe("release");
    expect((await chooseFor({ ...situation, forced: "registry" }, all)).source).toBe("registry");
    expect(asked).toEqual([]);
    expect((await chooseFor({ ...situation, variable: "" }, all)).source).toBe("registry");
    expect(asked.length).toBeGreaterThan(0);
  });

  test("rejects a wrong variable by its name", async () => {
    await expect(chooseFor({ fresh: true, up: [], variable: "docker" })).rejects.toThrow(
      'MESH_FEDERATION_SOURCE: "docker" is not a source',
    );
    await expect(chooseFor({ fresh: true, up: ["east"], remembered: "registry", variable: "release" })).rejects.toThrow(
      "MESH_FEDERATION_SOURCE: release is requested, but east came up with --source registry",
    );
  });
});

describe("a host that is asked", () => {
  let server: Server;
  let requests = 0;
  /** How many requests get no answer before one does. */
  let silent = 0;
  let status = 200;
  beforeEach(async () => {
    [requests, silent, status] = [0, 0, 200];
    server = createServer((_, answer) => void (++requests > silent && answer.writeHead(status).end()));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterEach(() => void (server.closeAllConnections(), server.close()));
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  test.each([
    { what: "answers", silent: 0, status: 200, told: undefined, requests: 1 },
    { what: "is slow once", silent: 1, status: 200, told: undefined, requests: 2 },
    { what: "never answers", silent: 9, status: 200, told: "no answer in 1 s, twice", requests: 2 },
    { what: "refuses", silent: 0, status: 403, told: "answered 403", requests: 1 },
  ])("$what: $told after $requests requests", async (expected) => {
    [silent, status] = [expected.silent, expected.status];
    expect([await ask(url(), 1000), requests]).toEqual([expected.told, expected.requests]);
  });

  test("is unreachable at once where it does not listen", async () => {
    const gone = url();
    await new Promise((done) => server.close(done));
    expect(await ask(gone, 200)).toMatch(/ECONNREFUSED/);
  });
});

describe("a running cluster", () => {
  test("gives no new warning about the variable", async () => {
    expect((await chooseFor({ variable: "registry", remembered: "registry", fresh: true, up: ["east"] })).why).toBe(
      "source: registry, as before: east came up with it",
    );
  });
});
