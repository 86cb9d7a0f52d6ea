import { Secret } from "../../../../plugins/shared/values.ts";

/** A kubeconfig of two clusters and three contexts. */
export const kubeconfig = (server: string, token = "t", more: { current?: string; ca?: string } = {}) =>
  new Secret(
    JSON.stringify({
      "current-context": more.current ?? "a",
      contexts: [
        ["a", "one"],
        ["b", "two"],
        ["c", "one"],
      ].map(([name, cluster]) => ({ name, context: { cluster, user: "u" } })),
      clusters: [
        { name: "one", cluster: { server, "certificate-authority-data": more.ca } },
        { name: "two", cluster: { server: "https://two:6443" } },
      ],
      users: [{ name: "u", user: { token } }],
    }),
  );
export const [here, there] = [kubeconfig("https://here:6443"), kubeconfig("https://there:6443")];

/** With these environment variables, and none of the kind beside them. */
export function within<T>(environment: Record<string, string>, run: () => T): T {
  const before = { ...process.env };
  for (const key of Object.keys(process.env)) if (/^PULUMI_(K8S_|CONFIG$)/.test(key)) delete process.env[key];
  Object.assign(process.env, environment);
  try {
    return run();
  } finally {
    for (const key of Object.keys(environment)) delete process.env[key];
    Object.assign(process.env, before);
  }
}
