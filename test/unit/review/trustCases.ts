import { roots } from "../support/roots.ts";
import { mesh, type Stacks } from "./federation.ts";
import { own, owner, rotations, trustStacks, type TrustCase } from "./trustCasesOfCas.ts";

export const [oldRoot, newRoot] = [roots[0].sha256, roots[1].sha256];

const managed = () => ({ istio: { provider: "managed", version: "1.31.0" } });
/** East on a managed Istio, whose peer west is another owner's mesh, and the trust stack. */
export const trusting = (): Stacks => ({
  east: mesh("east", { ...managed(), mesh: { name: "east", trustDomain: "east.example" }, peers: { west: {} } }),
  trust: { role: "trust" },
});
const peer = (stacks: Stacks) => stacks["east"]!["peers"].west;

/** Changes of trust in a mesh, and in a trust stack. */
export const trustCases: TrustCase[] = [
  { what: "nothing", change: () => undefined, says: [] },
  {
    what: "a key that is nobody's trust",
    change: (s) => ((s["east"]!["requireImports"] = true), (peer(s).hosts = ["mesh.global"])),
    says: [],
  },
  {
    what: "a root pinned",
    change: (s) => (peer(s).roots = [newRoot]),
    says: [`+ mesh east: pinned roots of peer west, by SHA-256: + ${newRoot}; ${owner("west")}`],
  },
  {
    what: "a pin removed",
    before: (s) => (peer(s).roots = [oldRoot]),
    change: (s) => (peer(s).roots = []),
    says: [`- mesh east: pinned roots of peer west, by SHA-256: - ${oldRoot}; none is left`],
  },
  {
    what: "a pin changed",
    before: (s) => (peer(s).roots = [oldRoot]),
    change: (s) => (peer(s).roots = [newRoot]),
    says: [`~ mesh east: pinned roots of peer west, by SHA-256: + ${newRoot}, - ${oldRoot}; ${owner("west")}`],
  },
  {
    what: "a peer with a pin removed",
    before: (s) => (peer(s).roots = [oldRoot]),
    change: (s) => delete s["east"]!["peers"].west,
    says: [`- mesh east: pinned roots of peer west, by SHA-256: - ${oldRoot}; none is left`],
  },
  {
    what: "a peer's trust domain stated",
    change: (s) => (peer(s).trustDomain = "west.example"),
    says: [`~ mesh east: trust domain of peer west not stated -> west.example; ${owner("west")}`],
  },
  {
    what: "a peer's trust domain changed",
    before: (s) => (peer(s).trustDomain = "west.example"),
    change: (s) => (peer(s).trustDomain = "evil.example"),
    says: [`~ mesh east: trust domain of peer west west.example -> evil.example; ${owner("west")}`],
  },
  {
    what: "a peer's trust domain no longer stated",
    before: (s) => (peer(s).trustDomain = "west.example"),
    change: (s) => delete peer(s).trustDomain,
    says: ["~ mesh east: trust domain of peer west west.example -> not stated"],
  },
  {
    what: "the mesh's own trust domain, which a trust stack signs for",
    change: (s) => (s["east"]!["mesh"].trustDomain = "mesh.example"),
    says: [
      "~ mesh east: trust domain east.example -> mesh.example",
      "~ stack trust: CA of mesh east: trust domain east.example -> mesh.example, so it can issue every identity of " +
        `mesh.example; ${owner("east")}`,
    ],
  },
  {
    what: "accepted trust domains",
    before: (s) => (s["east"]!["mesh"].acceptedTrustDomains = ["a.example"]),
    change: (s) => (s["east"]!["mesh"].acceptedTrustDomains = ["b.example"]),
    says: ["~ mesh east: accepts callers of trust domains + b.example, - a.example"],
  },
  {
    what: "another kind of CA",
    change: (s) => (s["east"]!["ca"] = own()),
    says: [
      "~ mesh east: CA signed by stack trust with root 1, key 1 -> signed by its own root 1, key 1",
      "- stack trust: no longer signs the CA of mesh east for east.example",
    ],
  },
  {
    what: "another trust stack",
    change: (s) => ((s["east"]!["ca"] = { provider: "shared", stack: "other" }), (s["other"] = { role: "trust" })),
    says: [
      "~ mesh east: CA signed by stack trust with root 1, key 1 -> signed by stack other with root 1, key 1",
      "- stack trust: no longer signs the CA of mesh east for east.example",
      "+ stack other: a root CA, root 1",
      "+ stack other: signs the CA of mesh east, request of stack east, which can then issue every identity of " +
        `trust domain east.example; ${owner("east")}`,
    ],
  },
  {
    what: "another key, and hours of its own root that decide nobody's trust",
    before: (s) => (s["east"]!["ca"] = own()),
    change: (s) => (s["east"]!["ca"] = own({ key: 2, earlyRenewalHours: 24 })),
    says: ["~ mesh east: CA signed by its own root 1, key 1 -> signed by its own root 1, key 2"],
  },
  {
    what: "CAs of others",
    before: (s) => (s["east"]!["ca"] = { provider: "signed", certificateFile: "pki/east.pem" }),
    change: (s) => (s["east"]!["ca"] = { provider: "existing" }),
    says: ["~ mesh east: CA signed elsewhere, key 1, certificate in pki/east.pem -> in the secret caMaterial"],
  },
  {
    what: "a CA of another system",
    before: (s) => (s["east"]!["ca"] = { provider: "external" }),
    change: (s) => (s["east"]!["ca"] = { provider: "external", rootFile: "pki/root.pem" }),
    says: ["~ mesh east: CA of another system, root not stated -> of another system, root in pki/root.pem"],
  },
  ...rotations,
  {
    what: "a quarantine",
    change: (s) => (s["east"]!["quarantine"] = ["west"]),
    says: ["+ mesh east: quarantine of west, which it trusts no longer"],
  },
  {
    what: "the end of a quarantine",
    before: (s) => (s["east"]!["quarantine"] = ["west"]),
    change: (s) => (s["east"]!["quarantine"] = []),
    says: ["- mesh east: no more quarantine of west, which it trusts again"],
  },
  {
    what: "certificates and variables in Istio's values",
    change: (s) =>
      (s["east"]!["istio"].values = {
        meshConfig: { caCertificates: [{ pem: roots[0].pem }] },
        pilot: { cpu: "1", env: { SPIFFE_BUNDLE_ENDPOINTS: "a.example|https://a.example" } },
      }),
    says: [
      `~ stack east: istio.values.meshConfig.caCertificates[0].pem "[certificate, SHA-256 ${oldRoot}]" (new)`,
      '~ stack east: istio.values.pilot.env.SPIFFE_BUNDLE_ENDPOINTS "a.example|https://a.example" (new)',
    ],
  },
  {
    what: "a new mesh",
    change: (s) =>
      (s["north"] = mesh("north", {
        mesh: { name: "north", acceptedTrustDomains: ["a.example"] },
        peers: { west: { roots: [oldRoot] } },
        quarantine: ["east"],
      })),
    says: [
      "+ mesh north: trust domain cluster.local, accepts callers of trust domains a.example, " +
        "CA of another system, root not stated",
      `+ mesh north: pinned roots of peer west, by SHA-256: + ${oldRoot}; ${owner("west")}`,
      "+ mesh north: quarantine of east, which it trusts no longer",
    ],
  },
  {
    what: "a mesh whose configuration was not valid: everything, as nothing is known of it",
    before: (s) => ((s["east"]!["mesh"].slot = "x"), (peer(s).roots = [oldRoot])),
    change: (s) => (peer(s).roots = [oldRoot]),
    says: [
      "+ mesh east, whose configuration before is not valid: trust domain east.example, " +
        "CA signed by stack trust with root 1, key 1",
      `+ mesh east: pinned roots of peer west, by SHA-256: + ${oldRoot}; ${owner("west")}`,
      "+ stack trust: signs the CA of mesh east, request of stack east, which can then issue every identity of " +
        `trust domain east.example; ${owner("east")}`,
    ],
  },
  ...trustStacks,
];
