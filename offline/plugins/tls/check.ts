import type { CheckFailure } from "../shared/plugin.ts";
import { hasUnknown, isObject, type Values } from "../shared/values.ts";
import type { InputRule, ResourceKind } from "./kind.ts";
import { subjectFields } from "./subject.ts";

/** What is wrong with revealed inputs of a resource type. Values not known yet are taken as right. */
export function checkInputs(kind: ResourceKind, inputs: Values): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const known = Object.keys(kind.inputs);
  for (const name of Object.keys(inputs))
    if (!known.includes(name) && !name.startsWith("__"))
      failures.push({ property: name, reason: `${name} is not an input of ${kind.token}; it has ${known.join(", ")}` });
  for (const [name, rule] of Object.entries(kind.inputs)) {
    const value = inputs[name];
    if (value === undefined) {
      if (rule.required)
        failures.push({ property: name, reason: `${name} is missing: ${kind.token} needs ${requiredOf(kind)}` });
    } else if (!hasUnknown(value)) {
      const reason = wrongType(name, rule, value) ?? rule.wrong?.(value);
      // The engine prints the value of the property that a failure names.
      if (reason) failures.push({ property: rule.secret ? "" : name, reason });
    }
  }
  return [...failures, ...(kind.check?.(inputs) ?? [])];
}

/** Exactly one of a key and its write-only twin, and the twin with a version. */
export function checkKeyChoice(name: string): (inputs: Values) => CheckFailure[] {
  const [hidden, version] = [`${name}Wo`, `${name}WoVersion`];
  return (inputs) => {
    const has = (property: string) => inputs[property] !== undefined;
    const failures: CheckFailure[] = [];
    if (has(name) === has(hidden))
      failures.push({
        property: "",
        reason:
          (has(name) ? `${name} and ${hidden} are both set` : `neither ${name} nor ${hidden} is set`) +
          ": set exactly one of them",
      });
    if (has(hidden) !== has(version))
      failures.push({ property: version, reason: `${hidden} and ${version} belong together: set both or neither` });
    return failures;
  };
}

function requiredOf(kind: ResourceKind): string {
  return Object.entries(kind.inputs)
    .flatMap(([name, rule]) => (rule.required ? [name] : []))
    .join(", ");
}

function wrongType(name: string, rule: InputRule, value: unknown): string | undefined {
  const is = (ok: boolean, what: string) => (ok ? undefined : `${name} must be ${what}, not ${kindOf(value)}`);
  switch (rule.type) {
    case "string":
      return is(typeof value === "string", "a string");
    case "boolean":
      return is(typeof value === "boolean", "true or false");
    case "integer":
      return is(Number.isSafeInteger(value), "a whole number");
    case "strings":
      return is(Array.isArray(value) && value.every((item) => typeof item === "string"), "a list of strings");
    case "subject":
      return is(isObject(value), "an object") ?? wrongSubject(name, value as Values);
  }
}

function wrongSubject(name: string, subject: Values): string | undefined {
  for (const [field, value] of Object.entries(subject)) {
    if (value === null) continue;
    if (!subjectFields.includes(field))
      return `${name}.${field} is not a field of a subject; it has ${subjectFields.join(", ")}`;
    const reason = wrongType(`${name}.${field}`, { type: field === "streetAddresses" ? "strings" : "string" }, value);
    if (reason) return reason;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return Array.isArray(value) ? "such a list" : isObject(value) ? "an object" : `a ${typeof value}`;
}
