import { stringify } from "yaml";

/** A stack file. The keys get the project's name as prefix. */
export function stackFile(project: string, config: object): string {
  return stringify({
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value])),
  });
}

/** A file of JSON. */
export function jsonFile(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
