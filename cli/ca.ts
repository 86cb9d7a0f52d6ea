import { storeCaCertificate } from "../workspace/caCertificate.ts";
import { writeCaRequest } from "../workspace/caRequest.ts";
import { argumentError, exit, fail, readArgumentAnd } from "./arguments.ts";

const usage = `npm run ca -- request --mesh MESH [--out FILE]
npm run ca -- certificate --mesh MESH --file FILE [--file FILE...]

For a mesh whose CA is signed outside of this project (ca.provider: signed).

request      writes the newest certificate request of the mesh to a file, and
             prints what its signer must put into the certificate.
certificate  checks a signed certificate and writes it to the file that
             ca.certificateFile names. Changes nothing where it does not fit.

  --mesh MESH  name of the mesh
  --out FILE   default certificates/MESH.csr.pem
  --file FILE  certificates in PEM: the CA's own first, then those between it
               and its root, then the roots; in one file or several

docs/trust-signing.md has examples for openssl, AWS Private CA and Vault.`;

async function main(): Promise<number> {
  const { values, argument } = readArgumentAnd(
    { mesh: { type: "string" }, out: { type: "string" }, file: { type: "string", multiple: true } },
    usage,
  );
  const { mesh, out, file } = values;
  if (argument !== "request" && argument !== "certificate")
    throw argumentError("the first argument", argument, "request, certificate");
  if (mesh === undefined) throw argumentError("--mesh", "", "the name of a mesh");
  if (argument === "request" && file !== undefined) throw argumentError("--file", file[0]!, "with certificate only");
  if (argument === "certificate" && out !== undefined) throw argumentError("--out", out, "with request only");
  if (argument === "certificate" && file === undefined) throw argumentError("--file", "", "a file of certificates");
  const text = file === undefined ? await writeCaRequest(mesh, out) : await storeCaCertificate(mesh, file);
  process.stdout.write(`${text}\n`);
  return 0;
}

main().then(exit, fail);
