import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  calls,
  clone,
  clusters,
  create,
  dir,
  engine,
  engineIs,
  environment,
  foreign,
  mark,
  node,
  script,
  scripts,
} from "./kindScripts.ts";

describe("create", () => {
  test("creates a cluster from the configuration and leaves the user's kubeconfig unchanged", () => {
    foreign("eastern");
    expect(create()).toMatchObject({ status: 0 });
    expect(clusters()).toEqual(["east", "eastern"]);
    expect(readFileSync(join(engine, "config"), "utf8")).toBe("kind: Cluster\n");
    expect(readFileSync(mark(), "utf8")).toBe(`ready east-1 ${node()}\n`);
    expect(existsSync(join(dir, "user-kubeconfig"))).toBe(false);
    expect(readdirSync(join(dir, "tmp"))).toEqual([]);
  });

  test("adopts a complete cluster", () => {
    create();
    const before = node();
    expect(create()).toMatchObject({ status: 0, stderr: "kind cluster east: adopted\n" });
    expect(node()).toBe(before);
  });

  test("starts and adopts a stopped cluster", () => {
    create();
    const before = node();
    engineIs("east.stopped");
    expect(create().stderr).toContain("adopted");
    expect(node()).toBe(before);
  });

  test("recreates a cluster that does not start", () => {
    create();
    engineIs("east.stopped", "east.dead");
    const before = node();
    expect(script("create", { IDENTITY: "east-1", TIMEOUT: "1" })).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("does not answer"),
    });
    expect(node()).not.toBe(before);
  });

  test.each([
    {
      what: "ours but dead",
      prepare: () => (create(), engineIs("east.dead")),
      identity: "east-1",
      says: "does not answer",
    },
    {
      what: "ours of another identity",
      prepare: () => void create("east-0"),
      identity: "east-1",
      says: "another configuration",
    },
    {
      what: "incomplete",
      prepare: () => (create(), writeFileSync(mark(), "creating east-1\n")),
      identity: "east-1",
      says: "incomplete",
    },
  ])("$what is recreated", ({ prepare, identity, says }) => {
    prepare();
    const before = node();
    const { status, stderr } = create(identity);
    expect(status).toBe(0);
    expect(stderr).toContain(says);
    expect(node()).not.toBe(before);
    expect(readFileSync(mark(), "utf8")).toBe(`ready ${identity} ${node()}\n`);
  });

  test.each([
    { what: "without a mark", prepare: () => undefined },
    {
      what: "with a mark of a cluster of ours that is gone",
      prepare: () => (rmSync(join(engine, "clusters", "east")), create(), foreign()),
    },
    {
      what: "with an empty mark",
      prepare: () => (mkdirSync(join(mark(), ".."), { recursive: true }), writeFileSync(mark(), "")),
    },
  ])("a foreign cluster, $what, is refused and left alone", ({ prepare }) => {
    foreign();
    prepare();
    const { status, stderr } = create();
    expect(status).toBe(1);
    expect(stderr).toMatch(/this program did not create. It was not changed\.\n.*mesh\.cluster/);
    expect(node()).toBe("theirs");
    expect(calls(/delete/)).toEqual([]);
  });

  test("without an engine nothing is done, in the engine's words", () => {
    engineIs("absent");
    const { status, stderr } = create();
    expect(status).toBe(1);
    expect(stderr).toMatch(/cannot list clusters: Cannot connect to the Docker daemon\n.*`docker info`/);
    expect(existsSync(mark())).toBe(false);
  });

  test("a failed creation is an error, and the next one creates it", () => {
    engineIs("fail");
    expect(create()).toMatchObject({ status: 1, stderr: expect.stringContaining("no space left") });
    rmSync(join(engine, "fail"));
    expect(create().status).toBe(0);
  });

  test.each([
    ["SIGKILL", null],
    ["SIGTERM", 143],
  ] as const)("ends on %s, and the next one recreates the cluster", async (signal, code) => {
    engineIs("hang");
    const child = spawn("sh", [join(scripts, "create.sh")], {
      cwd: clone,
      env: environment({ IDENTITY: "east-1" }),
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    child.stdin.end("kind: Cluster\n");
    const ended = new Promise((done) => child.on("close", done));
    for (let tries = 0; !existsSync(join(engine, "hanging")) && tries < 1000; tries++) await sleep(20);
    const half = node();
    process.kill(-child.pid!, signal);
    expect(await ended).toBe(code);
    expect(readFileSync(mark(), "utf8")).toBe("creating east-1\n");
    rmSync(join(engine, "hang"));
    expect(create().stderr).toContain("incomplete");
    expect(node()).not.toBe(half);
  });
});

describe("delete", () => {
  test.each([
    { what: "a whole one of ours", prepare: () => void create() },
    { what: "a stopped one of this clone", prepare: () => (create(), engineIs("east.stopped")) },
    { what: "an incomplete one", prepare: () => (create(), writeFileSync(mark(), "creating east-1\n")) },
  ])("$what is deleted with its mark, and again without an error", ({ prepare }) => {
    prepare();
    foreign("west");
    expect(script("delete").status).toBe(0);
    expect(clusters()).toEqual(["west"]);
    expect(existsSync(mark())).toBe(false);
    expect(script("delete")).toMatchObject({ status: 0, stderr: "" });
  });

  test.each([
    { what: "without a mark", prepare: () => undefined },
    { what: "that took the place of ours", prepare: () => void create() },
  ])("a foreign cluster $what is left alone", ({ prepare }) => {
    prepare();
    foreign();
    expect(script("delete")).toMatchObject({ status: 0, stderr: expect.stringContaining("was not deleted") });
    expect(node()).toBe("theirs");
    expect(calls(/delete/)).toEqual([]);
  });

  test("without an engine it fails, and the mark stays for the next time", () => {
    create();
    engineIs("absent");
    expect(script("delete")).toMatchObject({ status: 1, stderr: expect.stringContaining("Nothing was deleted") });
    expect(existsSync(mark())).toBe(true);
  });
});

describe("start", () => {
  test("starts only stopped nodes of this clone", () => {
    for (const CLUSTER of ["east", "west"]) script("create", { CLUSTER, IDENTITY: "1" });
    foreign("south");
    engineIs("east.stopped", "south.stopped");
    expect(script("start")).toMatchObject({ status: 0, stdout: "started east\n", stderr: "" });
    expect(calls(/docker start/)).toEqual([`docker start ${node("east")}`]);
    expect(script("start")).toMatchObject({ status: 0, stdout: "" });
  });

  test("starts the workers of a cluster with its control plane", () => {
    create();
    engineIs("east.stopped");
    writeFileSync(join(engine, "workers"), "worker-1\nworker-2\n");
    expect(script("start")).toMatchObject({ status: 0, stdout: "started east\n" });
    expect(calls(/docker start/)).toEqual([`docker start ${node("east")}`, "docker start worker-1 worker-2"]);
  });

  test("skips incomplete clusters and names those with a missing node", () => {
    create();
    writeFileSync(mark("west"), "creating west-1\n");
    rmSync(join(engine, "clusters", "east"));
    expect(script("start")).toEqual({ status: 0, stdout: "gone east\n", stderr: "" });
    expect(calls(/docker start/)).toEqual([]);
  });

  test("reports no missing node while the engine is unreachable", () => {
    create();
    engineIs("absent");
    expect(script("start")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("does nothing in a clone without clusters", () => {
    expect(script("start")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("names an API server that does not restart, with a remedy", () => {
    create();
    engineIs("east.stopped", "east.dead");
    const { status, stderr } = script("start", { TIMEOUT: "1" });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /kind cluster east: its API server does not answer 1 s after .*`npm run down` and `npm run up`/,
    );
  });
});
