import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonIn } from "../support/clone.ts";
import { impostor, servingCertificate } from "../support/impostor.ts";
import { eventually, type World } from "../support/world.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const identity = "spiffe://cluster.local/ns/httpbin/sa/httpbin";
const entry = "serviceentry/import-west-httpbin";
const day = 86_400_000;

/** What `verify --json` says, as far as it is read here. */
interface Report {
  good: boolean;
  seconds: number;
  edges: {
    good: boolean;
    broken: { hop: string; evidence: string; remedy: string; seenFrom: string; inferred: boolean } | null;
    servedBy: { mesh: string; workload: string; upstream: string[] };
    caller: string;
  }[];
  guards: { name: string; state: string; control: string }[];
  unreachable: string[];
}

/** A hop broken in the lab, and what is to be said of it with both sides' credentials and with the importer's alone. */
interface Fault {
  name: string;
  hop: string;
  says: RegExp;
  remedy: RegExp;
  /** With the importing mesh's credentials alone, where that differs. */
  own?: { hop: string; says: RegExp };
  /** Whether the importing side alone can only conclude it. */
  inferred?: true;
  break: (world: World) => Promise<unknown>;
  mend: (world: World) => Promise<unknown>;
}

const patch = (world: World, mesh: string, namespace: string, object: string, change: unknown) =>
  world.kubectl(mesh, ["patch", "-n", namespace, object, "--type=merge", "-p", JSON.stringify(change)]);
const entrySpec = (spec: unknown) => (world: World) => patch(world, "east", "sleep", entry, { spec });
const service = (spec: unknown) => (world: World) => patch(world, "west", "httpbin", "service/httpbin", { spec });
const httpPort = (targetPort: number) =>
  service({ ports: [{ name: "http", port: 8000, targetPort, protocol: "TCP" }] });
const rule = (mode: string) => (world: World) =>
  patch(world, "east", "sleep", "destinationrule/import-west-httpbin", { spec: { trafficPolicy: { tls: { mode } } } });
const gatewayHost = (name: string) => (world: World) =>
  patch(world, "west", "istio-system", "gateways.networking.istio.io/export-httpbin", {
    spec: {
      servers: [
        { port: { number: 15443, name: "tls", protocol: "TLS" }, hosts: [name], tls: { mode: "AUTO_PASSTHROUGH" } },
      ],
    },
  });
const gatewayPods = (istio: string) => (world: World) =>
  patch(world, "west", "istio-system", "service/istio-eastwestgateway", { spec: { selector: { istio } } });

const denial = {
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: "no-sleep", namespace: "httpbin" },
  spec: {
    selector: { matchLabels: { app: "httpbin" } },
    action: "DENY",
    rules: [{ from: [{ source: { principals: ["cluster.local/ns/sleep/sa/sleep"] } }] }],
  },
};

type EntryEndpoint = { address: string; ports: Record<string, number>; network: string; locality: string };

/** One fault for each hop, and more where a hop can break in several ways. `endpoint`: the entry's, as it should be. */
export const faultsOf = (endpoint: EntryEndpoint): Fault[] => [
  {
    name: "the entry is not visible to the client",
    hop: "dns",
    says: /does not resolve, and the client's sidecar does not know/,
    remedy: /visibleTo/,
    break: entrySpec({ exportTo: ["istio-system"] }),
    mend: entrySpec({ exportTo: ["sleep"] }),
  },
  {
    name: "the rule lets plaintext out",
    hop: "listener",
    says: /sends plaintext/,
    remedy: /DestinationRule sleep\/import-west-httpbin/,
    break: rule("DISABLE"),
    mend: rule("ISTIO_MUTUAL"),
  },
  {
    name: "the gateway's address is stale",
    hop: "endpoint",
    says: /uses 192\.0\.2\.77:15443, but west now publishes \d/,
    remedy: /up --refresh --stack east/,
    break: entrySpec({ endpoints: [{ ...endpoint, address: "192.0.2.77" }] }),
    mend: entrySpec({ endpoints: [endpoint] }),
  },
  {
    name: "the entry has no endpoint",
    hop: "endpoint",
    says: /no endpoint/,
    remedy: /up --refresh --stack east/,
    break: entrySpec({ endpoints: [] }),
    mend: entrySpec({ endpoints: [endpoint] }),
  },
  {
    name: "the gateway takes no connections",
    hop: "tcp",
    says: /no connection to \d/,
    remedy: /gateway's Service/,
    break: gatewayPods("nobody"),
    mend: gatewayPods("eastwestgateway"),
  },
  // Another name takes its place: a gateway that lets nothing through takes no connections either.
  {
    name: "the gateway does not know the name",
    hop: "sni",
    says: /no Gateway names the host/,
    remedy: /stack west/,
    own: { hop: "sni", says: /not exported there, or nothing ready/ },
    inferred: true,
    break: gatewayHost("istiod.istio-system.svc.cluster.local"),
    mend: gatewayHost(host),
  },
  {
    name: "another identity is pinned",
    hop: "tls",
    says: /ns\/httpbin\/sa\/httpbin answers, and east accepts only .*somebody-else/,
    remedy: /serviceAccounts/,
    break: entrySpec({ subjectAltNames: [identity.replace(/httpbin$/, "somebody-else")] }),
    mend: entrySpec({ subjectAltNames: [identity] }),
  },
  {
    name: "the server has a certificate of another root",
    hop: "tls",
    says: /does not lead to a root that east trusts/,
    remedy: /share a root/,
    break: service({ selector: { app: "foreign" } }),
    mend: service({ selector: { app: "httpbin" } }),
  },
  {
    name: "the server's certificate has expired",
    hop: "tls",
    says: /expired on/,
    remedy: /renews/,
    break: service({ selector: { app: "expired" } }),
    mend: service({ selector: { app: "httpbin" } }),
  },
  {
    name: "a policy refuses the caller",
    hop: "authorization",
    says: /refuses sleep\/sleep/,
    remedy: /DENY httpbin\/no-sleep in west/,
    own: { hop: "authorization", says: /RBAC: access denied/ },
    inferred: true,
    break: (world) => world.apply("west", denial),
    mend: (world) => world.kubectl("west", ["delete", "-n", "httpbin", "authorizationpolicy", "no-sleep"]),
  },
  {
    name: "no pod stands behind the service",
    hop: "target",
    says: /nothing ready stands behind.*0 pods/,
    remedy: /owner of west/,
    own: { hop: "sni", says: /not exported there, or nothing ready/ },
    inferred: true,
    break: service({ selector: { app: "nobody" } }),
    mend: service({ selector: { app: "httpbin" } }),
  },
  {
    name: "the application takes no connections",
    hop: "target",
    says: /answered 503, expected 200/,
    remedy: /target port/,
    inferred: true,
    break: httpPort(8081),
    mend: httpPort(8080),
  },
];

/** What is broken is named, from either side's view, and nothing else. */
export function diagnosis(world: World): void {
  const verify = async (...args: string[]): Promise<{ code: number; report: Report }> => {
    const { code, output } = await world.clone.run("verify", ["--json", ...args], {}, true);
    return { code, report: jsonIn<Report>(output) };
  };

  test("verify names mesh, workload and caller of each import, and what must fail does", async () => {
    const { code, report } = await verify();
    expect([code, report.good, report.unreachable]).toEqual([0, true, []]);
    expect(report.edges).toHaveLength(1);
    const { gateways } = (await world.outputs("west")).federation;
    expect(report.edges[0]!.servedBy).toEqual({
      mesh: "west",
      workload: identity,
      upstream: [`${gateways[0]!.address}:15443`],
    });
    expect(report.edges[0]!.caller).toBe("spiffe://cluster.local/ns/sleep/sa/sleep");
    expect(report.guards.map((g) => g.state)).toEqual(Array(8).fill("good"));
    // What must not exist is found where it exists.
    await world.apply("east", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "remote", namespace: "istio-system", labels: { "istio/multiCluster": "true" } },
    });
    const wild = {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "wild", namespace: "istio-system" },
      spec: {
        selector: { istio: "eastwestgateway" },
        servers: [
          {
            port: { number: 15443, name: "wild", protocol: "TLS" },
            hosts: ["*.local"],
            tls: { mode: "AUTO_PASSTHROUGH" },
          },
        ],
      },
    };
    await world.apply("west", wild);
    try {
      const bad = await verify("--wait", "0");
      expect(bad.code).toBe(1);
      expect(bad.report.guards.filter((g) => g.state === "bad").map((g) => g.name)).toEqual(
        expect.arrayContaining(["east: credential for another cluster", "west: wildcard host on a gateway"]),
      );
    } finally {
      await world.kubectl("east", ["delete", "-n", "istio-system", "secret", "remote"]);
      await world.kubectl("west", ["delete", "-n", "istio-system", "gateways.networking.istio.io", "wild"]);
    }
  });

  test("each broken hop is named, with both sides' credentials and with the importer's alone, and mended again", async () => {
    const endpoint = JSON.parse(
      await world.kubectl("east", ["get", "-n", "sleep", entry, "-o", "jsonpath={.spec.endpoints[0]}"]),
    ) as EntryEndpoint;
    await startImpostors(world);
    for (const fault of faultsOf(endpoint)) {
      await fault.break(world);
      try {
        const seen = await eventually(`${fault.name}: broken at ${fault.hop}`, 60, async () => {
          const [both, own] = await Promise.all([verify("--wait", "0"), verify("--wait", "0", "--access", "own")]);
          const [there, here] = [both.report.edges[0]!.broken, own.report.edges[0]!.broken];
          if (there?.hop !== fault.hop || here?.hop !== (fault.own?.hop ?? fault.hop))
            throw new Error(JSON.stringify({ both: there, own: here }));
          return { both, own, there, here };
        });
        expect([fault.name, seen.both.code, seen.own.code]).toEqual([fault.name, 1, 1]);
        expect(seen.there.evidence).toMatch(fault.says);
        expect(seen.there.remedy).toMatch(fault.remedy);
        expect(seen.here.evidence).toMatch(fault.own?.says ?? fault.says);
        expect([fault.name, seen.here.seenFrom, seen.here.inferred]).toEqual([
          fault.name,
          "east",
          fault.inferred ?? false,
        ]);
      } finally {
        await fault.mend(world);
      }
      const { code, report } = await verify("--wait", "60");
      expect([fault.name, code, report.edges[0]!.broken]).toEqual([fault.name, 0, null]);
    }
    await world.kubectl("west", ["delete", "-n", "httpbin", "pod,secret", "foreign", "expired", "--wait=false"]);
  });

  test("twenty runs of verify raise no alarm, and the quickest takes less than ten seconds", async () => {
    const seconds: number[] = [];
    for (let run = 0; run < 20; run++) {
      const started = Date.now();
      const { code, report } = await verify(...(run % 2 === 0 ? [] : ["--access", "own"]));
      seconds.push((Date.now() - started) / 1000);
      expect([run, code, report.edges[0]!.broken, report.guards.filter((g) => g.state !== "good")]).toEqual([
        run,
        0,
        null,
        [],
      ]);
    }
    process.stderr.write(`verify: ${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)} s\n`);
    expect(Math.min(...seconds)).toBeLessThan(10);
  });

  test("verify reports as a table of 80 columns without colour, as JUnit, and by exit code; a probe pod leaves nothing behind", async () => {
    const { output } = await world.clone.must("verify", ["--probe-pod", "--junit", ".federation/junit.xml"]);
    expect(output).not.toContain("\u001b");
    const lines = output.slice(output.indexOf("IMPORT")).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(output).toMatch(/east <- west\/httpbin:8000 ok +west +httpbin\/httpbin sleep\/sleep/);
    expect(readFileSync(join(world.clone.folder, ".federation", "junit.xml"), "utf8")).toMatch(
      /<testsuite name="imports of east" tests="1" failures="0"/,
    );
    expect(output).toMatch(/GET .* from sleep\/verify-/);
    await eventually("no probe pod", 20, async () =>
      (await world.kubectl("east", [
        "get",
        "-n",
        "sleep",
        "job,pod",
        "-l",
        "mesh-federation.dev/probe",
        "-o",
        "name",
      ])) === ""
        ? true
        : undefined,
    );
    expect((await world.clone.run("verify", ["--import", "nothing"], {}, true)).output).toMatch(
      /no mesh imports "nothing"; imports are: httpbin/,
    );
  });
}

/** Pods with the certificates that a client must refuse, beside the real ones. */
export async function startImpostors(world: World): Promise<void> {
  const image = await world.kubectl("west", [
    "get",
    "deployment",
    "-n",
    "httpbin",
    "httpbin",
    "-o",
    "jsonpath={.spec.template.spec.containers[0].image}",
  ]);
  const { output } = await world.clone.must(
    "pulumi",
    ["stack", "output", "--json", "--show-secrets", "--stack", "trust"],
    {},
    true,
  );
  const { intermediates } = jsonIn<{ intermediates: Record<string, { caCert: string; caKey: string }> }>(output);
  const [foreign, expired] = await Promise.all([
    servingCertificate(identity, undefined, Date.now() + day),
    servingCertificate(identity, intermediates["west"], Date.now() - day),
  ]);
  await world.apply(
    "west",
    ...impostor("foreign", "httpbin", image, foreign),
    ...impostor("expired", "httpbin", image, expired),
  );
  await world.kubectl("west", [
    "wait",
    "-n",
    "httpbin",
    "pod/foreign",
    "pod/expired",
    "--for=condition=Ready",
    "--timeout=60s",
  ]);
}
