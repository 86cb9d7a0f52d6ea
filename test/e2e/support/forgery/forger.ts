import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGES } from "../../../../offline/lab/images/names.ts";
import type { Leaf } from "../../../support/pki.ts";
import type { World } from "../world.ts";

const script = readFileSync(join(import.meta.dirname, "forger.py"), "utf8");

/** What a client shows in TLS: its certificate with the CAs above it, and its key. */
export type ShownIdentity = Pick<Leaf, "chainPem" | "keyPem">;

/** A call of an exported service through its mesh's gateway. */
export interface ForgedCall {
  /** Address and port of the exporting mesh's gateway. */
  gateway: { address: string; port: number };
  /** The exported host and its HTTP port. */
  host: string;
  port: number;
  identity: ShownIdentity;
  /** Default `/`. */
  path?: string;
  /** Version of TLS, default 1.3. */
  tls?: "1.2" | "1.3";
  /** Protocols to offer, default `istio`. With `istio-peer-exchange` a TCP port expects more than a request. */
  alpn?: string[];
}

/** What happened to a call. Only `refused` shows that a certificate was rejected. */
export type ForgedCallResult = {
  /** The certificate of the server, PEM; null if it showed none. */
  server: string | null;
} & (
  | { outcome: "answered"; status: number; body: string }
  /** The server sent a TLS alert, by number (RFC 8446, section 6.2). */
  | { outcome: "refused"; alert: number; detail: string }
  /** The connection ended without an answer or an alert. */
  | { outcome: "reset"; detail: string }
  /** There was no connection to the gateway. */
  | { outcome: "unreachable"; detail: string }
);

/** A pod without a sidecar that calls with given certificates. */
export interface Forger {
  call(call: ForgedCall): Promise<ForgedCallResult>;
  remove(): Promise<void>;
}

/** Starts a forger in a mesh's cluster, outside of the mesh. */
export async function startForger(world: World, mesh: string): Promise<Forger> {
  const pod = ["-n", "default", "pod/forger"];
  const remove = async () => void (await world.kubectl(mesh, ["delete", ...pod, "--ignore-not-found"]));
  await remove();
  await world.apply(mesh, forgerPod);
  await world.kubectl(mesh, ["wait", ...pod, "--for=condition=Ready", "--timeout=60s"]);
  return {
    remove,
    call: async ({ gateway, host, port, identity, path = "/", tls = "1.3", alpn = ["istio"] }) => {
      const sni = `outbound_.${port}_._.${host}`;
      const { chainPem: chain, keyPem: key } = identity;
      const question = JSON.stringify({ ...gateway, sni, host, path, tls, alpn, chain, key });
      const command = ["exec", "-i", "-n", "default", "forger", "--", "python3", "-c", script];
      return JSON.parse(await world.kubectl(mesh, command, question)) as ForgedCallResult;
    },
  };
}

const forgerPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "forger", namespace: "default", labels: { app: "forger", "sidecar.istio.io/inject": "false" } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: "forger", image: IMAGES.httpbin, imagePullPolicy: "IfNotPresent", command: ["sleep", "infinity"] },
    ],
  },
};

/** How a forged call ended, with the status of an answer or the number of a TLS alert. */
export function outcomeText(result: ForgedCallResult): string {
  if (result.outcome === "answered") return `answered ${result.status}`;
  return result.outcome === "refused" ? `refused ${result.alert}` : result.outcome;
}
