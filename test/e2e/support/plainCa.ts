import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A CA as in Istio's Secret `cacerts`. */
export type CaFiles = Record<"ca-cert.pem" | "ca-key.pem" | "root-cert.pem" | "cert-chain.pem", string>;

/** Issues an intermediate of a root in `folder`, which all meshes of the folder share. Uses openssl. */
export function makeCa(folder: string, name: string): CaFiles {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const usage = "keyUsage=critical,keyCertSign,cRLSign";
  const days = ["-days", "2"];
  const newKey = ["-newkey", "rsa:2048", "-nodes", "-keyout"];
  if (!existsSync(join(folder, "root.crt"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "ca.ext"), `basicConstraints=critical,CA:true\n${usage}\nsubjectKeyIdentifier=hash\n`);
    const subject = ["-subj", "/CN=Plain Root", "-addext", usage];
    openssl("req", "-x509", ...newKey, "root.key", "-out", "root.crt", ...days, ...subject);
  }
  const [key, csr, crt] = [`${name}.key`, `${name}.csr`, `${name}.crt`];
  openssl("req", ...newKey, key, "-out", csr, "-subj", `/CN=Plain ${name}`);
  const issuer = ["-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial"];
  openssl("x509", "-req", "-in", csr, ...issuer, "-out", crt, ...days, "-extfile", "ca.ext");
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  return {
    "ca-cert.pem": read(crt),
    "ca-key.pem": read(key),
    "root-cert.pem": read("root.crt"),
    "cert-chain.pem": read(crt) + read("root.crt"),
  };
}
