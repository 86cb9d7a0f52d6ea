import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeData, hasContainers, hasTemplate, createData } from "../../../lab/engine/data.ts";
import { answers, docker } from "../../../lab/engine/dockerApi.ts";
import { endProcesses } from "../../../lab/engine/processes.ts";
import { mountsBelow } from "../../../lab/engine/cleanup.ts";
import { pathsAt, labPaths, type LabPaths } from "../../../lab/paths.ts";
import { identityOf } from "../../../../tools/processes.ts";

let dir: string;
beforeEach(() => void (dir = realpathSync(mkdtempSync(join(tmpdir(), "engine-")))));
afterEach(() => rmSync(dir, { recursive: true }));

describe("the location of an engine", () => {
  test("is the same for each path to a clone, and another for another clone", () => {
    for (const name of ["one", "two"]) mkdirSync(join(dir, name));
    symlinkSync(join(dir, "one"), join(dir, "link"));
    expect(labPaths(join(dir, "link"))).toEqual(labPaths(join(dir, "one")));
    expect(labPaths(join(dir, "two")).id).not.toBe(labPaths(join(dir, "one")).id);
  });

  test("has a socket path of permitted length for a deep clone", () => {
    const deep = join(
      dir,
      ..."a"
        .repeat(8)
        .split("")
        .map(() => "d".repeat(40)),
    );
    mkdirSync(deep, { recursive: true });
    expect(labPaths(deep).socket.length).toBeLessThan(100);
  });
});

describe("the data of an engine", () => {
  let paths: LabPaths;
  let template: string;
  beforeEach(() => {
    paths = pathsAt({ root: dir, id: "meshfed-test", federation: dir, engine: join(dir, "engine") });
    template = join(dir, "node-image-1");
    mkdirSync(join(template, "overlay2", "layer"), { recursive: true });
    writeFileSync(join(template, "overlay2", "layer", "file"), "content");
  });

  test("consists of hard links to the template", async () => {
    await createData(paths, template);
    expect(hasTemplate(paths, template)).toBe(true);
    const file = join("overlay2", "layer", "file");
    expect(statSync(join(paths.data, file)).ino).toBe(statSync(join(template, file)).ino);
  });

  test("is created again for another template or after a killed call", async () => {
    await createData(paths, template);
    expect(hasTemplate(paths, join(dir, "node-image-2"))).toBe(false);
    rmSync(join(paths.engine, "template"));
    expect(hasTemplate(paths, template)).toBe(false);
    mkdirSync(join(`${paths.data}.next`, "image"), { recursive: true });
    await createData(paths, template);
    expect(hasTemplate(paths, template)).toBe(true);
    expect(existsSync(join(paths.data, "image"))).toBe(false);
  });

  test("is deleted without the template, and lists containers while it exists", async () => {
    await createData(paths, template);
    expect(hasContainers(paths)).toBe(false);
    mkdirSync(join(paths.data, "containers", "c1"), { recursive: true });
    expect(hasContainers(paths)).toBe(true);
    await removeData(paths);
    await removeData(paths);
    expect(existsSync(paths.data)).toBe(false);
    expect(readFileSync(join(template, "overlay2", "layer", "file"), "utf8")).toBe("content");
  });
});

describe("the mounts of a directory", () => {
  test("are listed with real names, the innermost first", () => {
    const line = (path: string) => `1 2 0:3 / ${path} rw - tmpfs tmpfs rw`;
    const mountinfo = ["/run/lab", "/run/lab/a\\040b", "/run/laboratory", "/", "/run/lab/a\\040b/c"]
      .map(line)
      .join("\n");
    expect(mountsBelow(["/run/lab"], mountinfo)).toEqual(["/run/lab/a b/c", "/run/lab/a b", "/run/lab"]);
  });
});

describe("the end of an engine", () => {
  test("kills a process that ignores SIGTERM, and no other process with its pid", async () => {
    const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const identity = identityOf(child.pid!)!;
    await endProcesses([{ ...identity, start: "1" }], 0);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    const gone = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    await endProcesses([identity], 100);
    expect(await gone).toBe("SIGKILL");
  });
});

describe("the engine's answer", () => {
  test("is an error in its words when it refuses, and none when it is unreachable", async () => {
    const socket = join(dir, "s");
    const server = createServer((request, response) => {
      if (request.url === "/_ping") return void response.end("OK");
      response.statusCode = request.method === "POST" ? 409 : 200;
      response.end(JSON.stringify(request.method === "POST" ? { message: "name in use" } : [{ Id: "x" }]));
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      expect(await answers(socket, 1_000)).toBe(true);
      expect(await docker(socket, "GET", "/networks")).toEqual([{ Id: "x" }]);
      await expect(docker(socket, "POST", "/networks/create", {})).rejects.toThrow("name in use (409)");
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await answers(socket, 1_000)).toBe(false);
  });
});
