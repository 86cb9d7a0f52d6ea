import { gatewayExample, gatewayExamples } from "../support/gatewayExamples.ts";

const balanced = { type: "LoadBalancer", ports: [{ port: 15021 }, { port: 15443, targetPort: 15443 }] };
const aws = "service.beta.kubernetes.io/aws-load-balancer";
const azure = "service.beta.kubernetes.io/azure-load-balancer";
const nlb = (scheme: string) => ({
  [`${aws}-scheme`]: scheme,
  [`${aws}-nlb-target-type`]: "ip",
  [`${aws}-attributes`]: "load_balancing.cross_zone.enabled=true",
});
const loadBalancerClass = "service.k8s.aws/nlb";
const loadBalancerSourceRanges = ["198.51.100.0/24"];

const expected: Record<string, { annotations?: Record<string, string>; spec: Record<string, unknown> }> = {
  "aks-internal": {
    annotations: { [`${azure}-internal`]: "true", [`${azure}-internal-subnet`]: "east-west" },
    spec: balanced,
  },
  "aws-nlb-internal": { annotations: nlb("internal"), spec: { ...balanced, loadBalancerClass } },
  "aws-nlb-public": {
    annotations: nlb("internet-facing"),
    spec: { ...balanced, loadBalancerClass, loadBalancerSourceRanges },
  },
  "gke-internal": {
    annotations: {
      "networking.gke.io/load-balancer-type": "Internal",
      "networking.gke.io/internal-load-balancer-allow-global-access": "true",
    },
    spec: balanced,
  },
  "gke-public": {
    annotations: { "cloud.google.com/l4-rbs": "enabled" },
    spec: { ...balanced, loadBalancerSourceRanges },
  },
  metallb: {
    annotations: { "metallb.io/address-pool": "east-west", "metallb.io/loadBalancerIPs": "192.0.2.20" },
    spec: balanced,
  },
  "node-port": { spec: { type: "NodePort", ports: [{}, { port: 15443, nodePort: 31443 }] } },
};

test.each(gatewayExamples)("examples/gateways/%s.yaml is valid, and makes the Service that it says", (name) => {
  const { service, values } = gatewayExample(name);
  const { annotations, spec } = expected[name]!;
  expect(service.metadata.annotations).toEqual(annotations);
  expect(service.spec).toMatchObject(spec);
  expect(Object.keys(service.spec).sort()).toEqual([...Object.keys(spec), "selector"].sort());
  // The chart makes no Service of its own.
  expect(values["service"]).toMatchObject({ type: "None" });
});

test("each example of a gateway is here", () => expect(Object.keys(expected)).toEqual(gatewayExamples));
