/** An integer as far as a JavaScript number holds it exactly, else a bigint; the two compare exactly with `<` and `>`. */
type Int64 = number | bigint

const digits = /^[+-]?[0-9]+$/
const canonical = /^(?:0|-?[1-9][0-9]*)$/
const largest = 2n ** 63n - 1n

/**
 * A base-10 64-bit integer as Go's strconv.ParseInt reads it: an optional sign and digits, leading zeros allowed, nothing
 * else. Undefined when the text is none or does not fit.
 */
export function parseInt64(text: string): Int64 | undefined {
  if (!digits.test(text)) return undefined
  if (text.length <= 15) return Number(text)
  const value = BigInt(text)
  return value > largest || value < -largest - 1n ? undefined : value
}

/** As {@link parseInt64}, but only as one would write it: no plus sign, no leading zeros (`content.IsDecimalInteger`). */
export function parseCanonicalInt64(text: string): Int64 | undefined {
  return canonical.test(text) ? parseInt64(text) : undefined
}
