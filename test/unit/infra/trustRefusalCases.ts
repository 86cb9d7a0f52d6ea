import { makeSubCa } from "../../support/pki.ts";
import { aRoot, inHours, published, sha, type Refusable } from "./refusals.ts";

/** A line of what a preview refuses, or warns of, and the same input without the fault. */
export interface Case {
  line: string;
  code: string;
  fault: () => Promise<Refusable>;
  control: () => Promise<Refusable>;
  warns?: boolean;
}

let made: ReturnType<typeof makeRoots> | undefined;
const makeRoots = async () => ({
  a: await aRoot("east root"),
  next: await aRoot("east next"),
  far: await aRoot("far root"),
  farNext: await aRoot("far next"),
});
/** Roots of east and of far. */
export const roots = (): ReturnType<typeof makeRoots> => (made ??= makeRoots());

/** East beside far, whose root it pins. */
export const base = async (): Promise<Refusable> => {
  const { far, a } = await roots();
  return { bundle: [a], far: { roots: published([far]), trusts: [a] } };
};
export const farWith = async (more: Refusable["far"]): Promise<Refusable> => {
  const given = await base();
  return { ...given, far: { ...given.far, ...more } };
};

const entry = (value: unknown) => ({ meshConfig: { caCertificates: [value] } });

/** The bundle of east with a root of far, which has a next one, too. */
const inBundle = async (name: "far" | "farNext", pinned: boolean): Promise<Refusable> => {
  const { a, next, far, farNext } = await roots();
  return {
    bundle: [a, pinned ? (await roots())[name] : next],
    far: { roots: published([far, farNext]), trusts: [a] },
  };
};
const anEntry = async (name: "far" | "next"): Promise<Refusable> => ({
  ...(await base()),
  values: entry({ pem: (await roots())[name].certPem }),
});
const twoRoots = async (first: Parameters<typeof aRoot>[1], second: Parameters<typeof aRoot>[1]) =>
  farWith({ roots: published([await aRoot("far x", first), await aRoot("far y", second)]) });
const retiring = async (notAfter: Date): Promise<Refusable> => {
  const [old, far] = [await aRoot("far old", { notBefore: inHours(-9), notAfter }), await aRoot("far root")];
  return farWith({ roots: published([old, far], far) });
};
/** East signs under its next root, and has the former one, which ends then. */
const ownRetiring = async (notAfter: Date): Promise<Refusable> => {
  const { next, far } = await roots();
  const old = await aRoot("east old", { notBefore: inHours(-9), notAfter });
  const before = { roots: published([old, next], next), istioMinor: "1.30" };
  return { bundle: [old, next], signer: next, before, far: { roots: published([far]), trusts: [next] } };
};
const intermediate = async (options: object): Promise<Refusable> => {
  const { far } = await roots();
  return farWith({ ca: await makeSubCa({ ca: far, name: "far intermediate", ...options }) });
};

export const certificates: Case[] = [
  {
    line: "a peer's root in caMaterial",
    code: "peer-root-in-bundle",
    fault: () => inBundle("far", true),
    control: () => inBundle("far", false),
  },
  {
    line: "a peer's next root in caMaterial, which is pinned and would be an anchor",
    code: "peer-root-in-bundle",
    fault: () => inBundle("farNext", true),
    control: () => inBundle("farNext", false),
  },
  {
    line: "a peer's root in caCertificates of istio.values",
    code: "peer-root-in-bundle",
    fault: () => anEntry("far"),
    control: () => anEntry("next"),
  },
  {
    line: "two anchors of one key",
    code: "peer-root-repeated",
    fault: () => twoRoots({ keyName: "far key" }, { keyName: "far key" }),
    control: () => twoRoots({ keyName: "far key" }, { keyName: "far key 2" }),
  },
  {
    line: "two anchors of one subject that a key identifier does not tell apart",
    code: "peer-root-indistinct",
    fault: () => twoRoots({ subject: "CN=far", keyId: "aa" }, { subject: "CN=far", keyId: "aa" }),
    control: () => twoRoots({ subject: "CN=far" }, { subject: "CN=far" }),
  },
  {
    line: "a peer's root without a key identifier",
    code: "peer-root-without-key-id",
    fault: async () => farWith({ roots: published([await aRoot("far root", { subjectKeyId: false })]) }),
    control: base,
  },
  {
    line: "a peer's root that has ended, beside its successor",
    code: "peer-root-expired",
    fault: () => retiring(inHours(-1)),
    control: () => retiring(inHours(1000)),
  },
  {
    line: "a peer's root that is about to end, beside its successor",
    code: "peer-root-ends",
    fault: () => retiring(inHours(700)),
    control: () => retiring(inHours(1000)),
  },
  {
    line: "an own root that has ended, beside its successor",
    code: "own-root-expired",
    fault: () => ownRetiring(inHours(-1)),
    control: () => ownRetiring(inHours(1000)),
  },
  {
    line: "an own root that is about to end, beside its successor",
    code: "own-root-ends",
    fault: () => ownRetiring(inHours(700)),
    control: () => ownRetiring(inHours(1000)),
    warns: true,
  },
  {
    line: "a peer's intermediate with a DNS name",
    code: "ca-certificate-dns-names",
    fault: () => intermediate({ dnsNames: ["istiod.istio-system.svc"] }),
    control: () => intermediate({}),
  },
  {
    line: "a peer's intermediate with its issuer's serial number",
    code: "ca-certificate-issuer-serial",
    fault: () => intermediate({ authoritySerial: true }),
    control: () => intermediate({}),
  },
  {
    line: "caMaterial with a revocation list",
    code: "ca-material-crl",
    fault: async () => ({ ...(await base()), material: { crl: "x" } }),
    control: base,
  },
  {
    line: "spiffeBundleUrl in istio.values",
    code: "spiffe-bundle-url",
    fault: async () => ({ ...(await base()), values: entry({ spiffeBundleUrl: "https://far.example/bundle" }) }),
    control: async () => ({ ...(await base()), values: entry({ trustDomains: ["other.local"] }) }),
    warns: true,
  },
];

/** East trusts far by its root since its last `up`. */
const unpinned = async (keys: Record<string, unknown>): Promise<Refusable> => {
  const { a, far } = await roots();
  const before = { roots: published([a]), istioMinor: "1.30", trusts: { far: [sha(far.certPem)] } };
  return { ...(await base()), before, pins: [], keys };
};

export const pins: Case[] = [
  {
    line: "a peer's root that differs from the pinned one",
    code: "peer-root-differs",
    fault: async () => ({ ...(await base()), pins: [sha((await roots()).farNext.certPem)] }),
    control: base,
  },
  {
    line: "the removal of an anchor while there is an import from the peer",
    code: "anchor-removed-while-used",
    fault: () => unpinned({}),
    control: () => unpinned({ imports: [] }),
  },
];
