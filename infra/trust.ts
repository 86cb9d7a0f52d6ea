import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { MeshTrust } from "../components/index.ts";
import { numberedRequests, certificatesOutput, rootsOutput } from "../federation/contract/trustOutputs.ts";
import { findingText, UserError } from "../federation/errors/userError.ts";
import { requestFindings } from "../federation/trust/certificateFindings.ts";
import { sharedDomainWarnings, signableMeshes, type SignableMesh } from "../federation/trust/signableMeshes.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";
import { readTrustConfig } from "./config.ts";
import { stackName } from "./peers.ts";
import { isStackAbsent } from "./pulumiMessages.ts";
import { readOutputs } from "./readOutputs.ts";

/**
 * The program of the stack `trust`: the root CAs, and a certificate for each request of a mesh whose CA it signs. Keys
 * of meshes never come here, and nothing that it publishes is secret.
 */
export async function trustProgram() {
  const { meshes, ...root } = readTrustConfig();
  const known = signableMeshes(meshes, meshStackFiles(), pulumi.getStack());
  const requested = await Promise.all(known.map(async (mesh) => ({ ...mesh, requests: await requestsOf(mesh) })));
  await warnOfWaiting(requested.filter(({ requests }) => requests.length === 0));
  for (const warning of sharedDomainWarnings(known)) await pulumi.log.warn(findingText(warning));
  const trust = new MeshTrust("trust", { requests: await checkedRequests(requested), ...root });
  return { [rootsOutput]: trust.roots, [certificatesOutput]: trust.certificates };
}

/**
 * The certificate requests of a mesh; none before its first `up`.
 * @throws UserError when they cannot be read: a failed read is no reason to withdraw a certificate
 */
async function requestsOf({ mesh, stack, requestFile }: SignableMesh): Promise<string[]> {
  const unreadable = (subject: string, reason: string): UserError =>
    new UserError("ca-request-unreadable", {
      subject: `mesh "${mesh}"`,
      problem: `${subject} with its certificate request cannot be read (${reason}), so nothing is changed`,
      remedy: "Correct the cause, or remove the mesh from the key meshes",
    });
  if (requestFile !== undefined)
    try {
      return [readFileSync(requestFile, "utf8")];
    } catch (error) {
      throw unreadable(`file "${requestFile}"`, (error as NodeJS.ErrnoException).code ?? "unknown error");
    }
  const full = stack.includes("/") ? stack : stackName(stack);
  try {
    return numberedRequests(await readOutputs(full)).map(({ pem }) => pem);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const message = String((error as Error).message);
    if (isStackAbsent(message, full)) return [];
    throw unreadable(`stack "${full}"`, message.split("\n")[0]!);
  }
}

/** What is signed. A request that cannot be signed holds up its own mesh only. */
async function checkedRequests(
  meshes: (SignableMesh & { requests: string[] })[],
): Promise<Record<string, { trustDomain: string; requests: string[] }>> {
  const checked: Record<string, { trustDomain: string; requests: string[] }> = {};
  for (const { mesh, trustDomain, requests } of meshes) {
    const findings = (await Promise.all(requests.map((pem) => requestFindings(pem, mesh)))).flat();
    for (const finding of findings) await pulumi.log.warn(findingText(finding));
    if (requests.length > 0 && findings.length === 0) checked[mesh] = { trustDomain, requests };
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
