import { denials, endpointAddresses } from "../../../kube/envoyTraffic.ts";

describe("the endpoints of a proxy", () => {
  test("are those of all clusters, also by the host names that were looked up", () => {
    const text = [
      "outbound|8000||a.mesh.global::observability_name::outbound|8000||a.mesh.global",
      "outbound|8000||a.mesh.global::default_priority::max_connections::1024",
      "outbound|8000||a.mesh.global::192.0.2.1:15443::cx_total::4",
      "outbound|8000||a.mesh.global::192.0.2.1:15443::health_flags::healthy",
      "outbound|8000||a.mesh.global::192.0.2.1:15443::hostname::",
      "outbound|80||b.mesh.global::[2001:db8::1]:15443::health_flags::/failed_outlier_check",
      "outbound|80||c.mesh.global::198.51.100.7:443::hostname::gw.example.com",
      "inbound|8080||::10.0.0.1:8080::health_flags::healthy",
    ].join("\n");
    expect([...endpointAddresses(text)]).toEqual([
      "192.0.2.1:15443",
      "[2001:db8::1]:15443",
      "198.51.100.7:443",
      "gw.example.com:443",
      "10.0.0.1:8080",
    ]);
    expect([...endpointAddresses("")]).toEqual([]);
  });
});

describe("the DENY policies of a proxy", () => {
  const rule = (name: string) => ({ [`ns[istio-system]-policy[${name}]-rule[0]`]: { principals: [{ any: true }] } });

  test("are in force in a network filter, or in a filter for HTTP", () => {
    const http = { typed_config: { rules: { action: "DENY", policies: rule("http") } } };
    const tcp = {
      name: "envoy.filters.network.rbac",
      typed_config: { rules: { action: "DENY", policies: rule("tcp") } },
    };
    const listener = {
      filter_chains: [{ filters: [tcp] }, { filters: [{ typed_config: { http_filters: [http] } }] }],
    };
    expect([...denials([listener]).keys()]).toEqual([
      "ns[istio-system]-policy[tcp]-rule[0]",
      "ns[istio-system]-policy[http]-rule[0]",
    ]);
    expect(denials([listener]).get("ns[istio-system]-policy[tcp]-rule[0]")).toBe('{"principals":[{"any":true}]}');
  });

  test("are neither those that allow, nor those on trial", () => {
    const allows = { rules: { policies: rule("allows") } };
    const trial = { rules: { action: "ALLOW" }, shadow_rules: { action: "DENY", policies: rule("trial") } };
    expect(denials([{ filter_chains: [{ filters: [allows, trial, { rules: null }, null] }] }]).size).toBe(0);
  });
});
