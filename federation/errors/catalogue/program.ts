import type { CatalogueEntry } from "./index.ts";

export const program = {} satisfies Record<string, CatalogueEntry>;
