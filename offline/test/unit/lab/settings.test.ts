import { spawn } from "node:child_process";
import { parse } from "node:path";
import { controlGroup, containerdSettings, dockerdSettings, runtimePath } from "../../../lab/engine/settings.ts";
import { childrenOf, processesInNamespace } from "../../../lab/engine/processes.ts";
import { pathsAt } from "../../../lab/paths.ts";
import { identityOf, ownIdentity } from "../../../../tools/processes.ts";

const at = (id: string, federation: string) =>
  pathsAt({ root: federation, id, federation, engine: `${federation}/engine` });
const paths = at("meshfed-1", '/clones/with "quotes"');

/** Every text in a value that is a path, with what stands before it taken off. */
const pathsIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"(?:unix:\/\/)?(\/(?:[^"\\]|\\.)*)"/g)].map(
    (found) => JSON.parse(`"${found[1]}"`) as string,
  );

describe("the lab's engine", () => {
  test("shares no path or group with another lab or the machine's Docker", () => {
    const used = pathsIn(dockerdSettings(paths));
    expect(used.length).toBeGreaterThan(5);
    for (const path of used)
      expect(
        [paths.run, paths.engine, controlGroup(paths)].some((own) => path === own || path.startsWith(`${own}/`)),
      ).toBe(true);
    const other = pathsIn(dockerdSettings(at("meshfed-2", "/clones/two")));
    expect(used.filter((path) => other.includes(path))).toEqual([]);
  });

  test("has its default runtime in its data directory", () => {
    const settings = dockerdSettings(paths) as {
      runtimes: Record<string, { path: string }>;
      "default-runtime": string;
    };
    expect(settings.runtimes[settings["default-runtime"]]!.path).toBe(runtimePath(paths));
    expect(parse(runtimePath(paths)).dir).toBe(paths.engine);
  });

  test("has one socket for containerd and dockerd, and quoted paths in TOML", () => {
    const { containerd } = dockerdSettings(paths) as { containerd: string };
    expect(containerdSettings(paths)).toContain(`[grpc]\n  address = "${containerd}"\n`);
    expect(containerdSettings(paths)).toContain('root = "/clones/with \\"quotes\\"/engine/data/containerd"');
  });
});

const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("the processes of the lab", () => {
  test("list current children, and none of another process with the same pid", async () => {
    const child = spawn("sleep", ["60"]);
    await new Promise((resolve) => child.once("spawn", resolve));
    expect(childrenOf(ownIdentity()).map(({ pid }) => pid)).toContain(child.pid);
    expect(childrenOf({ ...ownIdentity(), start: "1" })).toEqual([]);
    child.kill();
  });

  test("of a network namespace are listed without this process and its ancestors", async () => {
    const child = spawn("sleep", ["60"]);
    await new Promise((resolve) => child.once("spawn", resolve));
    const here = processesInNamespace("/proc/self/ns/net");
    expect(here).toContainEqual(identityOf(child.pid!));
    expect(here.map(({ pid }) => pid)).not.toContain(process.pid);
    expect(here.map(({ pid }) => pid)).not.toContain(process.ppid);
    expect(processesInNamespace("/proc/self/status")).toEqual([]);
    expect(processesInNamespace("/run/netns/no-such-lab")).toEqual([]);
    child.kill();
  });
});
