import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { serverCertificate } from '#sandbox/certificate.ts'

const certificates = (now: number) => {
  const { caPem, certPem } = serverCertificate(now)
  return { ca: new X509Certificate(caPem), leaf: new X509Certificate(certPem) }
}

describe('the certificate', () => {
  const now = Date.parse('2026-11-20T20:00:00Z')
  const { ca, leaf } = certificates(now)

  it('is signed by an authority of its own', () => {
    expect(leaf.verify(ca.publicKey)).toBe(true)
    expect(leaf.checkIssued(ca)).toBe(true)
    expect([ca.ca, leaf.ca]).toEqual([true, false])
    expect([ca.subject, leaf.issuer, leaf.subject]).toEqual([
      'CN=kds-sandbox-ca',
      'CN=kds-sandbox-ca',
      'CN=kds-sandbox',
    ])
  })

  it('is for a server on loopback, and for nothing else', () => {
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(leaf.checkHost('localhost')).toBe('localhost')
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(leaf.checkHost('example.com')).toBeUndefined()
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  it.each(['2026-11-20T20:00:00Z', '2045-01-02T03:04:05Z'])('made in %s is valid for ten years', (made) => {
    const from = Date.parse(made)
    for (const one of Object.values(certificates(from))) {
      expect(Date.parse(one.validFrom)).toBe(from - 3_600_000)
      expect(Date.parse(one.validTo)).toBe(from + 3650 * 86_400_000)
    }
  })

  it('has a number and a key that no other has', () => {
    const other = certificates(now)
    const all = [ca, leaf, other.ca, other.leaf]
    expect(new Set(all.map(({ serialNumber }) => serialNumber)).size).toBe(4)
    expect(new Set(all.map(({ publicKey }) => publicKey.export({ format: 'jwk' }).x)).size).toBe(4)
    for (const { serialNumber } of all) expect(serialNumber).toMatch(/^4[0-9A-F]{31}$/)
  })
})
