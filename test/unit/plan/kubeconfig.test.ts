import { checkCredentialProgram, contextOf } from "../../../components/plan/kubeconfig.ts";
import { Problem } from "../../../components/plan/problem.ts";

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

test("a context is the one that is named, else the current one", () => {
  expect(contextOf(text())).toEqual({ server: "https://192.0.2.1:6443", user: "plain", credentialProgram: undefined });
  expect(contextOf(text(), "c")).toEqual({ server: "https://192.0.2.1:6443", user: "program", credentialProgram: "cloud-login" });
});

test.each([
  { name: "no YAML", given: "{", context: undefined, says: /is not YAML; give the text of a kubeconfig file/ },
  { name: "YAML that is no kubeconfig", given: "SECRET", context: undefined, says: /has no contexts, so it is none/ },
  { name: "lists that are none", given: "contexts: SECRET", context: undefined, says: /has no contexts, so it is none/ },
  { name: "no current context", given: text(""), context: undefined, says: /has no current-context, and cluster\.context names none; it has: a, b, c\. Set cluster\.context/ },
  { name: "a context that is not there", given: text(), context: "d", says: /cluster\.context: the kubeconfig has no context "d"; it has: a, b, c/ },
  { name: "a current context that is not there", given: text("current-context: e"), context: undefined, says: /no context "e"/ },
  { name: "a context without its cluster", given: text(), context: "b", says: /context "b" names the cluster "gone", of which it has no server/ },
])("$name is told in the project's own words, without the text", ({ given, context, says }) => {
  const read = () => contextOf(given, context);
  expect(read).toThrow(Problem);
  expect(read).toThrow(says);
  expect(read).not.toThrow(/SECRET/);
});

test("a program for credentials must be there", () => {
  const used = contextOf(text(), "c");
  expect(() => checkCredentialProgram(used, (program) => program === "cloud-login")).not.toThrow();
  expect(() => checkCredentialProgram(used, () => false)).toThrow(/user "program" gets its credentials from the program "cloud-login", which is not on this machine's PATH; install it/);
  expect(() => checkCredentialProgram(contextOf(text()), () => false)).not.toThrow();
});
