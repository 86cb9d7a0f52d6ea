import type { CatalogueEntry } from "./index.ts";

export const review = {} satisfies Record<string, CatalogueEntry>;
