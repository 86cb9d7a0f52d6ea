import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindRelease, mirrorVariable, pluginRelease, pulumiRelease } from "../../../tools/releases.ts";
import { pinned } from "../../../tools/versions.ts";
import { cloneAt, start } from "../support/clone.ts";
import { ForwardProxy } from "./support/forwardProxy.ts";
import { archive, officialReleases } from "./support/officialReleases.ts";
import { checksumList, ReleaseServer, type Files } from "./support/releaseServer.ts";

jest.setTimeout(120_000);

let dir: string;
let releases: Files;
const stops: (() => Promise<void>)[] = [];

beforeAll(() => void (releases = officialReleases()));
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "release-mode-"))));
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(dir, { recursive: true });
});

/** Runs `npm run pulumi -- version` in a clone, as a program of its own: it makes tools and plugins ready first. */
async function pulumiVersion(
  folder: string,
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const { ended, output } = start(folder, "pulumi", ["version"], {
    MESH_FEDERATION_CACHE: join(dir, "cache"),
    ...environment,
  });
  return { code: await ended, output: output() };
}

/** A clone that was brought up from releases before. */
function clone(name: string): string {
  const folder = cloneAt(join(dir, name));
  mkdirSync(join(folder, ".federation"));
  writeFileSync(join(folder, ".federation", "source"), "release\n");
  return folder;
}

async function serve(tls?: { key: string; cert: string }): Promise<ReleaseServer> {
  const server = await new ReleaseServer({ ...releases }, tls).start();
  stops.push(() => server.stop());
  return server;
}

/** What Pulumi, started by the launcher, says of itself, of kind and of the plugins in its home. */
function expectOfficial(output: string): void {
  const plugins = Object.entries(pinned.plugins).map(([name, version]) => `official ${name} ${version}`);
  for (const line of ["pulumi version", `kind is ${join(dir, "cache", "release-bin-")}`, ...plugins])
    expect(output).toContain(line);
}

test("a clean clone runs official tools; later runs and clones with its lock download nothing", async () => {
  const server = await serve();
  const one = clone("one");
  const first = await pulumiVersion(one, { [mirrorVariable]: server.url });
  expectOfficial(first.output);
  expect(first.code).toBe(0);
  const bin = readdirSync(join(dir, "cache")).find((name) => name.startsWith("release-bin-"))!;
  expect(readdirSync(join(dir, "cache", bin)).sort()).toEqual([
    ".made-from.json",
    "kind",
    "pulumi",
    "pulumi-language-nodejs",
    "pulumi-language-python",
    "pulumi-watch",
  ]);
  // Each file once, after its list.
  expect([...server.asked].sort()).toEqual(Object.keys(releases).sort());
  // Git stays clean: what was downloaded is recorded beside the state.
  expect(readFileSync(join(one, "tools", "releases.lock.json"), "utf8")).toBe(
    readFileSync(join("tools", "releases.lock.json"), "utf8"),
  );
  const lock = readFileSync(join(one, ".federation", "releases.lock.json"), "utf8");
  expect(Object.keys(JSON.parse(lock).entries)).toEqual(
    Object.keys(releases)
      .filter((p) => !/checksums|sha256sum/.test(p))
      .map((p) => `https://github.com${p}`)
      .sort(),
  );

  server.asked.length = 0;
  const second = await pulumiVersion(one, { [mirrorVariable]: server.url });
  expectOfficial(second.output);
  expect(second.output).not.toMatch(/download|checksum/);
  const two = clone("two");
  writeFileSync(join(two, "tools", "releases.lock.json"), lock);
  expectOfficial((await pulumiVersion(two, { [mirrorVariable]: server.url })).output);
  expect(server.asked).toEqual([]);
  expect(existsSync(join(two, ".federation", "releases.lock.json"))).toBe(false);

  // A third, which has no lock, records of the cached tools what they were made from.
  const three = clone("three");
  await pulumiVersion(three, { [mirrorVariable]: server.url });
  expect(readFileSync(join(three, ".federation", "releases.lock.json"), "utf8")).toBe(lock);
});

test("pulumi-env prints only the lines that give a shell the clone's Pulumi, from any folder", async () => {
  const server = await serve();
  const folder = clone("one");
  const environment = { MESH_FEDERATION_CACHE: join(dir, "cache"), [mirrorVariable]: server.url };
  const { ended, lines } = start(folder, "pulumiEnv", [], { ...environment, HTTP_PROXY: "", NODE_OPTIONS: "" });
  expect(await ended).toBe(0);
  expect(lines()).not.toContain("[0:0");
  const shell = (command: string): string =>
    execFileSync("sh", ["-c", `${lines()}\ncd /\n${command}`], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...environment },
    });
  expectOfficial(shell("pulumi version"));
  expectOfficial(shell("command pulumi version"));
  expect(lines()).not.toMatch(/PROXY|NODE_|node_modules\/\.bin/);
});

test("tools in the cache that were made from another file than the lock allows are not used", async () => {
  const server = await serve();
  expectOfficial((await pulumiVersion(clone("one"), { [mirrorVariable]: server.url })).output);
  const two = clone("two");
  writeFileSync(
    join(two, "tools", "releases.lock.json"),
    JSON.stringify({ entries: { [kindRelease().origin]: { sha256: "3".repeat(64) } } }),
  );
  const { code, output } = await pulumiVersion(two, { [mirrorVariable]: server.url });
  expect(code).toBe(1);
  expect(output).toMatch(
    /kind .*: the one in .*release-bin-.* was made from a file with the SHA-256 .*, but 3{64} is recorded .*\[cached-tool-changed\]/,
  );
  expect(output).not.toContain("pulumi version");
});

test("a run that stopped at a file goes on from there, and a stand-in gives way to the official plugin", async () => {
  const server = await serve();
  const folder = clone("one");
  const path = new URL(pluginRelease("tls", pinned.plugins.tls).origin).pathname;
  const plugin = join(
    folder,
    ".federation",
    "home",
    "plugins",
    `resource-tls-v${pinned.plugins.tls}`,
    "pulumi-resource-tls",
  );
  mkdirSync(join(plugin, ".."), { recursive: true });
  writeFileSync(
    plugin,
    "#!/bin/sh\n# Stand-in for the official plugin, which no package registry has.\necho stand-in\n",
    { mode: 0o755 },
  );
  server.manners[path] = "tampered";
  const failed = await pulumiVersion(folder, { [mirrorVariable]: server.url });
  expect(failed.code).toBe(1);
  expect(failed.output).toMatch(/error: plugin tls .* has the sha1 checksum .*\[checksum-mismatch\]/);
  server.asked.length = 0;
  server.manners[path] = "whole";
  const mended = await pulumiVersion(folder, { [mirrorVariable]: server.url });
  expectOfficial(mended.output);
  expect(mended.output).not.toContain("stand-in");
  // What was there before the failure is not asked for again.
  expect(server.asked.filter((asked) => /resource-kubernetes|kind-|pulumi-v/.test(asked))).toEqual([]);
});

test("an archive with another layout is refused, naming what it lacks", async () => {
  const server = await serve();
  const path = new URL(pulumiRelease().origin).pathname;
  const folder = clone("one");
  const sdk = archive({ "pulumi/bin/pulumi": "#!/bin/sh\n" });
  server.files[path] = sdk;
  server.files[new URL(pulumiRelease().checksumsUrl).pathname] = checksumList({ [pulumiRelease().file]: sdk });
  const { code, output } = await pulumiVersion(folder, { [mirrorVariable]: server.url });
  expect(code).toBe(1);
  expect(output).toContain("holds no pulumi/pulumi");
});

describe("proxies", () => {
  /** A certificate for a host that only a proxy knows. */
  function certificate(): { key: string; cert: string; file: string } {
    const args = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
      "-days",
      "1",
      "-subj",
      "/CN=releases.example",
      "-addext",
      "subjectAltName=DNS:releases.example",
    ];
    execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
    return {
      key: readFileSync(join(dir, "key.pem"), "utf8"),
      cert: readFileSync(join(dir, "cert.pem"), "utf8"),
      file: join(dir, "cert.pem"),
    };
  }

  async function proxyTo(server: ReleaseServer): Promise<ForwardProxy> {
    const proxy = await new ForwardProxy(() => server.port).start();
    stops.push(() => proxy.stop());
    return proxy;
  }

  test("HTTPS_PROXY tunnels; a company CA is trusted by NODE_EXTRA_CA_CERTS, and not without it", async () => {
    const tls = certificate();
    const server = await serve(tls);
    const proxy = await proxyTo(server);
    const environment = { [mirrorVariable]: "https://releases.example", HTTPS_PROXY: proxy.url };
    const refused = await pulumiVersion(clone("one"), environment);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/self-signed certificate.*NODE_EXTRA_CA_CERTS/);
    const { output } = await pulumiVersion(clone("two"), { ...environment, NODE_EXTRA_CA_CERTS: tls.file });
    expectOfficial(output);
    expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT releases.example:443"]));
  });

  test("HTTP_PROXY forwards to a plain mirror, and NO_PROXY goes around it", async () => {
    const server = await serve();
    const proxy = await proxyTo(server);
    const through = await pulumiVersion(clone("one"), {
      [mirrorVariable]: "http://releases.example",
      HTTP_PROXY: proxy.url,
    });
    expectOfficial(through.output);
    expect(proxy.asked[0]).toMatch(/^GET http:\/\/releases\.example\/pulumi\/pulumi\/.*checksums\.txt$/);
    proxy.asked.length = 0;
    rmSync(join(dir, "cache"), { recursive: true });
    const around = await pulumiVersion(clone("two"), {
      [mirrorVariable]: server.url,
      HTTP_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
    });
    expectOfficial(around.output);
    expect(proxy.asked).toEqual([]);
    expect(existsSync(join(dir, "cache"))).toBe(true);
  });
});
