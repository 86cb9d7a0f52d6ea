import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Where the contract of a mesh is: the full name of a stack, or a file. */
export type ContractSource = { stack: pulumi.Input<string> } | { file: pulumi.Input<string> };

/** Arguments of {@link ExportGuard}. */
export interface ExportGuardArgs {
  /** Name of the exporting mesh. */
  mesh: pulumi.Input<string>;
  /** Where each mesh that may import publishes its contract, by mesh name. */
  peers: pulumi.Input<Record<string, pulumi.Input<ContractSource>>>;
  /**
   * Shell command that `destroy` runs. It gets the mesh's name in the environment variable `MESH` and `peers` as JSON
   * in `PEERS`, and must fail while a peer imports from the mesh. It runs in the directory of the Pulumi program.
   */
  command: pulumi.Input<string>;
}

/**
 * Makes `pulumi destroy` of a mesh fail while other meshes import from it.
 *
 * `destroy` does not run the program, so a check in the program cannot reject it. This resource exists to be deleted:
 * its deletion runs `command`, which reads what the peers publish. Give it every other resource of the stack in
 * `dependsOn`: then it is deleted first, and when it fails nothing else has been deleted.
 */
export class ExportGuard extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:federation:ExportGuard";

  constructor(name: string, args: ExportGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super(ExportGuard.type, name, {}, opts);
    new command.local.Command(
      `${name}-importers`,
      {
        create: ":",
        update: ":",
        delete: args.command,
        environment: { MESH: args.mesh, PEERS: pulumi.jsonStringify(args.peers) },
        logging: "none",
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
