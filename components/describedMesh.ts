import type * as pulumi from "@pulumi/pulumi";
import { parseDescription, type MeshDescription } from "../federation/meshes/meshDescription.ts";
import { readOnce } from "./readOnce.ts";

/** The description of a mesh, checked: it may come from another stack. */
export function describedMesh(mesh: pulumi.Input<MeshDescription>): pulumi.Output<() => MeshDescription> {
  return readOnce(mesh, "description", parseDescription);
}
