import { gatewayFor, type PassthroughGateway } from "../../../verify/gather/gatewayFor.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const gateway = (object: string, hosts: string[], ours = false): PassthroughGateway => ({
  object,
  namespace: "istio-system",
  selector: {},
  hosts,
  ours,
});
const other = gateway("a/other", ["x.y.svc.cluster.local"]);
const wild = gateway("a/wild", ["*.local"]);
const own = gateway("a/own", ["z.y.svc.cluster.local"], true);
const naming = gateway("b/naming", [host]);

test.each([
  { what: "the one that names it, before all others", gateways: [other, wild, own, naming], wanted: naming },
  { what: "one whose wildcard covers it", gateways: [other, own, wild], wanted: wild },
  { what: "this project's own", gateways: [other, own], wanted: own },
  { what: "any", gateways: [other], wanted: other },
  { what: "none", gateways: [], wanted: undefined },
])("the Gateway of a host: $what", ({ gateways, wanted }) => expect(gatewayFor(gateways, host)).toBe(wanted));

test("the Gateway of a mesh is this project's own", () => expect(gatewayFor([other, wild, own], undefined)).toBe(own));
