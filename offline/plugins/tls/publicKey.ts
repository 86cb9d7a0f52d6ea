import type { CheckFailure } from "../shared/plugin.ts";
import { Secret, type Value } from "../shared/values.ts";
import { idOf, publicKeyDer, readPrivateKey } from "./keyMaterial.ts";
import { opensshFormats, pkcs8FromOpenssh } from "./openssh.ts";
import { pemOf } from "./pem.ts";

/** Token of the function `tls.getPublicKey`. */
export const publicKeyToken = "tls:index/getPublicKey:getPublicKey";

/** `tls.getPublicKey`: the public half of a private key in PEM or OpenSSH's format. */
export async function readPublicKey(args: Record<string, any>): Promise<{ result: Value; failures?: CheckFailure[] }> {
  const given = ["privateKeyPem", "privateKeyOpenssh"].filter((name) => typeof args[name] === "string");
  if (given.length !== 1)
    return {
      result: {},
      failures: [
        { property: "privateKeyPem", reason: "give exactly one of privateKeyPem and privateKeyOpenssh, as a string" },
      ],
    };
  const pem = args["privateKeyPem"] ?? (await pkcs8FromOpenssh(args["privateKeyOpenssh"]));
  const { key, algorithm } = readPrivateKey(pem, given[0]!);
  const { privateKeyOpenssh: _, ...publicFormats } = await opensshFormats(key);
  const der = publicKeyDer(key);
  return {
    result: {
      algorithm,
      id: idOf(der),
      publicKeyPem: pemOf("PUBLIC KEY", der),
      ...publicFormats,
      [given[0]!]: new Secret(args[given[0]!]),
    },
  };
}
