import { day, noticeTime } from "../federation/trust/renewalNotice.ts";
import type { Expiry } from "./status.ts";

/** What must be done about certificates soon: a sentence each. A workload's certificate renews itself. */
export function certificateNotes(certificates: readonly Expiry[], now: number): { mesh: string; note: string }[] {
  return certificates.flatMap((certificate) => {
    const note = certificate.kind === "workload" ? undefined : noteOf(certificate, now);
    return note === undefined ? [] : [{ mesh: certificate.mesh, note }];
  });
}

function noteOf(certificate: Expiry, now: number): string | undefined {
  const { certificate: name, notAfter, renewsAt } = certificate;
  const isSoon = (time: number): boolean => time - now < noticeTime;
  const end = `${name} ${notAfter <= now ? "ended" : "ends"} on ${day(new Date(notAfter))}`;
  if (renewsAt !== undefined && isSoon(renewsAt))
    return `${end}; an \`up\` ${renewsAt <= now ? "renews it" : `from ${day(new Date(renewsAt))} on renews it`}`;
  return isSoon(notAfter) ? `${end}. ${remedyOf(certificate)}` : undefined;
}

function remedyOf({ kind, rotatable }: Expiry): string {
  if (kind === "anchor") return "The owner of the root that it stands for must change that";
  if (kind === "intermediate") return "Its owner must have it signed again";
  return rotatable
    ? "Change it with `npm run rotate`: no root is renewed by itself"
    : "Its owner must change it: no root is renewed by itself";
}
