import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { download, type DownloadOptions } from "../../../tools/download.ts";
import { promote } from "../../../tools/releaseLock.ts";
import { kindRelease, type Release } from "../../../tools/releases.ts";
import { checksumList, ReleaseServer, type Manner } from "./support/releaseServer.ts";

// It moves files, which takes its time on a machine that is busy.
const content = Buffer.alloc(200_000, "kind");
const sha256 = createHash("sha256").update(content).digest("hex");
const path = new URL(kindRelease().origin).pathname;
const list = `${path}.sha256sum`;
const { file } = kindRelease();

let dir: string;
let server: ReleaseServer;
let files: Record<string, Buffer>;
let notes: string[];
let options: Required<DownloadOptions>;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "download-"));
  files = { [path]: content, [list]: checksumList({ [file]: content }) };
  server = await new ReleaseServer(files).start();
  notes = [];
  options = {
    locks: { committed: join(dir, "releases.lock.json"), own: join(dir, "own", "releases.lock.json") },
    stallAfter: 10_000,
  };
  writeFileSync(options.locks.committed, JSON.stringify({ comment: "c", entries: {} }));
});
afterEach(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

/** The release as the local server publishes it. */
const release = (): Release => ({
  ...kindRelease(),
  origin: `${server.url}${path}`,
  url: `${server.url}${path}`,
  checksumsUrl: `${server.url}${list}`,
});
const get = (): Promise<string> =>
  download(release(), join(dir, "cache"), { note: (line) => void notes.push(line), update: () => undefined }, options);
const entriesOf = (path: string): Record<string, { sha256: string }> =>
  existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).entries : {};
const entries = (): Record<string, { sha256: string }> => entriesOf(options.locks.own);
const lock = (sum: string, path = options.locks.committed): void =>
  writeFileSync(path, JSON.stringify({ comment: "c", entries: { [release().origin]: { sha256: sum } } }));
/** Everything that a download left, but not the folders. */
const left = (): string[] =>
  existsSync(join(dir, "cache"))
    ? readdirSync(join(dir, "cache"), { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => e.name)
    : [];

describe("a download", () => {
  test("keeps the right file and records it under its publisher's URL", async () => {
    expect(readFileSync(await get())).toEqual(content);
    expect(entries()).toEqual({ [release().origin]: { sha256 } });
    expect(notes).toEqual([expect.stringContaining("`npm run lock:releases` moves it to the committed file")]);
    expect(left()).toEqual([file]);
  });

  test("does not change the committed lock until it is promoted", async () => {
    const before = readFileSync(options.locks.committed, "utf8");
    await get();
    expect(readFileSync(options.locks.committed, "utf8")).toBe(before);
    expect(promote(options.locks)).toEqual([release().origin]);
    expect(JSON.parse(readFileSync(options.locks.committed, "utf8"))).toEqual({
      comment: "c",
      entries: { [release().origin]: { sha256 } },
    });
    expect(existsSync(options.locks.own)).toBe(false);
    expect(promote(options.locks)).toEqual([]);
    notes = [];
    await get();
    expect(notes).toEqual([]);
  });

  test("that differs from a later committed lock is rejected, with both records kept", async () => {
    await get();
    lock("2".repeat(64));
    await expect(get()).rejects.toThrow(/records 2{64} for .* but this clone downloaded .*\[release-lock-conflict\]/);
    expect(() => promote(options.locks)).toThrow(/records 2{64}, .*\[release-lock-conflict\]/);
    expect(entries()).toEqual({ [release().origin]: { sha256 } });
  });

  test("needs no connection when the file agrees with the lock", async () => {
    await get();
    const asked = [...server.asked];
    expect(asked).toEqual([list, path]);
    notes = [];
    expect(readFileSync(await get())).toEqual(content);
    expect(server.asked).toEqual(asked);
    expect(notes).toEqual([]);
  });

  test("replaces a file that was damaged on disk", async () => {
    writeFileSync(await get(), "damaged");
    expect(readFileSync(await get())).toEqual(content);
  });

  test.each<{ manner: Manner; error: RegExp }>([
    { manner: "tampered", error: /kind .*has the sha256 checksum .*, its publisher lists .*\[checksum-mismatch\]/ },
    { manner: "truncated", error: /cannot download http:.*terminated/ },
    { manner: "missing", error: /cannot download http:.*404 Not Found.*--source registry/ },
    { manner: "stalled", error: /cannot download http:.*nothing arrived for 0.3 s/ },
  ])("that is $manner is rejected and leaves nothing", async ({ manner, error }) => {
    server.manners[path] = manner;
    if (manner === "stalled") options.stallAfter = 300;
    await expect(get()).rejects.toThrow(error);
    expect(left()).toEqual([]);
    expect(entries()).toEqual({});
    server.manners[path] = "whole";
    expect(readFileSync(await get())).toEqual(content);
  });

  test.each<{ what: string; change: () => void; error: RegExp }>([
    {
      what: "is missing",
      change: () => (server.manners[list] = "missing"),
      error: /cannot read the publisher's checksums at http:.*404.*\[download-failed\]/,
    },
    {
      what: "has not this file",
      change: () => (files[list] = checksumList({ "kind-other": content })),
      error: /has no checksum of kind-/,
    },
    {
      what: "is a page of a portal",
      change: () => (files[list] = Buffer.from("<html>Sign in</html>")),
      error: /has no checksum of kind-/,
    },
  ])("fails where the checksum list $what", async ({ change, error }) => {
    change();
    await expect(get()).rejects.toThrow(error);
    expect(server.asked).toEqual([list]);
  });

  test("fails before it starts when the publisher's list differs from the lock", async () => {
    lock("0".repeat(64));
    await expect(get()).rejects.toThrow(/now lists the checksum .* records 0{64} for http:.*\[release-changed\]/);
    expect(server.asked).toEqual([list]);
    expect(entriesOf(options.locks.committed)[release().origin]!.sha256).toBe("0".repeat(64));
  });

  test("with a SHA-1 list is checked against the SHA-256 of the lock", async () => {
    files[list] = checksumList({ [file]: content }, "sha1", "./");
    await get();
    expect(entries()[release().origin]!.sha256).toBe(sha256);
    rmSync(join(dir, "cache"), { recursive: true });
    lock("1".repeat(64), options.locks.own);
    await expect(get()).rejects.toThrow(/has the SHA-256 .* records 1{64}.*\[release-changed\]/);
    expect(left()).toEqual([]);
  });

  test("fails when the lock file cannot be read", async () => {
    writeFileSync(options.locks.committed, "<<<<<<< HEAD");
    await expect(get()).rejects.toThrow(/releases\.lock\.json: cannot be read .*\[release-lock-unreadable\]/);
    expect(server.asked).toEqual([]);
  });

  test("fetches a file once for two callers, also after a killed run", async () => {
    const partial = join(dir, "cache", release().name.replaceAll(" ", "-"), `${file}.partial`);
    mkdirSync(dirname(partial), { recursive: true });
    writeFileSync(partial, "half");
    const [one, two] = await Promise.all([get(), get()]);
    expect(one).toBe(two);
    expect(server.asked).toEqual([list, path]);
    expect(left()).toEqual([file]);
  });

  test("from an unreachable server fails with the reason", async () => {
    const closed = { ...release(), checksumsUrl: "http://127.0.0.1:1/list" };
    await expect(
      download(closed, join(dir, "cache"), { note: () => undefined, update: () => undefined }, options),
    ).rejects.toThrow(/http:\/\/127\.0\.0\.1:1\/.*(ECONNREFUSED|bad port).*\[download-failed\]/);
  });

  test("needs the committed lock where that is required", async () => {
    await get();
    server.asked.length = 0;
    options.locks.committedOnly = true;
    await expect(get()).rejects.toMatchObject({
      code: "release-unlocked",
      subject: release().name,
      remedy: expect.stringContaining("npm run lock:releases"),
    });
    expect(server.asked).toEqual([]);
    lock(sha256);
    expect(readFileSync(await get())).toEqual(content);
  });
});
