/** The sample applications there are. */
export type SampleKind = "sleep" | "httpbin";

/** Where `verify` finds a sample that can call. */
export interface SampleClient {
  namespace: string;
  app: string;
  container: string;
}

/** The client that the sample `sleep` is. */
export const sleepClient: SampleClient = { namespace: "sleep", app: "sleep", container: "sleep" };

const shapes = {
  sleep: {
    service: { name: "http", port: 80, targetPort: 80 },
    container: { command: ["/bin/sleep", "infinity"] as string[] },
    ports: [],
  },
  httpbin: { service: { name: "http", port: 8000, targetPort: 8080 }, container: {}, ports: [{ containerPort: 8080 }] },
};

/** Namespace (injected), service account, Service and Deployment of a sample, all named after it. */
export function sampleObjects(kind: SampleKind, image: string) {
  const shape = shapes[kind];
  const labels = { app: kind };
  const metadata = { name: kind, namespace: kind, labels };
  return {
    namespace: { metadata: { name: kind, labels: { "istio-injection": "enabled" } } },
    account: { metadata },
    service: {
      metadata,
      spec: { selector: labels, ports: [shape.service] },
    },
    deployment: {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: kind,
            terminationGracePeriodSeconds: 0,
            containers: [
              { name: kind, image, imagePullPolicy: "IfNotPresent", ...shape.container, ports: [...shape.ports] },
            ],
          },
        },
      },
    },
  };
}
