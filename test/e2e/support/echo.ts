import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IMAGES } from "../../../offline/lab/images/names.ts";
import { injectedNamespace } from "./load/server.ts";
import { eventually, type World } from "./world.ts";

/** Ports of an echo workload: the Service's, and the pods'. */
export const echoPorts = [
  { name: "http", number: 8000, protocol: "HTTP", targetPort: 18080 },
  { name: "http2", number: 8001, protocol: "HTTP2", targetPort: 18085 },
  { name: "grpc", number: 9000, protocol: "GRPC", targetPort: 17070 },
  { name: "tcp", number: 9001, protocol: "TCP", targetPort: 19090 },
  { name: "tls", number: 9443, protocol: "TLS", targetPort: 18443 },
] as const;

const namespace = "apps";

/** Arguments of a server that listens on every port of the Service, or on none of them. */
export function serverArguments(mesh: string, version: string, refuseConnections = false): string[] {
  const ports = refuseConnections
    ? ["--port=18081"]
    : [
        "--port=18080",
        "--port=18085",
        "--grpc=17070",
        "--tcp=19090",
        "--port=18443",
        "--tls=18443",
        "--crt=/tls/tls.crt",
        "--key=/tls/tls.key",
      ];
  return [...ports, "--metrics=15999", `--cluster=${mesh}`, `--version=${version}`];
}

/** Namespace `apps`, injected, with a certificate for the TLS ports. */
export function appsNamespace(): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), "mesh-federation-tls-"));
  try {
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "crt"],
        ...["-days", "2", "-subj", "/CN=echo"],
      ],
      { cwd: folder, stdio: "pipe" },
    );
    const [key, crt] = ["key", "crt"].map((file) => readFileSync(join(folder, file), "utf8"));
    return [
      injectedNamespace(namespace),
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/tls",
        metadata: { name: "tls", namespace },
        stringData: { "tls.key": key, "tls.crt": crt },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Deployment of the echo server with its service account, of one version of `app`. */
export function echoDeployment(
  mesh: string,
  app: string,
  account: string,
  version = "v1",
  ports: { name: string }[] = [...echoPorts],
): unknown[] {
  const labels = { app, version };
  const container = {
    name: "app",
    image: IMAGES.echo,
    imagePullPolicy: "IfNotPresent",
    args: serverArguments(mesh, version),
    volumeMounts: [{ name: "tls", mountPath: "/tls" }],
    ports: echoPorts.filter((p) => ports.some((o) => o.name === p.name)).map((p) => ({ containerPort: p.targetPort })),
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: `${app}-${version}`, namespace },
      spec: {
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: account,
            terminationGracePeriodSeconds: 0,
            containers: [container],
            volumes: [{ name: "tls", secret: { secretName: "tls" } }],
          },
        },
      },
    },
  ];
}

/** The Service of an echo application. */
export function echoService(
  app: string,
  ports: readonly { name: string; number: number; targetPort: number }[] = echoPorts,
): unknown {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: app, namespace },
    spec: {
      selector: { app },
      ports: ports.map((p) => ({
        name: p.name,
        port: p.number,
        targetPort: p.targetPort,
        ...(p.name === "http2" ? { appProtocol: "http2" } : {}),
      })),
    },
  };
}

/** Waits until every Deployment of `apps` in a mesh is rolled out. */
export async function appsReady(world: World, mesh: string): Promise<void> {
  await world.kubectl(mesh, ["rollout", "status", "deployment", "-n", namespace, "--timeout=120s"]);
}

/** Output of Istio's test client in the pod `caller` of a mesh; the error when there is no answer. */
export async function callerSays(world: World, mesh: string, url: string, ...options: string[]): Promise<string> {
  const command = `client ${url} --timeout 5s ${options.join(" ")} 2>&1 || true`;
  return world.kubectl(mesh, ["exec", "-n", namespace, "deploy/caller-v1", "-c", "app", "--", "sh", "-c", command]);
}

/** Bodies and statuses of `count` calls by curl in the pod `sleep` of a mesh, in sequence or in parallel. */
export async function curl(
  world: World,
  mesh: string,
  url: string,
  count = 1,
  parallel = false,
): Promise<{ status: number; body: string; seconds: number }[]> {
  const one = `curl -s --max-time 5 -w '\\n%{http_code} %{time_total}\\n--\\n' '${url}'`;
  // Answers of parallel calls go to files first, so that they do not mix.
  const script = parallel
    ? `d=$(mktemp -d); for i in $(seq ${count}); do ${one} >$d/$i & done; wait; cat $d/*; rm -r $d`
    : `for i in $(seq ${count}); do ${one} || true; done`;
  const text = await world.kubectl(mesh, [
    ...["exec", "-n", "sleep", "deploy/sleep", "-c", "sleep", "--", "sh", "-c"],
    script,
  ]);
  return text
    .split("\n--\n")
    .filter((part) => part.trim())
    .map((part) => {
      const [status, seconds] = part.trim().split("\n").at(-1)!.split(" ");
      return { status: Number(status), seconds: Number(seconds), body: part };
    });
}

/**
 * Retries a row of calls until it has exactly these statuses. The echo server closes a connection after five idle
 * seconds, and a call at that moment gets a 503, which spoils one row but not every row.
 */
export function answersInARow(
  what: string,
  seconds: number,
  statuses: number[],
  calls: () => Promise<{ status: number }[]>,
): Promise<number[]> {
  return eventually(what, seconds, async () => {
    const got = (await calls()).map((a) => a.status);
    if (got.join() !== statuses.join()) throw new Error(`statuses were ${got.join(" ")}`);
    return got;
  });
}

/** The log line of the sidecar of the pod `sleep` for a 503 from a host with this reason. */
export function reasonOf503(world: World, mesh: string, host: string, reason: RegExp): Promise<string> {
  return eventually(`a 503 for ${reason}`, 40, async () => {
    const log = await world.kubectl(mesh, ["logs", "-n", "sleep", "deploy/sleep", "-c", "istio-proxy", "--since=90s"]);
    return log.split("\n").find((line) => line.includes(" 503 ") && line.includes(host) && reason.test(line));
  });
}

/** The mesh of the pod that answered, from its echo. */
export function answeredBy(body: string): string | undefined {
  return /Cluster=(\S+)/.exec(body)?.[1];
}
