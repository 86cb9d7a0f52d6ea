import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import type { Resource, Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { defaults, schemas, type Settings } from "./settings.ts";

/**
 * The rules as policies of a pack, for any Pulumi program. The engine calls those on one resource before it touches it,
 * those on a stack at the end of a preview, and of an `up`.
 */
function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const { name, description, settings = [] } = rule;
  const configSchema = {
    properties: Object.fromEntries(settings.map((key) => [key, { ...schemas[key], default: defaults[key] }])),
  };
  const about = {
    name,
    description,
    enforcementLevel: "mandatory" as const,
    ...(settings.length > 0 ? { configSchema } : {}),
  };
  // The SDK's values throw where something is not known in a preview; it reports that itself.
  const own = ({ type, name, props }: Resource): Resource => ({ type, name, props });
  const configured = (args: { getConfig<T extends object>(): T }): Settings => ({
    ...defaults,
    ...args.getConfig<Partial<Settings>>(),
  });
  if (rule.scope === "resource")
    return {
      ...about,
      validateResource: (args, report) => rule.check([own(args)], configured(args)).forEach((v) => report(v.message)),
    };
  return {
    ...about,
    validateStack: (args, report) =>
      rule
        .check(args.resources.map(own), configured(args))
        .forEach((v) =>
          report(v.message, args.resources.find((r) => r.type === v.resource.type && r.name === v.resource.name)?.urn),
        ),
  };
}

new PolicyPack("mesh-federation", { enforcementLevel: "mandatory", policies: rules.map(policyOf) });
