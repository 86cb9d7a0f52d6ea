import type { CheckFailure } from "../shared/plugin.ts";
import { hasUnknown, isObject, reveal, type Values } from "../shared/values.ts";

const texts = ["create", "update", "delete", "command", "dir", "stdin", "logging"];
const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** Failures of a command's inputs. `required`: a required input, such as `command` for a function. */
export function checkCommand(inputs: Values, required?: string): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  if (required && inputs[required] === undefined) fail(required, `${required} is missing: give the text to run`);
  for (const property of ["assetPaths", "archivePaths"])
    if (inputs[property] !== undefined)
      fail(
        property,
        `${property} is not built into this stand-in for the command plugin; leave it out, or use the official plugin`,
      );
  for (const [property, value] of Object.entries(inputs)) {
    if (hasUnknown(value)) continue;
    const shown = reveal(value);
    if (texts.includes(property) && typeof shown !== "string")
      fail(property, `${property} must be a string, not ${kindOf(shown)}`);
  }
  const { logging, interpreter, environment } = Object.fromEntries(
    Object.entries(inputs)
      .filter(([, v]) => !hasUnknown(v))
      .map(([k, v]) => [k, reveal(v)]),
  );
  if (typeof logging === "string" && !loggings.includes(logging))
    fail("logging", `logging is "${logging}"; it can be ${loggings.join(", ")}`);
  if (
    interpreter !== undefined &&
    !(Array.isArray(interpreter) && interpreter.every((word) => typeof word === "string"))
  )
    fail(
      "interpreter",
      "interpreter must be a list of strings: the program, then its arguments; none of them means /bin/sh -c",
    );
  if (
    environment !== undefined &&
    !(isObject(environment) && Object.values(environment).every((v) => typeof v === "string"))
  )
    fail("environment", "environment must map names to strings");
  return failures;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
}
