import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { MeshTrust } from "../components/index.ts";
import { federationOutput } from "../federation/contract/contract.ts";
import { publishedTrust } from "../federation/contract/publishedTrust.ts";
import {
  numberedRequests,
  numberedRoots,
  certificatesOutput,
  rootsOutput,
} from "../federation/contract/trustOutputs.ts";
import { Findings, findingText, UserError } from "../federation/errors/userError.ts";
import { rootFingerprints } from "../federation/trust/caMaterial.ts";
import { requestFindings } from "../federation/trust/certificateFindings.ts";
import { sharedDomainWarnings, signableMeshes, type SignableMesh } from "../federation/trust/signableMeshes.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";
import { readTrustConfig } from "./config.ts";
import { stackName } from "./peers.ts";
import { readOutputsIfThere } from "./readOutputs.ts";

/**
 * The program of the stack `trust`: the root CAs, and a certificate for each request of a mesh whose CA it signs. Keys
 * of meshes never come here, and nothing that it publishes is secret.
 */
export async function trustProgram() {
  const { meshes, ...root } = readTrustConfig();
  const known = signableMeshes(meshes, meshStackFiles(), pulumi.getStack());
  const requested = await Promise.all(known.map(async (mesh) => ({ ...mesh, ...(await publishedBy(mesh)) })));
  await refuseRemovedRoots(root.generations, requested);
  await warnOfWaiting(requested.filter(({ requests }) => requests.length === 0));
  for (const warning of sharedDomainWarnings(known)) await pulumi.log.warn(findingText(warning));
  const trust = new MeshTrust("trust", { requests: await checkedRequests(requested), ...root });
  return { [rootsOutput]: trust.roots, [certificatesOutput]: trust.certificates };
}

/** What a mesh has published. */
interface Published {
  /** Its certificate requests; none before its first `up`. */
  requests: string[];
  /** Its contract, unread; undefined where it is not known. */
  contract: unknown;
}

/** @throws UserError when it cannot be read: a failed read is no reason to withdraw a certificate */
async function publishedBy({ mesh, stack, requestFile }: SignableMesh): Promise<Published> {
  const unreadable = (subject: string, reason: string): UserError =>
    new UserError("ca-request-unreadable", {
      subject: `mesh "${mesh}"`,
      problem: `${subject} with its certificate request cannot be read (${reason}), so nothing is changed`,
      remedy: "Correct the cause, or remove the mesh from the key meshes",
    });
  if (requestFile !== undefined)
    try {
      return { requests: [readFileSync(requestFile, "utf8")], contract: undefined };
    } catch (error) {
      throw unreadable(`file "${requestFile}"`, (error as NodeJS.ErrnoException).code ?? "unknown error");
    }
  const full = stack.includes("/") ? stack : stackName(stack);
  try {
    const outputs = await readOutputsIfThere(full);
    return { requests: numberedRequests(outputs).map(({ pem }) => pem), contract: outputs[federationOutput] };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(`stack "${full}"`, String((error as Error).message).split("\n")[0]!);
  }
}

/**
 * A root that is removed takes its key along, and every certificate below it.
 * @throws UserError `trust-mismatch` with a detail for each mesh whose bundle has such a root
 */
async function refuseRemovedRoots(numbers: readonly number[], meshes: (SignableMesh & Published)[]): Promise<void> {
  const existing = numberedRoots(await readOutputsIfThere(stackName(pulumi.getStack())));
  const removed = existing.filter(({ number }) => !numbers.includes(number));
  if (removed.length === 0) return;
  const findings = new Findings();
  for (const { mesh, contract } of meshes) {
    const roots = contract === undefined ? [] : publishedTrust(contract, mesh).mesh.roots;
    for (const { number, pem } of removed) {
      const used = roots.find(({ sha256 }) => rootFingerprints(pem).includes(sha256));
      if (used)
        findings.add("root-in-use", {
          subject: `mesh "${mesh}"`,
          problem: `its bundle has root ${number} (${used.use}), which would be removed with its key`,
          remedy: "Bring the mesh to another root first: rotation.phase add, switch and remove, one `up` each",
        });
    }
  }
  findings.throwIfAny("trust-mismatch", {
    subject: "root.generations",
    problem: "meshes still have a root that it does not list, so nothing is changed",
    remedy: "List the root again until no mesh has it",
  });
}

/** What is signed. A request that cannot be signed holds up neither other meshes nor the other keys of its own. */
async function checkedRequests(
  meshes: (SignableMesh & { requests: string[] })[],
): Promise<Record<string, { trustDomain: string; requests: string[] }>> {
  const checked: Record<string, { trustDomain: string; requests: string[] }> = {};
  for (const { mesh, trustDomain, requests } of meshes)
    for (const pem of requests) {
      const findings = await requestFindings(pem, mesh);
      for (const finding of findings) await pulumi.log.warn(findingText(finding));
      if (findings.length === 0) (checked[mesh] ??= { trustDomain, requests: [] }).requests.push(pem);
    }
  return checked;
}

async function warnOfWaiting(meshes: { mesh: string }[]): Promise<void> {
  if (meshes.length === 0) return;
  const names = meshes.map(({ mesh }) => `"${mesh}"`).join(", ");
  await pulumi.log.warn(
    `no certificate is signed yet for ${names}: no request is published. ` +
      `Run \`pulumi up\` of these meshes, then \`pulumi up --stack ${pulumi.getStack()}\` again`,
  );
}
