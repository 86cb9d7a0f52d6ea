import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tlsPlugin } from "../../../../plugins/tls/plugin.ts";
import { reveal, type Values } from "../../../../plugins/shared/values.ts";

export const types = {
  key: "tls:index/privateKey:PrivateKey",
  root: "tls:index/selfSignedCert:SelfSignedCert",
  request: "tls:index/certRequest:CertRequest",
  cert: "tls:index/locallySignedCert:LocallySignedCert",
};

export const plugin = tlsPlugin();

/** What every request about a resource carries. */
export function at(type: string) {
  return {
    urn: `urn:pulumi:s::p::${type}::n`,
    type,
    name: "n",
    signal: new AbortController().signal,
    timeout: 0,
    preview: false,
  };
}

/** Creates a resource and returns its state as the plugin answered it. */
export async function create(
  type: string,
  properties: Record<string, any>,
): Promise<{ id: string; properties: Values }> {
  return plugin.create({ ...at(type), properties });
}

/** Creates a resource and returns its state without secret marks. */
export async function made(type: string, properties: Record<string, any>): Promise<Record<string, any>> {
  return reveal((await create(type, properties)).properties);
}

/** Runs a tool on files by name; arguments name them as they are. Returns what it printed. */
export function withFiles(files: Record<string, string>, command: string, args: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), "tls-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 });
    return execFileSync(command, args, { cwd: dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The text that openssl makes of a certificate or request. */
export function textOf(pem: string): string {
  return withFiles({ pem }, "openssl", [
    pem.includes("REQUEST") ? "req" : "x509",
    "-in",
    "pem",
    "-noout",
    "-text",
    "-nameopt",
    "RFC2253,-esc_msb,utf8",
  ]);
}
