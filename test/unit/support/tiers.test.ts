import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerArguments } from "../../support/container.ts";
import { chooseTestLocation, testSource, type MachineChecks } from "../../support/tiers.ts";

const all = ["unit", "engine", "e2e"] as const;
const missing = (what: string) => () => {
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
  releases: missing("for Linux only"),
  builds: missing("Go is not installed"),
  lab: async () => missing("the lab needs root")(),
  container: async () => "no docker",
};
const withDocker = (machine: MachineChecks): MachineChecks => ({ ...machine, container: async () => undefined });

describe("the location of a tier", () => {
  test.each<{
    name: string;
    tiers: ("unit" | "engine" | "e2e")[];
    forced?: string;
    machine: MachineChecks;
    location: string;
    why: RegExp;
  }>([
    {
      name: "a machine that has everything",
      tiers: [...all],
      machine: withDocker(able),
      location: "here",
      why: /has what the tests need/,
    },
    { name: "unit tests on any machine", tiers: ["unit"], machine: unable, location: "here", why: /need nothing/ },
    {
      name: "another system with docker",
      tiers: [...all],
      machine: withDocker(unable),
      location: "container",
      why: /tier engine: it needs Linux, and this is darwin/,
    },
    {
      name: "no Go, but docker",
      tiers: ["engine"],
      machine: withDocker({ ...unable, platform: "linux" }),
      location: "container",
      why: /tier engine: Go is not installed/,
    },
    {
      name: "no root, but docker",
      tiers: ["e2e"],
      machine: withDocker({ ...able, lab: unable.lab }),
      location: "container",
      why: /tier e2e: the lab needs root/,
    },
    {
      name: "forced into a container",
      tiers: ["engine"],
      forced: "container",
      machine: withDocker(able),
      location: "container",
      why: /MESH_FEDERATION_TESTS_IN is container/,
    },
    {
      name: "forced to this machine",
      tiers: ["engine"],
      forced: "here",
      machine: withDocker(able),
      location: "here",
      why: /has what the tests need/,
    },
  ])("with $name: $location", async ({ tiers, forced, machine, location, why }) => {
    expect(await chooseTestLocation(tiers, "registry", forced ?? "", machine)).toEqual({
      location,
      why: expect.stringMatching(why),
    });
  });

  test.each<{ name: string; forced?: string; machine: MachineChecks; message: RegExp }>([
    {
      name: "neither here nor in a container",
      machine: unable,
      message:
        /cannot run on this machine: tier engine: it needs Linux, and this is darwin\n.*no docker.*`npm run test:unit`/,
    },
    {
      name: "here only, which lacks something",
      forced: "here",
      machine: withDocker(unable),
      message: /darwin\n.*MESH_FEDERATION_TESTS_IN is here/,
    },
    { name: "a container only, without docker", forced: "container", machine: able, message: /no docker/ },
    {
      name: "an unknown location",
      forced: "elsewhere",
      machine: able,
      message: /MESH_FEDERATION_TESTS_IN is "elsewhere"; allowed are here and container/,
    },
  ])("with $name is an error that names what is missing", async ({ forced, machine, message }) => {
    await expect(chooseTestLocation([...all], "registry", forced ?? "", machine)).rejects.toThrow(message);
  });

  test("in a container has the working tree read-only", () => {
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

  test("needs no Go, root or Docker for engine tests on releases", async () => {
    const bare: MachineChecks = { ...unable, platform: "linux", releases: () => undefined };
    expect(await chooseTestLocation(["unit", "engine"], "release", "", bare)).toMatchObject({ location: "here" });
    await expect(chooseTestLocation([...all], "release", "", bare)).rejects.toThrow("tier e2e: Go is not installed");
    await expect(
      chooseTestLocation(["engine"], "release", "", { ...able, releases: missing("for Linux only") }),
    ).rejects.toThrow("tier engine: for Linux only");
  });
});

describe("the source of the engine tests", () => {
  test("is a build in a CI job without locked releases, unless a variable selects another", async () => {
    const locks = { committed: join(tmpdir(), `lock-${process.pid}.json`), own: "none", committedOnly: true };
    writeFileSync(locks.committed, JSON.stringify({ entries: {} }));
    try {
      const choice = await testSource({}, locks);
      expect(choice.source).toBe("registry");
      expect(choice.why).toContain("[release-unlocked]");
      expect((await testSource({ MESH_FEDERATION_SOURCE: "release" }, locks)).source).toBe("release");
    } finally {
      rmSync(locks.committed);
    }
  });

  test("follows the variable, and is the registry with given plugins", async () => {
    expect(await testSource({ MESH_FEDERATION_SOURCE: "release" })).toEqual({
      source: "release",
      why: "source: release, as asked for by MESH_FEDERATION_SOURCE",
    });
    expect((await testSource({ MESH_FEDERATION_TEST_PLUGIN_HOME: "/home" })).source).toBe("registry");
    await expect(testSource({ MESH_FEDERATION_SOURCE: "docker" })).rejects.toThrow(
      'MESH_FEDERATION_SOURCE: "docker" is not a source',
    );
  });
});
