import { gatewayFor, type PassthroughGateway } from "../../../../verify/gather/gatewayFor.ts";

const host = "httpbin.httpbin.svc.cluster.local";
const gateway = (object: string, hosts: string[], managed = false): PassthroughGateway => ({
  object,
  namespace: "istio-system",
  selector: {},
  hosts,
  managed,
});
const other = gateway("a/other", ["x.y.svc.cluster.local"]);
const wild = gateway("a/wild", ["*.local"]);
const own = gateway("a/own", ["z.y.svc.cluster.local"], true);
const naming = gateway("b/naming", [host]);

describe("the Gateway of a host", () => {
  test.each([
    { what: "the one that names it, first of all", gateways: [other, wild, own, naming], wanted: naming },
    { what: "one whose wildcard covers it", gateways: [other, own, wild], wanted: wild },
    { what: "one of this project", gateways: [other, own], wanted: own },
    { what: "any", gateways: [other], wanted: other },
    { what: "none", gateways: [], wanted: undefined },
  ])("is $what", ({ gateways, wanted }) => expect(gatewayFor(gateways, host)).toBe(wanted));
});

describe("the Gateway of a mesh", () => {
  test("is one of this project", () => expect(gatewayFor([other, wild, own], undefined)).toBe(own));
});
