import {
  initialStacks,
  meshNameOf,
  missingAnswers,
  type ReadMesh,
} from "../../../../federation/adopt/initialStacks.ts";
import { readMeshConfig } from "../../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../../federation/config/versions.ts";
import { facts, passthrough, readMesh } from "./fixtures.ts";

const first = { service: "shop/cart", callers: "sleep" };

test("both stack files are ones that the program reads", () => {
  const stacks = initialStacks(readMesh("west"), readMesh("east"), first);
  const read = (name: string, other: string) =>
    readMeshConfig(stacks[name]!, name, releaseSources, [{ stack: other, name: other }]);
  const [west, east] = [read("west", "east"), read("east", "west")];
  expect(west.exports).toMatchObject([{ name: "cart", to: ["east"], serviceAccounts: ["cart"] }]);
  expect(east.imports).toMatchObject([{ name: "cart", from: "west", visibleTo: ["sleep"] }]);
});

test("a network that no cluster names is none, and accepted trust domains are those of MeshConfig", () => {
  const meshConfig = "caCertificates: [{trustDomains: [west.local, 7]}]\ntrustDomainAliases: [east.local, old.local]";
  const said = readMesh("west", { facts: { ...facts, network: undefined, meshConfig } });
  expect(initialStacks(said, readMesh("east"), first)["west"]).toMatchObject({
    mesh: { network: "", trustDomain: "east.local", acceptedTrustDomains: ["old.local", "west.local"] },
  });
});

test("the gateway is an existing one, unless a Gateway on it takes the host already, or there is none", () => {
  const gatewayOf = (more: Partial<ReadMesh>) =>
    (initialStacks(readMesh("west", more), readMesh("east"), first)["west"] as { gateway?: object }).gateway;
  const { found } = readMesh("west");
  expect(gatewayOf({})).toMatchObject({
    provider: "existing",
    labels: { istio: "eastwestgateway" },
    addresses: ["192.0.2.1"],
  });
  expect(gatewayOf({ found: { ...found, objects: [passthrough(["*.local"])] } })).toEqual({ provider: "managed" });
  expect(gatewayOf({ found: { ...found, objects: [passthrough(["*.global"])] } })).toMatchObject({
    provider: "existing",
  });
  expect(gatewayOf({ gateway: undefined })).toEqual({ provider: "managed" });
});

test("what is not known is named with what there is", () => {
  const old = readMesh("west", { facts: { ...facts, version: { value: "1.20.3", from: "a test" } } });
  expect(missingAnswers(old, readMesh("east"), { service: "shop/gone" }).map(({ subject }) => subject)).toEqual([
    "--service",
    "--callers",
    'Istio of mesh "west"',
  ]);
  expect(missingAnswers(readMesh("west"), readMesh("east"), first)).toEqual([]);
});

test.each([
  ["arn:aws:eks:eu-west-1:1:cluster/west", "west"],
  ["gke_project_europe-west1_shop", "gke-project-europe-west1-shop"],
  ["kind-east", "kind-east"],
  ["__", "mesh"],
])("context %s is of mesh %s", (context, name) => expect(meshNameOf(context)).toBe(name));
