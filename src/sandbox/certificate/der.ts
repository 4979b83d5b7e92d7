/**
 * The few ASN.1 values that an X.509 certificate is made of, in DER (X.690): a tag, a length, the content.
 */

function encode(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Buffer.from([0x80 | digits.length, ...digits])
}

export const sequence = (...parts: Buffer[]): Buffer => encode(0x30, Buffer.concat(parts))
export const set = (...parts: Buffer[]): Buffer => encode(0x31, Buffer.concat(parts))
export const octetString = (content: Buffer): Buffer => encode(0x04, content)
export const utf8String = (text: string): Buffer => encode(0x0c, Buffer.from(text, 'utf8'))
export const boolean = (value: boolean): Buffer => encode(0x01, Buffer.from([value ? 0xff : 0]))

/** A context-specific value: constructed (it wraps another) or primitive (it replaces the tag). */
export const context = (number: number, content: Buffer, constructed: boolean): Buffer =>
  encode((constructed ? 0xa0 : 0x80) | number, content)

/** A non-negative integer, big-endian; a leading zero keeps it from being read as negative. */
export function integer(bytes: Buffer | number): Buffer {
  const content = typeof bytes === 'number' ? Buffer.from([bytes]) : bytes
  return encode(0x02, (content[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), content]) : content)
}

export function bitString(content: Buffer, unusedBits = 0): Buffer {
  return encode(0x03, Buffer.concat([Buffer.from([unusedBits]), content]))
}

/** An object identifier from its dotted form: `2.5.29.17`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const content = [first * 40 + second]
  for (const arc of rest) {
    const digits = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    content.push(...digits)
  }
  return encode(0x06, Buffer.from(content))
}

/** A UTCTime, which X.509 asks for until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050
    ? encode(0x17, Buffer.from(digits.slice(2)))
    : encode(0x18, Buffer.from(digits))
}
