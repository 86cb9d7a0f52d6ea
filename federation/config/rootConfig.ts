import { z } from "zod";
import { readChecked } from "./fields.ts";
import { Problems } from "../errors/problem.ts";

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

/** What the trust stack is configured with, checked and complete. Without `rsaBits` the root's key is longer than an intermediate's. */
export type RootConfig = z.infer<typeof rootConfigSchema>;

/**
 * Checks the trust stack's key `root` and fills in the defaults.
 * @throws Problem that lists every wrong key with its value and what is allowed
 */
export function readRootConfig(raw: unknown, stack: string): RootConfig {
  const config = readChecked(z.strictObject({ root: rootConfigSchema.prefault({}) }), { root: raw }, stack).root;
  const problems = new Problems();
  const { validityHours, intermediateValidityHours, earlyRenewalHours } = config;
  if (intermediateValidityHours > validityHours)
    problems.add(
      `root.intermediateValidityHours: ${intermediateValidityHours} is longer than root.validityHours, ${validityHours}; an intermediate cannot outlive its root`,
    );
  const shorter = Math.min(intermediateValidityHours, validityHours);
  if (earlyRenewalHours >= shorter)
    problems.add(
      `root.earlyRenewalHours: ${earlyRenewalHours} is not shorter than a certificate lives (${shorter}), so that every \`up\` would make the CA anew; choose less`,
    );
  problems.throwIfAny(`the configuration of stack "${stack}" is not valid:`);
  return config;
}
