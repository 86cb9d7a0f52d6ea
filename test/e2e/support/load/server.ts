import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGES } from "../../../../offline/lab/images/names.ts";

const script = readFileSync(join(import.meta.dirname, "server.py"), "utf8");

/** Ports of a load server, as an export names them. */
export const loadPorts = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "tcp", number: 9001, protocol: "TCP" },
] as const;

const targetPorts = { http: 18080, tcp: 19090 };

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
    ports: loadPorts.map(({ name }) => ({ containerPort: targetPorts[name] })),
    readinessProbe: { httpGet: { path: "/", port: targetPorts.http }, periodSeconds: 2, timeoutSeconds: 5 },
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
        ports: loadPorts.map(({ name, number }) => ({ name, port: number, targetPort: targetPorts[name] })),
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
