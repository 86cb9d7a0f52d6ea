import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { sampleObjects, type SampleKind } from "../federation/cluster/sampleObjects.ts";

/** Arguments of {@link SampleApplication}. */
export interface SampleApplicationArgs {
  /** `sleep`: a client with curl; `httpbin`: a server that echoes requests. */
  kind: SampleKind;
  /** Image of its container. */
  image: string;
}

/** One of the two sample applications of the Istio documentation, in an injected namespace of its own. */
export class SampleApplication extends pulumi.ComponentResource {
  /** Its namespace; what imports into it depends on it. */
  public readonly namespace: k8s.core.v1.Namespace;

  constructor(name: string, args: SampleApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-federation:samples:SampleApplication", name, {}, opts);
    const objects = sampleObjects(args.kind, args.image);
    this.namespace = new k8s.core.v1.Namespace(`${name}-namespace`, objects.namespace, { parent: this });
    const inside = { parent: this, dependsOn: this.namespace };
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, objects.account, inside);
    new k8s.core.v1.Service(`${name}-service`, objects.service, inside);
    new k8s.apps.v1.Deployment(`${name}-deployment`, objects.deployment, { parent: this, dependsOn: account });
    this.registerOutputs({});
  }
}
