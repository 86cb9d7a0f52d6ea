import { containerArguments } from "../../support/container.ts";
import { chooseTestPlace, testSource, type MachineChecks } from "../../support/tiers.ts";

const all = ["unit", "engine", "e2e"] as const;
const lacking = (what: string) => () => {
  throw new Error(what);
};
const able: MachineChecks = {
  platform: "linux",
  releases: () => undefined,
  builds: () => undefined,
  lab: async () => undefined,
  container: async () => "no docker",
};
const unable: MachineChecks = {
  platform: "darwin",
  releases: lacking("for Linux only"),
  builds: lacking("Go is not installed"),
  lab: async () => lacking("the lab needs root")(),
  container: async () => "no docker",
};
const withDocker = (machine: MachineChecks): MachineChecks => ({ ...machine, container: async () => undefined });

test.each<{
  name: string;
  tiers: ("unit" | "engine" | "e2e")[];
  forced?: string;
  machine: MachineChecks;
  place: string;
  why: RegExp;
}>([
  {
    name: "a machine that has everything",
    tiers: [...all],
    machine: withDocker(able),
    place: "here",
    why: /has what they need/,
  },
  { name: "unit tests on any machine", tiers: ["unit"], machine: unable, place: "here", why: /need nothing/ },
  {
    name: "another system with docker",
    tiers: [...all],
    machine: withDocker(unable),
    place: "container",
    why: /tier engine: it needs Linux, and this is darwin/,
  },
  {
    name: "no Go, but docker",
    tiers: ["engine"],
    machine: withDocker({ ...unable, platform: "linux" }),
    place: "container",
    why: /tier engine: Go is not installed/,
  },
  {
    name: "no root, but docker",
    tiers: ["e2e"],
    machine: withDocker({ ...able, lab: unable.lab }),
    place: "container",
    why: /tier e2e: the lab needs root/,
  },
  {
    name: "a container that is asked for",
    tiers: ["engine"],
    forced: "container",
    machine: withDocker(able),
    place: "container",
    why: /asks for it/,
  },
  {
    name: "a machine that is asked for",
    tiers: ["engine"],
    forced: "here",
    machine: withDocker(able),
    place: "here",
    why: /has what they need/,
  },
])("$name: they run $place", async ({ tiers, forced, machine, place, why }) => {
  expect(await chooseTestPlace(tiers, "registry", forced ?? "", machine)).toEqual({
    place,
    why: expect.stringMatching(why),
  });
});

test.each<{ name: string; forced?: string; machine: MachineChecks; says: RegExp }>([
  {
    name: "neither here nor in a container",
    machine: unable,
    says: /none was started: tier engine: it needs Linux, and this is darwin\n.*no docker.*`npm run test:unit`/,
  },
  {
    name: "here only, which lacks something",
    forced: "here",
    machine: withDocker(unable),
    says: /darwin\n.*MESH_FEDERATION_TESTS_IN=here forbids a container/,
  },
  { name: "a container only, without docker", forced: "container", machine: able, says: /no docker/ },
  {
    name: "another place",
    forced: "elsewhere",
    machine: able,
    says: /MESH_FEDERATION_TESTS_IN is "elsewhere"; it can be here or container/,
  },
])("$name: what is missing is named", async ({ forced, machine, says }) => {
  await expect(chooseTestPlace([...all], "registry", forced ?? "", machine)).rejects.toThrow(says);
});

test("the container sees the working tree, which it cannot write, and runs the tests there and not in another container", () => {
  const args = containerArguments({
    root: "/clone of mine",
    args: ["engine", "--testPathPatterns=tls"],
    image: "tests",
    terminal: false,
    env: { CI: "true", HTTPS_PROXY: "http://proxy", HOME: "/home/me" },
  });
  expect(args.slice(-4)).toEqual([
    "tests",
    "/clone/test/support/container/start.sh",
    "engine",
    "--testPathPatterns=tls",
  ]);
  const options = args.slice(0, -4).join(" ");
  for (const option of [
    "--rm",
    "--privileged",
    "--volume /clone of mine:/clone:ro",
    "--env MESH_FEDERATION_TESTS_IN=here",
    "--env CI",
    "--env HTTPS_PROXY",
  ])
    expect(options).toContain(option);
  // Names only: a proxy's password is not among the arguments of a process.
  expect(options).not.toMatch(/HOME|http:|--tty/);
});

test("with releases the engine tests need no Go, no root and no docker; what is published for another system only is named", async () => {
  const bare: MachineChecks = { ...unable, platform: "linux", releases: () => undefined };
  expect(await chooseTestPlace(["unit", "engine"], "release", "", bare)).toMatchObject({ place: "here" });
  await expect(chooseTestPlace([...all], "release", "", bare)).rejects.toThrow("tier e2e: Go is not installed");
  await expect(
    chooseTestPlace(["engine"], "release", "", { ...able, releases: lacking("for Linux only") }),
  ).rejects.toThrow("tier engine: for Linux only");
});

test("the engine tests' source is asked for by the variable; plugins that somebody names keep what is built", async () => {
  expect(await testSource({ MESH_FEDERATION_SOURCE: "release" })).toEqual({
    source: "release",
    why: "source: release, as asked for by MESH_FEDERATION_SOURCE",
  });
  expect((await testSource({ MESH_FEDERATION_TEST_PLUGIN_HOME: "/home" })).source).toBe("registry");
  await expect(testSource({ MESH_FEDERATION_SOURCE: "docker" })).rejects.toThrow(
    "MESH_FEDERATION_SOURCE docker: must be release",
  );
});
