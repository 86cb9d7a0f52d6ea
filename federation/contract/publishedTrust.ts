import { z } from "zod";
import { UserError } from "../errors/userError.ts";
import { contractSchema, trustSchema } from "./schema.ts";

const schema = z.object({ mesh: trustSchema, quarantine: contractSchema.shape.quarantine });

/** What a mesh's last `up` has published about its trust. */
export type PublishedTrust = z.infer<typeof schema>;

/**
 * Reads what a mesh has published about its own trust. Nothing else of its contract is read: an earlier release may
 * have written it, and the `up` that writes it again must not fail because of that.
 * @throws UserError `own-contract-invalid`
 */
export function publishedTrust(contract: unknown, mesh: string): PublishedTrust {
  const result = schema.safeParse(contract);
  if (result.success) return result.data;
  const field = result.error.issues[0]!.path.map(String).join(".").slice(0, 200) || "contract";
  throw new UserError("own-contract-invalid", {
    subject: `contract of mesh "${mesh}"`,
    problem: `what its last \`up\` has published of its roots cannot be read (${field}), so nothing is changed`,
    remedy: "Correct output `federation` in the stack's state (`pulumi stack export`, `pulumi stack import`)",
  });
}
