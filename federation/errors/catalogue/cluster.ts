import type { CatalogueEntry } from "./index.ts";

export const cluster = {} satisfies Record<string, CatalogueEntry>;
