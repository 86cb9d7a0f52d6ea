import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { identityOf } from "../../../tools/processes.ts";
import { run } from "../../../tools/run.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "run-"))));
afterEach(() => rmSync(dir, { recursive: true }));

describe("a run", () => {
  test("returns output, passes input and logs both streams", async () => {
    const logFile = join(dir, "log");
    expect(await run("sh", ["-c", "cat; echo aside >&2; echo $X"], { input: "in ", env: { X: "x" }, logFile })).toBe(
      "in x\n",
    );
    expect(readFileSync(logFile, "utf8")).toMatch(/^\$ sh -c .*\n[^]*aside/);
  });

  test("that fails has the command, the exit code and the last output", async () => {
    const failing = run("sh", ["-c", "seq 100; echo last >&2; exit 3"]);
    await expect(failing).rejects.toThrow(/^sh -c .* ended with exit code 3:\n[^]*100\n {2}last$/);
    await expect(failing).rejects.not.toThrow(/\n {2}1\n/);
    await expect(run("no-such-program", [])).rejects.toThrow("no-such-program cannot be started");
  });
});

/** A process of its own that runs a script with functions of `run.ts` at hand; resolves with what it says first. */
async function parent(
  script: string,
): Promise<{ child: ChildProcess; first: string; rest: () => string; ended: Promise<number | null> }> {
  const text =
    `import { run, waitOnInterrupt, beforeStopping } from ` +
    `${JSON.stringify(resolve(import.meta.dirname, "../../../tools/run.ts"))}; import { spawn } from ` +
    `"node:child_process"; ${script}`;
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", text],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const first = await new Promise<string>((done) => child.stdout.on("data", (data) => done((output += String(data)))));
  return { child, first, rest: () => output, ended };
}

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; identityOf(pid) && tries < 500; tries++) await new Promise((done) => setTimeout(done, 20));
  return identityOf(pid) === undefined;
}

/** Runs a shell command that writes a pid into a file, and says that pid. */
const runAndTell = (shell: string, options = "{}"): string =>
  `import { existsSync, readFileSync } from "node:fs";
  run("sh", ["-c", ${JSON.stringify(shell)}], ${options}).catch(() => {});
  const timer = setInterval(() => {
    if (!existsSync("${dir}/pid")) return;
    console.log(readFileSync("${dir}/pid", "utf8"));
    clearInterval(timer);
  }, 20);`;

describe("a run at a signal", () => {
  test("is killed with its whole group", async () => {
    const { child, first, ended } = await parent(
      runAndTell(`sleep 60 & echo $! > ${dir}/new; mv ${dir}/new ${dir}/pid; wait`),
    );
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(await gone(Number(first))).toBe(true);
  });

  onLinux.each([true, false])("outlives a killed parent unless it is bound to it: %s", async (killWithParent) => {
    const { child, first, ended } = await parent(
      runAndTell(
        `echo $$ > ${dir}/new; mv ${dir}/new ${dir}/pid; exec sleep 60`,
        `{ killWithParent: ${killWithParent} }`,
      ),
    );
    const pid = Number(first);
    child.kill("SIGKILL");
    await ended;
    if (killWithParent) return expect(await gone(pid)).toBe(true);
    expect(identityOf(pid)).toBeDefined();
    process.kill(pid, "SIGKILL");
  });

  test.each(["SIGTERM", "SIGHUP"] as const)("that may finish gets SIGINT on %s and is waited for", async (signal) => {
    const finishing =
      `process.on("SIGINT", () => { console.log("asked"); setTimeout(() => { console.log("finished"); ` +
      `process.exit(); }, 200); }); setTimeout(() => process.exit(1), 10000); console.log("ready");`;
    const { child, rest, ended } = await parent(
      `waitOnInterrupt(spawn(process.execPath, ["--eval", ${JSON.stringify(finishing)}], ` +
        `{ stdio: ["ignore", "inherit", ` +
        `"inherit"] }));`,
    );
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGTERM" ? 143 : 129);
    expect(rest()).toBe("ready\nasked\nfinished\n");
  });

  test.each([true, false])("waits for its cleanup, unless the cleanup is removed: %s", async (open) => {
    const { child, rest, ended } = await parent(
      `const undo = (resolve) => { console.log("undone"); resolve(); };
       const done = beforeStopping(() => new Promise((resolve) => setTimeout(() => undo(resolve), 200)));
    beforeStopping(() => Promise.reject(new Error("cannot")));
    if (!${open}) done();
    setTimeout(() => process.exit(1), 10000); console.log("ready");`,
    );
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(rest()).toBe(open ? "ready\nundone\n" : "ready\n");
  });
});
