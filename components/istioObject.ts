import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { FederationObject } from "../federation/objects/federationObject.ts";
import { annotated, patchForce } from "./annotations.ts";

export { networking, security } from "../federation/objects/federationObject.ts";

/** A {@link FederationObject} whose metadata and spec may be outputs. */
export interface IstioObjectArgs {
  apiVersion: string;
  kind: string;
  metadata: pulumi.Input<FederationObject["metadata"]>;
  spec: pulumi.Input<object>;
}

/** A registered Istio object. */
export interface IstioObject {
  resource: pulumi.Resource;
  /** What is registered, for the component's output `objects`. */
  object: pulumi.Output<FederationObject>;
}

/**
 * Registers an Istio object as a child of a component. The program alone decides its fields, so an update takes them
 * over from other field managers ({@link patchForce}).
 */
export function istioObject(
  name: string,
  { apiVersion, kind, metadata, spec }: IstioObjectArgs,
  opts: { parent: pulumi.Resource; dependsOn?: pulumi.Resource[] },
): IstioObject {
  const args = { apiVersion, kind, metadata: annotated(metadata, patchForce), spec: pulumi.output(spec) };
  return {
    resource: new k8s.apiextensions.CustomResource(name, args, opts),
    object: pulumi.output(args) as pulumi.Output<FederationObject>,
  };
}
