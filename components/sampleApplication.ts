import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { sampleObjects, type SampleKind } from "../federation/cluster/sampleObjects.ts";
import { annotated, skipAwait } from "./annotations.ts";

/** Arguments of {@link SampleApplication}. */
export interface SampleApplicationArgs {
  /**
   * `sleep`: a client with curl; `httpbin`: a server that echoes requests. It is also the name of the namespace, which
   * must not exist, and of everything in it. Changing it replaces them.
   */
  kind: pulumi.Input<SampleKind>;
  /** Image of the container. */
  image: pulumi.Input<string>;
}

/**
 * One of two sample applications of the Istio documentation, in a namespace with sidecar injection.
 * https://github.com/istio/istio/tree/master/samples
 */
export class SampleApplication extends pulumi.ComponentResource {
  static readonly type = "mesh-federation:samples:SampleApplication";

  /** Its namespace. Objects in the namespace depend on it. */
  public readonly namespace: k8s.core.v1.Namespace;

  constructor(name: string, args: SampleApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(SampleApplication.type, name, {}, opts);
    const objects = pulumi.all([args.kind, args.image]).apply(([kind, image]) => sampleObjects(kind, image));
    const { account, service, deployment } = objects;
    this.namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: objects.namespace.metadata },
      { parent: this },
    );
    const inside = { parent: this, dependsOn: this.namespace };
    const serviceAccount = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata: account.metadata }, inside);
    new k8s.core.v1.Service(
      `${name}-service`,
      // The Deployment waits for the pods; the provider's wait for a Service adds ten seconds.
      { metadata: annotated(service.metadata, skipAwait), spec: service.spec },
      inside,
    );
    new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      { metadata: deployment.metadata, spec: deployment.spec },
      { parent: this, dependsOn: serviceAccount },
    );
    this.registerOutputs({});
  }
}
