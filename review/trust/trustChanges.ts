import type { FederationContract } from "../../federation/contract/contract.ts";
import type { PlannedRevision } from "../changes/changes.ts";
import { contractIn } from "../changes/contractFileChanges.ts";
import { stackChanges } from "../changes/stackChanges.ts";
import { pair, type Change } from "../changes/words.ts";
import type { DeclaredStack } from "../revision/revision.ts";
import { readCertificates } from "./certificates.ts";
import { contractPems, contractTrust } from "./contractTrust.ts";
import { filePems, fileTrust } from "./fileTrust.ts";
import { meshTrust, trustsAfterUp, type PublishedRoots } from "./meshTrust.ts";
import { trustStackChanges, trustStacks } from "./trustStack.ts";

/**
 * The changes from one revision to another of whom each mesh trusts, in words: roots and pins, trust domains, CAs and
 * who signs them, rotations, quarantines, and files of certificates. No other line of a review has them.
 *
 * A mesh whose configuration is not valid afterwards has none: its review fails. One whose configuration was not valid
 * before is compared with a mesh that trusts nobody.
 *
 * @param deployed contracts published now, for peers whose contract is in no file
 */
export async function trustChanges(
  base: PlannedRevision,
  head: PlannedRevision,
  deployed: ReadonlyMap<string, FederationContract> = new Map(),
): Promise<Change[]> {
  const revisions = [base.revision, head.revision];
  const files = filePems(revisions);
  const certificates = await readCertificates({
    certificates: [...files.certificates, ...contractPems(revisions)],
    requests: files.requests,
  });
  const published: PublishedRoots = ({ config }, peer) =>
    (contractIn(head.revision, config.peers[peer]?.file) ?? deployed.get(peer))?.mesh.roots;
  const meshes = pair(
    base.federation.meshes,
    head.federation.meshes,
    (m) => m.stack,
    (m) => m.name,
  );
  // An `up` does the same without the change.
  const without = trustsAfterUp(base.federation.meshes).map(({ text }) => text);
  const declared = (stack: string): boolean => base.revision.stacks.some((s) => s.stack === stack);
  const stacks = pair(
    trustStacks(base.revision.stacks, base.federation),
    trustStacks(head.revision.stacks, head.federation),
    (s) => s.declared.stack,
  );
  return [
    ...meshes.flatMap(({ before, after }) =>
      after
        ? [
            ...meshTrust(before, after, published, before !== undefined || !declared(after.stack)),
            ...stackChanges(before?.declared ?? nothingDeclared(after.declared), after.declared, { compared: true })
              .trust,
          ]
        : [],
    ),
    ...stacks.flatMap(({ before, after }) => trustStackChanges(before, after)),
    ...fileTrust(base.revision, head.revision, certificates),
    ...contractTrust(base.revision, head.revision, head.federation, certificates),
    ...trustsAfterUp(head.federation.meshes).filter(({ text }) => !without.includes(text)),
  ];
}

/** The declaration before that of a new mesh. */
function nothingDeclared({ stack, role }: DeclaredStack): DeclaredStack {
  return { stack, role, raw: {}, secrets: {} };
}
