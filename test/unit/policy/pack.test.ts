import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { rules } from "../../../policy/rules.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
/** The engine's mark of a value that is not known in a preview. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
let folder: string;
let host: ChildProcess;
let client: any;

// As the engine's Node host does: the SDK's own runner in the pack's folder; the port is its first line. The folder is
// a copy, as on a machine that the pack was published to: nothing of this repository is beside it but installed
// packages.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
  cpSync(join(root, "policy"), folder, { recursive: true, filter: (file) => !file.endsWith("node_modules") });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  host = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack"),
      "127.0.0.1:1",
      ".",
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  host.stderr!.setEncoding("utf8").on("data", (text: string) => (said += text));
  const port = await new Promise<string>((done, fail) => {
    host.stdout!.setEncoding("utf8").once("data", (text: string) => done(text.trim()));
    host.once("exit", () => fail(new Error(`the pack ended: ${said}`)));
  });
  client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
}, 60_000);

afterAll(() => {
  client?.close();
  host?.kill("SIGKILL");
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const call = <T>(method: string, request: unknown): Promise<T> =>
  promisify(client[method].bind(client) as (r: unknown, done: (e: Error | null, v: T) => void) => void)(request);

function fill<T extends proto.AnalyzeRequest | proto.AnalyzerResource>(
  message: T,
  type: string,
  name: string,
  props: Record<string, any>,
): T {
  message.setType(type);
  message.setName(name);
  message.setUrn(`urn:pulumi:west::any::${type}::${name}`);
  message.setProperties(Struct.fromJavaScript(props) as any);
  message.setOptions(new proto.AnalyzerResourceOptions());
  return message;
}

const gateway = (hosts: string[]) =>
  [
    "kubernetes:networking.istio.io/v1:Gateway",
    "export",
    {
      metadata: { name: "export", namespace: "istio-system" },
      spec: { servers: [{ hosts, tls: { mode: "AUTO_PASSTHROUGH" } }] },
    },
  ] as const;

const export1 = "httpbin.httpbin.svc.cluster.local";
const callers = (namespace: string) =>
  [
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "callers",
    {
      metadata: { name: "callers", namespace },
      spec: { action: "DENY", rules: [{ from: [{ source: { notPrincipals: ["cluster.local/ns/sleep/sa/sleep"] } }] }] },
    },
  ] as const;
async function analyzeStack(...resources: (readonly [string, string, Record<string, any>])[]) {
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(resources.map((r) => fill(new proto.AnalyzerResource(), ...r)));
  return (await call<proto.AnalyzeResponse>("analyzeStack", request)).toObject().diagnosticsList;
}

describe("the policy pack", () => {
  test("uses only its own files, Node and its dependencies in tested versions", () => {
    const read = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path, "package.json"), "utf8"));
    const { dependencies } = read("policy");
    const files = globSync("**/*.{ts,cjs}", { cwd: join(root, "policy"), exclude: (f) => f === "node_modules" });
    const imports = files.flatMap((file) =>
      [
        ...readFileSync(join(root, "policy", file), "utf8").matchAll(
          /^(?:import|export)(?: [^"\n]* from)? "([^"]+)";|\b(?:import|require)\("([^"]+)"\)/gm,
        ),
      ].map(([, at, called]) => ({ file, to: (at ?? called)! })),
    );
    expect(imports.length).toBeGreaterThan(files.length);
    const foreign = imports.filter(({ file, to }) =>
      to.startsWith(".")
        ? relative(join(root, "policy"), resolve(root, "policy", file, "..", to)).startsWith("..")
        : !to.startsWith("node:") && !(to in dependencies),
    );
    expect(foreign).toEqual([]);
    for (const [name, version] of Object.entries(dependencies))
      expect([name, version]).toEqual([name, read("node_modules", name).version.replace(/^v/, "")]);
  });

  test("lists its name and policies", async () => {
    const info = (await call<proto.AnalyzerInfo>("getAnalyzerInfo", new Empty())).toObject();
    expect({ name: info.name, version: info.version }).toEqual({ name: "mesh-federation", version: "1.0.0" });
    expect(info.policiesList.map((p) => p.name)).toEqual(rules.map((r) => r.name));
    expect(new Set(info.policiesList.map((p) => p.enforcementlevel))).toEqual(
      new Set([proto.EnforcementLevel.MANDATORY]),
    );
  });

  test("rejects a resource that violates a rule and accepts one that does not", async () => {
    const analyze = async (hosts: string[]) =>
      (await call<proto.AnalyzeResponse>("analyze", fill(new proto.AnalyzeRequest(), ...gateway(hosts)))).toObject()
        .diagnosticsList;
    expect(await analyze(["*.local"])).toEqual([
      expect.objectContaining({
        policyname: "no-wildcard-gateway-host",
        enforcementlevel: proto.EnforcementLevel.MANDATORY,
        message: expect.stringContaining('wildcard host "*.local"'),
      }),
    ]);
    expect(await analyze(["httpbin.httpbin.svc.cluster.local"])).toEqual([]);
  });

  test("checks a whole stack and names the violating resource", async () => {
    expect(await analyzeStack(gateway([export1]))).toEqual([
      expect.objectContaining({
        policyname: "export-names-callers",
        urn: "urn:pulumi:west::any::kubernetes:networking.istio.io/v1:Gateway::export",
      }),
    ]);
    expect(await analyzeStack(gateway([export1]), callers("httpbin"))).toEqual([]);
  });

  test("runs a rule despite unknown values in other resources", async () => {
    const others = [
      "kubernetes:core/v1:Namespace",
      "kubernetes:core/v1:ConfigMap",
      "kubernetes:core/v1:Secret",
      "random:index/randomId:RandomId",
      "command:local:Command",
    ].map(
      (type) =>
        [type, "x", { metadata: unknown, spec: unknown, stdin: type.startsWith("command") ? "ls" : unknown }] as const,
    );
    expect((await analyzeStack(gateway([export1]), ...others)).map((d) => [d.policyname, d.enforcementlevel])).toEqual([
      ["export-names-callers", proto.EnforcementLevel.MANDATORY],
    ]);
  });

  test("offers settings with defaults and applies them", async () => {
    const info = (await call<proto.AnalyzerInfo>("getAnalyzerInfo", new Empty())).toObject();
    const schema = info.policiesList.find((p) => p.name === "export-names-callers")!.configschema!;
    expect(Object.fromEntries(schema.properties!.fieldsMap).rootNamespaces).toBeDefined();
    const configure = async (properties: Record<string, any>) => {
      const request = new proto.ConfigureAnalyzerRequest();
      const config = new proto.PolicyConfig();
      config.setEnforcementlevel(proto.EnforcementLevel.MANDATORY);
      config.setProperties(Struct.fromJavaScript(properties) as any);
      request.getPolicyconfigMap().set("export-names-callers", config);
      await call("configure", request);
    };
    const inMeshRoot = () => analyzeStack(gateway([export1]), callers("mesh-root"));
    expect(await inMeshRoot()).toHaveLength(1);
    await configure({ rootNamespaces: ["mesh-root"] });
    expect(await inMeshRoot()).toEqual([]);
    await configure({});
  });

  test("notes what a preview does not know, without a violation", async () => {
    const [type, name] = gateway([]);
    const response = await call<proto.AnalyzeResponse>(
      "analyze",
      fill(new proto.AnalyzeRequest(), type, name, { metadata: { name }, spec: unknown }),
    );
    expect(response.toObject().diagnosticsList).toEqual([
      expect.objectContaining({
        enforcementlevel: proto.EnforcementLevel.ADVISORY,
        message: expect.stringContaining("can't run policy"),
      }),
    ]);
  });
});
