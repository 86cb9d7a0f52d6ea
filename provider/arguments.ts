import * as pulumi from "@pulumi/pulumi";
import { Findings } from "../federation/errors/userError.ts";

/** The arguments of a component, as its schema has them. */
export interface ComponentArguments {
  inputProperties: Record<string, { plain?: boolean; items?: { $ref?: string } }>;
  requiredInputs: string[];
}

/**
 * Checks what the language of a program leaves unchecked: that there are the arguments which the component needs and no
 * others, and that those are known which decide whether objects exist.
 * @throws UserError with every argument that is wrong
 */
export function checkArguments(name: string, type: string, args: pulumi.Inputs, spec: ComponentArguments): void {
  const found = new Findings();
  const code = "component-argument-invalid";
  const subject = (argument: string) => `${name}.${argument}`;
  for (const argument of spec.requiredInputs)
    if (args[argument] === undefined)
      found.add(code, { subject: subject(argument), problem: "is missing", remedy: "Give it" });
  for (const [argument, value] of Object.entries(args)) {
    const property = spec.inputProperties[argument];
    if (!property)
      found.add(code, {
        subject: subject(argument),
        problem: `is no argument of ${type}`,
        remedy: `Allowed are ${Object.keys(spec.inputProperties).sort().join(", ")}`,
      });
    else if (property.plain && isOutput(value, property.items?.$ref !== undefined))
      found.add(code, {
        subject: subject(argument),
        problem: "is an output, but decides which objects exist",
        remedy: "Give a value that is in the program itself, or in the stack's configuration",
      });
  }
  found.throwIfAny(code, {
    subject: `component "${name}"`,
    problem: "its arguments are not valid",
    remedy: "Correct them",
  });
}

/** Whether a value is an output or, for a list of objects, one of the objects is. Texts in a list may be outputs. */
function isOutput(value: unknown, listOfObjects: boolean): boolean {
  if (listOfObjects && Array.isArray(value)) return value.some((element) => pulumi.Output.isInstance(element));
  return pulumi.Output.isInstance(value);
}
