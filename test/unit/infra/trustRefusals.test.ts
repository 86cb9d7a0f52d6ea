import { readFileSync } from "node:fs";
import { aRoot, preview, published, type Refusable, type Said } from "./refusals.ts";
import { base, certificates, farWith, pins, roots, type Case } from "./trustRefusalCases.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

/** East, whose proxies have its root and the next one, signs under the next one. */
const switching = async (known: boolean): Promise<Refusable> => {
  const { a, next, far } = await roots();
  return {
    bundle: [a, next],
    signer: next,
    before: { roots: published([a, next]), istioMinor: "1.30" },
    far: { roots: published([far]), trusts: known ? [a, next] : [a] },
  };
};

/** East removes a root that far has, too, and under which far signs or did. */
const removing = async (signs: boolean): Promise<Refusable> => {
  const { a, next } = await roots();
  return {
    bundle: [next],
    before: { roots: published([a, next], next), istioMinor: "1.30" },
    far: { roots: published([a, next], signs ? a : next) },
    pins: [],
  };
};

/** East puts a third root between the two that it has. */
const inserting = async (version: string): Promise<Refusable> => {
  const { a, next, far } = await roots();
  return {
    ...(await base()),
    bundle: [a, await aRoot("east third"), next],
    before: { roots: published([a, next]), istioMinor: version.slice(0, 4) },
    far: { roots: published([far]) },
    keys: { istio: { provider: "managed", version } },
  };
};

/** East adds a root, or has an anchor of far, with these values for istiod. */
const withValues = async (
  values: Record<string, unknown>,
  needs: "root" | "anchor" | "nothing",
): Promise<Refusable> => {
  const { a, next } = await roots();
  const bundle = needs === "root" ? [a, next] : [a];
  const before = { roots: published([a]), istioMinor: "1.30" };
  return {
    bundle,
    before,
    values,
    ...(needs === "anchor" ? await base() : { far: { roots: published([a]) }, pins: [] }),
  };
};
const flagOff = { env: { ISTIO_MULTIROOT_MESH: "false" } };

const changes: Case[] = [
  {
    line: "a root that is replaced without the phases",
    code: "rotation-phase-skipped",
    fault: async () => {
      const { a, next } = await roots();
      return { ...(await farWith({ trusts: [a, next] })), bundle: [next], before: { roots: published([a]) } };
    },
    control: async () => {
      const { a, next } = await roots();
      return { ...(await base()), bundle: [a, next], before: { roots: published([a]) } };
    },
  },
  {
    line: "a switch while a peer does not have the next root",
    code: "rotation-peer-not-ready",
    fault: () => switching(false),
    control: () => switching(true),
  },
  {
    line: "the removal of a root under which a peer signs",
    code: "rotation-peer-not-ready",
    fault: () => removing(true),
    control: () => removing(false),
  },
  {
    line: "a bundle that istiod 1.29 ignores",
    code: "rotation-phase-skipped",
    fault: () => inserting("1.29.4"),
    control: () => inserting("1.30.5"),
  },
  {
    line: "a change beside an own contract whose roots cannot be read",
    code: "own-contract-invalid",
    fault: async () => ({ ...(await base()), ownContract: { mesh: { roots: [{ sha256: "x" }] }, exports: "garbage" } }),
    control: async () => ({ ...(await base()), ownContract: { mesh: {}, exports: "garbage" } }),
  },
  ...(["root", "anchor"] as const).map((needs) => ({
    line: `a new ${needs} while ISTIO_MULTIROOT_MESH is off`,
    code: "multiroot-off" as const,
    fault: () => withValues(flagOff, needs),
    control: () => withValues(flagOff, "nothing"),
  })),
];

/** East whose CA a trust stack is to sign. */
const ownDomain = async (trustDomain: string): Promise<Refusable> => ({
  keys: { mesh: { name: "east", slot: 1, trustDomain }, ca: { provider: "shared" }, imports: [] },
});

const peers: Case[] = [
  {
    line: "a peer of another root with the own trust domain",
    code: "peer-trust-domain-shared",
    fault: () => farWith({ trustDomain: "east.local" }),
    control: base,
  },
  {
    line: "a peer with a trust domain inside the own one",
    code: "peer-trust-domain-nested",
    fault: () => farWith({ trustDomain: "x.east.local" }),
    control: () => farWith({ trustDomain: "xeast.local" }),
  },
  {
    line: "a peer with the trust domain of a third mesh",
    code: "peer-trust-domain-claimed",
    fault: async () => ({ ...(await base()), north: { trustDomain: "far.local" } }),
    control: async () => ({ ...(await base()), north: {} }),
  },
  {
    line: "a peer with a trust domain that no constraint can name",
    code: "trust-domain-not-bindable",
    fault: () => farWith({ trustDomain: "far.1" }),
    control: () => farWith({ trustDomain: "far.a1" }),
  },
  {
    line: "a CA of this program for such a trust domain",
    code: "trust-domain-not-bindable",
    fault: () => ownDomain("1.2.3.4"),
    control: () => ownDomain("1.2.3.a4"),
  },
];

const controls = new Map<Case["control"], Promise<Said>>();
/** What the preview of a control says, which several cases may have. */
function controlOf(control: Case["control"]): Promise<Said> {
  const known = controls.get(control) ?? control().then(preview);
  controls.set(control, known);
  return known;
}

const cases = [...changes, ...peers, ...certificates, ...pins];

/** Where the other codes of docs/trust.md are shown: a file, and the title of its test. */
const elsewhere = {
  "root-in-use": ["test/unit/infra/trust.test.ts", "keeps a root that a mesh still has in its bundle"],
  "ca-request-of-other-mesh": ["test/unit/infra/trust.test.ts", "signs the other requests of a mesh beside one"],
  "ca-certificate-missing": ["test/engine/federation/keyCustody.test.ts", "a trust stack that cannot be read"],
  "own-root-repeated": ["test/unit/federation/trust/ownRootFindings.test.ts", "can be told apart by verifiers"],
  "rotation-gate-closed": ["test/unit/federation/trust/rotationGate.test.ts", "after $phase, where $what"],
};

test("each code that docs/trust.md says a preview refuses has a test, and each of these is there", () => {
  const section = /^## What is refused.*?(?=^## )/ms.exec(readFileSync("docs/trust.md", "utf8"))![0];
  const documented = section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(1)
    .flatMap((line) =>
      [
        ...line
          .split("|")
          .at(-2)!
          .matchAll(/`([^`]+)`/g),
      ].map(([, code]) => code!),
    );
  const shown = [...new Set([...cases.map(({ code }) => code), ...Object.keys(elsewhere)])];
  const fits = (code: string, pattern: string) => new RegExp(`^${pattern.replace("*", ".*")}$`).test(code);
  expect(documented.filter((pattern) => !shown.some((code) => fits(code, pattern)))).toEqual([]);
  expect(shown.filter((code) => !documented.some((pattern) => fits(code, pattern)))).toEqual([]);
  for (const [file, title] of Object.values(elsewhere)) expect(readFileSync(file!, "utf8")).toContain(title);
});

test.each(cases)("a preview refuses $line: $code", async (given) => {
  const { code, fault, control, warns } = given;
  const [said, otherwise] = [await preview(await fault()), await controlOf(control)];
  expect([said.refused, said.warned.includes(code)]).toEqual(warns ? [[], true] : [[code], false]);
  expect([otherwise.refused, otherwise.warned.includes(code)]).toEqual([[], false]);
});
