import { createPrivateKey, webcrypto, type KeyObject } from "node:crypto";
import "reflect-metadata";
import { SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator } from "@peculiar/x509";
import { jsonIn } from "./clone.ts";
import type { World } from "./world.ts";

/** SPIFFE ID of west's httpbin. */
export const identity = "spiffe://cluster.local/ns/httpbin/sa/httpbin";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
const generation = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const day = 86_400_000;

/** A certificate chain with its key, PEM. */
interface ServingCertificate {
  chain: string;
  key: string;
}

/**
 * Issues a certificate for a SPIFFE ID.
 *
 * @param ca the issuer, PEM; by default a new CA
 * @param validUntil milliseconds since the epoch; the certificate becomes valid 30 days before
 */
async function servingCertificate(
  spiffeId: string,
  ca: { caCert: string; caKey: string } | undefined,
  validUntil: number,
): Promise<ServingCertificate> {
  const keys = await webcrypto.subtle.generateKey(generation, true, ["sign", "verify"]);
  const issuer = ca
    ? { name: new X509Certificate(ca.caCert).subject, key: await signingKey(createPrivateKey(ca.caKey)) }
    : {
        name: "CN=Another CA",
        key: (await webcrypto.subtle.generateKey(generation, true, ["sign", "verify"])).privateKey,
      };
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: "0f",
      subject: "",
      issuer: issuer.name,
      notBefore: new Date(validUntil - 30 * day),
      notAfter: new Date(validUntil),
      publicKey: keys.publicKey as CryptoKey,
      signingKey: issuer.key as CryptoKey,
      signingAlgorithm: algorithm,
      extensions: [new SubjectAlternativeNameExtension([{ type: "url", value: spiffeId }], true)],
    },
    webcrypto as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    chain: `${certificate.toString("pem")}\n${ca?.caCert ?? ""}`,
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`,
  };
}

async function signingKey(key: KeyObject): Promise<CryptoKey> {
  return (await webcrypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, false, [
    "sign",
  ])) as CryptoKey;
}

const server = `
import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/chain", "/tls/key")
context.set_alpn_protocols(["istio"])
listening = socket.create_server(("", 8080), backlog=50)
while True:
    connection = None
    try:
        connection = listening.accept()[0]
        connection.settimeout(2)
        connection = context.wrap_socket(connection, server_side=True)
        connection.recv(1)
    except Exception:
        pass
    finally:
        if connection: connection.close()
`;

/** A pod outside the mesh that serves TLS with a given certificate and looks like a workload with a sidecar. */
function impostor(name: string, namespace: string, image: string, { chain, key }: ServingCertificate): unknown[] {
  const metadata = { name, namespace };
  const labels = { app: name, "security.istio.io/tlsMode": "istio", "sidecar.istio.io/inject": "false" };
  const container = {
    name: "server",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["python3", "-c", server],
    ports: [{ containerPort: 8080 }],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    volumeMounts: [{ name: "tls", mountPath: "/tls" }],
  };
  return [
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { chain, key } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [container],
        volumes: [{ name: "tls", secret: { secretName: name } }],
      },
    },
  ];
}

/** Starts pods in west whose certificates a client must reject: `foreign` of another root, `expired` of west's CA. */
export async function startImpostors(world: World): Promise<void> {
  const image = await world.kubectl("west", [
    ...["get", "deployment", "-n", "httpbin", "httpbin"],
    ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
  ]);
  const { output } = await world.clone.must(
    "pulumi",
    ["stack", "output", "--json", "--show-secrets", "--stack", "trust"],
    {},
    true,
  );
  const { intermediates } = jsonIn<{ intermediates: Record<string, { caCert: string; caKey: string }> }>(output);
  const [foreign, expired] = await Promise.all([
    servingCertificate(identity, undefined, Date.now() + day),
    servingCertificate(identity, intermediates["west"], Date.now() - day),
  ]);
  await world.apply(
    "west",
    ...impostor("foreign", "httpbin", image, foreign),
    ...impostor("expired", "httpbin", image, expired),
  );
  const ready = ["--for=condition=Ready", "--timeout=60s"];
  await world.kubectl("west", ["wait", "-n", "httpbin", "pod/foreign", "pod/expired", ...ready]);
}
