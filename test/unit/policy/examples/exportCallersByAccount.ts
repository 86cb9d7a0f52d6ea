import { gateway, host, type Example } from "./kubernetes.ts";
import { deny, from } from "./policies.ts";

const cases: [what: string, violates: Example["violates"], passes: Example["passes"]][] = [
  [
    "service accounts of any trust domain",
    [gateway([host]), deny(from({ notServiceAccounts: ["sleep/sleep"] }))],
    [gateway([host]), deny(from({ trustDomains: ["cluster.local"], notServiceAccounts: ["sleep/sleep"] }))],
  ],
  [
    "service accounts of a trust domain by wildcard",
    [gateway([host]), deny(from({ trustDomains: ["*"], notServiceAccounts: ["sleep/sleep"] }))],
    [gateway([host]), deny(from({ trustDomains: ["east.local"], notServiceAccounts: ["sleep/sleep"] }))],
  ],
];

/** Callers that a DENY names by service account. */
export const exportCallersByAccount: Example[] = cases.map(([what, violates, passes]) => ({
  rule: "export-names-callers",
  what,
  violates,
  passes,
  says: /exports \S+ to every caller/,
}));
