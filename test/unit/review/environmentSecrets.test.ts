import fc from "fast-check";
import { maskText } from "../../../review/secrets/masking.ts";
import { secretsOfEnvironment } from "../../../review/secrets/environmentSecrets.ts";

describe("an environment variable", () => {
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
      "an unencoded password in a URL",
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
    [
      "a password with a slash and an at sign in a URL",
      { PULUMI_BACKEND_URL: "postgres://user:pa/s@s-word@db/states" },
      "pa/s@s-word",
      "[secret]",
    ],
    [
      "a signature in a URL",
      { PULUMI_BACKEND_URL: "https://x.blob.example/c?sv=1&sig=abc%2Fdefgh%3D" },
      "sig abc/defgh= of abc%2Fdefgh%3D",
      "sig [secret] of [secret]",
    ],
    ["a signature outside of a URL", { AZURE_STORAGE_SAS_TOKEN: "sv=1&sig=abc%2Fdefgh" }, "abc/defgh", "[secret]"],
    [
      "a key in a connection string",
      { AZURE_STORAGE_CONNECTION_STRING: "AccountName=a;AccountKey=c3RvcmFnZQ==;Suffix=b" },
      "key c3RvcmFnZQ==",
      "key [secret]",
    ],
    ["the text of a secret in base64", { NPM_AUTH: "dXNlcjpwYXNzLXdvcmQ=" }, "is pass-word", "is [secret]"],
    ["the text of a secret in URL encoding", { DB_PASSWORD: "pa%21s%2Fword" }, "is pa!s/word", "is [secret]"],
    ...[
      "GITHUB_PAT",
      "PAT_OF_BOT",
      "NPM_AUTH",
      "DOCKER_AUTH_CONFIG",
      "OAUTH_CLIENT",
      "CI_TOKEN_OF_BOT",
      "VAULT_SECRET_ID",
      "SOME_PASSWORD_2",
      "PASSPHRASE_OLD",
      "SIGNING_KEY_PEM",
      "APIKEY",
      "AWS_CREDENTIAL_TEXT",
      "npm_config_//registry.example/:_auth",
    ].map((name): [string, Record<string, string>, string, string] => [
      `the value of ${name}`,
      { [name]: "value-of-some-length" },
      "is value-of-some-length",
      "is [secret]",
    ]),
  ])("with %s is masked", (_what, env, text, expected) => {
    expect(maskText(text, secretsOfEnvironment(env))).toBe(expected);
  });

  test.each([
    [
      "a URL without a password",
      { PULUMI_BACKEND_URL: "s3://states?region=eu", PULUMI_URL: "https://user@host:443/a:b@c" },
    ],
    ["a file path", { KUBECONFIG: "/home/me/.kube/config", GOOGLE_APPLICATION_CREDENTIALS: import.meta.filename }],
    ["a switch", { USE_TOKEN: "true", WITH_PASSWORD: "1" }],
    ["a value that stands for no secret", { HOME: "/home/me", AWS_REGION: "region-1" }],
    [
      "a name that only has such a word inside",
      { PATH_OF_X: "some-path", GIT_AUTHOR_NAME: "somebody", KEYBOARD_LAYOUT: "somewhere", COMPAT: "something" },
    ],
    ["nothing", { PULUMI_CONFIG_PASSPHRASE: "", NPM_TOKEN: undefined }],
  ])("with %s is not masked", (_what, env) => {
    expect(secretsOfEnvironment(env)).toEqual([]);
  });

  test("with any password in a URL is masked", () => {
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
});
