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

// As the engine's Node host does: the SDK's own runner in the pack's folder; the port is its first line. The folder is a
// copy, as on a machine that the pack was published to: nothing of this repository is beside it but installed packages.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
  cpSync(join(root, "policy"), folder, { recursive: true, filter: (file) => !file.endsWith("node_modules") });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  host = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack"), "127.0.0.1:1", "."], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
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

const call = <T>(method: string, request: unknown): Promise<T> => promisify(client[method].bind(client) as (r: unknown, done: (e: Error | null, v: T) => void) => void)(request);

function fill<T extends proto.AnalyzeRequest | proto.AnalyzerResource>(message: T, type: string, name: string, props: Record<string, any>): T {
  message.setType(type);
  message.setName(name);
  message.setUrn(`urn:pulumi:west::any::${type}::${name}`);
  message.setProperties(Struct.fromJavaScript(props) as any);
  message.setOptions(new proto.AnalyzerResourceOptions());
  return message;
}

const gateway = (hosts: string[]) => ["kubernetes:networking.istio.io/v1:Gateway", "export", { metadata: { name: "export", namespace: "istio-system" }, spec: { servers: [{ hosts, tls: { mode: "AUTO_PASSTHROUGH" } }] } }] as const;

test("the pack uses nothing but its own files, Node, and the packages that it declares, in the versions tested here", () => {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path, "package.json"), "utf8"));
  const { dependencies } = read("policy");
  const files = globSync("**/*.{ts,cjs}", { cwd: join(root, "policy"), exclude: (f) => f === "node_modules" });
  const imports = files.flatMap((file) => [...readFileSync(join(root, "policy", file), "utf8").matchAll(/^(?:import|export)(?: [^"\n]* from)? "([^"]+)";|\b(?:import|require)\("([^"]+)"\)/gm)].map(([, at, called]) => ({ file, to: (at ?? called)! })));
  expect(imports.length).toBeGreaterThan(files.length);
  const foreign = imports.filter(({ file, to }) => (to.startsWith(".") ? relative(join(root, "policy"), resolve(root, "policy", file, "..", to)).startsWith("..") : !to.startsWith("node:") && !(to in dependencies)));
  expect(foreign).toEqual([]);
  for (const [name, version] of Object.entries(dependencies)) expect([name, version]).toEqual([name, read("node_modules", name).version.replace(/^v/, "")]);
});

test("the pack says what it is and which policies it has", async () => {
  const info = (await call<proto.AnalyzerInfo>("getAnalyzerInfo", new Empty())).toObject();
  expect({ name: info.name, version: info.version }).toEqual({ name: "mesh-federation", version: "1.0.0" });
  expect(info.policiesList.map((p) => p.name)).toEqual(rules.map((r) => r.name));
  expect(new Set(info.policiesList.map((p) => p.enforcementlevel))).toEqual(new Set([proto.EnforcementLevel.MANDATORY]));
});

test("a resource that violates a rule is refused, one that keeps to it is not", async () => {
  const analyze = async (hosts: string[]) => (await call<proto.AnalyzeResponse>("analyze", fill(new proto.AnalyzeRequest(), ...gateway(hosts)))).toObject().diagnosticsList;
  expect(await analyze(["*.local"])).toEqual([expect.objectContaining({ policyname: "no-wildcard-gateway-host", enforcementlevel: proto.EnforcementLevel.MANDATORY, message: expect.stringContaining('wildcard host "*.local"') })]);
  expect(await analyze(["httpbin.httpbin.svc.cluster.local"])).toEqual([]);
});

test("a whole stack is looked at together, and the violation names the resource", async () => {
  const analyze = async (...resources: (readonly [string, string, Record<string, any>])[]) => {
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(resources.map((r) => fill(new proto.AnalyzerResource(), ...r)));
    return (await call<proto.AnalyzeResponse>("analyzeStack", request)).toObject().diagnosticsList;
  };
  const callers = ["kubernetes:security.istio.io/v1:AuthorizationPolicy", "callers", { metadata: { name: "callers", namespace: "httpbin" }, spec: { action: "DENY", rules: [{ from: [{ source: { notPrincipals: ["cluster.local/ns/sleep/sa/sleep"] } }] }] } }] as const;
  const exported = gateway(["httpbin.httpbin.svc.cluster.local"]);
  expect(await analyze(exported)).toEqual([expect.objectContaining({ policyname: "export-names-callers", urn: "urn:pulumi:west::any::kubernetes:networking.istio.io/v1:Gateway::export" })]);
  expect(await analyze(exported, callers)).toEqual([]);
});

test("what a preview does not know yet is said, and refused by nobody", async () => {
  const [type, name] = gateway([]);
  const response = await call<proto.AnalyzeResponse>("analyze", fill(new proto.AnalyzeRequest(), type, name, { metadata: { name }, spec: unknown }));
  expect(response.toObject().diagnosticsList).toEqual([expect.objectContaining({ enforcementlevel: proto.EnforcementLevel.ADVISORY, message: expect.stringContaining("can't run policy") })]);
});
