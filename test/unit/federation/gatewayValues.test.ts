import { gatewayService } from "../../../federation/cluster/gatewayService.ts";
import { gatewayValues, type ManagedGateway } from "../../../federation/cluster/gatewayValues.ts";
import { istiodValues } from "../../../federation/cluster/istioValues.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { UserError, type Finding } from "../../../federation/errors/userError.ts";

const labels = { "mesh-federation.dev/gateway": "door" };
const gateway = (more: Partial<ManagedGateway> = {}): ManagedGateway => ({
  name: "door",
  namespace: "istio-system",
  network: "network-west",
  labels,
  revision: "",
  proxyVersion: "docker.io/istio/proxyv2:1.30.5",
  port: 15443,
  profile: "production",
  values: {},
  ...more,
});

describe("values of chart gateway", () => {
  test("of profile production roll and survive the loss of a node without an outage", () => {
    const values = gatewayValues(gateway());
    expect(values).toMatchObject({
      autoscaling: { enabled: true, minReplicas: 2 },
      podDisruptionBudget: { maxUnavailable: 1 },
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      terminationGracePeriodSeconds: 30,
      env: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true" },
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      readinessProbe: { httpGet: { path: "/healthz/ready", port: 15021 }, periodSeconds: 2 },
    });
    const { topologySpreadConstraints: spread, ...others } = values as Record<string, any>;
    expect(spread.map((c: any) => [c.topologyKey, c.whenUnsatisfiable])).toEqual([
      ["topology.kubernetes.io/zone", "ScheduleAnyway"],
      ["kubernetes.io/hostname", "ScheduleAnyway"],
    ]);
    // The constraints count the pods that the Deployment selects.
    expect(others["labels"]).toMatchObject(spread[0].labelSelector.matchLabels);
    expect(others).not.toHaveProperty("resources");
  });

  test("of profile small fit a small machine, and roll and drain in the same way", () => {
    const values = gatewayValues(gateway({ profile: "small" }));
    const { strategy, readinessProbe, env, terminationGracePeriodSeconds } = gatewayValues(gateway());
    expect(values).toMatchObject({
      ...{ strategy, readinessProbe, env, terminationGracePeriodSeconds },
      autoscaling: { enabled: false },
      replicaCount: 1,
      resources: { requests: { cpu: "10m", memory: "40Mi" } },
    });
    expect(values).not.toHaveProperty("podDisruptionBudget");
    expect(values).not.toHaveProperty("topologySpreadConstraints");
  });

  test.each(["production", "small"] as const)(
    "of profile %s are the mesh's, and let no pod read secrets",
    (profile) => {
      expect(gatewayValues(gateway({ profile, revision: "canary" }))).toMatchObject({
        networkGateway: "network-west",
        revision: "canary",
        // No other Gateway object selects these: the chart's own would have `istio: door` of `istio-door`.
        labels: { ...labels, app: "door", istio: "door" },
        podAnnotations: { "mesh-federation.dev/proxy-version": "docker.io/istio/proxyv2:1.30.5" },
        rbac: { enabled: false },
        service: { type: "None", ports: [{ port: 15021 }, { port: 15443 }] },
      });
    },
  );

  test("are the owner's where the program needs none", () => {
    const values = {
      autoscaling: { minReplicas: 3 },
      labels: { team: "mesh" },
      podAnnotations: { note: "x" },
      env: { LOG: "debug" },
      podDisruptionBudget: { minAvailable: 2 },
      strategy: { type: "Recreate" },
      topologySpreadConstraints: [],
      readinessProbe: { tcpSocket: { port: 15443 } },
    };
    const made = gatewayValues(gateway({ values }));
    expect(made).toMatchObject(values);
    // Both kinds of budget or probe, or a rolling update with `Recreate`, would not be valid.
    expect(made["readinessProbe"]).toEqual({ tcpSocket: { port: 15443 } });
    expect(made["podDisruptionBudget"]).toEqual({ minAvailable: 2 });
    expect(made["strategy"]).toEqual({ type: "Recreate" });
    expect(made["autoscaling"]).toEqual({ enabled: true, minReplicas: 3 });
    expect(gatewayValues(gateway({ values: { kind: "DaemonSet" } }))).not.toHaveProperty("strategy");
  });
});

describe("the gateway's Service", () => {
  test("has two ports and the fields of the chart's values", () => {
    const annotations = { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" };
    const fields = {
      loadBalancerClass: "internal",
      loadBalancerSourceRanges: ["198.51.100.0/24"],
      externalTrafficPolicy: "Local",
    };
    const service = { annotations, ...fields, clusterIP: "", externalIPs: [], loadBalancerIP: null };
    const { metadata, spec } = gatewayService(gateway({ values: { service } }));
    expect(metadata).toMatchObject({ annotations, labels: { ...labels, "topology.istio.io/network": "network-west" } });
    expect(spec).toEqual({
      ...fields,
      type: "LoadBalancer",
      selector: labels,
      ports: [
        { name: "status-port", port: 15021, targetPort: 15021, protocol: "TCP" },
        { name: "tls", port: 15443, targetPort: 15443, protocol: "TCP" },
      ],
    });
  });

  test("takes peers at another port, which istiod learns from a label", () => {
    const { metadata, spec } = gatewayService(gateway({ port: 443 }));
    expect(spec.ports[1]).toMatchObject({ port: 443, targetPort: 15443 });
    expect(metadata.labels).toMatchObject({ "networking.istio.io/gatewayPort": "443" });
  });
});

const read = (more: Record<string, unknown>) =>
  readMeshConfig({ mesh: { name: "west" }, cluster: { provider: "existing", kubeconfigPath: "x" }, ...more }, "west", {
    ...releaseSources,
  });

/** What is refused of a mesh with these keys. */
function refused(more: Record<string, unknown>): readonly Finding[] {
  try {
    read(more);
    return [];
  } catch (error) {
    if (error instanceof UserError && error.code === "config-invalid") return error.details;
    throw error;
  }
}

describe("gateway.values that contradict what the program sets", () => {
  test.each([
    { path: ["name"] },
    { path: ["networkGateway"] },
    { path: ["revision"] },
    { path: ["labels", "app"] },
    { path: ["labels", "istio"] },
    { path: ["labels", "mesh-federation.dev/gateway"] },
    { path: ["labels", "topology.istio.io/network"] },
    { path: ["env", "ISTIO_META_NETWORK"] },
    { path: ["env", "ISTIO_META_REQUESTED_NETWORK_VIEW"] },
    { path: ["service", "ports"] },
    { path: ["service", "selectorLabels"] },
    { path: ["networkGatewayPorts"] },
  ])("$path", ({ path }) => {
    const values = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), "other");
    expect(refused({ gateway: { provider: "managed", values } })).toMatchObject([
      { code: "gateway-values-conflict", subject: `gateway.values.${path.join(".")}` },
    ]);
  });

  test("may be repeated", () => {
    const istio = { provider: "existing", version: "1.30.1", revision: "canary" };
    const values = { name: "door", networkGateway: "network-west", revision: "canary" };
    expect(refused({ istio, gateway: { provider: "managed", name: "door", values } })).toEqual([]);
  });

  test.each([
    { gateway: { values: { service: { type: "None" } } }, subject: "gateway.values.service.type" },
    { gateway: { values: { labels: ["x"] } }, subject: "gateway.values.labels" },
    { gateway: { values: { service: { type: "ClusterIP" } } }, subject: "gateway.addresses" },
    { gateway: { addresses: ["192.0.2.1"], values: { service: { type: "NodePort" } } }, subject: "gateway.port" },
    { gateway: { createNamespace: true }, subject: "gateway.createNamespace" },
    { gateway: {}, istio: { charts: { base: "./base", istiod: "./istiod" } }, subject: "istio.charts.gateway" },
  ])("$subject of $gateway", ({ gateway: own, istio = {}, subject }) => {
    const config = { gateway: { provider: "managed", ...own }, istio: { provider: "managed", ...istio } };
    expect(refused(config).map((finding) => finding.subject)).toEqual([subject]);
  });
});

describe("values of chart istiod", () => {
  test("of profile production keep the chart's requests, and have two replicas", () => {
    const values = istiodValues(read({}), releaseSources);
    expect(values).toMatchObject({ autoscaleMin: 2, topologySpreadConstraints: [{}, {}] });
    expect(values).not.toHaveProperty("autoscaleEnabled");
    expect(values).not.toHaveProperty("resources");
    expect(values["global"]).not.toHaveProperty("proxy");
  });

  test("of profile small fit a small machine", () => {
    expect(istiodValues(read({ profile: "small" }), releaseSources)).toMatchObject({
      autoscaleEnabled: false,
      resources: { requests: { cpu: "50m", memory: "128Mi" } },
      global: { proxy: { resources: { requests: { cpu: "10m", memory: "40Mi" } } } },
    });
  });
});
