import { X509Certificate } from "node:crypto";
import type { Finding } from "../errors/userError.ts";
import type { ValidityWindow } from "./renewal.ts";

/** Time before a renewal or an end at which previews and the status speak of it, in milliseconds: 30 days. */
export const noticeTime = 30 * 86_400_000;

/** Says that the signer of a mesh's CA renews its certificate soon; nothing before. */
export function renewalNotice(mesh: string, { notBefore, renewsAt, notAfter }: ValidityWindow, now: Date): Finding[] {
  if (!isNear(renewsAt, { notBefore, notAfter }, now)) return [];
  const isLast = renewsAt >= notAfter;
  return [
    {
      code: "ca-renewal-near",
      subject: `CA of mesh "${mesh}"`,
      problem: isLast
        ? `its certificate ends on ${day(notAfter)} with its root, and is not renewed`
        : `its certificate is renewed from ${day(renewsAt)} on, and ends on ${day(notAfter)}`,
      remedy: isLast
        ? "Change the root before (npm run rotate)"
        : "Run `up` of the signer after the first date, and of the mesh before the second",
    },
  ];
}

/**
 * Says that the certificate that a mesh's CA has ends soon; nothing before.
 * @param certificate PEM
 * @param remedy what brings the next one
 */
export function endNotice(mesh: string, certificate: string, remedy: string, now: Date): Finding[] {
  const { validFrom, validTo } = new X509Certificate(certificate);
  const [notBefore, notAfter] = [new Date(validFrom), new Date(validTo)];
  if (!isNear(notAfter, { notBefore, notAfter }, now)) return [];
  const problem = `its certificate ends on ${day(notAfter)}, and every workload's with it`;
  return [{ code: "ca-certificate-ends", subject: `CA of mesh "${mesh}"`, problem, remedy }];
}

/** Whether a moment is near. Of a certificate that lives for weeks, only its last quarter is. */
function isNear(moment: Date, { notBefore, notAfter }: Pick<ValidityWindow, "notBefore" | "notAfter">, now: Date) {
  const notice = Math.min(noticeTime, (notAfter.getTime() - notBefore.getTime()) / 4);
  return moment.getTime() - now.getTime() < notice;
}

/** Date of a time, in UTC. */
export function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}
