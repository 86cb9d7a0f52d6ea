import type { LivePeerAuthentication } from "../../../federation/checks/liveCluster.ts";
import { blend, found, local, refused, silent, type Case } from "./importingMesh.ts";

describe("PeerAuthentications of the importing mesh", () => {
  const policy = (namespace: string, mode: string, created = "2026-01-01T00:00:00Z"): LivePeerAuthentication => ({
    namespace,
    name: "default",
    created,
    mode,
  });
  const says = (namespace: string) =>
    refused(new RegExp(`PeerAuthentication ${namespace}/default disables mTLS .*\\[live-peer-authentication\\]`));

  test.each<Case & { name: string; policies: LivePeerAuthentication[]; finds: object }>([
    { name: "DISABLE in the import's namespace", policies: [policy("imports", "DISABLE")], finds: says("imports") },
    { name: "DISABLE mesh-wide", policies: [policy("istio-system", "DISABLE")], finds: says("istio-system") },
    {
      name: "DISABLE mesh-wide, which the namespace inherits",
      policies: [policy("istio-system", "DISABLE"), policy("imports", "UNSET")],
      finds: says("istio-system"),
    },
    {
      name: "DISABLE mesh-wide, but not in the namespace",
      policies: [policy("istio-system", "DISABLE"), policy("imports", "PERMISSIVE")],
      finds: silent,
    },
    { name: "DISABLE in the client's namespace", policies: [policy("shop", "DISABLE")], finds: silent },
    { name: "STRICT", policies: [policy("istio-system", "STRICT"), policy("imports", "STRICT")], finds: silent },
    {
      name: "DISABLE in a younger one, which Istio ignores",
      policies: [policy("imports", "DISABLE", "2026-02-01T00:00:00Z"), policy("imports", "STRICT")],
      finds: silent,
    },
    { name: "DISABLE, with a rule", always: true, policies: [policy("imports", "DISABLE")], finds: silent },
    {
      name: "DISABLE, with a rule that a blended import needs",
      spec: blend,
      cluster: { services: [local] },
      policies: [policy("imports", "DISABLE")],
      finds: silent,
    },
  ])("$name", ({ policies: peerAuthentications, finds, cluster, ...given }) =>
    expect(found({ ...given, cluster: { ...cluster, peerAuthentications } })).toEqual(finds),
  );
});
