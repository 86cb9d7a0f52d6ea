import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../../policy/rules.ts";
import { MeshCluster } from "../review/support/meshCluster.ts";
import { Project, type Run } from "../support/project.ts";
import { free, west } from "../../unit/policy/examples/cas.ts";
import { keeping, programOf, type Program } from "./program.ts";
import { StartedPack } from "./startedPack.ts";

const patience = 240_000;
let cluster: MeshCluster;
let project: Project;
let pack: StartedPack;

beforeAll(async () => {
  cluster = await MeshCluster.start(process.env["MESH_FEDERATION_TEST_CHARTS"]!, ["istio-system", "httpbin", "sleep"]);
  project = new Project(cluster.kubeconfig);
  pack = new StartedPack(project.folder);
}, patience);

afterAll(async () => {
  project?.close();
  await cluster?.stop();
}, patience);

/** A change of the program that keeps to the rules, and what is added to its text. */
type Change = Partial<Program> & { more?: string };

/** A preview of that program with the pack. `config`: of the policies. */
async function preview({ more = "", ...change }: Change, config?: unknown): Promise<Judged> {
  return run("preview", programOf({ ...keeping, ...change }) + more, [], config);
}

/** How a run ended, and what the engine lists below the pack, as `level rule kind name`. */
type Judged = Run & { found: string[] };

async function run(operation: string, program: string, args: string[] = [], config?: unknown): Promise<Judged> {
  project.write(program);
  const file = join(project.folder, "policy-config.json");
  if (config !== undefined) writeFileSync(file, JSON.stringify(config));
  const policies = ["--policy-pack", pack.folder, ...(config !== undefined ? ["--policy-pack-config", file] : [])];
  const ran = await project.run(operation, [...args, ...policies], { PATH: pack.path });
  const found = [...ran.output.matchAll(/^ *- \[(\w+)\] +(\S+) +\((?:\S*:)?(\w+): (\S+)\)$/gm)].map(
    ([, level, rule, kind, name]) => `${level} ${rule} ${kind} ${name}`,
  );
  return { ...ran, found: found.sort() };
}

const kubeconfig = (key: string) =>
  `new k8s.core.v1.Secret("leak", { metadata: { namespace: "httpbin", name: "leak" }, stringData: { a: ` +
  `pulumi.secret("${key}: [{cluster: {server: https://192.0.2.1}}]\\nusers: []") } }, opts);`;
const entry = (network: string) =>
  `object("networking", "WorkloadEntry", "sleep", "elsewhere", { address: "192.0.2.2", network: "${network}", ` +
  `serviceAccount: "cart" }); export const federation = { mesh: { network: "west-net" } };`;
const peerAuthentication = (namespace: string, mtls: string) =>
  `object("security", "PeerAuthentication", "${namespace}", "wide", { ${mtls} });`;
const settings = (kind: string) =>
  `new k8s.core.v1.ConfigMap("settings", { metadata: { namespace: "httpbin", name: "settings" }, data: ` +
  `{ a: "-----BEGIN ${kind}-----\\nYWJj\\n-----END ${kind}-----" } }, opts);`;
const ca = (pem: string) =>
  `new k8s.core.v1.Secret("ca", { metadata: { namespace: "istio-system", name: "cacerts" }, stringData: ` +
  `pulumi.secret({ "ca-cert.pem": ${JSON.stringify(pem)} }) }, opts);`;
const certificate = `{ "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn" }`;

/** By rule: a change that violates it, where it is found, and what the engine then says. */
const examples: [string, Change, string, string][] = [
  [
    "no-wildcard-gateway-host",
    { hosts: "*.httpbin.svc.cluster.local" },
    "Gateway export",
    'wildcard host "*.httpbin.svc.cluster.local"',
  ],
  ["import-pins-identities", { sans: "[]" }, "ServiceEntry import", "pins no identity (spec.subjectAltNames)"],
  [
    "export-names-callers",
    { callers: `["*"]` },
    "Gateway export",
    "to every caller with a certificate of the common root",
  ],
  ["no-peer-credentials", { more: kubeconfig("clusters") }, "Secret leak", 'holds a kubeconfig in key "a"'],
  [
    "no-plain-private-key",
    { more: settings("PRIVATE KEY") },
    "ConfigMap settings",
    "holds a private key in plain text (data.a)",
  ],
  ["trust-is-bound", { more: ca(free) }, "Secret ca", "holds a CA that can issue identities of other trust domains"],
  ["strict-mtls-stays", { tls: "DISABLE" }, "DestinationRule client", "so the caller shows no mesh identity"],
  [
    "gateway-service-passes-tls",
    { annotations: certificate },
    "Service gateway",
    "by which the load balancer terminates TLS",
  ],
  [
    "no-clashes-across-stacks",
    { more: entry("west-net") },
    "WorkloadEntry elsewhere",
    "leads to network west-net, which is this mesh's own",
  ],
];

/** As near to the examples as what keeps to the rules can be. */
const near: Change = {
  sans: `["spiffe://west.local/ns/cart/sa/other"]`,
  callers: `["east.local/ns/sleep/sa/other"]`,
  annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-internal": "true" }`,
  more:
    [kubeconfig("stars"), entry("north-net"), settings("PUBLIC KEY"), ca(west)].join("\n") +
    peerAuthentication("sleep", `mtls: { mode: "STRICT" }`),
};

test("there is an example of each rule of the pack", () => {
  expect(examples.map(([rule]) => rule).sort()).toEqual(rules.map((r) => r.name).sort());
});

test.each(examples)(
  "%s: the engine refuses what violates it, with the resource and the reason",
  async (rule, violating, where, says) => {
    const { code, found, output } = await preview(violating);
    expect({ code, found }).toEqual({ code: 1, found: expect.arrayContaining([`mandatory ${rule} ${where}`]) });
    expect(output).toContain(says);
  },
  patience,
);

test(
  "the engine lets pass what keeps to all rules",
  async () => {
    const { code, found, steps, output } = await preview(near);
    expect({ code, found }).toEqual({ code: 0, found: [] });
    expect(steps).toContain("leak: create");
    // Listed by the engine, so it ran.
    expect(output).toContain("mesh-federation@v1.0.0 (local");
  },
  patience,
);

const violating: Change = { sans: "[]", annotations: certificate };
const both = (level: string) => [
  `${level} gateway-service-passes-tls Service gateway`,
  `${level} import-pins-identities ServiceEntry import`,
];

test.each<[string, unknown, number, string[]]>([
  ["no word of it", {}, 1, both("mandatory")],
  ["all advisory", { all: "advisory" }, 0, both("advisory")],
  ["all disabled but one", { all: "disabled", "import-pins-identities": "mandatory" }, 1, both("mandatory").slice(1)],
  ["all disabled, as an object", { all: { enforcementLevel: "disabled" } }, 0, []],
])(
  "the configuration sets the level of rules on a resource and on a stack: %s",
  async (_, config, expected, findings) => {
    const { code, found } = await preview(violating, config);
    expect({ code, found }).toEqual({ code: expected, found: findings });
  },
  patience,
);

test(
  "the configuration's settings reach the rules, and the engine refuses a wrong one",
  async () => {
    const configured = (rootNamespaces: unknown) =>
      preview({ more: peerAuthentication("sleep", "") }, { "strict-mtls-stays": { rootNamespaces } });
    expect((await configured(["istio-system"])).found).toEqual([]);
    expect((await configured(["sleep"])).found).toEqual(["mandatory strict-mtls-stays PeerAuthentication wide"]);
    const wrong = await configured("sleep");
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toMatch(/strict-mtls-stays.*rootNamespaces/);
  },
  patience,
);

test(
  "what a preview does not know yet is refused by nobody; the rules that could not look say so",
  async () => {
    const { code, found } = await preview({
      callers: "[later]",
      sans: "later.apply((s) => [s])",
      annotations: `{ "service.beta.kubernetes.io/aws-load-balancer-name": later }`,
    });
    expect({ code, found }).toEqual({
      code: 0,
      found: [
        "advisory export-names-callers Stack conformance-s",
        "advisory gateway-service-passes-tls Service gateway",
        "advisory import-pins-identities Stack conformance-s",
      ],
    });
  },
  patience,
);

/** Objects that nothing has to become ready of. */
const small = (hosts: string, sans: string) => `
  const object = (kind, name, spec, annotations = {}) =>
    new k8s.apiextensions.CustomResource(
      name,
      { apiVersion: "networking.istio.io/v1", kind, metadata: { namespace: "sleep", name, annotations }, spec },
      opts,
    );
  object("Gateway", "passing", {
    selector: { istio: "egressgateway" },
    servers: [
      { port: { number: 443, name: "tls", protocol: "TLS" }, hosts: ["${hosts}"], tls: { mode: "PASSTHROUGH" } },
    ],
  }, { "mesh-federation.dev/public": "true" });
  object("ServiceEntry", "import", {
    hosts: ["cart.mesh.global"],
    ports: [{ number: 80, name: "http", protocol: "HTTP" }],
    location: "MESH_INTERNAL",
    resolution: "STATIC",
    endpoints: [{ address: "192.0.2.1" }],
    subjectAltNames: ${sans},
  });`;

test(
  "up with its preview makes nothing of a program that violates a rule; without a preview, rules on a stack look " +
    "at its end",
  async () => {
    const made = () =>
      Object.entries(project.state())
        .filter(([, r]) => r.type.includes("istio"))
        .map(([name]) => name)
        .sort();
    const names = `["spiffe://west.local/ns/cart/sa/cart"]`;
    expect((await run("up", small("a.example.com", "[]"), ["--yes"])).found).toEqual([
      "mandatory import-pins-identities ServiceEntry import",
    ]);
    expect(made()).toEqual([]);
    expect((await run("up", small("*", names), ["--yes", "--skip-preview"])).found).toEqual([
      "mandatory no-wildcard-gateway-host Gateway passing",
    ]);
    expect(made()).not.toContain("passing");
    const kept = await run("up", small("a.example.com", names), ["--yes"]);
    expect({ code: kept.code, found: kept.found, made: made() }).toEqual({
      code: 0,
      found: [],
      made: ["import", "passing"],
    });
    const late = await run("up", small("a.example.com", "[]"), ["--yes", "--skip-preview"]);
    expect({ code: late.code, found: late.found }).toEqual({
      code: 1,
      found: ["mandatory import-pins-identities ServiceEntry import"],
    });
    expect(project.state()["import"]!.inputs.spec.subjectAltNames).toEqual([]);
  },
  patience,
);
