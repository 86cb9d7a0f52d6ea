import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { writeInOneStep } from "../tools/writeInOneStep.ts";
import { readChecked } from "../federation/config/fields.ts";
import { meshConfigSchema } from "../federation/config/meshSchema.ts";
import { meshKeys } from "../federation/config/stackKeys.ts";
import { federationOutput, parseContract } from "../federation/contract/contract.ts";
import { findingText, printable, UserError, type Finding } from "../federation/errors/userError.ts";
import { bundleChangeFindings, bundleOf } from "../federation/trust/bundle.ts";
import { certificatesIn } from "../federation/trust/certificate.ts";
import type { ChosenCa } from "../federation/trust/chooseCa.ts";
import { looseCaFindings } from "../federation/trust/looseCa.ts";
import { chooseSigned } from "../federation/trust/signedCa.ts";
import { publishedRequests } from "./caRequest.ts";
import { meshNamed, readStackFile } from "./stackFiles.ts";
import { readIfThere, root } from "./workspace.ts";

/**
 * Writes a signed certificate to the file of its mesh, `ca.certificateFile`, if it fits. Only certificates are written:
 * keys and text around them are left out.
 *
 * @param mesh its name, or the name of its stack
 * @param files PEM: the certificate first, then those between it and its root, then the roots that the mesh trusts
 * @returns what was written, in lines, with warnings
 * @throws UserError `ca-certificate-unfit` with a detail for each reason
 */
export async function storeCaCertificate(mesh: string, files: readonly string[]): Promise<string> {
  const declared = meshNamed(mesh, root);
  const { name, stack } = declared;
  const { ca, trustDomain } = signedConfig(stack);
  const { requests, outputs } = await publishedRequests(name, stack);
  const given = files.join(", ");
  // A key of a later number than the configuration's is not in use yet.
  const wish = { root: 1, mesh: name, trustDomain, requests: requests.filter(({ key }) => key <= ca.key) };
  const chosen = await chooseSigned({ ...wish, now: new Date() }, given, files.map(readGiven).join("\n"));
  const findings = "certificate" in chosen ? changeFindings(chosen, outputs, name) : chosen.findings;
  if (!("certificate" in chosen) || findings.length > 0)
    throw new UserError(
      "ca-certificate-unfit",
      {
        subject: given,
        problem: `it is not a CA that mesh "${name}" can use, so nothing is written`,
        remedy: `Give the signer the request of \`npm run ca -- request --mesh ${name}\``,
      },
      [...findings],
    );
  const file = resolve(root, ca.certificateFile);
  const written = writeIfChanged(file, textOf(chosen));
  const warnings = await looseCaFindings(chosen.certificate, { mesh: name, trustDomain });
  const lines = [
    `${relative(process.cwd(), file)}: ${written}`,
    ...(await summary(chosen)),
    ...warnings.map((warning) => `warning: ${findingText(warning)}`),
    `Next: npm run pulumi -- preview --stack ${stack}`,
  ];
  return printable(lines.join("\n"));
}

/** @throws UserError for a mesh whose CA is not signed outside of this project */
function signedConfig(stack: string) {
  const keys = Object.entries(readStackFile(root, stack));
  const raw = Object.fromEntries(keys.filter(([key]) => (meshKeys as readonly string[]).includes(key)));
  const { ca, mesh } = readChecked(meshConfigSchema, raw, stack);
  if (ca?.provider === "signed") return { ca, trustDomain: mesh.trustDomain };
  throw new UserError("ca-not-signed-elsewhere", {
    subject: "ca.provider",
    problem: `of stack "${stack}" is ${ca?.provider ?? "not set"}, and only signed takes a certificate from a file`,
    remedy: "Set ca: {provider: signed, certificateFile: FILE}",
  });
}

/** Why the change from the roots that the mesh has would cut workloads off. */
function changeFindings(chosen: ChosenCa, outputs: Record<string, unknown>, name: string): readonly Finding[] {
  const published = outputs[federationOutput];
  if (published === undefined) return [];
  const { mesh } = parseContract(published, name);
  return bundleChangeFindings(bundleOf(mesh.roots), chosen.bundle, [mesh.istioMinor]);
}

function readGiven(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError("ca-file-unreadable", {
      subject: file,
      problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      remedy: "Give a readable file of PEM certificates",
    });
  }
}

function textOf({ chain, bundle }: ChosenCa): string {
  return [chain, ...bundle.roots.map(({ pem }) => pem)].map((pem) => `${pem.trim()}\n`).join("");
}

function writeIfChanged(file: string, text: string): string {
  if (readIfThere(file) === text) return "unchanged";
  writeInOneStep(file, text);
  return "written";
}

async function summary({ certificate, bundle }: ChosenCa): Promise<string[]> {
  const ca = (await certificatesIn(certificate))[0]!;
  return [
    `  ${ca.subject}, signed by ${ca.issuer}`,
    `  serial ${ca.serial}, valid until ${ca.notAfter.toISOString()}`,
    `  permitted URIs: ${ca.permittedUris.join(", ").replaceAll("\n", " ").slice(0, 200) || "all"}`,
    ...bundle.roots.map(({ sha256 }) => `  root ${sha256}${sha256 === bundle.active ? " (active)" : ""}`),
  ];
}
