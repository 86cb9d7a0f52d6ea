import { rootDefaults } from "../config/rootConfig.ts";
import { uriConstraint } from "./constrainedCa.ts";

/**
 * What the signer of a mesh's CA must put into the certificate, for people: one line for each part, with its value.
 *
 * @param trustDomain which can be in a name constraint
 */
export async function signerTerms(trustDomain: string): Promise<[part: string, value: string][]> {
  const usual = rootDefaults.intermediateValidityHours;
  return [
    ["basic constraints", "critical, CA:TRUE, pathlen:0"],
    ["key usage", "critical, keyCertSign, cRLSign"],
    ["name constraints", `critical, permitted;URI:${trustDomain}`],
    ["  the same in DER", `${await uriConstraint(trustDomain)} (base64)`],
    ["alternative names", "none: peers that anchor the root refuse a CA with DNS names"],
    ["subject and key", "as in the request"],
    ["validity", `more than 24 hours; usual are ${usual} hours (two years), within that of the issuer`],
  ];
}
