import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGES } from "../../../../offline/lab/images/names.ts";

const script = readFileSync(join(import.meta.dirname, "server.py"), "utf8");

/** Ports of a load server, as an export names them: the Service's, and the pods'. */
export const loadPorts = [
  { name: "http", number: 8000, protocol: "HTTP", targetPort: 18080 },
  { name: "tcp", number: 9001, protocol: "TCP", targetPort: 19090 },
] as const;

/** A namespace whose pods get sidecars. */
export function injectedNamespace(name: string): unknown {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { "istio-injection": "enabled" } } };
}

/**
 * Service account, Deployment and Service of a server for a load, all named `app`. Unlike the echo server and httpbin,
 * it closes no connection, so a failure has its cause in a mesh, also on a busy machine.
 *
 * @param namespace an injected namespace that exists
 */
export function loadServer(app: string, namespace = "apps"): unknown[] {
  const metadata = { name: app, namespace };
  const labels = { app };
  const container = {
    name: "app",
    image: IMAGES.httpbin,
    imagePullPolicy: "IfNotPresent",
    command: ["python3", "-c", script],
    ports: loadPorts.map(({ targetPort }) => ({ containerPort: targetPort })),
    readinessProbe: { httpGet: { path: "/", port: loadPorts[0].targetPort }, periodSeconds: 2, timeoutSeconds: 5 },
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: app, containers: [container] } },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: labels,
        ports: loadPorts.map(({ name, number, targetPort }) => ({ name, port: number, targetPort })),
      },
    },
  ];
}

/** The export of a load server `app`, by default one named `kept`, to every caller of some meshes. */
export function keptExport({
  app = "kept",
  namespace = "apps",
  ...more
}: {
  app?: string;
  namespace?: string;
  /** Default: the Service's own. */
  host?: string;
  to: string[];
}) {
  return {
    ...{ name: app, namespace, service: app, ports: loadPorts, public: true },
    ...{ selector: { app }, serviceAccounts: [app] },
    ...more,
  };
}
