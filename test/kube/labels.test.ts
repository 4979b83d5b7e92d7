import { describe, expect, it } from 'vitest'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
  utf8Length,
} from '#kube/labels.ts'

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

describe('label keys', () => {
  it.each([
    'a',
    'app.kubernetes.io/name',
    'A_b.c-1',
    '1',
    '1-a',
    'a--b',
    '1-num.2-num/3-num',
    'e/Uppercase_Is_OK_123',
    `${'p'.repeat(253)}/${'n'.repeat(63)}`,
  ])('%s is good', (key) => {
    expect(qualifiedNameErrors(key)).toEqual([])
  })

  it.each([
    ['', ['name part must be non-empty', `name part ${nameRule}`]],
    ['x/', ['name part must be non-empty', `name part ${nameRule}`]],
    ['/x', ['prefix part must be non-empty']],
    ['a-', [`name part ${nameRule}`]],
    ['-a', [`name part ${nameRule}`]],
    ['a_b/c', [`prefix part ${subdomainRule}`]],
    ['a./c', [`prefix part ${subdomainRule}`]],
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
  for (const value of ['-5', '5-', 'a b', '.', 'ü']) expect(labelValueErrors(value), value).toEqual([rule])
  expect(labelValueErrors('v'.repeat(63))).toEqual([])
  expect(labelValueErrors('v'.repeat(64))).toEqual(['must be no more than 63 bytes'])
})

describe('DNS names', () => {
  const labelRule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  const letters = ['a', 'ab', 'a1', 'a-1', 'a--1--2--b', 'a'.repeat(63)]
  const digits = ['0', '01', '1a', '1-a', '1--a--b--2']
  const neither = [
    '',
    'A',
    'aBc',
    'A1',
    '-',
    'a-',
    '-a',
    '1-',
    '_',
    'a_b',
    ' a',
    'a ',
    'a b',
    'a@b',
    'ab\n',
    'é',
  ]

  it('a label begins and ends with a letter or digit', () => {
    for (const name of [...letters, ...digits]) expect(dns1123LabelErrors(name), name).toEqual([])
    for (const name of [...neither, '.', 'a.', '.a', 'a..b']) {
      expect(dns1123LabelErrors(name), name).toEqual([labelRule])
    }
    expect(dns1123LabelErrors('a.b')).toEqual(['must not contain dots'])
  })

  it('a subdomain is labels joined by dots', () => {
    const joined = ['a.b', '0.a', 'a-1.b--2', 'ip-10-0-0-1.eu-west-1.compute.internal', 'a'.repeat(253)]
    for (const name of [...letters, ...digits, ...joined])
      expect(dns1123SubdomainErrors(name), name).toEqual([])
    for (const name of [...neither, '.', 'a.', '.a', 'a..b', 'a.-b', 'a-.b', 'A.b', 'a.b_c']) {
      expect(dns1123SubdomainErrors(name), name).toEqual([subdomainRule])
    }
  })

  it('labels hold 63 characters, subdomains 253', () => {
    expect(dns1123LabelErrors('a'.repeat(64))).toEqual(['must be no more than 63 characters'])
    expect(dns1123SubdomainErrors('a'.repeat(254))).toEqual(['must be no more than 253 characters'])
    expect(dns1123LabelErrors('A'.repeat(64))).toEqual(['must be no more than 63 characters', labelRule])
  })
})

it.each([
  ['\u007f', 1],
  ['\u0080', 2],
  ['\u07ff', 2],
  ['\u0800', 3],
  ['\uffff', 3],
  ['\u{10000}', 4],
  ['aü世😀', 10],
])('%j has %d bytes', (text, bytes) => {
  expect(utf8Length(text)).toBe(bytes)
})
