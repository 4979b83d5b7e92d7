import { describe, expect, it } from 'vitest'
import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
} from '#kube/labels.ts'

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

describe('label keys', () => {
  it.each(['a', 'app.kubernetes.io/name', 'A_b.c-1', `${'p'.repeat(253)}/${'n'.repeat(63)}`])(
    '%s is good',
    (key) => {
      expect(qualifiedNameErrors(key)).toEqual([])
    },
  )

  it.each([
    ['', ['name part must be non-empty', `name part ${nameRule}`]],
    ['x/', ['name part must be non-empty', `name part ${nameRule}`]],
    ['/x', ['prefix part must be non-empty']],
    ['bad key', [`name part ${nameRule}`]],
    ['Bad.Prefix/x', [`prefix part ${subdomainRule}`]],
    [
      'a/b/c',
      [
        `a valid label key ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ],
    ],
    ['n'.repeat(64), ['name part must be no more than 63 bytes']],
    [`${'p'.repeat(254)}/x`, ['prefix part must be no more than 253 bytes']],
    ['ü'.repeat(32), ['name part must be no more than 63 bytes', `name part ${nameRule}`]],
  ])('%s is refused', (key, errors) => {
    expect(qualifiedNameErrors(key)).toEqual(errors)
  })
})

it('label values may be empty, and count bytes', () => {
  const rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  expect(labelValueErrors('')).toEqual([])
  expect(labelValueErrors('v1.2_x-3')).toEqual([])
  expect(labelValueErrors('a\n')).toEqual([rule])
  expect(labelValueErrors('-5')).toEqual([rule])
  expect(labelValueErrors('v'.repeat(64))).toEqual(['must be no more than 63 bytes'])
})

it('DNS labels know why they are none', () => {
  expect(dns1123LabelErrors('a-1')).toEqual([])
  expect(dns1123LabelErrors('a.b')).toEqual(['must not contain dots'])
  expect(dns1123LabelErrors('A')).toEqual([
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ])
  expect(dns1123LabelErrors('a'.repeat(64))).toEqual(['must be no more than 63 characters'])
  expect(dns1035LabelErrors('abc-1')).toEqual([])
  expect(dns1035LabelErrors('1a')).toEqual([
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ])
  expect(dns1123SubdomainErrors('ip-10-0-0-1.eu-west-1.compute.internal')).toEqual([])
  expect(dns1123SubdomainErrors('a..b')).toEqual([subdomainRule])
})
