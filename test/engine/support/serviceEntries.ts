import type { ApiServer } from "./apiServer.ts";

/** Installs the CRD of Istio's ServiceEntry, without its schema. */
export async function installServiceEntries(api: ApiServer): Promise<void> {
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const name = "serviceentries.networking.istio.io";
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
  await api.apply(path, {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: {
      group: "networking.istio.io",
      scope: "Namespaced",
      names: { kind: "ServiceEntry", plural: "serviceentries", singular: "serviceentry" },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
      ],
    },
  });
  for (let established = false; !established;) {
    const { body } = await api.request("GET", path);
    established = body.status?.conditions?.some((c: any) => c.type === "Established" && c.status === "True") ?? false;
  }
}
