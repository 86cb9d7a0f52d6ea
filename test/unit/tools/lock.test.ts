import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../../tools/lock.ts";
import { ownIdentity } from "../../../tools/processes.ts";

const lockModule = resolve(import.meta.dirname, "..", "..", "..", "tools", "lock.ts");

let dir: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lock-"));
  path = join(dir, "deep", "lock");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

/** A process of its own that runs JavaScript, with `withLock`, `path`, `fs` and `sleep` at hand. */
function script(work: string): ChildProcess {
  const text = `import { withLock } from ${JSON.stringify(lockModule)};
    import fs from "node:fs";
    const path = ${JSON.stringify(path)};
    const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
    fs.mkdirSync(${JSON.stringify(dirname(path))}, { recursive: true });
    ${work}`;
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", text],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(child);
  return child;
}

/** A process that holds the lock while it does `work`. */
const holder = (work: string): ChildProcess => script(`await withLock(path, async () => { ${work} });`);

const ended = (child: ChildProcess): Promise<number | null> => new Promise((done) => child.on("close", done));
const said = (child: ChildProcess): Promise<string> =>
  new Promise((done) => child.stdout!.once("data", (text) => done(String(text))));

describe("the lock", () => {
  test("runs work one at a time and returns its result or error", async () => {
    let inside = 0;
    const work = (): Promise<number> =>
      withLock(path, async () => {
        expect(++inside).toBe(1);
        await sleep(30);
        return inside--;
      });
    expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1]);
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(join(dir, "deep"))).toEqual([]);
  });

  test("waits for a living owner and names it once", async () => {
    const other = holder(`console.log("held"); await sleep(2000);`);
    const over = ended(other);
    await said(other);
    const waits: number[] = [];
    const heldBy = await withLock(
      path,
      async () => (JSON.parse(readFileSync(path, "utf8")) as { pid: number }).pid,
      (pid) => void waits.push(pid),
    );
    expect(heldBy).toBe(process.pid);
    expect(waits).toEqual([other.pid]);
    await over;
  });

  test("of a killed owner is taken over at once", async () => {
    const other = holder(`console.log("held"); await sleep(60000);`);
    await said(other);
    const gone = ended(other);
    other.kill("SIGKILL");
    await gone;
    expect(existsSync(path)).toBe(true);
    const waits: number[] = [];
    await withLock(
      path,
      async () => undefined,
      (pid) => void waits.push(pid),
    );
    expect(waits).toEqual([]);
  });

  test.each([
    {
      what: "of a pid that another process got since",
      content: () => JSON.stringify({ ...ownIdentity(), start: "1" }),
    },
    { what: "that a crash of the machine left empty", content: () => "" },
    { what: "with something else in it", content: () => "null" },
  ])("$what is taken over", async ({ content }) => {
    await withLock(path, async () => undefined);
    writeFileSync(path, content());
    let ran = false;
    await withLock(path, async () => void (ran = true));
    expect(ran).toBe(true);
  });

  test("survives a process that is killed during a takeover", async () => {
    await withLock(path, async () => undefined);
    const dead = JSON.stringify({ ...ownIdentity(), start: "1" });
    writeFileSync(path, dead);
    writeFileSync(`${path}.clearing`, dead);
    await withLock(path, async () => undefined);
    expect(readdirSync(join(dir, "deep"))).toEqual([]);
  });

  test("counts correctly with many processes and dead owners", async () => {
    const [counter, dead] = [join(dir, "counter"), join(dir, "dead")];
    writeFileSync(counter, "0");
    writeFileSync(dead, JSON.stringify({ ...ownIdentity(), start: "1" }));
    // A link is how a lock appears; of a dead owner's, what a killed process leaves.
    const work = `for (let i = 0; i < 25; i++) {
    try { fs.linkSync(${JSON.stringify(dead)}, path); } catch {}
    await withLock(path, async () => {
      const count = Number(fs.readFileSync(${JSON.stringify(counter)}, "utf8"));
      await sleep(1);
      fs.writeFileSync(${JSON.stringify(counter)}, String(count + 1));
    });
  }`;
    const codes = await Promise.all(Array.from({ length: 6 }, () => ended(script(work))));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(counter, "utf8")).toBe("150");
  });
});
