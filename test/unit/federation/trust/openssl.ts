import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Certificates of a handshake, PEM. */
export interface Presented {
  leaf: string;
  /** What the peer sends besides its leaf. */
  chain?: string;
}

/**
 * What OpenSSL says of a chain: `ok`, or its reason. As in Envoy, a certificate that is trusted needs no issuer.
 * @param trusted PEM
 */
export async function opensslVerify(trusted: string, { leaf, chain }: Presented): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pki-"));
  const file = (name: string, pem: string): string => {
    writeFileSync(join(folder, name), pem);
    return join(folder, name);
  };
  try {
    const args = ["verify", "-partial_chain", "-no-CApath", "-no-CAstore", "-CAfile", file("trusted", trusted)];
    if (chain) args.push("-untrusted", file("chain", chain));
    const output = await run([...args, file("leaf", leaf)]);
    return /: OK$/m.test(output) ? "ok" : (/^error \d+ at \d+ depth lookup: (.*)$/m.exec(output)?.[1] ?? output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Fields of a certificate as OpenSSL prints them. */
export async function opensslText(pem: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pki-"));
  try {
    writeFileSync(join(folder, "cert"), pem);
    return await run(["x509", "-noout", "-text", "-in", join(folder, "cert")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args: string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile("openssl", args, (error, stdout, stderr) =>
      error && typeof error.code !== "number" ? reject(error) : resolve(stdout + stderr),
    ),
  );
}
