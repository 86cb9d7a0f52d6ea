import { meshSettingsOf } from "../../../federation/cluster/meshSettings.ts";
import { mappingIn } from "../../../federation/config/values.ts";
import { liveFindings } from "../../../federation/checks/liveChecks.ts";
import type { LiveCluster } from "../../../federation/checks/liveCluster.ts";
import { findingText } from "../../../federation/errors/userError.ts";
import { anExport, anImport, contract, identity, resolved, resolvedWithRule } from "./fixtures.ts";

const ports = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "grpc", number: 9000, protocol: "GRPC" },
];
const subset = { name: "v1", labels: { version: "v1" } };
export const west = contract("west", [anExport({ ports, subsets: [subset] })]);
export const twoGateways = {
  ...west,
  gateways: ["192.0.2.1", "192.0.2.2"].map((address) => ({ address, port: 15443 })),
};
export const host = "httpbin.httpbin.svc.cluster.local";
const empty: LiveCluster = { services: [], rules: [], entries: [], accounts: new Map(), unread: [] };
export const blend = { blend: { labels: { app: "httpbin" } }, visibleTo: ["*"] };
export const local = {
  namespace: "httpbin",
  name: "httpbin",
  ports: ports.map(({ name, number }) => ({ name, number, targetPort: number })),
  selector: { app: "httpbin" },
};

export interface Case {
  /** Of the import. By default its objects are in `imports`, and `shop` may call it. */
  spec?: Record<string, unknown>;
  from?: typeof west;
  cluster?: Partial<LiveCluster>;
  /** Whether every import has a rule. Default: where one is needed. */
  always?: boolean;
  /** MeshConfig, as YAML. */
  mesh?: string | undefined;
}

/** Texts of what is refused, and of what is warned of. */
export function found({ spec, from = west, cluster, mesh, always }: Case) {
  const resolve = always ? resolvedWithRule : resolved;
  const imported = resolve(anImport(spec ?? { namespace: "imports", visibleTo: ["shop"] }), from);
  const places = {
    rootNamespace: "istio-system",
    gatewayNamespace: "istio-system",
    settings: mesh === undefined ? undefined : meshSettingsOf(mappingIn(mesh)),
  };
  const plan = { imports: [imported], exports: [], identity: identity("east") };
  const { problems, warnings } = liveFindings(plan, { ...empty, ...cluster }, places);
  return { problems: problems.map(findingText), warnings: warnings.map(findingText) };
}
export const refused = (says: RegExp) => ({ problems: [expect.stringMatching(says)], warnings: [] });
export const warned = (says: RegExp) => ({ problems: [], warnings: [expect.stringMatching(says)] });
export const silent = { problems: [], warnings: [] };
