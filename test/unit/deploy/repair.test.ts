import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { locksIn } from "../../../deploy/repair.ts";
import { cloneAt } from "../support/clone.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "repair-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A running process whose program has that name. */
function running(program: string) {
  mkdirSync(join(dir, "bin"), { recursive: true });
  copyFileSync("/bin/sleep", join(dir, "bin", program));
  return spawn(join(dir, "bin", program), ["60"], { stdio: "ignore" });
}
const deadPid = (): number => spawnSync("true").pid;
const lockOf = (more: Record<string, unknown>): Record<string, unknown> => ({
  pid: process.pid,
  username: "root",
  hostname: hostname(),
  timestamp: new Date().toISOString(),
  ...more,
});

/** What the backend keeps beside each of its files. */
const attributes = JSON.stringify({ "user.content_type": "application/json", md5: "" });

describe("a stack lock", () => {
  test("is removed only when its owner is surely dead", async () => {
    const [pulumi, other] = [running("pulumi"), running("postgres")];
    await Promise.all([pulumi, other].map((child) => new Promise((done) => child.once("spawn", done))));
    try {
      const long = "2020-01-01T00:00:00.123456789Z";
      const cases: Record<string, { lock: string; dead: boolean }> = {
        "its process is gone": { lock: JSON.stringify(lockOf({ pid: deadPid() })), dead: true },
        "its process is another program": { lock: JSON.stringify(lockOf({ pid: other.pid })), dead: true },
        "its process is a Pulumi that began later": {
          lock: JSON.stringify(lockOf({ pid: pulumi.pid, timestamp: long })),
          dead: true,
        },
        "its process is a running Pulumi": { lock: JSON.stringify(lockOf({ pid: pulumi.pid })), dead: false },
        "no time is told": { lock: JSON.stringify(lockOf({ pid: pulumi.pid, timestamp: "" })), dead: false },
        "it is of another machine": {
          lock: JSON.stringify(lockOf({ pid: deadPid(), hostname: "elsewhere" })),
          dead: false,
        },
        "it cannot be read": { lock: "{", dead: false },
      };
      for (const [name, { lock, dead }] of Object.entries(cases)) {
        const folder = join(dir, name);
        mkdirSync(folder);
        writeFileSync(join(folder, "lock.json"), lock);
        writeFileSync(join(folder, "lock.json.attrs"), attributes);
        expect({ name, dead: locksIn(folder).dead.length === 1, held: locksIn(folder).held }).toEqual({
          name,
          dead,
          held: !dead,
        });
      }
    } finally {
      for (const child of [pulumi, other]) child.kill();
    }
  });

  test("is absent without a directory", () => {
    expect(locksIn(join(dir, "none"))).toEqual({ dead: [], held: false });
  });
});

/** Keeps the deployment in a file, as `stack export` and `stack import` do. */
const fakePulumi = `#!/bin/sh
echo "$*" >> "$PULUMI_HOME/calls"
case "$2" in export) cat "$PULUMI_HOME/deployment" ;; import) cat > "$PULUMI_HOME/deployment" ;; esac
`;

/** Runs `repairStack` in a copy of the program whose stack `east` has this state and these locks. */
function repair(pending: unknown[], locks: unknown[]) {
  const clone = cloneAt(join(dir, "clone"));
  const own = join(clone, ".federation");
  const [bin, home, lockFolder, states] = [
    join(dir, "tools"),
    join(own, "home"),
    join(own, "state/.pulumi/locks/organization/mesh-federation/east"),
    join(own, "state/.pulumi/stacks/mesh-federation"),
  ];
  for (const folder of [bin, home, lockFolder, states]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(bin, "pulumi"), fakePulumi);
  chmodSync(join(bin, "pulumi"), 0o755);
  writeFileSync(join(states, "east.json"), JSON.stringify({ checkpoint: { latest: { pending_operations: pending } } }));
  writeFileSync(
    join(home, "deployment"),
    JSON.stringify({ version: 3, deployment: { resources: [{ urn: "a" }], pending_operations: pending } }),
  );
  locks.forEach((lock, i) => {
    writeFileSync(join(lockFolder, `${i}.json`), JSON.stringify(lock));
    writeFileSync(join(lockFolder, `${i}.json.attrs`), attributes);
  });
  const script = `const { repairStack } = await import(${JSON.stringify(join(clone, "deploy", "repair.ts"))});
    const tools = { source: "release", bin: ${JSON.stringify(bin)} };
    await repairStack(tools, "east", { note: (line) => console.log(line) });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script],
    { encoding: "utf8", cwd: clone },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const calls = readdirSync(home).includes("calls") ? readFileSync(join(home, "calls"), "utf8").trim().split("\n") : [];
  return {
    said: stdout.split("\n").filter(Boolean),
    calls,
    deployment: JSON.parse(readFileSync(join(home, "deployment"), "utf8")).deployment,
    locks: readdirSync(lockFolder).filter(
      (name) => !name.endsWith(".attrs") || !existsSync(join(lockFolder, name.slice(0, -".attrs".length))),
    ),
  };
}

const creating = {
  type: "creating",
  resource: { urn: "urn:pulumi:east::mesh-federation::kubernetes:core/v1:Namespace::sleep-namespace" },
};

describe("the repair of an interrupted run", () => {
  test("names and removes pending operations and the lock", () => {
    const { said, calls, deployment, locks } = repair([creating], [lockOf({ pid: deadPid() })]);
    expect(said).toEqual([
      expect.stringMatching(/^east: removed the lock of process \d+, which is dead$/),
      "east: an earlier run was stopped while creating sleep-namespace; going on from there",
    ]);
    expect(calls).toEqual(["stack export --stack east", "stack import --stack east"]);
    expect(deployment).toEqual({ resources: [{ urn: "a" }] });
    expect(locks).toEqual([]);
  });

  test.each([
    { what: "nothing was under way", pending: [], locks: [], kept: 0 },
    {
      what: "another machine may be at work",
      pending: [creating],
      locks: [lockOf({ hostname: "elsewhere" })],
      kept: 1,
    },
  ])("leaves the state unchanged where $what", ({ pending, locks, kept }) => {
    const result = repair(pending, locks);
    expect(result.calls).toEqual([]);
    expect(result.said).toEqual([]);
    expect(result.locks).toHaveLength(kept);
  });
});

describe("the lab", () => {
  test("names a cluster whose node was removed", () => {
    const clone = cloneAt(join(dir, "clone"));
    mkdirSync(join(clone, ".federation", "clusters"), { recursive: true });
    for (const cluster of ["east", "west"])
      writeFileSync(join(clone, ".federation", "clusters", cluster), `ready ${cluster}-1 id-of-${cluster}\n`);
    writeFileSync(
      join(dir, "docker"),
      `#!/bin/sh\n[ "$DOCKER_HOST $4" = "unix://theirs id-of-west" ] && echo true && exit\necho "Error: No such ` +
        `object: $4" >&2\nexit 1\n`,
      { mode: 0o755 },
    );
    const script = `const { startClusters } = await import(${JSON.stringify(join(clone, "deploy", "repair.ts"))});
    await startClusters({ note: (line) => console.log(line) }, { DOCKER_HOST: "unix://theirs" });`;
    const env = { ...process.env, PATH: `${dir}:${process.env["PATH"]}` };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script],
      { encoding: "utf8", cwd: clone, env },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^cluster east: another program removed its node, .*`npm run down` and `npm run up`.*\n$/);
  });
});
