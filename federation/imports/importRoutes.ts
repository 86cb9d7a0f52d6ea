import type { ServicePort } from "../contract/contract.ts";
import { UserError, type Finding } from "../errors/userError.ts";
import { federationMetadata } from "../objects/labels.ts";
import { importName } from "./importObjects.ts";
import type { ResolvedImport } from "./resolveImports.ts";
import { hasRoutes, type RoutePolicy } from "./routePolicy.ts";

/** Protocols whose calls a sidecar routes one by one, so that it can time and repeat them. */
const routed = ["HTTP", "HTTP2", "GRPC"];

/** Why the calls of an import have no routes: all of its ports are of protocols that are not HTTP. */
export function routeFindings(name: string, policy: RoutePolicy, ports: ServicePort[]): readonly Finding[] {
  if (!hasRoutes(policy) || ports.some(({ protocol }) => routed.includes(protocol))) return [];
  const keys = Object.entries(policy).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  return [
    {
      code: "import-without-routes",
      subject: `import "${name}"`,
      problem:
        `it has ${keys.join(" and ")}, which apply to single HTTP calls, but its ports are ` +
        ports.map(({ number, protocol }) => `${number}/${protocol}`).join(", "),
      remedy: "Remove these keys, or set connectionPool.tcp, which applies to connections",
    },
  ];
}

/**
 * VirtualService with the retries and the timeout of an import; undefined without them. It applies in sidecars, not in
 * gateways, and to the namespaces that see the import. Each port of HTTP has a route, so that a call keeps its port; a
 * port without a route here is called as if there were no VirtualService.
 *
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/
 * https://github.com/istio/istio/blob/release-1.28/pilot/pkg/networking/core/route/route.go
 *
 * @throws UserError `import-without-routes` when no port is of HTTP
 */
export function importVirtualService(spec: ResolvedImport) {
  const { host, ports, namespace, routes = {} } = spec;
  if (!hasRoutes(routes)) return undefined;
  for (const { code, ...text } of routeFindings(spec.name, routes, ports)) throw new UserError(code, text);
  const { retries, timeout } = routes;
  return {
    metadata: federationMetadata("import", importName(spec), namespace),
    spec: {
      hosts: [host],
      http: ports
        .filter(({ protocol }) => routed.includes(protocol))
        .map(({ number }) => ({
          match: [{ port: number }],
          route: [{ destination: { host, port: { number } } }],
          ...(retries === undefined ? {} : { retries }),
          ...(timeout === undefined ? {} : { timeout }),
        })),
      exportTo: spec.visibleTo,
    },
  };
}
