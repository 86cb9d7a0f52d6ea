import { isSoak } from "../../support/soak.ts";
import type { World } from "../support/world.ts";
import { beforeTheFirstUp } from "./beforeTheFirstUp.ts";
import { blended } from "./blended.ts";
import { callers } from "./callers.ts";
import { changes } from "./changes.ts";
import { diagnosis } from "./diagnosis.ts";
import { disruptions } from "./disruptions.ts";
import { everyKindOfImport } from "./everyKindOfImport.ts";
import { exampleOfOwnRoots } from "./exampleOfOwnRoots.ts";
import { existingMeshes } from "./existingMeshes.ts";
import { firstUp } from "./firstUp.ts";
import { forgeries } from "./forgeries.ts";
import { hostWithoutRoute } from "./hostWithoutRoute.ts";
import { interruptions } from "./interruptions.ts";
import { loadControls } from "./loadControls.ts";
import { overview } from "./overview.ts";
import { plainImport } from "./plainImport.ts";
import { quarantine } from "./quarantine.ts";
import { refusals } from "./refusals.ts";
import { ownRoots } from "./ownRoots.ts";
import { removal } from "./removal.ts";
import { renderedFolder } from "./renderedFolder.ts";
import { sharedRoot } from "./sharedRoot.ts";
import { steadyState } from "./steadyState.ts";
import { strangers } from "./strangers.ts";
import { thirdMesh } from "./thirdMesh.ts";
import { thirdMeshLeaves } from "./thirdMeshLeaves.ts";
import { traffic } from "./traffic.ts";
import { verifyOnUp } from "./verifyOnUp.ts";

/** Long scenarios, which `npm run test:soak` runs between the others. */
export const soakScenarios: readonly ((world: World) => void)[] = [sharedRoot, ownRoots, quarantine];

const soak = isSoak();

/** All scenarios, in order. Each starts from what the one before it left. */
export const scenarios: readonly ((world: World) => void)[] = [
  beforeTheFirstUp,
  firstUp,
  steadyState,
  refusals,
  strangers,
  forgeries,
  diagnosis,
  hostWithoutRoute,
  overview,
  renderedFolder,
  verifyOnUp,
  thirdMesh,
  everyKindOfImport,
  traffic,
  blended,
  callers,
  loadControls,
  plainImport,
  disruptions,
  ...(soak ? [sharedRoot] : []),
  thirdMeshLeaves,
  changes,
  existingMeshes,
  interruptions,
  removal,
  exampleOfOwnRoots,
  ...(soak ? [ownRoots, quarantine] : []),
];
