import type { CatalogueEntry } from "./index.ts";

/** Codes of what is wrong with a stack's configuration. */
export const config = {
  "config-invalid": {
    title: "The configuration of a stack is not valid.",
    page: "The details name each key, the value that was given and what is allowed. Correct the stack file.",
  },
} satisfies Record<string, CatalogueEntry>;
