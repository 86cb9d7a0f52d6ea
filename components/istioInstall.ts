import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { defaultTagWebhook, revisioned } from "../federation/cluster/revisions.ts";
import { afterInjectorTemplate } from "../federation/cluster/injectorTemplate.ts";
import { mergeValues } from "../federation/config/sources.ts";
import type { CaMaterial } from "../federation/trust/caMaterial.ts";
import { skipAwait } from "./annotations.ts";
import { chartArgs, releaseTimeout } from "./helmChart.ts";

/** Arguments of {@link IstioInstall}. */
export interface IstioInstallArgs {
  /** Network of the mesh. It becomes the label by which Istio knows where the pods of the mesh are. */
  network: pulumi.Input<string>;
  /**
   * Certificate authority of the mesh: PEM texts. Secret. A change takes effect while istiod runs only where it is one
   * step of a rotation and `ISTIO_MULTIROOT_MESH` is on.
   * @default none: istiod makes a root of its own, or `istiodValues` name another signer
   */
  ca?: pulumi.Input<CaMaterial>;
  /** Chart `base`: its name in `chartRepository`, or the path of a directory. */
  baseChart: pulumi.Input<string>;
  /** Chart `istiod`: its name in `chartRepository`, or the path of a directory. */
  istiodChart: pulumi.Input<string>;
  /**
   * URL of the repository of both charts: `https://...`, or `oci://...` without the charts' names.
   * @default none: the charts are directories
   */
  chartRepository?: pulumi.Input<string>;
  /**
   * Version of both charts. Ignored for directories, which hold one version.
   * @default the newest version in the repository
   */
  chartVersion?: pulumi.Input<string>;
  /**
   * Values of chart `base`.
   * @default {}
   */
  baseValues?: pulumi.Input<Record<string, unknown>>;
  /**
   * Values of chart `istiod`. Where `revision` is given, they have the same one.
   * @default {}
   */
  istiodValues?: pulumi.Input<Record<string, unknown>>;
  /**
   * Revision of the control plane. Its name is in the names of all its objects, and namespaces with
   * `istio-injection=enabled` are injected by it. Another revision is another control plane: pods that the old one
   * injected keep their last configuration, and get no certificate any more, until they restart.
   * @default "": the control plane without a revision
   */
  revision?: string;
  /**
   * A second control plane beside the one of `revision`. It injects pods of namespaces and pods that have its name in
   * label `istio.io/rev`. https://istio.io/latest/docs/setup/upgrade/canary/
   * @default none
   */
  canary?: IstioCanary;
}

/** A second control plane. */
export interface IstioCanary {
  /** Its revision, another than that of the first. */
  revision: string;
  /**
   * Version of its chart. Ignored for a directory.
   * @default the newest version in the repository
   */
  chartVersion?: pulumi.Input<string>;
  /** Values of its chart, with its revision. */
  istiodValues: pulumi.Input<Record<string, unknown>>;
}

/**
 * Istio's control plane in namespace `istio-system`, from the official charts. It signs with the given CA.
 * https://istio.io/latest/docs/setup/install/helm/
 */
export class IstioInstall extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:mesh:IstioInstall";

  /** Resource to depend on: after it, pods are injected and istiod validates Istio's objects. */
  public readonly ready: pulumi.Resource;
  /** Name of the namespace, which is Istio's root namespace unless `meshConfig.rootNamespace` names another. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: IstioInstallArgs, opts?: pulumi.ComponentResourceOptions) {
    super(IstioInstall.type, name, {}, opts);
    const parent = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: "istio-system", labels: { "topology.istio.io/network": args.network } } },
      parent,
    );
    this.namespace = namespace.metadata.name;
    const cacerts = args.ca === undefined ? [] : [this.cacerts(name, args.ca)];
    const { chartRepository, chartVersion } = args;
    // As a Release: as objects of the stack, its CRDs take two thirds of a preview (decision 4).
    const base = new k8s.helm.v3.Release(
      `${name}-base`,
      {
        name: "istio-base",
        namespace: this.namespace,
        ...chartArgs({ chart: args.baseChart, chartRepository, chartVersion }),
        values: args.baseValues ?? {},
        timeout: releaseTimeout,
      },
      parent,
    );
    const { revision = "" } = args;
    // istiod reads `cacerts` when it starts. Without it, istiod signs with a root of its own.
    const after = [base, ...cacerts];
    const own = this.istiod(name, args, { revision, chartVersion, istiodValues: args.istiodValues }, after);
    const canary = args.canary && this.istiod(name, args, args.canary, after);
    // A tag moves when the control plane to which it moves is there.
    this.ready =
      revision === ""
        ? own
        : this.defaultTag(
            name,
            revision,
            [own, canary].filter((chart) => chart !== undefined),
          );
    this.registerOutputs({ namespace: this.namespace });
  }

  /** Registers a control plane. */
  private istiod(
    name: string,
    args: IstioInstallArgs,
    { revision, chartVersion, istiodValues }: Partial<IstioCanary> & { revision: string },
    dependsOn: pulumi.Resource[],
  ): k8s.helm.v4.Chart {
    const { istiodChart: chart, chartRepository } = args;
    return new k8s.helm.v4.Chart(
      revisioned(`${name}-istiod`, revision),
      {
        name: revisioned("istiod", revision),
        namespace: this.namespace,
        ...chartArgs({ chart, chartRepository, chartVersion }),
        // The provider waits for istiod's Deployment; its wait for the Service adds ten seconds.
        values: pulumi
          .output(istiodValues)
          .apply((values) => afterInjectorTemplate(mergeValues({ serviceAnnotations: skipAwait }, values), revision)),
      },
      { parent: this, dependsOn },
    );
  }

  /** Registers the tag by which namespaces that name no revision use one. */
  private defaultTag(name: string, revision: string, dependsOn: pulumi.Resource[]): pulumi.Resource {
    return new k8s.admissionregistration.v1.MutatingWebhookConfiguration(
      `${name}-default-tag`,
      defaultTagWebhook(revision),
      { parent: this, dependsOn },
    );
  }

  /** Registers the secret from which istiod reads its CA. */
  private cacerts(name: string, material: pulumi.Input<CaMaterial>): k8s.core.v1.Secret {
    const ca = pulumi.secret(material);
    return new k8s.core.v1.Secret(
      `${name}-cacerts`,
      {
        metadata: { name: "cacerts", namespace: this.namespace },
        stringData: {
          "ca-cert.pem": ca.caCert,
          "ca-key.pem": ca.caKey,
          "cert-chain.pem": ca.certChain,
          "root-cert.pem": ca.rootCert,
        },
      },
      { parent: this },
    );
  }
}
