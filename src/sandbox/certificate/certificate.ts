import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

const oid = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const

/** What an HTTPS server on loopback needs, and what its clients need to trust it. All PEM. */
export interface ServerCertificate {
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
}

const signatureAlgorithm = sequence(objectIdentifier(oid.ecdsaWithSha256))
const commonName = (name: string) =>
  sequence(set(sequence(objectIdentifier(oid.commonName), utf8String(name))))
const extension = (id: string, value: Buffer, critical = false) =>
  sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value))
const spkiOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' })
const keyIdentifier = (key: KeyObject) => createHash('sha1').update(spkiOf(key)).digest()
const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`

interface CertificateFields {
  readonly subject: string
  readonly issuer: string
  readonly subjectKey: KeyObject
  readonly issuerKey: KeyObject
  readonly issuerPrivateKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  readonly extensions: readonly Buffer[]
}

/** One certificate of version 3, signed with ECDSA and SHA-256 (RFC 5280, 4.1). */
function certificate(fields: CertificateFields): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    context(0, integer(2), true),
    integer(serial),
    signatureAlgorithm,
    commonName(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    commonName(fields.subject),
    spkiOf(fields.subjectKey),
    context(
      3,
      sequence(
        extension(oid.subjectKeyIdentifier, octetString(keyIdentifier(fields.subjectKey))),
        extension(oid.authorityKeyIdentifier, sequence(context(0, keyIdentifier(fields.issuerKey), false))),
        ...fields.extensions,
      ),
      true,
    ),
  )
  return sequence(body, signatureAlgorithm, bitString(sign('sha256', body, fields.issuerPrivateKey)))
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
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(now + 10 * 365 * 86_400_000),
  }
  const ca = certificate({
    ...shared,
    subject: 'kds-sandbox-ca',
    subjectKey: authority.publicKey,
    extensions: [
      extension(oid.basicConstraints, sequence(boolean(true)), true),
      extension(oid.keyUsage, bitString(Buffer.from([0b0000_0110]), 1), true),
    ],
  })
  const names = sequence(
    context(2, Buffer.from('localhost'), false),
    context(7, Buffer.from([127, 0, 0, 1]), false),
    context(7, Buffer.from([...new Array<number>(15).fill(0), 1]), false),
  )
  const leaf = certificate({
    ...shared,
    subject: 'kds-sandbox',
    subjectKey: server.publicKey,
    extensions: [
      extension(oid.basicConstraints, sequence(), true),
      extension(oid.keyUsage, bitString(Buffer.from([0b1000_0000]), 7), true),
      extension(oid.extendedKeyUsage, sequence(objectIdentifier(oid.serverAuth))),
      extension(oid.subjectAltName, names),
    ],
  })
  return {
    caPem: pem(ca),
    certPem: pem(leaf),
    keyPem: server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}
