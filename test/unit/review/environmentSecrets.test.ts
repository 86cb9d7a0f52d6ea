import fc from "fast-check";
import { maskText } from "../../../review/secrets/masking.ts";
import { secretsOfEnvironment } from "../../../review/secrets/environmentSecrets.ts";

test.each([
  ["a token", { PULUMI_ACCESS_TOKEN: "pul-0123456789" }, "refused pul-0123456789", "refused [secret]"],
  [
    "a key that begins like a path",
    { AWS_SECRET_ACCESS_KEY: "/abc/defghijkl" },
    "with /abc/defghijkl",
    "with [secret]",
  ],
  ["a key of a store", { AZURE_STORAGE_KEY: "c3RvcmFnZQ==" }, "c3RvcmFnZQ==", "[secret]"],
  [
    "a password in a URL",
    { PULUMI_BACKEND_URL: "postgres://user:p%40ss-word@db/states" },
    'open "postgres://user:p%40ss-word@db/states", user, p@ss-word',
    'open "postgres://user:[secret]@db/states", user, [secret]',
  ],
  [
    "one that nobody has encoded",
    { PULUMI_BACKEND_URL: "postgres://user:p@ss-word@db/states" },
    "p@ss-word@db",
    "[secret]@db",
  ],
  [
    "one among a URL's parameters",
    { PULUMI_BACKEND_URL: "postgres://db/states?user=u&password=pass-word&sslmode=off" },
    "pass-word for u",
    "[secret] for u",
  ],
])("%s is masked", (_what, env, text, expected) => {
  expect(maskText(text, secretsOfEnvironment(env))).toBe(expected);
});

test.each([
  [
    "a URL without a password",
    { PULUMI_BACKEND_URL: "s3://states?region=eu", PULUMI_URL: "https://user@host:443/a:b@c" },
  ],
  ["where a file is", { KUBECONFIG: "/home/me/.kube/config", GOOGLE_APPLICATION_CREDENTIALS: import.meta.filename }],
  ["a switch", { USE_TOKEN: "true", WITH_PASSWORD: "1" }],
  ["what means no secret", { HOME: "/home/me", AWS_REGION: "region-1" }],
  ["nothing", { PULUMI_CONFIG_PASSPHRASE: "", NPM_TOKEN: undefined }],
])("%s is none", (_what, env) => {
  expect(secretsOfEnvironment(env)).toEqual([]);
});

test("whatever a password is, its URL is never told with it", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 6, unit: "grapheme-ascii" }).filter((text) => !/^[\s.~]*$/.test(text)),
      (password) => {
        const url = `postgres://user:${encodeURIComponent(password)}@db/states`;
        expect(maskText(`cannot open ${url}`, secretsOfEnvironment({ PULUMI_BACKEND_URL: url }))).toBe(
          "cannot open postgres://user:[secret]@db/states",
        );
      },
    ),
  );
});
