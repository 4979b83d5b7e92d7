import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  ASN1BitString,
  ASN1Boolean,
  ASN1Class,
  type ASN1Encodable,
  ASN1EncodableSequence,
  ASN1EncodableSet,
  ASN1Form,
  ASN1GeneralizedTime,
  ASN1Integer,
  ASN1ObjectIdentifier,
  ASN1OctetString,
  ASN1UTCTime,
  ASN1UTF8String,
  encodeASN1,
  encodeObjectIdentifier,
} from '@oslojs/asn1'

/** What an HTTPS server on loopback needs, and what its clients need to trust it. All PEM. */
export interface ServerCertificate {
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
}

const sequence = (...parts: ASN1Encodable[]) => new ASN1EncodableSequence(parts)
const identifier = (dotted: string) => new ASN1ObjectIdentifier(encodeObjectIdentifier(dotted))
const bits = (bytes: Uint8Array) => new ASN1BitString(bytes, bytes.length * 8)
const utf8 = (text: string) => new ASN1UTF8String(Buffer.from(text, 'utf8'))

const contextSpecific = (form: ASN1Form, tag: number, content: Uint8Array): ASN1Encodable => ({
  class: ASN1Class.ContextSpecific,
  form,
  tag,
  contents: () => content,
})

/** A value within a context-specific tag. */
const explicit = (tag: number, value: ASN1Encodable) =>
  contextSpecific(ASN1Form.Constructed, tag, encodeASN1(value))

/** A value whose own tag is replaced by a context-specific one. */
const implicit = (tag: number, content: Uint8Array) => contextSpecific(ASN1Form.Primitive, tag, content)

/** A UTCTime, which X.509 asks for until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
function time(milliseconds: number): ASN1Encodable {
  const text = new Date(milliseconds).toISOString()
  const [year = 0, ...rest] = (text.match(/\d+/g) ?? []).map(Number)
  const [month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = rest
  return year < 2050
    ? new ASN1UTCTime(year % 100, month, day, hours, minutes, seconds)
    : new ASN1GeneralizedTime(year, month, day, hours, minutes, seconds, 0)
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'))
const commonName = (name: string) =>
  sequence(new ASN1EncodableSet([sequence(identifier('2.5.4.3'), utf8(name))]))

/** An extension of RFC 5280, 4.2.1, by its number there. */
const extension = (number: number, value: ASN1Encodable, critical = false) =>
  sequence(
    identifier(`2.5.29.${number}`),
    ...(critical ? [new ASN1Boolean(true)] : []),
    new ASN1OctetString(encodeASN1(value)),
  )
const subjectKeyIdentifier = (key: Buffer) => extension(14, new ASN1OctetString(key))
const authorityKeyIdentifier = (key: Buffer) => extension(35, sequence(implicit(0, key)))
/** @param usages a bit for each, the first the highest of `length`. */
const keyUsage = (usages: number, length: number) =>
  extension(15, new ASN1BitString(Uint8Array.of(usages), length), true)

const authorityExtensions = [
  extension(19, sequence(new ASN1Boolean(true)), true),
  // keyCertSign and cRLSign
  keyUsage(0b0000_0110, 7),
]
const serverExtensions = [
  extension(19, sequence(), true),
  // digitalSignature
  keyUsage(0b1000_0000, 1),
  // serverAuth
  extension(37, sequence(identifier('1.3.6.1.5.5.7.3.1'))),
  extension(
    17,
    sequence(
      implicit(2, Buffer.from('localhost')),
      implicit(7, Uint8Array.of(127, 0, 0, 1)),
      implicit(7, new Uint8Array(16).fill(1, 15)),
    ),
  ),
]

/** The uncompressed point of a P-256 key (RFC 5480, 2.2), which stands at the end of its SubjectPublicKeyInfo. */
const pointOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).subarray(-65)
const keyIdentifier = (key: KeyObject) => createHash('sha1').update(pointOf(key)).digest()
const publicKeyInfo = (key: KeyObject) =>
  sequence(sequence(identifier('1.2.840.10045.2.1'), identifier('1.2.840.10045.3.1.7')), bits(pointOf(key)))

const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`

interface CertificateFields {
  readonly subject: string
  readonly issuer: string
  readonly subjectKey: KeyObject
  readonly issuerKey: KeyObject
  readonly issuerPrivateKey: KeyObject
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly extensions: readonly ASN1Encodable[]
}

/** One certificate of version 3, signed with ECDSA and SHA-256 (RFC 5280, 4.1). */
function certificate(fields: CertificateFields): string {
  // Positive, and of the same length every time.
  const serial = BigInt(`0x4${randomBytes(16).toString('hex').slice(1)}`)
  const body = sequence(
    explicit(0, new ASN1Integer(2n)),
    new ASN1Integer(serial),
    ecdsaWithSha256,
    commonName(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    commonName(fields.subject),
    publicKeyInfo(fields.subjectKey),
    explicit(
      3,
      sequence(
        subjectKeyIdentifier(keyIdentifier(fields.subjectKey)),
        authorityKeyIdentifier(keyIdentifier(fields.issuerKey)),
        ...fields.extensions,
      ),
    ),
  )
  const signature = sign('sha256', encodeASN1(body), fields.issuerPrivateKey)
  return pem(encodeASN1(sequence(body, ecdsaWithSha256, bits(signature))))
}

/**
 * A certificate authority of its own and a server certificate for `localhost`, `127.0.0.1` and `::1` signed by it, both
 * ECDSA P-256 and valid from an hour before `now` (clocks differ) for ten years. The authority's key is forgotten, so
 * nothing else can ever be signed with it.
 *
 * @param now Milliseconds since the epoch.
 */
export function serverCertificate(now: number): ServerCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const shared = {
    issuer: 'kds-sandbox-ca',
    issuerKey: authority.publicKey,
    issuerPrivateKey: authority.privateKey,
    notBefore: now - 3_600_000,
    notAfter: now + 10 * 365 * 86_400_000,
  }
  return {
    caPem: certificate({
      ...shared,
      subject: 'kds-sandbox-ca',
      subjectKey: authority.publicKey,
      extensions: authorityExtensions,
    }),
    certPem: certificate({
      ...shared,
      subject: 'kds-sandbox',
      subjectKey: server.publicKey,
      extensions: serverExtensions,
    }),
    keyPem: server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}
