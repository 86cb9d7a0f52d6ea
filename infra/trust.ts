import { MeshTrust } from "../components/meshTrust.ts";
import { readTrustConfig } from "./config.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";

/** Stack `trust`: the root CA, and an intermediate for every mesh that `stacks/` declares. */
export function trustProgram() {
  const meshes = meshStackFiles().map((s) => s.name);
  const trust = new MeshTrust("trust", { meshes, ...readTrustConfig() });
  return { meshes, rootCert: trust.rootCert, intermediates: trust.intermediates };
}
