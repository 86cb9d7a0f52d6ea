import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download } from "../../../tools/download.ts";
import type { Locks } from "../../../tools/releaseLock.ts";
import { kindRelease, mirrorVariable, type Release } from "../../../tools/releases.ts";
import { checksumList, ReleaseServer } from "./support/releaseServer.ts";

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
const content = Buffer.from("the publisher's kind");
const { file, origin, checksumsUrl } = kindRelease();
const [path, list] = [origin, checksumsUrl].map((url) => new URL(url).pathname) as [string, string];

let dir: string;
let locks: Locks;
let mirror: ReleaseServer;
let publisher: ReleaseServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "mirror-"));
  const files = () => ({ [path]: content, [list]: checksumList({ [file]: content }) });
  [mirror, publisher] = [await new ReleaseServer(files()).start(), await new ReleaseServer(files()).start()];
  process.env[mirrorVariable] = mirror.url;
  locks = { committed: join(dir, "committed.json"), own: join(dir, "own.json") };
  lock(locks.committed, {});
});
afterEach(async () => {
  delete process.env[mirrorVariable];
  for (const server of [mirror, publisher]) await server.stop();
  rmSync(dir, { recursive: true });
});

const lock = (into: string, sums: Record<string, string>): void => {
  const entries = Object.fromEntries(Object.entries(sums).map(([url, sum]) => [url, { sha256: sum }]));
  writeFileSync(into, JSON.stringify({ entries }));
};
/** Downloads from the mirror, as if the local publisher were github.com. */
const get = (release: Release = { ...kindRelease(), checksumsUrl: `${publisher.url}${list}` }): Promise<string> =>
  download(release, join(dir, "cache"), { note: () => undefined, update: () => undefined }, { locks });
/** A mirror with another file than the publisher, and with the checksum of its own. */
const forge = (): void => {
  const forged = Buffer.from("another kind");
  Object.assign(mirror.files, { [path]: forged, [list]: checksumList({ [file]: forged }) });
};
const kept = (): boolean => existsSync(join(dir, "cache", kindRelease().name.replaceAll(" ", "-"), file));

describe("the checksum list of a release", () => {
  test("comes from the publisher, also with a mirror", () => {
    expect(kindRelease()).toMatchObject({ url: `${mirror.url}${path}`, origin, checksumsUrl });
  });
});

describe("a file that a lock names", () => {
  test.each(["committed", "own"] as const)("is checked against the %s one, and no list is read", async (which) => {
    lock(locks[which], { [origin]: sha256(content) });
    expect(readFileSync(await get())).toEqual(content);
    expect([mirror.asked, publisher.asked]).toEqual([[path], []]);
  });

  test("is refused where the mirror has another, even with a list that agrees", async () => {
    forge();
    lock(locks.committed, { [origin]: sha256(content) });
    await expect(get()).rejects.toMatchObject({ code: "release-changed", remedy: expect.stringContaining("mirror") });
    expect([kept(), mirror.asked, publisher.asked]).toEqual([false, [path], []]);
  });
});

describe("a file that no lock names", () => {
  test("is checked against the publisher's list and recorded under the publisher's URL", async () => {
    expect(readFileSync(await get())).toEqual(content);
    expect([mirror.asked, publisher.asked]).toEqual([[path], [list]]);
    expect(JSON.parse(readFileSync(locks.own, "utf8")).entries).toEqual({ [origin]: { sha256: sha256(content) } });
  });

  test("is refused where the mirror has another, even with a list that agrees", async () => {
    forge();
    await expect(get()).rejects.toMatchObject({ code: "checksum-mismatch" });
    expect([kept(), existsSync(locks.own)]).toEqual([false, false]);
  });

  test("is not downloaded while the publisher is unreachable, with a remedy", async () => {
    await expect(get({ ...kindRelease(), checksumsUrl: "http://127.0.0.1:1/list" })).rejects.toMatchObject({
      code: "checksum-unconfirmed",
      problem: expect.stringContaining(mirrorVariable),
      remedy: expect.stringMatching(/npm run lock:releases.*tools\/releases\.lock\.json/),
    });
    expect([kept(), mirror.asked]).toEqual([false, []]);
  });
});
