import { MeshTrust } from "../components/index.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";
import { readTrustConfig } from "./config.ts";

/** The program of the stack `trust`: the root CA, and an intermediate for every mesh that `stacks/` declares. */
export function trustProgram() {
  const meshes = meshStackFiles().map((stack) => stack.name);
  const trust = new MeshTrust("trust", { meshes, ...readTrustConfig() });
  return { meshes, rootCert: trust.rootCert, intermediates: trust.intermediates };
}
