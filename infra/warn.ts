import * as pulumi from "@pulumi/pulumi";
import { findingText, type Finding } from "../federation/index.ts";

/** Shows findings that refuse nothing. */
export async function warn(...findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await pulumi.log.warn(findingText(finding));
}
