import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { proofTriggers, type ProvenImport, type ProvingMesh } from "../federation/imports/proofTriggers.ts";

/** Arguments of {@link TrafficProof}. */
export interface TrafficProofArgs {
  /** The importing mesh. */
  mesh: ProvingMesh;
  /** The import that must answer, with the client that calls it. */
  spec: ProvenImport;
  /** Kubeconfig of the importing mesh's cluster. Secret. */
  kubeconfig: pulumi.Input<string>;
  /** Context in the kubeconfig; default: its current context. */
  context?: string;
  /**
   * Image with curl and a sleep of a pod that calls where the client has none running, and lives as long as the proof.
   * Default: without a running pod the proof fails.
   */
  probeImage?: string;
}

/**
 * Makes an `up` fail when an import does not answer, with the same diagnosis as `verify`.
 *
 * Give it the import in `dependsOn`. It proves when it is created, and again when address, ports, subjectAltNames, host
 * or client change; anything else (a kubeconfig read again, another probe) is only noted. A proof that failed is not in
 * the state, so the next `up` proves again. It uses the importing mesh's credentials alone.
 */
export class TrafficProof extends pulumi.ComponentResource {
  /** What was proven, as `verify` reports it. */
  public readonly report: pulumi.Output<string>;

  constructor(name: string, args: TrafficProofArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:federation:TrafficProof", name, {}, opts);
    const proof = new command.local.Command(
      `${name}-call`,
      {
        create: "node cli/prove.ts",
        // What does not trigger a proof must not run one either.
        update: "true",
        environment: {
          PROOF: JSON.stringify({
            mesh: args.mesh,
            spec: args.spec,
            context: args.context,
            probeImage: args.probeImage,
          }),
          PROOF_KUBECONFIG: pulumi.secret(args.kubeconfig),
        },
        triggers: proofTriggers(args.spec),
        addPreviousOutputInEnv: false,
        logging: "none",
      },
      { parent: this, customTimeouts: { create: "3m" } },
    );
    this.report = proof.stdout;
    this.registerOutputs({ report: this.report });
  }
}
