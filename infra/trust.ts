import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { MeshTrust } from "../components/index.ts";
import {
  certificatesOutput,
  federationOutput,
  Findings,
  numberedRequests,
  numberedRoots,
  publishedTrust,
  requestFindings,
  rootFingerprints,
  rootsOutput,
  sharedDomainWarnings,
  signableMeshes,
  UserError,
  type ContractRoot,
  type Finding,
  type SignableMesh,
} from "../federation/index.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";
import { readTrustConfig } from "./config.ts";
import { stackName } from "./peers.ts";
import { readOutputsIfThere } from "./readOutputs.ts";
import { warn } from "./warn.ts";

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
  await warn(...sharedDomainWarnings(known));
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
 * @throws UserError `trust-mismatch` with a detail for each mesh whose bundle has such a root, or cannot be read
 */
async function refuseRemovedRoots(numbers: readonly number[], meshes: (SignableMesh & Published)[]): Promise<void> {
  const existing = numberedRoots(await readOutputsIfThere(stackName(pulumi.getStack())));
  const removed = existing.filter(({ number }) => !numbers.includes(number));
  if (removed.length === 0) return;
  const findings = new Findings();
  for (const { mesh, contract, isGiven, requestFile } of meshes) {
    if (requestFile !== undefined) await warn(unseenRoots(mesh, removed));
    const roots = contract === undefined ? [] : rootsIn(contract, mesh);
    if (roots === undefined) {
      findings.addAll([unreadableRoots(mesh, isGiven)]);
      continue;
    }
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
    problem: "meshes still have, or may have, a root that it does not list, so nothing is changed",
    remedy: "List the root again until no mesh has it",
  });
}

/** The roots that a mesh has published; undefined where they cannot be read. */
function rootsIn(contract: unknown, mesh: string): readonly ContractRoot[] | undefined {
  try {
    return publishedTrust(contract, mesh).mesh.roots;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What cannot be read may have a root that goes. */
function unreadableRoots(mesh: string, isGiven: boolean): Finding {
  const remedy = isGiven
    ? `Remove meshes.${mesh} from the trust stack, or have its owner publish its contract again`
    : `Run \`pulumi up\` of mesh "${mesh}" with the current release, or correct output \`federation\` in its state`;
  const problem = "the roots in its contract cannot be read, so it may still have a root that would be removed";
  return { code: "root-use-unknown", subject: `mesh "${mesh}"`, problem, remedy };
}

function unseenRoots(mesh: string, removed: readonly { number: number }[]): Finding {
  const numbers = removed.map(({ number }) => number).join(", ");
  const problem = `only its request is known, by a file, and it may still have a root that goes (${numbers})`;
  const remedy = "Ask its owner before the root goes with its key";
  return { code: "root-use-unknown", subject: `mesh "${mesh}"`, problem, remedy };
}

/** What is signed. A request that cannot be signed holds up neither other meshes nor the other keys of its own. */
async function checkedRequests(
  meshes: (SignableMesh & { requests: string[] })[],
): Promise<Record<string, { trustDomain: string; requests: string[] }>> {
  const checked = new Map<string, { trustDomain: string; requests: string[] }>();
  for (const { mesh, trustDomain, requests } of meshes) {
    const signed: string[] = [];
    for (const pem of requests) {
      const findings = await requestFindings(pem, mesh);
      await warn(...findings);
      if (findings.length === 0) signed.push(pem);
    }
    if (signed.length > 0) checked.set(mesh, { trustDomain, requests: signed });
  }
  return Object.fromEntries(checked);
}

async function warnOfWaiting(meshes: { mesh: string }[]): Promise<void> {
  if (meshes.length === 0) return;
  const names = meshes.map(({ mesh }) => `"${mesh}"`).join(", ");
  await pulumi.log.warn(
    `no certificate is signed yet for ${names}: no request is published. ` +
      `Run \`pulumi up\` of these meshes, then \`pulumi up --stack ${pulumi.getStack()}\` again`,
  );
}
