/** The interface of this workspace: `Offline` in tools/offline.ts. */
export { ensureSdkGenerator } from "./builds/languages.ts";
export { ensureTools } from "./builds/registryTools.ts";
export { installStandIns } from "./builds/standIns.ts";
export { findLab, hasLab, startLab, stopLab } from "./lab/index.ts";
export { ensurePrerequisites } from "./lab/prerequisites.ts";
