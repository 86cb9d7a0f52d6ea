import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { verificationTriggers, type ImportWithClient } from "../federation/imports/verificationTriggers.ts";

/** Arguments of {@link ImportVerification}. */
export interface ImportVerificationArgs {
  /** Name of the importing mesh. */
  mesh: pulumi.Input<string>;
  /** Stack of the importing mesh, for the instructions in a diagnosis. */
  stack: pulumi.Input<string>;
  /** Trust domain of the importing mesh. */
  trustDomain: pulumi.Input<string>;
  /**
   * The import as the mesh's contract publishes it, with the client that calls it. Another host, port, gateway address,
   * SPIFFE id or client verifies the import again; other changes do not.
   */
  imported: pulumi.Input<ImportWithClient>;
  /** Kubeconfig of the importing mesh's cluster. Secret. */
  kubeconfig: pulumi.Input<string>;
  /**
   * Context in the kubeconfig.
   * @default the kubeconfig's current context
   */
  context?: pulumi.Input<string>;
  /**
   * Image of a probe pod, with curl and sleep. The probe pod calls where the client has no running pod, and is deleted
   * after the verification.
   * @default none: the verification fails when the client has no running pod
   */
  probeImage?: pulumi.Input<string>;
  /**
   * Shell command that calls the import. It gets the arguments as JSON in the environment variable `VERIFY_IMPORT`
   * (`{mesh: {name, stack, trustDomain}, spec, context, probeImage}`) and the kubeconfig in `VERIFY_KUBECONFIG`, and
   * fails with a diagnosis on stderr or stdout. It runs in the directory of the Pulumi program.
   */
  command: pulumi.Input<string>;
}

/**
 * Makes `up` fail when an import does not answer.
 *
 * Give it the import in `dependsOn`. It verifies the import when it is created and when `imported` changes as described
 * there. A failed verification is not in the state, so the next `up` verifies again. It uses the credentials of the
 * importing mesh alone.
 */
export class ImportVerification extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:federation:ImportVerification";

  /** The report of the verification, as `verify` prints it. */
  public readonly report: pulumi.Output<string>;

  constructor(name: string, args: ImportVerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(ImportVerification.type, name, {}, opts);
    const { mesh, stack, trustDomain, context, probeImage } = args;
    const call = new command.local.Command(
      `${name}-call`,
      {
        create: args.command,
        // A change that triggers no verification must not run one either.
        update: "true",
        environment: {
          VERIFY_IMPORT: pulumi.jsonStringify({
            mesh: { name: mesh, stack, trustDomain },
            spec: args.imported,
            context,
            probeImage,
          }),
          VERIFY_KUBECONFIG: pulumi.secret(args.kubeconfig),
        },
        triggers: pulumi.output(args.imported).apply(verificationTriggers),
        addPreviousOutputInEnv: false,
        logging: "none",
      },
      { parent: this, customTimeouts: { create: "3m" } },
    );
    this.report = call.stdout;
    this.registerOutputs({ report: this.report });
  }
}
