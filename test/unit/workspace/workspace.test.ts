import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { cloneAt, start } from "../support/clone.ts";

type Workspace = typeof import("../../../workspace/workspace.ts");
type State = typeof import("../../../workspace/state.ts");

const project = resolve(import.meta.dirname, "..", "..", "..");
const variables = [
  "PULUMI_BACKEND_URL",
  "MESH_FEDERATION_BACKEND",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "NODE_COMPILE_CACHE",
  "MESH_FEDERATION_ENGINE_LOG",
  "NODE_OPTIONS",
];
const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

let clone: string;
let workspace: Workspace;
let state: State;
beforeEach(async () => {
  for (const name of variables) delete process.env[name];
  clone = realpathSync(mkdtempSync(join(tmpdir(), "workspace-")));
  for (const part of ["workspace/workspace.ts", "workspace/engineLog.ts", "workspace/state.ts", "federation/errors"])
    cpSync(join(project, part), join(clone, part), { recursive: true });
  workspace = (await import(join(clone, "workspace/workspace.ts"))) as Workspace;
  state = (await import(join(clone, "workspace/state.ts"))) as State;
});
afterEach(() => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  rmSync(clone, { recursive: true });
});

const tools = { bin: "/tools/bin", source: "release" } as const;

describe("the environment of Pulumi", () => {
  test("is the clone's own, with one passphrase that only its owner can read", () => {
    const environment = workspace.pulumiEnvironment(tools, false);
    expect(environment["PULUMI_HOME"]).toBe(join(clone, ".federation", "home"));
    expect(environment["PULUMI_BACKEND_URL"]).toBe(`file://${clone}/.federation/state`);
    process.env["PULUMI_BACKEND_URL"] = environment["PULUMI_BACKEND_URL"]!;
    expect(workspace.usesOwnBackend()).toBe(true);
    expect(environment["PATH"]!.split(delimiter).slice(0, 2)).toEqual(["/tools/bin", dirname(process.execPath)]);
    for (const ofRegistry of ["MESH_FEDERATION_SOURCES", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"])
      expect(environment[ofRegistry]).toBeUndefined();
    const file = environment["PULUMI_CONFIG_PASSPHRASE_FILE"]!;
    const passphrase = readFileSync(file, "utf8");
    expect(passphrase).toMatch(/^[\w-]{32}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    workspace.pulumiEnvironment(tools, false);
    expect(readFileSync(file, "utf8")).toBe(passphrase);
    expect(readdirSync(dirname(file)).filter((name) => name.startsWith("passphrase"))).toEqual(["passphrase"]);
  });

  test("leaves backend, passphrase and Node's options to a user who has set them", () => {
    process.env["PULUMI_BACKEND_URL"] = "s3://states";
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "theirs";
    process.env["NODE_OPTIONS"] = "--max-old-space-size=4096";
    const environment = workspace.pulumiEnvironment({ ...tools, source: "registry" }, true);
    expect(environment["PULUMI_BACKEND_URL"]).toBe("s3://states");
    expect(environment["PULUMI_CONFIG_PASSPHRASE_FILE"]).toBeUndefined();
    expect(environment["NODE_OPTIONS"]).toMatch(/^--max-old-space-size=4096 /);
    expect(environment["MESH_FEDERATION_SOURCES"]).toBe(join(clone, ".federation", "sources.json"));
    expect(environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]).toBe("true");
    expect(workspace.usesOwnBackend()).toBe(false);
    expect(readdirSync(join(clone, ".federation"))).not.toContain("passphrase");
  });
});

describe("the clone's own folder", () => {
  const mode = (path: string): number => statSync(path).mode & 0o777;
  const own = (): string => join(clone, ".federation");

  test.each(["", "755", "777"])("is its owner's only, whatever its mode was (%j)", (given) => {
    if (given) {
      mkdirSync(own());
      chmodSync(own(), given);
    }
    workspace.pulumiEnvironment(tools, false);
    expect(mode(own())).toBe(0o700);
    expect(mode(workspace.paths.passphrase)).toBe(0o600);
  });
});

describe("where a CI job has to name a backend", () => {
  beforeEach(() => void (process.env["MESH_FEDERATION_BACKEND"] = "required"));

  test.each([undefined, ""])("PULUMI_BACKEND_URL %j is rejected with a remedy, and nothing is created", (url) => {
    if (url !== undefined) process.env["PULUMI_BACKEND_URL"] = url;
    for (const use of [
      workspace.checkBackend,
      workspace.usesOwnBackend,
      () => workspace.pulumiEnvironment(tools, false),
    ])
      expect(use).toThrow(
        /^PULUMI_BACKEND_URL: is empty.*On GitHub set the variable .*Settings > Environments.*on GitLab/,
      );
    expect(existsSync(join(clone, ".federation"))).toBe(false);
  });

  test("the one that is given is used", () => {
    process.env["PULUMI_BACKEND_URL"] = "s3://states";
    workspace.checkBackend();
    expect(workspace.pulumiEnvironment(tools, false)["PULUMI_BACKEND_URL"]).toBe("s3://states");
  });

  test.each(["", "s3://states"])("no backend at all leaves nothing in the clone (PULUMI_BACKEND_URL %j)", (url) => {
    process.env["MESH_FEDERATION_BACKEND"] = "none";
    process.env["PULUMI_BACKEND_URL"] = url;
    expect(workspace.checkBackend).not.toThrow();
    expect(workspace.usesOwnBackend).toThrow(/\[backend-none\]$/);
    expect(() => workspace.pulumiEnvironment(tools, false)).toThrow(/\[backend-none\]$/);
  });

  test("anything else is refused with what is allowed", () => {
    process.env["MESH_FEDERATION_BACKEND"] = "yes";
    expect(workspace.checkBackend).toThrow('MESH_FEDERATION_BACKEND: "yes" is not allowed. Set it to required or none');
  });
});

describe("a CI job without its backend", () => {
  test.each(["pulumi", "up", "verify", "review"])("ends %s before anything is created", async (command) => {
    const folder = cloneAt(mkdtempSync(join(tmpdir(), "no-backend-")));
    try {
      const args = { pulumi: ["up", "--stack", "east", "--yes"], review: ["--drift"] }[command] ?? [];
      const { ended, output } = start(folder, command, args, {
        MESH_FEDERATION_BACKEND: "required",
        PULUMI_BACKEND_URL: "",
      });
      expect([await ended, output()]).toEqual([1, expect.stringContaining("error: PULUMI_BACKEND_URL: is empty")]);
      expect(existsSync(join(folder, ".federation"))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("what is deployed", () => {
  const write = (stack: string, latest: unknown): void => {
    mkdirSync(dirname(workspace.stateFile(stack)), { recursive: true });
    writeFileSync(
      workspace.stateFile(stack),
      typeof latest === "string" ? latest : JSON.stringify({ version: 3, checkpoint: { latest } }),
    );
  };

  test("is what has resources, or had some under way when it was killed", () => {
    expect(state.deployedStacks()).toEqual([]);
    write("west", { resources: [{}] });
    write("east", { pending_operations: [{ type: "creating", resource: { urn: "u" } }] });
    write("trust", { resources: [] });
    write("north", undefined);
    writeFileSync(`${workspace.stateFile("south")}.bak`, "{}");
    expect(state.deployedStacks()).toEqual(["east", "west"]);
  });

  test("is an error with the copy's path for an unreadable state", () => {
    write("west", '{"version":3,');
    expect(() => state.deployedStacks()).toThrow(/^stack "west": .*west\.json\.bak\. \[stack-state-unreadable\]$/);
  });
});
