import { EastWestGateway } from "../components/eastWestGateway.ts";
import { ExportedService } from "../components/exportedService.ts";
import { FederatedExport } from "../components/federatedExport.ts";
import { FederatedImport } from "../components/federatedImport.ts";
import { FederatedMesh } from "../components/federatedMesh.ts";
import { ImportedService } from "../components/importedService.ts";

/**
 * The components that programs in other languages can use. `npm run docs:components` writes their schema to
 * schema.json, from the types of their arguments and outputs.
 */
export const components = {
  EastWestGateway,
  ExportedService,
  FederatedExport,
  FederatedImport,
  FederatedMesh,
  ImportedService,
};
