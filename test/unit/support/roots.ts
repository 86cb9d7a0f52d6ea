import { X509Certificate } from "node:crypto";
import type { ContractRoot } from "../../../federation/contract/contract.ts";

const [first, second] = [
  `-----BEGIN CERTIFICATE-----
MIIBxDCCAWugAwIBAgIUMrbz1cuMfC2kHe1Vp7RxsN6j9dUwCgYIKoZIzj0EAwIw
LzEYMBYGA1UECgwPbWVzaC1mZWRlcmF0aW9uMRMwEQYDVQQDDApSb290IENBIGFi
MCAXDTI2MTEyNzE3NTI0N1oYDzIxMjYxMTAzMTc1MjQ3WjAvMRgwFgYDVQQKDA9t
ZXNoLWZlZGVyYXRpb24xEzARBgNVBAMMClJvb3QgQ0EgYWIwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAToKijh49qhGQc5ep09JlbLP9wxnUciyFTue1xHkBuXAjRY
VUfLGD292venPOgR12v+J5qVZy7G7k+6LHsihe2ho2MwYTAdBgNVHQ4EFgQU/IDk
oPIUv9gE301KmOosEYpL0LUwHwYDVR0jBBgwFoAU/IDkoPIUv9gE301KmOosEYpL
0LUwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwID
RwAwRAIgOe7NnCLnzWH/8c+R0vg4FtQvez0nUTO0n6VVL6ig64YCIB5aG9AQdEh9
dM8oAgQapJHNpASPjzvKDpRwNF6evIl5
-----END CERTIFICATE-----
`,
  `-----BEGIN CERTIFICATE-----
MIIBxTCCAWugAwIBAgIUf535Mrfy+B+MyufNtyC7lYUFdHswCgYIKoZIzj0EAwIw
LzEYMBYGA1UECgwPbWVzaC1mZWRlcmF0aW9uMRMwEQYDVQQDDApSb290IENBIGNk
MCAXDTI2MTEyNzE3NTI0N1oYDzIxMjYxMTAzMTc1MjQ3WjAvMRgwFgYDVQQKDA9t
ZXNoLWZlZGVyYXRpb24xEzARBgNVBAMMClJvb3QgQ0EgY2QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARTNCYSpM4pJcsYVv5JWUztmbbylEpgl+nFv7pmoDT1yI5X
7x0do7XNROZnhwwgy1v1NtJk39VVPmmxejjkpL9Fo2MwYTAdBgNVHQ4EFgQUAWVC
5bMoKvdFVd9osZMAE5GMlfIwHwYDVR0jBBgwFoAUAWVC5bMoKvdFVd9osZMAE5GM
lfIwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwID
SAAwRQIhALFfu/QHkygVzhzkVlTqpRI9akKhcExQTk+JBnnokm/4AiA8EATz8t/R
7GfDJVc+MGIftRkU7kt1wcOE5Igypp6HBA==
-----END CERTIFICATE-----
`,
];

/** Two roots that exist nowhere else, valid until the year 2126. */
export const roots = [root(first), root(second)] as const;

function root(pem: string): ContractRoot {
  const sha256 = new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
  return { sha256, pem, use: "active" };
}
