import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { numberedRequests } from "../federation/contract/trustOutputs.ts";
import { UserError } from "../federation/errors/userError.ts";
import type { NumberedRequest } from "../federation/trust/chooseCa.ts";
import { requestIn } from "../federation/trust/certificate.ts";
import { requestFindings, trustDomainFindings } from "../federation/trust/certificateFindings.ts";
import { signerTerms } from "../federation/trust/signerTerms.ts";
import { stackOutputs } from "./pulumiCommand.ts";
import { meshNamed } from "./stackFiles.ts";
import { prepareTools } from "./tools.ts";
import { root } from "./workspace.ts";

/**
 * Writes the newest certificate request of a mesh to a file, for a signer outside of this project.
 * @param mesh its name, or the name of its stack
 * @param out path of the file; default `certificates/<mesh>.csr.pem`
 * @returns what to tell the signer, in lines
 * @throws UserError when the mesh has published none, or one that must not be signed
 */
export async function writeCaRequest(mesh: string, out: string | undefined): Promise<string> {
  const { name, stack, trustDomain } = meshNamed(mesh, root);
  const { requests } = await publishedRequests(name, stack);
  const { key, pem } = requests[0]!;
  const findings = [...trustDomainFindings(trustDomain!, "mesh.trustDomain"), ...(await requestFindings(pem, name))];
  if (findings.length > 0)
    throw new UserError(
      "ca-request-unfit",
      { subject: `mesh "${name}"`, problem: "its certificate request must not be signed", remedy: "See the details" },
      findings,
    );
  const facts = await requestIn(pem);
  const file = resolve(out ?? join(root, "certificates", `${name}.csr.pem`));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${pem.trim()}\n`);
  return [
    `${relative(process.cwd(), file)}: certificate request of mesh "${name}", key ${key}`,
    ...aligned([
      ["subject", facts.subject],
      ["key (SHA-256)", facts.keySha256],
    ]),
    "The signer must put in:",
    ...aligned(await signerTerms(trustDomain!)),
    "Examples for openssl, AWS Private CA and Vault: docs/trust-signing.md",
    `Afterwards: npm run ca -- certificate --mesh ${name} --file FILE`,
  ].join("\n");
}

/**
 * The requests of a mesh, the newest key first, with everything else that its stack has published.
 * @throws UserError `ca-request-unpublished`
 */
export async function publishedRequests(
  name: string,
  stack: string,
): Promise<{ requests: NumberedRequest[]; outputs: Record<string, unknown> }> {
  const outputs = (await stackOutputs(await prepareTools(), stack, false)) ?? {};
  const requests = numberedRequests(outputs);
  if (requests.length > 0) return { requests, outputs };
  throw new UserError("ca-request-unpublished", {
    subject: `mesh "${name}"`,
    problem: "it has published no certificate request",
    remedy: `Run \`npm run pulumi -- up --stack ${stack}\` first, with ca.provider signed, shared or own`,
  });
}

function aligned(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, value]) => `  ${title.padEnd(width)}  ${value}`);
}
