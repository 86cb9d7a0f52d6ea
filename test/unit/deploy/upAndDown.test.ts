import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mirrorVariable } from "../../../tools/releases.ts";
import { cloneAt, start } from "../support/clone.ts";
import { fakePulumi } from "./fakePulumi.ts";
import { lockOf, officialReleases } from "../tools/support/officialReleases.ts";
import { ReleaseServer } from "../tools/support/releaseServer.ts";

jest.setTimeout(120_000);

let dir: string;
let clone: string;
let control: string;
let server: ReleaseServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "up-and-down-"));
  control = join(dir, "control");
  mkdirSync(control);
  clone = cloneAt(join(dir, "clone"));
  mkdirSync(join(dir, "bin"));
  docker("echo 28.0.0");
  const releases = officialReleases(fakePulumi);
  server = await new ReleaseServer(releases).start();
  writeFileSync(join(clone, "tools", "releases.lock.json"), lockOf(releases));
});
afterEach(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

const begin = (command: string, ...args: string[]) =>
  start(clone, command, args, {
    MESH_FEDERATION_CACHE: join(dir, "cache"),
    [mirrorVariable]: server.url,
    CONTROL: control,
    PATH: `${join(dir, "bin")}:${process.env["PATH"]}`,
  });
const docker = (does: string): void =>
  writeFileSync(join(dir, "bin", "docker"), `#!/bin/sh\n${does}\n`, { mode: 0o755 });
async function run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const { ended, output } = begin(command, ...args);
  return { code: await ended, output: output() };
}
const up = () => run("up", "--source", "release", "--no-verify");
const set = (name: string): void => writeFileSync(join(control, name), "");
/** The operations on stacks since the last question, in order. */
function operations(): string[] {
  const file = join(control, "calls");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  rmSync(file, { force: true });
  return lines.flatMap((line) => {
    const found = /^(up|destroy) --stack (\S+)/.exec(line);
    return found ? [`${found[1]} ${found[2]}`] : /^(?:asked to stop|stopped)$/.test(line) ? [line] : [];
  });
}

describe("up and down", () => {
  test("run trust and meshes in parallel, then pending imports, and the reverse", async () => {
    const first = await up();
    expect(first.code).toBe(0);
    expect(first.output).toContain("source: release, as asked for by --source");
    const made = operations();
    expect(made.slice(0, 3).sort()).toEqual(["up east", "up trust", "up west"]);
    expect(made.slice(3)).toEqual(["up east"]);
    expect(first.output).toContain("next: imports of east, whose peers are up now");
    expect(first.output).toMatch(/up west: done in .* \(\+ 3 created\)/);
    expect(first.output).toMatch(/\] up in \d+ s \(tools \d+ s, the rest \d+ s\)/);

    const second = await run("up", "--no-verify");
    expect(second.output).toContain("source: release, as before: east, trust, west came up with it");
    expect(second.output).toContain("every stack reports no changes");
    // Meshes that are up may depend on what their signer changes.
    expect(operations()[0]).toBe("up trust");

    const other = await run("up", "--source", "registry", "--no-verify");
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining("[source-conflict]") });
    expect(operations()).toEqual([]);

    // A stack whose file went missing is not forgotten.
    rmSync(join(clone, "stacks", "Pulumi.west.yaml"));
    const down = await run("down");
    expect(down.code).toBe(0);
    expect(operations()).toEqual(["destroy west", "destroy east", "destroy trust"]);
    expect((await run("down")).output).toBe("[0:00] down: nothing of this clone is left running\n");
    expect(operations()).toEqual([]);
  });

  test("have no trust stack without a managed CA, and destroy a removed one last", async () => {
    expect((await up()).code).toBe(0);
    const state = join(clone, ".federation", "state", ".pulumi", "stacks", "mesh-federation", "trust.json");
    writeFileSync(state, '{"checkpoint":{"latest":{"resources":[{"type":"mesh-federation:trust:MeshTrust"}]}}}');
    rmSync(join(clone, "stacks", "Pulumi.trust.yaml"));
    set("nobody-imports");
    operations();
    expect((await up()).code).toBe(0);
    expect(operations().filter((operation) => operation.endsWith("trust"))).toEqual([]);
    expect((await run("down")).code).toBe(0);
    expect(operations()).toEqual(["destroy east", "destroy west", "destroy trust"]);
  });

  test("accept any name of the trust stack", async () => {
    renameSync(join(clone, "stacks", "Pulumi.trust.yaml"), join(clone, "stacks", "Pulumi.roots.yaml"));
    expect((await up()).code).toBe(0);
    expect(operations()).toContain("up roots");
    set("nobody-imports");
    expect((await run("down")).code).toBe(0);
    expect(operations().at(-1)).toBe("destroy roots");
  });

  test("do not wait for imports in quarantine", async () => {
    set("in-quarantine");
    expect((await up()).code).toBe(0);
    expect(operations().filter((operation) => operation === "up east")).toHaveLength(1);
  });

  test("create the imports of a mesh whose quarantine ends in the same run", async () => {
    set("quarantine-over");
    expect((await up()).code).toBe(0);
    expect(operations().filter((operation) => operation === "up east")).toHaveLength(2);
  });

  test("report what down cannot check without a state", async () => {
    expect((await up()).code).toBe(0);
    operations();
    rmSync(join(clone, ".federation", "state"), { recursive: true });
    const { code, output } = await run("down");
    expect(code).toBe(0);
    expect(output).toMatch(
      /down: .*\.federation\/state does not exist, so it is unknown what this clone created\. .*KinD clusters in this machine's docker engine \(`kind get clusters` lists them\).* were not checked/,
    );
    expect(output).not.toContain("nothing of this clone is left");
  });
});

describe("a failing up", () => {
  test("reports imports that stay pending after the meshes are up", async () => {
    set("pending-forever");
    const { code, output } = await up();
    expect(code).toBe(1);
    expect(output).toContain(
      'stack "east": import "httpbin" from "west" is pending: west does not export it. [imports-still-pending]',
    );
    expect(operations().filter((operation) => operation === "up east")).toHaveLength(2);
  });

  test("retries a mesh only after its peers' contracts change", async () => {
    set("refuse-east");
    const { code, output } = await up();
    expect(output).toContain("next: east again, because peers have changed");
    expect(code).toBe(0);
    operations();
    // Now west changes nothing, so nothing is to be hoped for.
    set("refuse-east");
    const again = await up();
    expect(again.code).toBe(1);
    expect(again.output).toContain("[up-failed]");
    expect(operations().filter((operation) => operation === "up east")).toHaveLength(1);
  });

  test("lets the other mesh finish and shows Pulumi's error with the log", async () => {
    set("fail-east");
    const { code, output } = await up();
    expect(code).toBe(1);
    expect(output).toMatch(/up west: done/);
    expect(output).toMatch(
      /stack "east": pulumi up failed:\n {2}error: no room for east\nLog: .*up-east\.log\. \[pulumi-failed\]/,
    );
  });

  test("lets Pulumi finish its operation on a signal", async () => {
    expect((await up()).code).toBe(0);
    operations();
    set("slow");
    const { child, ended } = begin("up", "--source", "release", "--no-verify");
    for (const until = Date.now() + 30_000; !existsSync(join(control, "slow-now")); await sleep(20))
      if (Date.now() > until) throw new Error("trust did not begin");
    child.kill("SIGTERM");
    expect(await ended).not.toBe(0);
    expect(operations()).toEqual(["up trust", "asked to stop", "stopped"]);
  });

  test("needs the engine before any download, except with existing clusters", async () => {
    docker('echo "Cannot connect to the Docker daemon" >&2; exit 1');
    const { code, output } = await up();
    expect(code).toBe(1);
    expect(output).toMatch(
      /meshes east, west run in KinD clusters, which need a running docker engine: Cannot connect to the Docker daemon.*\[docker-unavailable\]/,
    );
    expect(server.asked).toEqual([]);
    expect(existsSync(join(dir, "cache"))).toBe(false);
    for (const stack of ["east", "west"])
      writeFileSync(
        join(clone, "stacks", `Pulumi.${stack}.yaml`),
        "config:\n  mesh-federation:cluster: { provider: existing }\n",
      );
    expect((await up()).code).toBe(0);
  });
});
