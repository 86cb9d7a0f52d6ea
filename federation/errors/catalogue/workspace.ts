import type { CatalogueEntry } from "./index.ts";

export const workspace = {} satisfies Record<string, CatalogueEntry>;
