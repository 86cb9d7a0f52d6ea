const hour = 3_600_000;

/** How a certificate is renewed. */
export interface RenewalPlan {
  /** From when certificates are counted: usually the start of the root's validity. */
  start: Date;
  /** Validity of each certificate in hours. */
  validityHours: number;
  /** How long before its end a certificate is replaced, in hours; less than `validityHours`. */
  earlyRenewalHours: number;
  /** No certificate is valid any longer: the end of the root's validity. Default: none. */
  end?: Date;
}

/** The certificate that is valid at a moment. */
export interface ValidityWindow {
  notBefore: Date;
  notAfter: Date;
  /** From when the next certificate replaces it; `notAfter` for the last one before `end`. */
  renewsAt: Date;
  /** Number of the certificate, from 0. */
  number: number;
}

/**
 * Dates of the certificate of a moment. They depend on the number of whole windows since `start` only, so that a
 * program without a memory signs the same certificate at every run of a window. A window is the validity without the
 * time of early renewal; the last one ends at `end`.
 * @throws RangeError when the hours or dates exclude each other
 */
export function validityWindow(plan: RenewalPlan, now: Date): ValidityWindow {
  const { validityHours, earlyRenewalHours } = plan;
  const [start, end] = [plan.start.getTime(), plan.end?.getTime() ?? Infinity];
  const window = (validityHours - earlyRenewalHours) * hour;
  if (!(earlyRenewalHours >= 0 && window > 0))
    throw new RangeError("earlyRenewalHours must be less than validityHours");
  if (!(end > start)) throw new RangeError("end must be after start");
  const last = Math.max(0, Math.ceil((end - start - validityHours * hour) / window));
  const number = Math.min(Math.max(0, Math.floor((now.getTime() - start) / window)), last);
  const notBefore = start + number * window;
  const notAfter = Math.min(notBefore + validityHours * hour, end);
  return {
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    renewsAt: new Date(number === last ? notAfter : notBefore + window),
    number,
  };
}
