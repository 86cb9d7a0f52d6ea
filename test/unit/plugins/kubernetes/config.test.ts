import { diffConfig } from "../../../../plugins/kubernetes/config.ts";
import { Secret, Unknown, type Values } from "../../../../plugins/shared/values.ts";

const kubeconfig = (server: string, token = "t") => new Secret(`clusters:\n- cluster:\n    server: ${server}\nusers:\n- user:\n    token: ${token}\n`);
const [here, there] = [kubeconfig("https://here:6443"), kubeconfig("https://there:6443")];

test.each<{ name: string; olds: Values; news: Values; diffs: string[]; replaces: string[] }>([
  { name: "nothing", olds: { kubeconfig: here }, news: { kubeconfig: here }, diffs: [], replaces: [] },
  { name: "the plugin's version", olds: { version: "1" }, news: { version: "2" }, diffs: [], replaces: [] },
  { name: "another token for the same server", olds: { kubeconfig: here }, news: { kubeconfig: kubeconfig("https://here:6443", "u") }, diffs: ["kubeconfig"], replaces: [] },
  { name: "another server", olds: { kubeconfig: here }, news: { kubeconfig: there }, diffs: ["kubeconfig"], replaces: ["kubeconfig"] },
  { name: "a server that is not known yet", olds: { kubeconfig: here }, news: { kubeconfig: Unknown.value }, diffs: ["kubeconfig"], replaces: ["kubeconfig"] },
  { name: "another context", olds: { kubeconfig: here, context: "a" }, news: { kubeconfig: here, context: "b" }, diffs: ["context"], replaces: ["context"] },
  { name: "another server of the same identifier", olds: { kubeconfig: here, clusterIdentifier: "c" }, news: { kubeconfig: there, clusterIdentifier: "c" }, diffs: ["kubeconfig"], replaces: [] },
  { name: "one not known yet, of the same identifier", olds: { kubeconfig: here, clusterIdentifier: "c" }, news: { kubeconfig: Unknown.value, clusterIdentifier: "c" }, diffs: ["kubeconfig"], replaces: [] },
  { name: "another identifier", olds: { kubeconfig: here, clusterIdentifier: "c" }, news: { kubeconfig: here, clusterIdentifier: "d" }, diffs: ["clusterIdentifier"], replaces: ["clusterIdentifier"] },
  { name: "an identifier where there was none", olds: { kubeconfig: here }, news: { kubeconfig: there, clusterIdentifier: "c" }, diffs: ["clusterIdentifier", "kubeconfig"], replaces: [] },
  { name: "no identifier any more", olds: { kubeconfig: here, clusterIdentifier: "c" }, news: { kubeconfig: there }, diffs: ["clusterIdentifier", "kubeconfig"], replaces: [] },
  { name: "an option", olds: { kubeconfig: here }, news: { kubeconfig: here, deleteUnreachable: "true" }, diffs: ["deleteUnreachable"], replaces: [] },
])("a provider changes: $name", ({ olds, news, diffs, replaces }) => expect(diffConfig(olds, news)).toEqual({ changes: diffs.length > 0, diffs, replaces }));
