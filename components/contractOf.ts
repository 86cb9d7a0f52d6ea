import * as pulumi from "@pulumi/pulumi";
import type { ContractExport, ContractImport, FederationContract } from "../federation/contract/contract.ts";
import type { MeshDescription } from "../federation/meshes/meshDescription.ts";
import { publishedContract } from "../federation/meshes/publishedContract.ts";
import { describedMesh } from "./describedMesh.ts";

/** What a program publishes of a mesh. */
export interface PublishedServices {
  /** Services that it exports. */
  exports?: { published: pulumi.Output<ContractExport> }[];
  /** Services that it imports: their exporters see them, and do not remove what is in use. */
  imports?: { published: pulumi.Output<ContractImport> }[];
}

/**
 * The contract of a mesh with the exports and imports of one program, for output `federation` of its stack. Programs of
 * several teams publish one contract each, all of the same mesh.
 *
 * @param importers contracts of the meshes that may import, by mesh name: what they import cannot go
 * @returns fails with `exports-mismatch` for two exports of one name or host, and for imports that would break
 */
export function contractOf(
  mesh: pulumi.Input<MeshDescription>,
  { exports = [], imports = [] }: PublishedServices,
  importers: Record<string, pulumi.Input<FederationContract>> = {},
): pulumi.Output<FederationContract> {
  return pulumi
    .all([
      describedMesh(mesh),
      pulumi.all(exports.map(({ published }) => published)),
      pulumi.all(imports.map(({ published }) => published)),
      pulumi.all(importers as Record<string, pulumi.Input<unknown>>),
    ])
    .apply(([description, exported, imported, peers]) =>
      publishedContract(description(), { exports: exported, imports: imported }, peers),
    );
}
