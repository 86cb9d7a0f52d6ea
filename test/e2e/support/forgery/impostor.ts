import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGES } from "../../../../offline/lab/images/names.ts";
import { makeLeaf, makeRoot } from "../../../support/pki.ts";
import type { World } from "../world.ts";
import type { ShownIdentity } from "./forger.ts";
import { readMeshCa } from "./meshCa.ts";

/** SPIFFE ID of west's httpbin. */
export const identity = "spiffe://cluster.local/ns/httpbin/sa/httpbin";

const day = 86_400_000;

const script = readFileSync(join(import.meta.dirname, "impostor.py"), "utf8");

/** A server outside of the mesh that looks like a workload with a sidecar. */
export interface Impostor {
  /** Mesh in whose cluster it is. */
  mesh: string;
  namespace: string;
  /** Name of its pod. */
  name: string;
  /** The value of its label `app`: a Service that selects it sends it the mesh's calls. Default: its name. */
  app?: string;
  /** Port of the pod. Default 8080. */
  port?: number;
  identity: ShownIdentity;
}

/**
 * Starts an impostor. It serves its certificate with Istio's ALPN, and answers each HTTP request with
 * status 200 and the line `impostor`.
 */
export async function startImpostor(
  world: World,
  { mesh, namespace, name, app = name, port = 8080, identity }: Impostor,
): Promise<void> {
  const metadata = { name, namespace };
  const labels = { app, "security.istio.io/tlsMode": "istio", "sidecar.istio.io/inject": "false" };
  const container = {
    name: "server",
    image: IMAGES.httpbin,
    imagePullPolicy: "IfNotPresent",
    command: ["python3", "-c", script, String(port)],
    ports: [{ containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    volumeMounts: [{ name: "tls", mountPath: "/tls" }],
  };
  await world.apply(
    mesh,
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      stringData: { chain: identity.chainPem, key: identity.keyPem },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [container],
        volumes: [{ name: "tls", secret: { secretName: name } }],
      },
    },
  );
  await world.kubectl(mesh, ["wait", "-n", namespace, `pod/${name}`, "--for=condition=Ready", "--timeout=60s"]);
}

/**
 * How the connections to an impostor ended so far, each with its count: `answered`, `closed`, or OpenSSL's name of the
 * client's alert, such as `TLSV1_ALERT_UNKNOWN_CA`. Readiness probes count as other ends.
 */
export async function impostorEnds(
  world: World,
  { mesh, namespace, name }: Omit<Impostor, "identity">,
): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (const line of (await world.kubectl(mesh, ["logs", "-n", namespace, name])).split("\n").filter(Boolean)) {
    const { end } = JSON.parse(line) as { end: string };
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

/** Removes an impostor. */
export async function removeImpostor(
  world: World,
  { mesh, namespace, name }: Omit<Impostor, "identity">,
): Promise<void> {
  await world.kubectl(mesh, ["delete", "-n", namespace, "pod,secret", name, "--ignore-not-found", "--wait=false"]);
}

/** Starts pods in west whose certificates a client must reject: `foreign` of another root, `expired` of west's CA. */
export async function startImpostors(world: World): Promise<void> {
  const at = { mesh: "west", namespace: "httpbin" };
  const ca = await readMeshCa(world, "west");
  const dates = { notBefore: new Date(Date.now() - 30 * day), notAfter: new Date(Date.now() - day) };
  const foreign = await makeLeaf({ ca: await makeRoot("Another CA"), uris: [identity] });
  const expired = await makeLeaf({ ca, above: ca.above, uris: [identity], ...dates });
  await startImpostor(world, { ...at, name: "foreign", identity: foreign });
  await startImpostor(world, { ...at, name: "expired", identity: expired });
}
