import { rules } from "../../../policy/rules.ts";
import type { Resource } from "../../../policy/rule.ts";
import { exportCallers } from "./examples/exportCallers.ts";
import { gateways } from "./examples/gateways.ts";
import { importSans } from "./examples/importSans.ts";
import { object, type Example } from "./examples/kubernetes.ts";
import { others } from "./examples/others.ts";
import { peerCredentials } from "./examples/peerCredentials.ts";
import { strictMtls } from "./examples/strictMtls.ts";

const examples: Example[] = [...gateways, ...importSans, ...exportCallers, ...peerCredentials, ...strictMtls, ...others];

test.each(examples)("$rule: $what", ({ rule: name, violates, passes, says }) => {
  const rule = rules.find((r) => r.name === name)!;
  expect(rule.check(violates).map((v) => v.message)).toEqual([expect.stringMatching(says)]);
  expect(rule.check(passes)).toEqual([]);
});

test("every rule has an example of each kind, and takes whatever else there is", () => {
  expect(rules.map((r) => r.name).filter((name) => !examples.some((c) => c.rule === name))).toEqual([]);
  const others: Resource[] = [{ type: "random:index/randomId:RandomId", name: "x", props: {} }, object("core/v1:Namespace", "n", {}), { type: "kubernetes:networking.istio.io/v1:Gateway", name: "unknown", props: {} }];
  for (const rule of rules) expect(rule.check(others)).toEqual([]);
});
