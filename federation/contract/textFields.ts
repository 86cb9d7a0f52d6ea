import { z } from "zod";
import { spiffeIdForm } from "../objects/names.ts";

/*
 * Rules of texts that only a contract has; see schema.ts.
 */

/** Text for people: one line of printable characters. */
export const line = z
  .string()
  .max(2000)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "must be one line of printable characters");

/** Names that are made of two: an import's id, a service account. Letters, digits, `-` and `.`. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, "must be the name of an object: lower-case letters, digits, '-' and '.'");

/** A SPIFFE id. https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#2-spiffe-identity */
export const spiffeId = z
  .string()
  .max(2048)
  .regex(spiffeIdForm, "must be a SPIFFE id (spiffe://trust-domain/ns/namespace/sa/account)");

/** `region/zone`, or empty. */
export const locality = z
  .string()
  .max(127)
  .regex(/^([-._A-Za-z0-9]+(\/[-._A-Za-z0-9]+){0,2})?$/, "must be region/zone");

/** Version of a program. */
export const version = z
  .string()
  .max(64)
  .regex(/^[-+._A-Za-z0-9]*$/, "must be a version");
