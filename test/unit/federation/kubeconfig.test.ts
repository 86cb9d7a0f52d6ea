import { parse } from "yaml";
import { checkCredentials, contextOf, withAbsolutePaths } from "../../../federation/cluster/kubeconfig.ts";
import { UserError } from "../../../federation/errors/userError.ts";

const text = (more = "current-context: a") => `
apiVersion: v1
kind: Config
${more}
contexts:
  - { name: a, context: { cluster: one, user: plain } }
  - { name: b, context: { cluster: gone, user: plain } }
  - { name: c, context: { cluster: one, user: program } }
clusters: [{ name: one, cluster: { server: "https://192.0.2.1:6443" } }]
users:
  - { name: plain, user: { token: SECRET } }
  - { name: program, user: { exec: { command: cloud-login, args: [token] } } }
`;

describe("the context of a kubeconfig", () => {
  test("is the named one, else the current one", () => {
    expect(contextOf(text())).toEqual({
      server: "https://192.0.2.1:6443",
      user: "plain",
      credentialProgram: undefined,
      files: [],
    });
    expect(contextOf(text(), "c")).toEqual({
      server: "https://192.0.2.1:6443",
      user: "program",
      credentialProgram: "cloud-login",
      files: [],
    });
  });

  test.each([
    { name: "no YAML", given: "{", context: undefined, says: /is not YAML.*\[kubeconfig-invalid\]/ },
    {
      name: "YAML that is no kubeconfig",
      given: "SECRET",
      context: undefined,
      says: /has no contexts.*\[kubeconfig-invalid\]/,
    },
    {
      name: "lists that are none",
      given: "contexts: SECRET",
      context: undefined,
      says: /has no contexts.*\[kubeconfig-invalid\]/,
    },
    {
      name: "no current context",
      given: text(""),
      context: undefined,
      says: /no current-context.*Set cluster\.context.*a, b, c\. \[kubeconfig-context-missing\]/,
    },
    {
      name: "a context that is not there",
      given: text(),
      context: "d",
      says: /cluster\.context: the kubeconfig has no context "d".*a, b, c\. \[kubeconfig-context-missing\]/,
    },
    {
      name: "a current context that is not there",
      given: text("current-context: e"),
      context: undefined,
      says: /no context "e"/,
    },
    {
      name: "a context without its cluster",
      given: text(),
      context: "b",
      says: /context "b" names the cluster "gone".*\[kubeconfig-invalid\]/,
    },
  ])("$name gives an error without the text", ({ given, context, says }) => {
    const read = () => contextOf(given, context);
    expect(read).toThrow(UserError);
    expect(read).toThrow(says);
    expect(read).not.toThrow(/SECRET/);
  });
});

const there = () => true;

const missing = () => false;

/** One context, with these keys in its cluster and its user. */
const single = (cluster: object, user: object) =>
  JSON.stringify({
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://192.0.2.1", ...cluster } }],
    users: [{ name: "u", user }],
  });

describe("the credentials of a kubeconfig", () => {
  test("need an existing program", () => {
    const used = contextOf(text(), "c");
    expect(() => checkCredentials(used, (program) => program === "cloud-login", there)).not.toThrow();
    expect(() => checkCredentials(used, missing, there)).toThrow(
      /user "program" needs the program "cloud-login".*\[kubeconfig-program-missing\]/,
    );
    expect(() => checkCredentials(contextOf(text()), missing, there)).not.toThrow();
  });

  test("need existing files", () => {
    const used = contextOf(
      single(
        { "certificate-authority": "/pki/ca.crt" },
        { "client-certificate": "/pki/a.crt", "client-key": "/pki/a.key", tokenFile: "/token" },
      ),
    );
    expect(used.files).toEqual(["/pki/ca.crt", "/pki/a.crt", "/pki/a.key", "/token"]);
    expect(() => checkCredentials(used, there, there)).not.toThrow();
    expect(() => checkCredentials(used, there, (file) => file !== "/pki/a.key")).toThrow(
      /refers to the file "\/pki\/a\.key".*--flatten.*\[kubeconfig-file-unreadable\]/,
    );
  });

  test("reject a removed login method and accept oidc", () => {
    const of = (name: string) =>
      contextOf(single({}, { "auth-provider": { name, config: { "access-token": "SECRET" } } }));
    expect(() => checkCredentials(of("gcp"), there, there)).toThrow(
      /user "u" has the auth-provider "gcp".*\[kubeconfig-login-unsupported\]/,
    );
    expect(() => checkCredentials(of("oidc"), there, there)).not.toThrow();
  });
});

describe("the paths of a kubeconfig", () => {
  test("are relative to its directory", () => {
    const data = "A".repeat(300);
    const given = single(
      { "certificate-authority": "./ca.crt", "proxy-url": "http://proxy:3128", "tls-server-name": "./no-path" },
      {
        "client-certificate": "../a.crt",
        "client-key": "/abs/a.key",
        tokenFile: "token",
        "client-key-data": data,
        exec: { command: "bin/login", args: ["./x"] },
      },
    );
    const { clusters, users } = parse(withAbsolutePaths(given, "/home/me/.kube"));
    expect(clusters[0].cluster).toEqual({
      server: "https://192.0.2.1",
      "certificate-authority": "/home/me/.kube/ca.crt",
      "proxy-url": "http://proxy:3128",
      "tls-server-name": "./no-path",
    });
    expect(users[0].user).toEqual({
      "client-certificate": "/home/me/a.crt",
      "client-key": "/abs/a.key",
      tokenFile: "/home/me/.kube/token",
      "client-key-data": data,
      exec: { command: "/home/me/.kube/bin/login", args: ["./x"] },
    });
  });

  test.each([
    text(),
    single({ "certificate-authority": "/ca.crt" }, { exec: { command: "login" } }),
    "{",
    "contexts: SECRET",
  ])("change nothing without relative paths: %s", (given) => {
    expect(withAbsolutePaths(given, "/home/me/.kube")).toBe(given);
    expect(withAbsolutePaths(given, undefined)).toBe(given);
  });

  test("cannot be relative in a text without a file", () => {
    expect(() => withAbsolutePaths(single({ "certificate-authority": "ca.crt" }, {}), undefined)).toThrow(
      /certificate-authority "ca\.crt" is a relative path.*\[kubeconfig-path-relative\]/,
    );
  });
});
