import { namespacesInvolved } from "../../../federation/checks/meshConfigFindings.ts";
import { meshSettingsOf } from "../../../federation/cluster/meshSettings.ts";
import { mappingIn } from "../../../federation/config/values.ts";
import { anImport, resolved } from "./fixtures.ts";
import { blend, found, local, refused, silent, warned, west, type Case } from "./importingMesh.ts";

describe("the MeshConfig of the importing mesh", () => {
  const labels = (more: Record<string, Record<string, string>>) => ({
    cluster: { namespaces: new Map(Object.entries({ imports: { mesh: "east" }, shop: { mesh: "east" }, ...more })) },
  });
  const selectors =
    "discoverySelectors: [{ matchLabels: { mesh: east } }, { matchExpressions: [{ key: team, operator: Exists }] }]";
  const visibility = (value: string, more = "") =>
    `serviceEntryVisibility: { applyToSidecars: true, defaultVisibility: ${value}${more} }`;
  const policy =
    ", policies: [{ visibility: PUBLIC, matchingRules: [{ namespaceSelector: { matchLabels: { mesh: east } } }] }]";

  test.each<Case & { name: string; finds: object }>([
    { name: "says nothing about namespaces that it selects", mesh: selectors, ...labels({}), finds: silent },
    { name: "selects by expressions", mesh: selectors, ...labels({ imports: { team: "x" } }), finds: silent },
    {
      name: "does not select the import's namespace",
      mesh: selectors,
      ...labels({ imports: {} }),
      finds: refused(/select no namespace imports.*\[mesh-config-discovery\]/),
    },
    {
      name: "does not select a client's namespace",
      mesh: selectors,
      ...labels({ shop: {} }),
      finds: warned(/select no namespace shop.*\[mesh-config-discovery\]/),
    },
    { name: "is silent about namespaces that do not exist yet", mesh: selectors, finds: silent },
    {
      name: "hides entries",
      mesh: visibility("NONE"),
      ...labels({}),
      finds: refused(/serviceEntryVisibility is NONE for namespace imports.*\[mesh-config-visibility\]/),
    },
    {
      name: "hides entries from other namespaces",
      mesh: visibility("NAMESPACE"),
      ...labels({}),
      finds: refused(/namespace shop does not see/),
    },
    {
      name: "hides no entry from its own namespace",
      spec: { visibleTo: ["shop"] },
      mesh: visibility("NAMESPACE"),
      ...labels({}),
      finds: silent,
    },
    { name: "has a policy for the namespace", mesh: visibility("NONE", policy), ...labels({}), finds: silent },
    {
      name: "has a policy for another namespace",
      mesh: visibility("NONE", policy),
      ...labels({ imports: {} }),
      finds: refused(/is NONE/),
    },
    {
      name: "hides entries in ambient only",
      mesh: "serviceEntryVisibility: { defaultVisibility: NONE }",
      ...labels({}),
      finds: silent,
    },
    {
      name: "switches automatic mTLS off, which the import's rule does not need",
      always: true,
      mesh: "enableAutoMtls: false",
      finds: silent,
    },
    {
      name: "switches automatic mTLS off, which an import without a rule needs",
      mesh: "enableAutoMtls: false",
      finds: refused(/has no DestinationRule, and meshConfig\.enableAutoMtls is off.*\[mesh-config-needs-rule\]/),
    },
    {
      name: "switches automatic mTLS off, which a renamed import does not need",
      spec: { namespace: "imports", visibleTo: ["shop"], as: "bin.west.example" },
      mesh: "enableAutoMtls: false",
      finds: silent,
    },
    ...[
      ["leaves out endpoints", "{ consecutive5xxErrors: 1 }", true],
      ["leaves out endpoints by Envoy's default", "{ interval: 1s }", true],
      ["leaves out endpoints of a gateway's errors", "{ consecutive5xxErrors: 0, consecutiveGatewayErrors: 1 }", true],
      [
        "leaves out endpoints that cannot be reached",
        "{ consecutive5xxErrors: 0, splitExternalLocalOriginErrors: true }",
        true,
      ],
      ["leaves out no endpoint", "{ consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 }", false],
      ["has outlier detection of another shape", "[]", false],
    ].map(([name, detection, isRefused]) => ({
      name: `${name} by default, with an import without a rule`,
      mesh: `defaultTrafficPolicy: { outlierDetection: ${detection} }`,
      finds: isRefused ? refused(/defaultTrafficPolicy has outlierDetection.*\[mesh-config-needs-rule\]/) : silent,
    })),
    {
      name: "has a connection pool by default, which a rule of an import leaves to it, too",
      mesh: "defaultTrafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } }",
      finds: silent,
    },
    {
      name: "switches automatic mTLS off, which a blended import needs",
      spec: blend,
      cluster: { services: [local] },
      mesh: "enableAutoMtls: false",
      finds: refused(/\[mesh-config-auto-mtls\]/),
    },
    {
      name: "hides the Service of a blended import",
      spec: blend,
      cluster: { services: [local] },
      mesh: "defaultServiceExportTo: ['.']",
      finds: warned(/other namespaces than httpbin do not see the Service/),
    },
    {
      name: "hides no Service that says who sees it",
      spec: blend,
      cluster: { services: [{ ...local, exportTo: ["*"] }] },
      mesh: "defaultServiceExportTo: ['.']",
      finds: silent,
    },
    {
      name: "has defaults of what the objects of an import set",
      always: true,
      mesh: [
        "defaultServiceExportTo: ['.']",
        "defaultDestinationRuleExportTo: ['.']",
        "defaultVirtualServiceExportTo: ['.']",
        "outboundTrafficPolicy: { mode: REGISTRY_ONLY }",
        "defaultTrafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 } }",
      ].join("\n"),
      finds: silent,
    },
    { name: "is not YAML", mesh: "{", finds: silent },
    {
      name: "has other shapes",
      mesh: "{ discoverySelectors: x, serviceEntryVisibility: [], defaultServiceExportTo: 1 }",
      finds: silent,
    },
  ])("$name", ({ finds, ...given }) => expect(found(given)).toEqual(finds));

  test("asks for the labels of namespaces only where it selects some", () => {
    const imports = [resolved(anImport({ namespace: "imports", visibleTo: ["shop"] }), west)];
    expect(namespacesInvolved(imports, meshSettingsOf({}))).toEqual([]);
    expect(namespacesInvolved(imports, meshSettingsOf(mappingIn(selectors)))).toEqual(["imports", "shop"]);
  });
});
