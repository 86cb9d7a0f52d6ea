import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import {
  cacheRoot,
  ensureArtifacts,
  fileHash,
  folderOf,
  isCached,
  keyOf,
  type Artifact,
  type BuildContext,
} from "../../../tools/artifact.ts";
import { identityOf } from "../../../tools/processes.ts";
import type { Progress } from "../../../tools/progress.ts";

let dir: string;
let notes: string[];
let events: string[];
const progress: Progress = {
  note: (line) => void notes.push(line),
  step: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "artifact-"));
  process.env["MESH_FEDERATION_CACHE"] = join(dir, "cache");
  [notes, events] = [[], []];
});
afterEach(() => {
  delete process.env["MESH_FEDERATION_CACHE"];
  rmSync(dir, { recursive: true, force: true });
});

/** An artifact of one file; tells when its build starts and ends. */
function artifact(
  name: string,
  more: Partial<Artifact> = {},
  work: (context: BuildContext) => Promise<unknown> = () => sleep(20),
): Artifact {
  const build = async (context: BuildContext): Promise<void> => {
    events.push(`start ${name}`);
    await work(context);
    writeFileSync(join(context.dir, "file"), name);
    events.push(`end ${name}`);
  };
  return { name, inputs: {}, expectedSeconds: 1, build, ...more };
}
const leftovers = (): string[] => readdirSync(cacheRoot()).filter((entry) => entry.startsWith(".building"));

describe("keys", () => {
  test("the order of inputs does not matter, each of their values does", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), fc.string(), (inputs, other) => {
        const key = (given: Record<string, string>): string => keyOf(artifact("a", { inputs: given }));
        expect(key(Object.fromEntries(Object.entries(inputs).reverse()))).toBe(key(inputs));
        for (const [name, value] of Object.entries(inputs))
          if (value !== other) expect(key({ ...inputs, [name]: other })).not.toBe(key(inputs));
      }),
    );
  });

  test("another need, however deep, is another artifact", () => {
    const chain = (version: string): Artifact =>
      artifact("top", { needs: [artifact("middle", { needs: [artifact("deep", { inputs: { version } })] })] });
    expect(keyOf(chain("1"))).not.toBe(keyOf(chain("2")));
    expect(keyOf(chain("1"))).toBe(keyOf(chain("1")));
  });

  test("a hash of files changes with content, name and place, not with where the tree stands", () => {
    const tree = (root: string, files: Record<string, string>): string => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(dir, root, path, ".."), { recursive: true });
        writeFileSync(join(dir, root, path), text);
      }
      return fileHash(join(dir, root));
    };
    const first = tree("one", { "a/x": "1", b: "2" });
    expect(tree("two", { "a/x": "1", b: "2" })).toBe(first);
    const others: Record<string, string>[] = [
      { "a/x": "2", b: "2" },
      { "a/y": "1", b: "2" },
      { "a/x": "1", "b/b": "2" },
      { "a/x": "12", b: "" },
    ];
    expect(new Set([first, ...others.map((files, i) => tree(`other${i}`, files))]).size).toBe(5);
  });
});

/** A process of its own that builds `slow`: its build runs a shell command. */
function builder(shell: string) {
  const module = resolve(import.meta.dirname, "../../../tools/artifact.ts");
  const text = `import { ensureArtifacts } from ${JSON.stringify(module)};
    const progress = { note: (line) => console.log(line), step: () => ({ update() {}, done() {}, fail() {} }) };
    const build = async ({ dir, run }) => void (await run("sh", ["-c", ${JSON.stringify(shell)}], { cwd: dir }));
    await ensureArtifacts([{ name: "slow", inputs: {}, expectedSeconds: 1, build }], progress);`;
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", text], {
    env: { ...process.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
async function appears(path: string): Promise<void> {
  for (const until = Date.now() + 20_000; !existsSync(path); await sleep(20))
    if (Date.now() > until) throw new Error(`${path} did not appear`);
}

describe("the build of an artifact", () => {
  test("does not happen again for it or its needs", async () => {
    const need = artifact("need");
    const top = artifact("top", { needs: [need] }, async ({ dir: own, dirOf }) =>
      writeFileSync(join(own, "copy"), readFileSync(join(dirOf(need), "file"))),
    );
    const folders = await ensureArtifacts([top], progress);
    expect(readFileSync(join(folders.get("top")!, "copy"), "utf8")).toBe("need");
    expect(events).toEqual(["start need", "end need", "start top", "end top"]);
    rmSync(folderOf(need), { recursive: true });
    await ensureArtifacts([top], progress);
    expect(events).toHaveLength(4);
    expect(leftovers()).toEqual([]);
  });

  test("runs two in parallel, and one alone that takes both slots", async () => {
    let running = 0;
    const seen: Record<string, number> = {};
    const counting = (name: string, weight = 1): Artifact =>
      artifact(name, { weight }, async () => {
        running += weight;
        // The first two wait for each other, however late one of them begins.
        for (let i = 0; i < 4 || (["a", "b"].includes(name) && seen[name]! < 2 && i < 1000); i++) {
          seen[name] = Math.max(seen[name] ?? 0, running);
          await sleep(10);
        }
        running -= weight;
      });
    await ensureArtifacts([counting("a"), counting("b"), counting("c"), counting("heavy", 5), counting("d")], progress);
    expect(Math.max(...Object.values(seen))).toBe(5);
    expect(seen["heavy"]).toBe(5);
    expect(Object.entries(seen).filter(([name, most]) => name !== "heavy" && most > 2)).toEqual([]);
    expect([seen["a"], seen["b"]]).toEqual([2, 2]);
  });

  test("finishes running ones after a failure, starts none, and keeps finished ones", async () => {
    const failing = artifact("failing", {}, async () => {
      for (let i = 0; i < 1000 && !events.includes("start other"); i++) await sleep(10);
      throw new Error("no compiler");
    });
    const [other, later] = [artifact("other"), artifact("later")];
    await expect(ensureArtifacts([failing, other, later], progress)).rejects.toThrow(
      /failing: .*no compiler.*\[tool-build-failed\]/,
    );
    expect(events).toEqual(["start failing", "start other", "end other"]);
    expect([failing, other, later].map(isCached)).toEqual([false, true, false]);
    expect(leftovers()).toEqual([]);
  });

  test("logs its commands and names the place of a failure", async () => {
    const broken = artifact("broken", {}, ({ run }) => run("sh", ["-c", "echo deep reason; exit 1"]));
    await expect(ensureArtifacts([broken], progress)).rejects.toThrow(/deep reason[^]*whole output: .*logs/);
    expect(readFileSync(join(cacheRoot(), "logs", `broken-${keyOf(broken)}.log`), "utf8")).toMatch(
      /^\$ sh -c echo deep reason/,
    );
  });

  test("leaves nothing behind when it is killed", async () => {
    const pidFile = join(dir, "pid");
    const child = builder(`echo half > file; echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 60`);
    const ended = new Promise((done) => child.on("close", done));
    await appears(pidFile);
    child.kill("SIGKILL");
    await ended;
    expect(leftovers()).toHaveLength(2);
    const slow = artifact("slow");
    const folders = await ensureArtifacts([slow], progress);
    expect(readFileSync(join(folders.get("slow")!, "file"), "utf8")).toBe("slow");
    expect(leftovers()).toEqual([]);
    if (process.platform === "linux") expect(identityOf(Number(readFileSync(pidFile, "utf8")))).toBeUndefined();
  });

  test("waits for another process with the same build and uses its result", async () => {
    const started = join(dir, "started");
    const child = builder(`touch ${started}; sleep 0.7; echo theirs > file`);
    const ended = new Promise((done) => child.on("close", done));
    await appears(started);
    const folders = await ensureArtifacts([artifact("slow")], progress);
    expect(readFileSync(join(folders.get("slow")!, "file"), "utf8")).toBe("theirs\n");
    expect(events).toEqual([]);
    expect(notes).toContain(`build slow: waiting for process ${child.pid}, which is building it`);
    await ended;
  });
});
