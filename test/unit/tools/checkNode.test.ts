import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { cloneAt } from "../support/clone.ts";

const project = resolve(import.meta.dirname, "..", "..", "..");
const guard = join(project, "tools", "checkNode.cjs");
const { scripts, engines, dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(project, "package.json"), "utf8"),
);
const needed: string = engines.node.replace(">=", "");

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "check-node-"))));
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs a shell command with a Node.js that says it is of the version; of its own where none is given. */
function run(command: string, version?: string, cwd = project): { status: number | null; output: string } {
  const fake = join(dir, "fake.cjs");
  const versions = JSON.stringify({ node: version });
  writeFileSync(fake, version ? `Object.defineProperty(process, "versions", { value: ${versions} });` : "");
  const PATH = [dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
  const env = { PATH, HOME: dir, NODE_OPTIONS: `--require=${fake}` };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { cwd, env, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

describe("the check of the Node.js version", () => {
  test("is first in each script that runs TypeScript", () => {
    const own = Object.values<string>(scripts).filter((script) => script.includes("node "));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((script) => !/^node -r \.\/tools\/checkNode\.cjs \S+\.ts\b/.test(script))).toEqual([]);
  });

  test.each(["8.17.0", "20.20.2", "22.17.1"])("rejects %s with the needed version and a remedy", (old) => {
    const { status, output } = run(`${scripts.up} --help`, old);
    expect(status).toBe(1);
    expect(output).toMatch(/^error: Node\.js: .* \[node-too-old\]\n$/);
    for (const fact of [old, process.execPath, needed, "npm ci", "--ignore-scripts"]) expect(output).toContain(fact);
  });

  test.each(["22.18.0", "23.0.0", "24.21.0"])("accepts %s", (version) => {
    expect(run(`node -r ${guard} -p 1`, version)).toEqual({ status: 0, output: "1\n" });
  });

  test("has syntax of versions without TypeScript", () => {
    expect(readFileSync(guard, "utf8").replaceAll(/\/\*[^]*?\*\//g, "")).not.toMatch(
      /`\$|=>|\b(const|let)\b|\?\.|\?\?/,
    );
  });
});

describe("the package that brings a Node.js", () => {
  test("may be missing or fail to install, and brings a suitable one", () => {
    expect(dependencies.node).toBeUndefined();
    const [major, minor] = optionalDependencies.node.split(".").map(Number);
    const [leastMajor, leastMinor] = needed.split(".").map(Number) as [number, number];
    expect(major > leastMajor || (major === leastMajor && minor >= leastMinor)).toBe(true);
    const lock = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
    expect(lock.packages["node_modules/node"]).toMatchObject({ version: optionalDependencies.node, optional: true });
  });

  test("is not needed where the user's own Node.js is suitable", () => {
    const clone = cloneAt(join(dir, "clone"));
    const modules = join(clone, "node_modules");
    rmSync(modules);
    mkdirSync(modules);
    for (const name of readdirSync(join(project, "node_modules")))
      if (!["node", ".bin"].includes(name)) symlinkSync(join(project, "node_modules", name), join(modules, name));
    for (const script of ["up", "status", "review"])
      expect(run(`${scripts[script]} --help`, undefined, clone)).toMatchObject({ status: 0 });
  });
});
