import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kindRelease, pluginRelease, pulumiRelease } from "../../../tools/releases.ts";
import { pinned } from "../../../tools/versions.ts";
import { start } from "../support/clone.ts";
import { archive } from "./support/officialReleases.ts";
import { checksumList } from "./support/releaseServer.ts";
import { ReleaseWorld } from "./support/releaseWorld.ts";

jest.setTimeout(120_000);

let world: ReleaseWorld;
beforeEach(() => void (world = new ReleaseWorld()));
afterEach(() => world.remove());

describe("release mode", () => {
  test("runs official tools and downloads them once per lock", async () => {
    const { server, environment } = await world.publishers();
    const one = world.clone("one");
    const first = await world.pulumiVersion(one, environment);
    world.expectOfficial(first.output);
    expect(first.code).toBe(0);
    const bin = readdirSync(world.cache).find((name) => name.startsWith("release-bin-"))!;
    expect(readdirSync(join(world.cache, bin)).sort()).toEqual([
      ".made-from.json",
      "kind",
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-language-python",
      "pulumi-watch",
    ]);
    // Each file once, after its list.
    expect([...server.asked].sort()).toEqual(Object.keys(ReleaseWorld.releases).sort());
    // Its states hold keys: no other user of the machine may read them.
    expect(statSync(join(one, ".federation")).mode & 0o777).toBe(0o700);
    // Git stays clean: what was downloaded is recorded beside the state.
    expect(readFileSync(join(one, "tools", "releases.lock.json"), "utf8")).toBe(JSON.stringify({ entries: {} }));
    const lock = readFileSync(join(one, ".federation", "releases.lock.json"), "utf8");
    expect(Object.keys(JSON.parse(lock).entries)).toEqual(
      Object.keys(ReleaseWorld.releases)
        .filter((p) => !/checksums|sha256sum/.test(p))
        .map((p) => `https://github.com${p}`)
        .sort(),
    );

    server.asked.length = 0;
    const second = await world.pulumiVersion(one, environment);
    world.expectOfficial(second.output);
    expect(second.output).not.toMatch(/download|checksum/);
    const two = world.clone("two");
    writeFileSync(join(two, "tools", "releases.lock.json"), lock);
    world.expectOfficial((await world.pulumiVersion(two, environment)).output);
    expect(server.asked).toEqual([]);
    expect(existsSync(join(two, ".federation", "releases.lock.json"))).toBe(false);

    // A third, which has no lock, records of the cached tools what they were made from.
    const three = world.clone("three");
    await world.pulumiVersion(three, environment);
    expect(readFileSync(join(three, ".federation", "releases.lock.json"), "utf8")).toBe(lock);
  });

  test("prints only shell lines in pulumi-env, from any directory", async () => {
    const { environment } = await world.publishers();
    const folder = world.clone("one");
    const variables = { MESH_FEDERATION_CACHE: world.cache, ...environment };
    const { ended, lines } = start(folder, "pulumiEnv", [], { ...variables, HTTP_PROXY: "", NODE_OPTIONS: "" });
    expect(await ended).toBe(0);
    expect(lines()).not.toContain("[0:0");
    const shell = (command: string): string =>
      execFileSync("sh", ["-c", `${lines()}\ncd /\n${command}`], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], ...variables },
      });
    world.expectOfficial(shell("pulumi version"));
    world.expectOfficial(shell("command pulumi version"));
    expect(lines()).not.toMatch(/PROXY|NODE_|node_modules\/\.bin/);
  });

  test("ignores cached tools of a file that the lock does not allow", async () => {
    const { environment } = await world.publishers();
    world.expectOfficial((await world.pulumiVersion(world.clone("one"), environment)).output);
    const two = world.clone("two");
    writeFileSync(
      join(two, "tools", "releases.lock.json"),
      JSON.stringify({ entries: { [kindRelease().origin]: { sha256: "3".repeat(64) } } }),
    );
    const { code, output } = await world.pulumiVersion(two, environment);
    expect(code).toBe(1);
    expect(output).toMatch(
      /kind .*: the one in .*release-bin-.* was made from a file with the SHA-256 .*, but 3{64} is recorded .*\[cached-tool-changed\]/,
    );
    expect(output).not.toContain("pulumi version");
  });

  test("continues an interrupted run and replaces a stand-in with the official plugin", async () => {
    const { server, environment } = await world.publishers();
    const folder = world.clone("one");
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
    const failed = await world.pulumiVersion(folder, environment);
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/error: plugin tls .* has the sha1 checksum .*\[checksum-mismatch\]/);
    server.asked.length = 0;
    server.manners[path] = "whole";
    const mended = await world.pulumiVersion(folder, environment);
    world.expectOfficial(mended.output);
    expect(mended.output).not.toContain("stand-in");
    // What was there before the failure is not asked for again.
    expect(server.asked.filter((asked) => /resource-kubernetes|kind-|pulumi-v/.test(asked))).toEqual([]);
  });

  test("rejects an archive with another layout and names what it lacks", async () => {
    const { server, environment } = await world.publishers();
    const path = new URL(pulumiRelease().origin).pathname;
    const folder = world.clone("one");
    const sdk = archive({ "pulumi/bin/pulumi": "#!/bin/sh\n" });
    server.files[path] = sdk;
    server.files[new URL(pulumiRelease().checksumsUrl).pathname] = checksumList({ [pulumiRelease().file]: sdk });
    const { code, output } = await world.pulumiVersion(folder, environment);
    expect(code).toBe(1);
    expect(output).toContain("holds no pulumi/pulumi");
  });

  test("in CI downloads only what the committed lock names", async () => {
    const { server, environment } = await world.publishers();
    const refused = await world.pulumiVersion(world.clone("one"), { ...environment, CI: "true" });
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/npm run lock:releases.*\[release-unlocked\]/);
    expect(server.asked).toEqual([]);
    // A developer's run fills the cache; a CI job takes nothing from it that is not locked either.
    world.expectOfficial((await world.pulumiVersion(world.clone("two"), environment)).output);
    expect((await world.pulumiVersion(world.clone("three"), { ...environment, CI: "true" })).output).toContain(
      "[release-unlocked]",
    );
    world.expectOfficial((await world.pulumiVersion(world.lockedClone("four"), { ...environment, CI: "true" })).output);
  });
});
