import { isIP } from "node:net";
import { z } from "zod";
import { canonicalAddress, isRange } from "../cluster/addressRange.ts";
import { parseCidr } from "../cluster/cidr.ts";
import { knownKeys } from "../errors/unknownKey.ts";
import { labelKey, labelValue, rfc1123Label, rfc1123Subdomain, spiffeIdForm } from "../objects/names.ts";
import { UserError, type Finding, type FindingText } from "../errors/userError.ts";

/**
 * Protocols a port may declare. https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export const portProtocols = ["HTTP", "HTTP2", "GRPC", "TCP", "TLS", "HTTPS"] as const;

/** One of {@link portProtocols}. */
export type PortProtocol = (typeof portProtocols)[number];

export const label = z
  .string()
  .regex(
    rfc1123Label,
    "must be an RFC 1123 label: lower-case letters, digits and '-', at most 63, no '-' at either end",
  );
export const subdomain = z
  .string()
  .regex(
    rfc1123Subdomain,
    "must be an RFC 1123 host name: labels of lower-case letters, digits and '-', joined by dots",
  );
/** What Istio and Kubernetes write into a label: names of clusters, networks and meshes, regions and zones. */
export const inLabel = z
  .string()
  .regex(
    labelValue,
    "must be the value of a Kubernetes label: letters, digits, '-', '_' and '.', at most 63, a letter or digit at " +
      "either end",
  );
/** The same, or empty: the network of a mesh without networks. */
export const inLabelOrEmpty = z
  .string()
  .regex(new RegExp(`^$|${labelValue.source}`), "must be the value of a Kubernetes label, or empty");
/** Name of a service account. */
export const serviceAccountName = z
  .string()
  .regex(rfc1123Subdomain, "must be the name of a service account: labels of letters, digits and '-', joined by dots");
/** Where Helm finds charts: a repository, or the part of an OCI registry that has them. */
export const chartRepository = z
  .string()
  .regex(/^(https?|oci):\/\/[^/]/, "must be the URL of a chart repository: https://... or oci://...");
export const cidr = z.string().superRefine(describing(parseCidr));
/** A range of IPv4 or IPv6 addresses, or a host name. */
export const rangeOrName = z
  .string()
  .refine(
    (text) => isRange(text) || rfc1123Subdomain.test(text),
    "must be a range of addresses (address/prefix) or a host name",
  );
export const portNumber = z
  .int("must be a whole number from 1 to 65535")
  .min(1, "must be 1 to 65535")
  .max(65535, "must be 1 to 65535");

/** SHA-256 of a certificate (DER). `openssl x509 -fingerprint -sha256` writes it in capitals with colons. */
export const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be the SHA-256 of a certificate: 64 lower-case hexadecimal digits");

/** Upper bound of names in a certificate's subject. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 */
export const subjectName = z.string().min(1, "must not be empty").max(64, "must have at most 64 characters");

/** A span of time in whole hours. */
export const hours = z.int("must be a whole number of hours").min(1, "must be at least 1 hour");

/** Where a peer reaches a gateway: IPv4, IPv6 (in canonical form afterwards), or a host name. */
export const gatewayAddress = z
  .string()
  .superRefine((text, ctx) => {
    if (isIP(text) === 0 && (!rfc1123Subdomain.test(text) || /^[\d.]+$/.test(text)))
      ctx.addIssue({ code: "custom", input: text, message: "must be an IPv4 or IPv6 address or a host name" });
  })
  .transform((text) => canonicalAddress(text) ?? text);

/**
 * Share of a gateway address in the calls, in relation to the other addresses of its mesh. The limit is this project's:
 * enough for shares, and far from where Istio's sums of weights end.
 * https://istio.io/latest/docs/reference/config/networking/workload-entry/#WorkloadEntry-weight
 */
export const gatewayWeight = z.int("must be a whole number").min(1, "must be 1 to 1000").max(1000, "must be 1 to 1000");

/** A gateway address, or one with a port and a weight of its own. */
export const weightedAddress = z
  .union(
    [
      gatewayAddress,
      z.strictObject({ address: gatewayAddress, port: portNumber.optional(), weight: gatewayWeight.optional() }),
    ],
    "must be an IPv4 or IPv6 address or a host name, or {address, port, weight} with a weight of 1 to 1000",
  )
  .transform((value) => (typeof value === "string" ? { address: value } : value));

/** Labels of pods; at least one, or everything in the namespace would be meant. */
export const podLabels = z
  .record(z.string().min(1), z.string())
  .refine((labels) => Object.keys(labels).length > 0, "must name at least one label");

/** Labels that select pods, as in a selector of Kubernetes: keys with or without a prefix, values that may be empty. */
export const selectingLabels = z
  .record(z.string().regex(labelKey, "must be the key of a Kubernetes label"), inLabelOrEmpty)
  .refine((labels) => Object.keys(labels).length > 0, "must name at least one label")
  .refine((labels) => Object.keys(labels).length <= 16, "must name at most 16 labels");

/** A SPIFFE id of any form. */
export const identity = z
  .string()
  .max(2048)
  .regex(spiffeIdForm, "must be a SPIFFE id (spiffe://trust-domain/path, without wildcards)");

/** `namespace/serviceAccount`. */
export const account = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/,
    "must be namespace/serviceAccount, like sleep/sleep",
  );

/** Values that occur more than once, each named once. */
export function duplicates(values: string[]): string[] {
  return [...new Set(values.filter((v, i) => values.indexOf(v) !== i))];
}

function describing(parse: (text: string) => unknown) {
  return (text: string, ctx: z.RefinementCtx) => {
    try {
      parse(text);
    } catch (error) {
      ctx.addIssue({ code: "custom", input: text, message: (error as Error).message });
    }
  };
}

/** Text of the summary error about a stack's configuration. */
export function invalidConfig(stack: string): FindingText {
  const problem = "its configuration is not valid";
  return { subject: `stack "${stack}"`, problem, remedy: `Correct stacks/Pulumi.${stack}.yaml` };
}

/**
 * A stack's configuration, checked against its schema, with the defaults filled in.
 * @throws UserError `config-invalid` with a detail for each wrong key
 */
export function readChecked<T>(schema: z.ZodType<T>, raw: Record<string, unknown>, stack: string): T {
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return parsed.data;
  const findings = parsed.error.issues.flatMap((issue) => issueFindings(issue, raw, schema));
  throw new UserError("config-invalid", invalidConfig(stack), findings);
}

/** Findings about one wrong value: key, what is allowed, what was given. Values of unknown keys are not repeated. */
function issueFindings(issue: z.core.$ZodIssue, raw: Record<string, unknown>, schema: z.ZodType): Finding[] {
  const key = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((unknown) => ({
      code: "config-key-unknown",
      subject: [key, unknown].filter(Boolean).join("."),
      problem: `"${unknown}" is an unknown key`,
      remedy: knownKeys(unknown, keysAt(schema, issue.path, raw)),
    }));
  const given = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
    raw,
  );
  if (given === null)
    return [
      { code: "config-value-empty", subject: key, problem: "is empty", remedy: "Set a value, or remove the key" },
    ];
  const allowed =
    issue.code === "invalid_value" ? `must be one of ${issue.values.map(String).join(", ")}` : issue.message;
  const text = given === undefined ? "nothing" : JSON.stringify(given);
  return [
    {
      code: given === undefined ? "config-value-missing" : "config-value-invalid",
      subject: key,
      problem: `${allowed} (given: ${text})`,
      remedy: "",
    },
  ];
}

/** The keys of the object that a schema allows at a path; of a choice by provider, those of the one that was given. */
function keysAt(schema: z.ZodType, path: PropertyKey[], value: unknown): string[] {
  const def = schema.def as any;
  if (def.innerType) return keysAt(def.innerType, path, value);
  if (def.type === "union") {
    const given = (value as Record<string, unknown> | undefined)?.[def.discriminator];
    return def.options
      .filter((o: any) => o.def.shape?.[def.discriminator]?.safeParse(given).success)
      .flatMap((o: any) => keysAt(o, path, value));
  }
  const [part, ...rest] = path;
  if (part === undefined) return Object.keys(def.shape ?? {});
  const inner = def.shape?.[part] ?? def.element ?? def.valueType;
  return inner ? keysAt(inner, rest, (value as Record<PropertyKey, unknown> | undefined)?.[part]) : [];
}
