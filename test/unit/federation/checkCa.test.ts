import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { readRootConfig } from "../../../federation/config/rootConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { UserError } from "../../../federation/errors/userError.ts";

/** What is refused of a mesh with these keys: `code subject: problem`. */
function refused(keys: Record<string, unknown>): string[] {
  const cluster = { provider: "existing", kubeconfigPath: "x" };
  const raw = { mesh: { name: "east", trustDomain: "east.local" }, cluster, peers: { west: {} }, ...keys };
  return findingsOf(() => readMeshConfig(raw, "east", releaseSources));
}

function findingsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "config-invalid") throw error;
    return error.details.map(({ code, subject, problem }) => `${code} ${subject}: ${problem}`);
  }
}

const own = (more: object = {}) => ({ provider: "own", ...more });
const existingIstio = { provider: "existing", version: "1.30.1" };

describe("the key ca", () => {
  test.each<{ keys: Record<string, unknown>; says: RegExp | undefined }>([
    { keys: { ca: own() }, says: undefined },
    { keys: { ca: own({ validityHours: 1000 }) }, says: /ca\.intermediateValidityHours: 17520 is more than .* 1000$/ },
    {
      keys: { ca: own({ intermediateValidityHours: 500 }) },
      says: /ca\.earlyRenewalHours: 720 is not less than .* 500$/,
    },
    { keys: { ca: own({ earlyRenewalHours: 23 }) }, says: /ca\.earlyRenewalHours: 23 is less than 24/ },
    { keys: { ca: own({ earlyRenewalHours: 24, intermediateValidityHours: 25 }) }, says: undefined },
    {
      keys: { mesh: { name: "east", trustDomain: "a.1" } },
      says: /^trust-domain-not-bindable mesh\.trustDomain: "a\.1"/,
    },
    { keys: { mesh: { name: "east", trustDomain: "a.1" }, ca: own() }, says: /^trust-domain-not-bindable/ },
    { keys: { mesh: { name: "east", trustDomain: "a.1" }, ca: { provider: "existing" } }, says: undefined },
  ])("$keys: $says", ({ keys, says }) => {
    expect(refused(keys)).toEqual(says ? [expect.stringMatching(says)] : []);
  });
});

describe("the key rotation", () => {
  const rotation = { next: 2, phase: "add" };
  test.each<{ keys: Record<string, unknown>; says: RegExp | undefined }>([
    { keys: { rotation }, says: undefined },
    { keys: { rotation, ca: own({ root: 2 }) }, says: /rotation\.next: is the number of the active root, 2$/ },
    {
      keys: { rotation, ca: { provider: "existing" } },
      says: /rotation: has no effect, because ca\.provider is existing/,
    },
    { keys: { rotation, ca: { provider: "signed", certificateFile: "x" } }, says: /rotation: has no effect/ },
    { keys: { rotation, istio: existingIstio }, says: /rotation: has no effect, because ca\.provider is external/ },
  ])("$keys: $says", ({ keys, says }) => {
    expect(refused(keys)).toEqual(says ? [expect.stringMatching(says)] : []);
  });
});

test.each([
  { root: { earlyRenewalHours: 0 }, says: /root\.earlyRenewalHours: 0 is less than 24/ },
  { root: { generations: [2, 2] }, says: /config-entry-duplicate root\.generations: 2 is listed twice/ },
])("a trust stack with $root is refused", ({ root, says }) => {
  expect(findingsOf(() => readRootConfig({ root }, "trust"))).toEqual([expect.stringMatching(says)]);
});
