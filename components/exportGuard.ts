import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link ExportGuard}. */
export interface ExportGuardArgs {
  /** Name of the exporting mesh. */
  mesh: string;
  /** Where the contract of each mesh is that may import: a stack's full name or a file, by mesh name. */
  peers: Record<string, { stack: string } | { file: string }>;
}

/**
 * Refuses `pulumi destroy` of a mesh while others import from it.
 *
 * `destroy` does not run the program, so no check of the program's can refuse it. This resource does nothing but be
 * deleted: its delete reads what the peers publish, and fails with their names while one still imports. It must depend on
 * everything else in the stack: then it goes first, and when it fails nothing is gone.
 *
 * `MESH_FEDERATION_ALLOW_BREAKING=1` in the environment of `destroy` overrides it.
 */
export class ExportGuard extends pulumi.ComponentResource {
  constructor(name: string, args: ExportGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:federation:ExportGuard", name, {}, opts);
    new command.local.Command(
      `${name}-importers`,
      {
        create: ":",
        update: ":",
        delete: "node infra/refuseWhileImported.ts",
        environment: { MESH: args.mesh, PEERS: JSON.stringify(args.peers) },
        logging: "none",
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
