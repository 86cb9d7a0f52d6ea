import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Authority } from "../../../support/pki.ts";

/** A CA as other tools than this project's make it. */
export interface OtherCa {
  name: string;
  /** The CA above; a root without. */
  ca?: Authority;
  /** Arguments of `openssl genpkey`. Default: an ECDSA key on P-256. */
  key?: string[];
  /** Another key, PEM. */
  keyPem?: string;
  /** Lines of OpenSSL's configuration besides those of a CA. */
  extensions?: string[];
  /** Default: `sha256`. */
  digest?: string;
  serial?: string;
}

const usual = [
  "basicConstraints=critical,CA:TRUE",
  "keyUsage=critical,keyCertSign,cRLSign",
  "subjectKeyIdentifier=hash",
];
const p256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** A CA's certificate, and its key as PKCS #8, made by OpenSSL. */
export function opensslCa({
  name,
  ca,
  extensions = [],
  digest = "sha256",
  serial = "7",
  ...given
}: OtherCa): Authority {
  const folder = mkdtempSync(join(tmpdir(), "pki-"));
  const file = (what: string, text: string): string => {
    writeFileSync(join(folder, what), text);
    return join(folder, what);
  };
  const openssl = (...args: string[]): string => execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" });
  try {
    const keyPem = given.keyPem ?? openssl("genpkey", ...(given.key ?? p256));
    const key = file("key", keyPem);
    const config = file("config", "[req]\ndistinguished_name=name\n[name]\n");
    const request = file("request", openssl("req", "-new", "-config", config, "-key", key, "-subj", `/CN=${name}`));
    const signer = ca ? ["-CA", file("ca", ca.certPem), "-CAkey", file("caKey", ca.keyPem)] : ["-signkey", key];
    const lines = file("extensions", [...usual, ...extensions, ""].join("\n"));
    const certificate = ["-days", "365", `-${digest}`, "-set_serial", serial, "-extfile", lines];
    return { keyPem, certPem: openssl("x509", "-req", "-in", request, ...signer, ...certificate) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
