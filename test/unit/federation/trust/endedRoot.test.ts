import { readMeshConfig } from "../../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../../federation/config/versions.ts";
import type { UserError } from "../../../../federation/errors/userError.ts";
import { rootFingerprints } from "../../../../federation/trust/caMaterial.ts";
import { meshTrustOf } from "../../../../federation/trust/meshTrustOf.ts";
import { makeRoot } from "../../../support/pki.ts";
import { contract, identity } from "../fixtures.ts";

const now = new Date();
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
const config = readMeshConfig(
  { mesh: { name: "east" }, cluster: { provider: "existing", kubeconfigPath: "x" }, ca: { provider: "own", root: 2 } },
  "east",
  releaseSources,
);

/** Codes of the details with which a mesh refuses another root in the place of one that ends after some hours. */
async function refused(hours: number): Promise<string[]> {
  const [old, fresh] = await Promise.all([
    makeRoot("old", { kind: "ec", notBefore: inHours(hours - 9), notAfter: inHours(hours) }),
    makeRoot("fresh", { kind: "ec" }),
  ]);
  const rootOf = ({ certPem: pem }: typeof old) => ({ pem, sha256: rootFingerprints(pem)[0]! });
  const published = {
    ...contract("east"),
    mesh: identity("east", { roots: [{ ...rootOf(old), use: "active" }] }),
  };
  const bundle = { roots: [rootOf(fresh)], active: rootOf(fresh).sha256 };
  try {
    meshTrustOf(config, { bundle, contract: published, now }, [], new Map());
    return [];
  } catch (error) {
    return (error as UserError).details.map(({ code }) => code);
  }
}

test("a root is replaced without phases once it has ended, and nothing can be cut off any more", async () => {
  expect(await refused(-1)).toEqual([]);
  expect(await refused(1)).toEqual(["rotation-phase-skipped"]);
});
