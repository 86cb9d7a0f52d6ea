/** Powers of the suffixes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?$/;

/**
 * A quantity in its canonical form, as the API server writes it: `2000m` is `2`, `0.5` is `500m`, `1024Mi` is `1Gi`.
 * What is no quantity, or has an exponent, stays as it is.
 */
export function canonicalQuantity(value: unknown): unknown {
  if (typeof value !== "string" && typeof value !== "number") return value;
  const [, sign, whole, fraction = "", suffix = ""] = pattern.exec(String(value)) ?? [];
  if (whole === undefined || whole + fraction === "") return value;
  // Counted in billionths, the finest there is; what is finer is rounded up.
  const scale =
    binary.includes(suffix) && suffix !== ""
      ? 10n ** 9n * 1024n ** BigInt(binary.indexOf(suffix))
      : 1000n ** BigInt(decimal.indexOf(suffix));
  const digits = BigInt(whole + fraction) * scale;
  const unit = 10n ** BigInt(fraction.length);
  const amount = (digits + unit - 1n) / unit;
  if (amount === 0n) return "0";
  // What is no whole number of Ki is written in decimal: the API server loses no precision
  // either, and reads `2000` as `2k`.
  const ki = 1024n * 10n ** 9n;
  const inBinary = suffix !== "" && binary.includes(suffix) && amount % ki === 0n;
  return (
    sign!.replace("+", "") +
    (inBinary ? shortest(amount / ki, 1024n, binary.slice(1)) : shortest(amount, 1000n, decimal))
  );
}

function shortest(amount: bigint, base: bigint, suffixes: string[]): string {
  let power = 0;
  for (; amount % base === 0n && power < suffixes.length - 1; power++) amount /= base;
  return `${amount}${suffixes[power]}`;
}
