import * as pulumi from "@pulumi/pulumi";
import { contractOfPeer, type ContractImport, type FederationContract } from "../federation/contract/contract.ts";
import { Findings, UserError } from "../federation/errors/userError.ts";
import { importId } from "../federation/imports/importConfig.ts";
import { duplicateHosts } from "../federation/imports/importFindings.ts";
import { publishedImport, type ResolvedImport } from "../federation/imports/resolveImports.ts";
import { importFromContracts, type ImportSettings } from "../federation/meshes/importFromContracts.ts";
import type { MeshDescription } from "../federation/meshes/meshDescription.ts";
import { componentTypes } from "../federation/objects/federationObject.ts";
import { describedMesh } from "./describedMesh.ts";
import { ImportedService } from "./importedService.ts";
import type { ImportedServiceArgs, ImportPolicy } from "./importedServiceArgs.ts";
import { readOnce } from "./readOnce.ts";

/** A port of an export on which clients of an import rely. */
export interface RequiredPort {
  /** Port by which the service is called. */
  number: pulumi.Input<number>;
  /**
   * Its protocol.
   * @default the exporter's
   */
  protocol?: pulumi.Input<string>;
}

/** Arguments of {@link FederatedImport}. */
export interface FederatedImportArgs extends ImportPolicy {
  /** The mesh that imports it: {@link FederatedMesh.description}, or {@link descriptionOf} its stack. */
  mesh: pulumi.Input<MeshDescription>;
  /**
   * Contracts of the meshes that export it, by the name of the mesh: of a {@link FederatedMesh}, or by
   * {@link federationOf}, {@link contractFromFile} or {@link contractFromUrl}. Its keys are plain.
   */
  from: Record<string, pulumi.Input<FederationContract>>;
  /** Name of the export. */
  exportName: pulumi.Input<string>;
  /**
   * Host by which workloads of this mesh call it.
   * @default the exporter's
   */
  host?: pulumi.Input<string>;
  /**
   * Namespace of the objects. Changing it replaces them.
   * @default the first of visibleTo; for a blended import, the Service's
   */
  namespace?: pulumi.Input<string>;
  /**
   * Namespaces whose workloads see the import.
   * @default ["*"] for a blended import; required for any other
   */
  visibleTo?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ports on which clients rely. The preview fails where the exporter lacks one.
   * @default all ports of the export
   */
  ports?: pulumi.Input<pulumi.Input<RequiredPort>[]>;
  /**
   * Labels in the selector of the local Service of the same name. They make the import blended: its endpoints join the
   * Service. Whether they are given is plain.
   * @default none: the import is not blended
   */
  blendLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Service accounts that serve a blended import over there. Plain, because each makes an object; the preview fails
   * where the contracts name others (`import-blend-differs`). Required with `blendLabels`.
   * @default []
   */
  blendServiceAccounts?: string[];
  /**
   * Number of gateway addresses of a blended import. Plain, because each makes an object.
   * @default the number of meshes in `from`
   */
  blendGateways?: number;
  /**
   * The team that imports it. Required where the mesh has `teams`, whose rules it then has to keep.
   * @default none
   */
  team?: pulumi.Input<string>;
}

/**
 * A service of one or more peers, callable in this mesh. It makes the objects of {@link ImportedService}; what these
 * need to know of the exporters comes from their contracts.
 *
 * A contract is input: it is checked as a stack file's peer is, and what does not fit fails the preview, with code
 * `imports-mismatch` and a detail for each reason. While a contract is not known, as in the first preview of a program
 * that makes both meshes, nothing is checked yet.
 */
export class FederatedImport extends ImportedService {
  static override readonly type: string = componentTypes.federatedImport;

  /** The entry of this mesh's contract, by which exporters see what is in use: see {@link contractOf}. */
  public readonly published: pulumi.Output<ContractImport>;

  constructor(name: string, args: FederatedImportArgs, opts?: pulumi.ComponentResourceOptions) {
    const resolved = resolvedBy(args);
    super(name, importedServiceArgs(args, resolved), opts);
    this.published = resolved.apply(publishedImport);
  }
}

function resolvedBy(args: FederatedImportArgs): pulumi.Output<ResolvedImport> {
  const program = pulumi.runtime.getStackResource() ?? withoutStack;
  return pulumi
    .all([describedMesh(args.mesh), contractsIn(args.from), settingsOf(args), args.team])
    .apply(([description, contracts, settings, team]) => {
      const mesh = description();
      const resolved = importFromContracts(mesh, settings, contracts(), team);
      checkBlend(resolved, args);
      checkHost(program, mesh.contract.mesh.name, resolved);
      return resolved;
    });
}

/** Reads the contracts by mesh name, each checked; undefined where a mesh publishes none. */
function contractsIn(from: FederatedImportArgs["from"]) {
  const read = Object.entries(from).map(([name, contract]) =>
    readOnce(contract, `contract of ${name}`, (value) => [name, contractInValue(value, name)] as const),
  );
  return pulumi.all(read).apply((contracts) => () => Object.fromEntries(contracts.map((contract) => contract())));
}

function contractInValue(value: unknown, name: string): FederationContract | undefined {
  return value === undefined || value === null ? undefined : contractOfPeer(value, name);
}

function settingsOf(args: FederatedImportArgs): pulumi.Output<ImportSettings> {
  const { exportName, host, namespace, visibleTo, ports, subsets, blendLabels } = args;
  const { connectionPool, loadBalancer, outlierDetection, retries, timeout } = args;
  return pulumi
    .output({
      ...{ exportName, host, namespace, visibleTo, ports, subsets, blendLabels },
      ...{ connectionPool, loadBalancer, outlierDetection, retries, timeout },
    })
    .apply(({ exportName: name, host: as, blendLabels: labels, ...others }) => {
      const visible = others.visibleTo ?? (labels ? ["*"] : []);
      return { ...others, name, as, blend: labels && { labels }, visibleTo: visible } as ImportSettings;
    });
}

function importedServiceArgs(args: FederatedImportArgs, resolved: pulumi.Output<ResolvedImport>): ImportedServiceArgs {
  const from = Object.keys(args.from);
  const { blendLabels, blendServiceAccounts, blendGateways = from.length } = args;
  const visibleTo = pulumi.output(args.visibleTo);
  return {
    // Names are known in a preview in which the contracts are not.
    importName: pulumi.output(args.exportName).apply((name) => importId({ name, from })),
    namespace:
      blendLabels === undefined
        ? pulumi.all([args.namespace, visibleTo]).apply(([own, visible]) => own ?? visible?.[0] ?? "")
        : resolved.namespace,
    exportedHost: resolved.exportedHost,
    host: resolved.host,
    visibleTo: resolved.visibleTo,
    ports: resolved.ports,
    subjectAltNames: resolved.subjectAltNames,
    gateways:
      blendLabels === undefined
        ? resolved.gateways
        : Array.from({ length: blendGateways }, (_, i) => resolved.apply(({ gateways }) => gateways[i]!)),
    subsets: resolved.subsets,
    connectionPool: args.connectionPool,
    loadBalancer: args.loadBalancer,
    outlierDetection: args.outlierDetection,
    retries: args.retries,
    timeout: args.timeout,
    blendLabels,
    blendServiceAccounts,
  };
}

/** @throws UserError `import-blend-differs` */
function checkBlend({ name, blend, gateways }: ResolvedImport, args: FederatedImportArgs): void {
  if (!blend) return;
  const counted = args.blendGateways ?? Object.keys(args.from).length;
  const [given, needed] = [args.blendServiceAccounts ?? [], blend.serviceAccounts].map((all) => [...all].sort());
  if (counted === gateways.length && given!.join() === needed!.join()) return;
  throw new UserError("import-blend-differs", {
    subject: `import "${name}"`,
    problem:
      `its peers have ${gateways.length} gateway addresses and service accounts ${needed!.join(", ")}, but the ` +
      `arguments count ${counted} and name ${given!.join(", ") || "none"}`,
    remedy: `Set blendGateways to ${gateways.length} and blendServiceAccounts to [${needed!.join(", ")}]`,
  });
}

/** The imports of each program so far by mesh and host, each by the name of its objects. */
const programs = new WeakMap<object, Map<string, Map<string, ResolvedImport>>>();
const withoutStack = {};

/** The imports of a host in a mesh of a program. One process can run several programs. */
function importsOf(program: object, mesh: string, host: string): Map<string, ResolvedImport> {
  const byHost = programs.get(program) ?? new Map<string, Map<string, ResolvedImport>>();
  const imports = byHost.get(`${mesh}/${host}`) ?? new Map<string, ResolvedImport>();
  programs.set(program, byHost.set(`${mesh}/${host}`, imports));
  return imports;
}

/** @throws UserError `imports-mismatch` for a host of another import of the program, where one namespace sees both */
function checkHost(program: object, mesh: string, resolved: ResolvedImport): void {
  const same = importsOf(program, mesh, resolved.host).set(`${resolved.namespace}/${resolved.id}`, resolved);
  const findings = new Findings();
  findings.addAll(duplicateHosts([...same.values()]));
  findings.throwIfAny("imports-mismatch", {
    subject: `mesh "${mesh}"`,
    problem: "two of its imports have one host",
    remedy: "Change one of them",
  });
}
