import { X509Certificate } from "node:crypto";
import type { Resource } from "../../../../policy/rule.ts";
import { east, free, root, west } from "./cas.ts";
import { object, type Example } from "./kubernetes.ts";
import { stack } from "./noClashes.ts";

export const sha256 = (pem: string): string =>
  new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const indented = (pem: string): string => pem.trim().replaceAll(/^/gm, "    ");

/** The Secret by which istiod gets its CA. */
export const cacerts = (cert: string, chain = cert) =>
  object("core/v1:Secret", "cacerts", { stringData: { "ca-cert.pem": cert, "cert-chain.pem": chain } });
/** istiod's ConfigMap, which trusts certificates besides the mesh's own. */
export const istio = (...pems: string[]): Resource => {
  const entries = pems.map((pem) => `- pem: |\n${indented(pem)}\n`).join("");
  return object("core/v1:ConfigMap", "istio", {
    data: { mesh: `caCertificates:\n${entries}trustDomain: west.local\n` },
  });
};
const release = (kind: string, trustDomain: string | undefined, ...pems: string[]) =>
  object(`helm.sh/${kind}`, "istiod", {
    values: { meshConfig: { trustDomain, caCertificates: pems.map((pem) => ({ pem })) } },
  });

type Case = [what: string, violates: Example["violates"], passes: Example["passes"], says: RegExp];

const bound: Case[] = [
  [
    "a CA without a constraint",
    [cacerts(free), istio()],
    [cacerts(west), istio()],
    /holds a CA that can issue identities of other trust domains \(stringData\["ca-cert\.pem"\]\)/,
  ],
  [
    "a CA of another trust domain",
    [cacerts(east), istio()],
    [cacerts(west), istio()],
    /permit URIs of west\.local only/,
  ],
  [
    "a CA without a constraint where the trust domain is not known",
    [cacerts(free)],
    [cacerts(east)],
    /permit URIs of the mesh's trust domain only/,
  ],
  [
    "a CA of another trust domain than the contract's",
    [cacerts(east), stack("a", { trustDomain: "west.local" })],
    [cacerts(west), stack("a", { trustDomain: "west.local" })],
    /other trust domains/,
  ],
  [
    "a CA in base64, as cert-manager writes it",
    [object("core/v1:Secret", "cacerts", { data: { "tls.crt": base64(free) } })],
    [object("core/v1:Secret", "cacerts", { data: { "tls.crt": base64(west) } })],
    /\(data\["tls\.crt"\]\)/,
  ],
  [
    "a CA, and a chain in which nothing binds it",
    [cacerts(free, free + root), istio()],
    [cacerts(free, free + west), istio(), object("core/v1:Secret", "other", { stringData: { "ca-cert.pem": free } })],
    /other trust domains/,
  ],
  [
    "a CA, and what a preview masks or does not know",
    [cacerts(free)],
    [cacerts("[secret]"), { ...cacerts(free), props: { metadata: { name: "cacerts" }, stringData: "[secret]" } }],
    /other trust domains/,
  ],
  [
    "a plain root among those that proxies trust",
    [istio(east, root)],
    [istio(east)],
    new RegExp(`trusts the certificate ${sha256(root)}, which can issue .* every trust domain.*\\(data\\.mesh\\)`),
  ],
  [
    "a constraint that permits the mesh's own trust domain",
    [istio(west)],
    [istio(east)],
    /can issue identities of west\.local, where this mesh's are/,
  ],
  [
    "a certificate that cannot be read",
    [istio(root.replaceAll("M", "A"))],
    [istio(east)],
    /trusts a certificate that cannot be read/,
  ],
  [
    "a plain root in the values of a release",
    [release("v3:Release", "west.local", root)],
    [release("v3:Release", "west.local", east)],
    /\(values\.meshConfig\.caCertificates\)/,
  ],
  [
    "a plain root in the values of a chart",
    [release("v4:Chart", undefined, root)],
    [release("v4:Chart", undefined, east)],
    /every trust domain/,
  ],
  [
    "a plain root that is not the mesh's own",
    [istio(root), stack("a", { trustDomain: "west.local", roots: [{ sha256: sha256(free) }] })],
    [istio(root), stack("a", { trustDomain: "west.local", roots: [{ sha256: sha256(root) }] })],
    /every trust domain/,
  ],
];

const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ==\n-----END PRIVATE KEY-----\n";
const encrypted = key.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
const configMap = (data: unknown) => object("core/v1:ConfigMap", "settings", { data });
const secret = (stringData: unknown) => object("core/v1:Secret", "key", { stringData });
const command = (environment: unknown): Resource => ({
  type: "command:local:Command",
  name: "c",
  props: { environment },
});
const masked = (resource: Resource): Resource => ({ ...resource, masked: true });

const plainKeys: Case[] = [
  [
    "a key in a ConfigMap",
    [configMap({ "tls.key": key })],
    [configMap({ "tls.key": root }), secret({ "tls.key": key })],
    /holds a private key in plain text \(data\["tls\.key"\]\)/,
  ],
  [
    "a key of an older form in JSON",
    [configMap({ a: JSON.stringify({ b: key.replaceAll("PRIVATE", "RSA PRIVATE") }) })],
    [configMap({ a: encrypted })],
    /\(data\.a\)/,
  ],
  [
    "a key in base64",
    [object("core/v1:ConfigMap", "settings", { binaryData: { a: base64(key) } })],
    [object("core/v1:ConfigMap", "settings", { binaryData: { a: base64(root) } })],
    /\(binaryData\.a\)/,
  ],
  [
    "a key in the environment of a container",
    [object("apps/v1:Deployment", "a", { spec: { containers: [{ env: [{ name: "KEY", value: key }] }] } })],
    [object("apps/v1:Deployment", "a", { spec: { containers: [{ env: [{ name: "KEY", value: root }] }] } })],
    /\(spec\.containers\[0\]\.env\[0\]\.value\)/,
  ],
  [
    "a key in an annotation",
    [object("core/v1:Namespace", "a", { annotations: { "example.com/key": key } })],
    [object("core/v1:Namespace", "a", { annotations: { "example.com/key": "a" } })],
    /\(metadata\.annotations\["example\.com\/key"\]\)/,
  ],
  [
    "a plain value in a Secret, where secrets are masked",
    [masked(secret({ "tls.key": key }))],
    [masked(secret({ "tls.key": "[secret]" })), secret({ "tls.key": key })],
    /Secret istio-system\/key holds a private key/,
  ],
  [
    "a plain value of any resource, where secrets are masked",
    [masked(command({ KEY: key }))],
    [masked(command({ KEY: "[secret]" })), command({ KEY: key })],
    /command:local:Command c holds a private key in plain text \(environment\.KEY\)/,
  ],
  [
    "a plain stack output, where secrets are masked",
    [masked(stack("a", {}, { key }))],
    [masked(stack("a", {}, { key: "[secret]" })), stack("a", {}, { key })],
    /stack a holds a private key in plain text \(federation\.key\)/,
  ],
];

export const trust: Example[] = [
  ...bound.map((c) => ["trust-is-bound", ...c] as const),
  ...plainKeys.map((c) => ["no-plain-private-key", ...c] as const),
].map(([rule, what, violates, passes, says]) => ({ rule, what, violates, passes, says }));
