import { z } from "zod";
import { invalidConfig, readChecked } from "./fields.ts";
import { Findings } from "../errors/userError.ts";

/** Upper bound of both names in a certificate's subject. https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 */
const subjectName = z.string().min(1, "must not be empty").max(64, "must have at most 64 characters");
const hours = z.int("must be a whole number of hours").min(1, "must be at least 1 hour");

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
});

/** Configuration of the trust stack, complete. Without `rsaBits`, the root's key is longer than an intermediate's. */
export type RootConfig = z.infer<typeof rootConfigSchema>;

/**
 * Checks the trust stack's key `root` and fills in the defaults.
 * @throws UserError `config-invalid` with a detail for each wrong key
 */
export function readRootConfig(raw: unknown, stack: string): RootConfig {
  const config = readChecked(z.strictObject({ root: rootConfigSchema.prefault({}) }), { root: raw }, stack).root;
  const findings = new Findings();
  const { validityHours, intermediateValidityHours, earlyRenewalHours } = config;
  if (intermediateValidityHours > validityHours)
    findings.add("config-value-invalid", {
      subject: "root.intermediateValidityHours",
      problem: `${intermediateValidityHours} is more than root.validityHours, ${validityHours}`,
      remedy: "An intermediate cannot outlive its root: choose less",
    });
  const shorter = Math.min(intermediateValidityHours, validityHours);
  if (earlyRenewalHours >= shorter)
    findings.add("config-value-invalid", {
      subject: "root.earlyRenewalHours",
      problem: `${earlyRenewalHours} is not less than the validity of a certificate, ${shorter}`,
      remedy: "Every `up` would renew the CA: choose less",
    });
  findings.throwIfAny("config-invalid", invalidConfig(stack));
  return config;
}
