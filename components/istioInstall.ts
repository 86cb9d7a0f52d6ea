import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
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
   * Values of chart `istiod`.
   * @default {}
   */
  istiodValues?: pulumi.Input<Record<string, unknown>>;
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
    this.ready = new k8s.helm.v4.Chart(
      `${name}-istiod`,
      {
        name: "istiod",
        namespace: this.namespace,
        ...chartArgs({ chart: args.istiodChart, chartRepository, chartVersion }),
        // The provider waits for istiod's Deployment; its wait for the Service adds ten seconds.
        values: pulumi
          .output(args.istiodValues)
          .apply((values) => mergeValues({ serviceAnnotations: skipAwait }, values)),
      },
      // istiod reads `cacerts` when it starts. Without it, istiod signs with a root of its own.
      { parent: this, dependsOn: [base, ...cacerts] },
    );
    this.registerOutputs({ namespace: this.namespace });
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
