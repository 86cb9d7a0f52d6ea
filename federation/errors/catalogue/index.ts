import { cluster } from "./cluster.ts";
import { config } from "./config.ts";
import { exported } from "./exported.ts";
import { federation } from "./federation.ts";
import { meshConfigErrors } from "./meshConfig.ts";
import { meshes } from "./meshes.ts";
import { program } from "./program.ts";
import { render } from "./render.ts";
import { review } from "./review.ts";
import { roots } from "./roots.ts";
import { rotation } from "./rotation.ts";
import { trust } from "./trust.ts";
import { verify } from "./verify.ts";
import { workspace } from "./workspace.ts";

/** What docs/errors.md says of a code. */
export interface CatalogueEntry {
  /** The meaning in one sentence. */
  title: string;
  /** When it occurs and what to do, in a few sentences. */
  page: string;
}

/** Every error code of the project, by subject. docs/errors.md is made from it (`npm run docs:errors`). */
export const catalogue = {
  ...config,
  ...cluster,
  ...federation,
  ...exported,
  ...meshConfigErrors,
  ...trust,
  ...roots,
  ...meshes,
  ...program,
  ...workspace,
  ...verify,
  ...review,
  ...render,
  ...rotation,
};

/** A code of the {@link catalogue}. */
export type ErrorCode = keyof typeof catalogue;

/** The sections of docs/errors.md. */
export const catalogueSections = {
  Configuration: config,
  "Clusters and networks": cluster,
  "Exports, imports and contracts": federation,
  "Exports in their own cluster": exported,
  "Settings of the importing mesh": meshConfigErrors,
  "Certificates and trust": trust,
  "CAs, roots and peers": roots,
  "Meshes, exports and imports by components": meshes,
  "The program of a stack": program,
  "Commands, tools and state": workspace,
  Verification: verify,
  Review: review,
  "Rendered manifests": render,
  "Rotation of roots": rotation,
} as const;
