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

test("an engine's every path and group is its own clone's, so two labs and the machine's docker never meet", () => {
  const used = pathsIn(dockerdSettings(paths));
  expect(used.length).toBeGreaterThan(5);
  for (const path of used)
    expect(
      [paths.run, paths.engine, controlGroup(paths)].some((own) => path === own || path.startsWith(`${own}/`)),
    ).toBe(true);
  const other = pathsIn(dockerdSettings(at("meshfed-2", "/clones/two")));
  expect(used.filter((path) => other.includes(path))).toEqual([]);
});

test("the runtime stands with the engine's data, not in the cache, and is the default one", () => {
  const settings = dockerdSettings(paths) as { runtimes: Record<string, { path: string }>; "default-runtime": string };
  expect(settings.runtimes[settings["default-runtime"]]!.path).toBe(runtimePath(paths));
  expect(parse(runtimePath(paths)).dir).toBe(paths.engine);
});

test("containerd and dockerd agree on their socket, and a path with quotes is still TOML", () => {
  const { containerd } = dockerdSettings(paths) as { containerd: string };
  expect(containerdSettings(paths)).toContain(`[grpc]\n  address = "${containerd}"\n`);
  expect(containerdSettings(paths)).toContain('root = "/clones/with \\"quotes\\"/engine/data/containerd"');
});

const onLinux = process.platform === "linux" ? describe : describe.skip;
onLinux("processes", () => {
  test("children are those of now, and none of a process whose number another one got", async () => {
    const child = spawn("sleep", ["60"]);
    await new Promise((resolve) => child.once("spawn", resolve));
    expect(childrenOf(ownIdentity()).map(({ pid }) => pid)).toContain(child.pid);
    expect(childrenOf({ ...ownIdentity(), start: "1" })).toEqual([]);
    child.kill();
  });

  test(
    "who is in a network namespace is found by it, without oneself and one's ancestors; a " +
      "file that is none has nobody",
    async () => {
      const child = spawn("sleep", ["60"]);
      await new Promise((resolve) => child.once("spawn", resolve));
      const here = processesInNamespace("/proc/self/ns/net");
      expect(here).toContainEqual(identityOf(child.pid!));
      expect(here.map(({ pid }) => pid)).not.toContain(process.pid);
      expect(here.map(({ pid }) => pid)).not.toContain(process.ppid);
      expect(processesInNamespace("/proc/self/status")).toEqual([]);
      expect(processesInNamespace("/run/netns/no-such-lab")).toEqual([]);
      child.kill();
    },
  );
});
