import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { CaMaterial } from "../federation/trust/caMaterial.ts";
import type { Sources } from "../federation/config/sources.ts";

/** Arguments of {@link IstioInstall}. */
export interface IstioInstallArgs {
  /** Network name of the mesh; label of the namespace, by which Istio knows where its pods are. */
  network: string;
  /** The mesh's CA. Secret. */
  ca: pulumi.Input<CaMaterial>;
  /** Chart names or folders, and their repository. */
  charts: Pick<Sources["istio"], "charts" | "chartRepository">;
  /** Version of both charts; ignored for folders, which hold one version. */
  version: string;
  /** Values of chart `base`. */
  baseValues: Record<string, unknown>;
  /** Values of chart `istiod`. */
  istiodValues: Record<string, unknown>;
}

/** Istio's control plane in namespace `istio-system`, from the official charts, signing with the given CA. */
export class IstioInstall extends pulumi.ComponentResource {
  /** Depend on it for whatever is injected, or validated by istiod. */
  public readonly ready: pulumi.Resource;
  /** Name of the namespace. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: IstioInstallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:mesh:IstioInstall", name, {}, opts);
    const parent = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: "istio-system", labels: { "topology.istio.io/network": args.network } } },
      parent,
    );
    this.namespace = namespace.metadata.name;
    const ca = pulumi.secret(args.ca);
    const cacerts = new k8s.core.v1.Secret(
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
      parent,
    );
    const { charts, chartRepository } = args.charts;
    const from = chartRepository ? { repositoryOpts: { repo: chartRepository }, version: args.version } : {};
    // As a Release: its CRDs make up two thirds of a preview when each is an object of the stack.
    const base = new k8s.helm.v3.Release(
      `${name}-base`,
      {
        name: "istio-base",
        namespace: this.namespace,
        chart: charts.base,
        ...from,
        values: args.baseValues,
        timeout: 300,
      },
      parent,
    );
    const istiod = new k8s.helm.v4.Chart(
      `${name}-istiod`,
      { name: "istiod", namespace: this.namespace, chart: charts.istiod, ...from, values: args.istiodValues },
      // istiod reads `cacerts` when it starts; later it would sign with a root of its own.
      { parent: this, dependsOn: [base, cacerts] },
    );
    this.ready = istiod;
    this.registerOutputs({ namespace: this.namespace });
  }
}
