import { z } from "zod";
import { contractSchema, contractVersion } from "./schema.ts";

/** The JSON Schema of a contract as a peer publishes it, for readers in other languages. */
export function contractJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(contractSchema, { io: "input", unrepresentable: "any" });
  return {
    $schema,
    title: `Contract of a mesh, version ${contractVersion}`,
    description:
      "What a mesh publishes to its peers. Every SPIFFE id in subjectAltNames of an export is of the mesh's own " +
      "trust domain, and every gateway address is an IPv4 or IPv6 address or a host name.",
    ...schema,
  };
}
