import { z } from "zod";
import { duplicates, hours, invalidConfig, label, readChecked, subdomain, subjectName } from "./fields.ts";
import { Findings, type Finding } from "../errors/userError.ts";

/** Names, and in hours: ten years, two years and thirty days. */
export const rootDefaults = {
  commonName: "Root CA",
  organization: "mesh-federation",
  validityHours: 10 * 365 * 24,
  intermediateValidityHours: 2 * 365 * 24,
  earlyRenewalHours: 30 * 24,
};

const rootConfigSchema = z.strictObject({
  commonName: subjectName.default(rootDefaults.commonName),
  organization: subjectName.default(rootDefaults.organization),
  validityHours: hours.default(rootDefaults.validityHours),
  intermediateValidityHours: hours.default(rootDefaults.intermediateValidityHours),
  earlyRenewalHours: z
    .int("must be a whole number of hours")
    .min(0, "must not be negative")
    .default(rootDefaults.earlyRenewalHours),
  rsaBits: z.literal([2048, 3072, 4096, 8192]).optional(),
  /** Numbers of the roots that exist. Two of them while meshes change from one to the other. */
  generations: z.array(z.int().min(1).max(1000)).min(1).max(2).default([1]),
});

/** A mesh whose CA the trust stack signs. One with a file in `stacks/` needs no entry. */
const signedMesh = z
  .strictObject({
    /** Its trust domain, as its owner states it: the CA can issue identities of this domain only. */
    trustDomain: subdomain,
    /** Full name of its stack, or a file with its certificate request. */
    stack: z
      .string()
      .regex(/^[^/]+\/[^/]+\/[^/]+$/, "must be organization/project/stack")
      .optional(),
    requestFile: z.string().min(1).optional(),
  })
  .refine((m) => (m.stack === undefined) !== (m.requestFile === undefined), "must have stack or requestFile");

/** By mesh name. */
export const signedMeshesSchema = z.record(label, signedMesh).default({});
export type SignedMeshes = z.infer<typeof signedMeshesSchema>;

/** Configuration of the trust stack, complete. */
export type TrustConfig = RootConfig & { meshes: SignedMeshes };

/** Configuration of the roots, complete. Without `rsaBits`, the root's key is longer than an intermediate's. */
export type RootConfig = z.infer<typeof rootConfigSchema>;

/**
 * Checks the trust stack's keys `root` and `meshes`, and fills in the defaults.
 * @throws UserError `config-invalid` with a detail for each wrong key
 */
export function readRootConfig(raw: { root?: unknown; meshes?: unknown }, stack: string): TrustConfig {
  const schema = z.strictObject({ root: rootConfigSchema.prefault({}), meshes: signedMeshesSchema });
  const { root: config, meshes } = readChecked(schema, raw, stack);
  const findings = new Findings();
  findings.addAll(validityFindings(config, "root"));
  for (const number of duplicates(config.generations.map(String)))
    findings.add("config-entry-duplicate", {
      subject: "root.generations",
      problem: `${number} is listed twice`,
      remedy: "Remove one",
    });
  findings.throwIfAny("config-invalid", invalidConfig(stack));
  return { ...config, meshes };
}

/** A CA that ends earlier issues certificates that outlive it, and no mesh takes it. Those of workloads live a day. */
const leastRenewalHours = 24;

/**
 * What is wrong with the lives of a root and of the intermediates below it.
 * @param key that holds them
 */
export function validityFindings(
  hours: Pick<RootConfig, "validityHours" | "intermediateValidityHours" | "earlyRenewalHours">,
  key: string,
): readonly Finding[] {
  const findings = new Findings();
  const { validityHours, intermediateValidityHours, earlyRenewalHours } = hours;
  if (intermediateValidityHours > validityHours)
    findings.add("config-value-invalid", {
      subject: `${key}.intermediateValidityHours`,
      problem: `${intermediateValidityHours} is more than ${key}.validityHours, ${validityHours}`,
      remedy: "An intermediate cannot outlive its root: choose less",
    });
  const shorter = Math.min(intermediateValidityHours, validityHours);
  const renewal = (problem: string, remedy: string): void =>
    findings.add("config-value-invalid", { subject: `${key}.earlyRenewalHours`, problem, remedy });
  if (earlyRenewalHours >= shorter)
    renewal(
      `${earlyRenewalHours} is not less than the validity of a certificate, ${shorter}`,
      "Every `up` would renew the CA: choose less",
    );
  else if (earlyRenewalHours < leastRenewalHours)
    renewal(
      `${earlyRenewalHours} is less than ${leastRenewalHours}, the validity of a workload's certificate`,
      "The CA would be refused before it is renewed: choose more",
    );
  return findings.all;
}
