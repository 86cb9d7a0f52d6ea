import { gateway, host, listener, listenerSet, policy, type Example } from "./kubernetes.ts";
import { deny, denyOthers } from "./policies.ts";

type Case = [what: string, violates: Example["violates"], passes: Example["passes"]];

const cases: Case[] = [
  ...["True", "TRUE", "T", "t", "1", true, 1].map((value): Case => [
    `on trial by ${typeof value} ${value}`,
    [gateway([host]), policy({ action: "DENY", rules: [denyOthers] }, { annotations: { "istio.io/dry-run": value } })],
    [gateway([host]), policy({ action: "DENY", rules: [denyOthers] }, { annotations: { "istio.io/dry-run": "F" } })],
  ]),
  [
    "a listener that passes through on another port",
    [listener(host, { port: 443, tls: { mode: "Passthrough" } })],
    [listener(host, { port: 443, tls: { mode: "Passthrough" } }), deny(denyOthers)],
  ],
  [
    "PASSTHROUGH on another port",
    [gateway([host], {}, { port: { number: 8443 }, tls: { mode: "PASSTHROUGH" } })],
    [gateway([host], {}, { port: { number: 8443 }, tls: { mode: "PASSTHROUGH" } }), deny(denyOthers)],
  ],
  [
    "PASSTHROUGH of a set of listeners",
    [listenerSet("gateway.networking.k8s.io/v1:ListenerSet", host)],
    [listenerSet("gateway.networking.k8s.io/v1:ListenerSet", host), deny(denyOthers)],
  ],
];

export const openGateways: Example[] = cases.map(([what, violates, passes]) => ({
  rule: "export-names-callers",
  what,
  violates,
  passes,
  says: /exports \S+ to every caller .*AuthorizationPolicy.*public/,
}));
