import type { CatalogueEntry } from "./index.ts";

/** Codes of what is wrong with exports, imports, contracts and trust. */
export const federation = {
  "imports-mismatch": {
    title: "The imports of a mesh do not fit what its peers publish.",
    page: "The details name each import. `npm run up` retries the mesh after its peers have changed.",
  },
  "exports-mismatch": {
    title: "The exports of a mesh cannot be made as configured.",
    page: "The details name each export and who imports it. `npm run up` retries the mesh after its peers have changed.",
  },
} satisfies Record<string, CatalogueEntry>;
