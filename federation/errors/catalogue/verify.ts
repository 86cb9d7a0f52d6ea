import type { CatalogueEntry } from "./index.ts";

export const verify = {} satisfies Record<string, CatalogueEntry>;
