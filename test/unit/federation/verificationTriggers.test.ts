import { verificationTriggers, type ImportWithClient } from "../../../federation/imports/verificationTriggers.ts";
import { importWithClient as spec } from "./fixtures.ts";

describe("the triggers of verifyOnUp", () => {
  test.each<{ what: string; more: Partial<ImportWithClient> }>([
    { what: "the address", more: { gateways: [{ ...spec.gateways[0]!, address: "192.0.2.2" }] } },
    { what: "the gateway's port", more: { gateways: [{ ...spec.gateways[0]!, port: 443 }] } },
    { what: "a port", more: { ports: [spec.ports[0]!] } },
    { what: "a protocol", more: { ports: [{ ...spec.ports[0]!, protocol: "TCP" }, spec.ports[1]!] } },
    { what: "a SAN", more: { subjectAltNames: ["spiffe://x/1"] } },
    { what: "the host", more: { host: "c.d" } },
    { what: "the exporter's host", more: { exportedHost: "c.d" } },
    { what: "the loss of its rule", more: { hasRule: false } },
    { what: "the client", more: { client: { ...spec.client, app: "other" } } },
  ])("change with $what", ({ more }) =>
    expect(verificationTriggers({ ...spec, ...more })).not.toEqual(verificationTriggers(spec)),
  );

  test.each<{ what: string; more: Partial<ImportWithClient> }>([
    { what: "another probe", more: { probe: {} } },
    { what: "another order of ports", more: { ports: [...spec.ports].reverse() } },
    { what: "another order of SANs", more: { subjectAltNames: [...spec.subjectAltNames].reverse() } },
    { what: "another locality", more: { gateways: [{ ...spec.gateways[0]!, locality: "q/q" }] } },
  ])("stay the same with $what", ({ more }) =>
    expect(verificationTriggers({ ...spec, ...more })).toEqual(verificationTriggers(spec)),
  );
});

describe("an address in a URL", () => {
  test("has brackets for IPv6", () => {
    const addresses = (address: string) =>
      verificationTriggers({ ...spec, gateways: [{ ...spec.gateways[0]!, address }] })[2];
    expect([addresses("192.0.2.1"), addresses("2001:db8::1")]).toEqual([
      "addresses 192.0.2.1:15443",
      "addresses [2001:db8::1]:15443",
    ]);
  });
});
