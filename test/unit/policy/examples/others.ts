import type { Resource } from "../../../../policy/rule.ts";
import { entry, object, sans, type Example } from "./kubernetes.ts";

const stack = (name: string, mesh: Record<string, string>): Resource => ({ type: "pulumi:pulumi:Stack", name, stack: name, props: { federation: { mesh } } });
const pool = (name: string, addresses: string[]) => object("metallb.io/v1beta1:IPAddressPool", "pool", { spec: { addresses } }, name);

export const others: Example[] = [
  { rule: "no-clashes-across-stacks", what: "one network twice", violates: [stack("a", { name: "a", network: "n" }), stack("b", { name: "b", network: "n" })], passes: [stack("a", { name: "a", network: "n" }), stack("b", { name: "b", network: "m" })], says: /mesh\.network "n" is used by stack a and stack b/ },
  { rule: "no-clashes-across-stacks", what: "pools", violates: [pool("a", ["172.18.64.1-172.18.127.254"]), pool("b", ["172.18.127.0/24"])], passes: [pool("a", ["172.18.64.1-172.18.127.254"]), pool("b", ["172.18.128.0/24"])], says: /overlaps 172\.18\.127\.0\/24 of stack b/ },
  { rule: "no-clashes-across-stacks", what: "an import from the mesh's own network", violates: [stack("west", { name: "west", network: "network-west" }), entry({ subjectAltNames: sans })], passes: [stack("west", { name: "west", network: "network-x" }), entry({ subjectAltNames: sans })], says: /this mesh's own/ },
];
