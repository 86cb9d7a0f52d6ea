import { EastWestGateway } from "../components/eastWestGateway.ts";
import { ExportedService } from "../components/exportedService.ts";
import { ImportedService } from "../components/importedService.ts";

/**
 * The components that programs in other languages can use. `npm run docs:components` writes their schema to
 * schema.json, from the types of their arguments and outputs.
 */
export const components = { EastWestGateway, ExportedService, ImportedService };
