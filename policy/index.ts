import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import type { Resource, Rule } from "./rule.ts";
import { rules } from "./rules.ts";

/** The rules as policies of a pack: the engine calls them before it touches anything, for any Pulumi program. */
function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const { name, description } = rule;
  // The SDK's values throw where something is not known in a preview; it reports that itself.
  const own = ({ type, name, props }: Resource): Resource => ({ type, name, props });
  if (rule.scope === "resource")
    return { name, description, enforcementLevel: "mandatory", validateResource: (args, report) => rule.check([own(args)]).forEach((v) => report(v.message)) };
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => rule.check(resources.map(own)).forEach((v) => report(v.message, resources.find((r) => r.type === v.resource?.type && r.name === v.resource.name)?.urn)),
  };
}

new PolicyPack("mesh-federation", { enforcementLevel: "mandatory", policies: rules.map(policyOf) });
