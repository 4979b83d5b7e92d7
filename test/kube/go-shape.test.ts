import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#base/json.ts'
import { checkShape, fieldsOf, type Shape, strings } from '#kube/go-shape.ts'

const meta: Shape = {
  struct: 'ObjectMeta',
  fields: {
    ...fieldsOf('name uid'),
    ...fieldsOf('generation', 'int'),
    finalizers: strings,
    labels: { map: 'string', go: 'string' },
    annotations: { map: 'any', go: 'interface {}' },
    owners: { list: { struct: 'Owner', fields: fieldsOf('controller', 'bool') } },
    flags: { list: 'bool' },
    sizes: { map: 'quantity', go: 'resource.Quantity' },
    groups: { map: strings, go: '[]string' },
    ports: { list: 'int-or-string', go: 'v1.Port' },
    parts: { list: { struct: 'Part', fields: {} } },
    data: 'bytes',
    raw: 'any',
  },
}
const object: Shape = { struct: 'Thing', fields: { metadata: meta } }
const check = (metadata: unknown) => checkShape({ metadata } as JsonObject, object)

describe('what Go decodes is taken', () => {
  it.each<[unknown]>([
    [null],
    [{}],
    [{ name: 'a', uid: null, generation: 3, finalizers: [], labels: {}, owners: [{ controller: true }] }],
    [
      {
        generation: 9007199254740991,
        ports: ['http', 80],
        sizes: { cpu: '1', memory: 2.5 },
        groups: { a: ['b'] },
      },
    ],
    [{ data: '', raw: [1, { a: null }], annotations: { a: 1, b: [] } }],
    [{ data: 'YQ==' }],
    [{ data: 'YWI=' }],
    [{ data: 'YW\r\nJj\n' }],
    [{ data: '+/+/' }],
    [{ data: 'YQ\n==' }],
    [{ data: 'YQ=\r\n=\n' }],
    [{ data: 'YWI=\n' }],
    [{ data: '\n' }],
    [{ unknown: 5 }],
    [{ constructor: 5, toString: 'x' }],
  ])('%j', (metadata) => {
    const before = JSON.stringify(metadata)
    expect(() => check(metadata)).not.toThrow()
    expect(JSON.stringify(metadata)).toBe(before)
  })

  it('a null in a list or map stands for nothing of its type', () => {
    const metadata = {
      finalizers: ['a', null],
      labels: { a: null, b: 'c' },
      annotations: { a: null },
      owners: [null],
      flags: [null],
      ports: [null],
      sizes: { cpu: null },
      groups: { a: null, b: [null] },
    }
    check(metadata)
    expect(metadata).toEqual({
      finalizers: ['a', ''],
      labels: { a: '', b: 'c' },
      annotations: { a: null },
      owners: [{}],
      flags: [false],
      ports: [''],
      sizes: { cpu: '' },
      groups: { a: [], b: [''] },
    })
  })

  it('a null number in a list is zero', () => {
    const value = { counts: [1, null] }
    checkShape(value, { struct: 'Thing', fields: { counts: { list: 'int' } } })
    expect(value.counts).toEqual([1, 0])
  })
})

describe('what Go cannot decode is refused in its words', () => {
  it.each([
    ['x', 'string into Go struct field Thing.metadata of type v1.ObjectMeta'],
    [[], 'array into Go struct field Thing.metadata of type v1.ObjectMeta'],
    [{ name: 5 }, 'number into Go struct field ObjectMeta.metadata.name of type string'],
    [{ generation: '5' }, 'string into Go struct field ObjectMeta.metadata.generation of type int64'],
    [{ generation: 1.5 }, 'number into Go struct field ObjectMeta.metadata.generation of type int64'],
    [{ finalizers: 'a' }, 'string into Go struct field ObjectMeta.metadata.finalizers of type []string'],
    [{ finalizers: {} }, 'object into Go struct field ObjectMeta.metadata.finalizers of type []string'],
    [{ finalizers: ['a', true] }, 'bool into Go struct field ObjectMeta.metadata.finalizers of type string'],
    [{ labels: [] }, 'array into Go struct field ObjectMeta.metadata.labels of type map[string]string'],
    [{ labels: { a: 'b', c: 1 } }, 'number into Go struct field ObjectMeta.metadata.labels of type string'],
    [
      { annotations: 1 },
      'number into Go struct field ObjectMeta.metadata.annotations of type map[string]interface {}',
    ],
    [
      { owners: [{ controller: 'yes' }] },
      'string into Go struct field Owner.metadata.owners.controller of type bool',
    ],
    [{ owners: ['a'] }, 'string into Go struct field ObjectMeta.metadata.owners of type v1.Owner'],
    [{ owners: 'a' }, 'string into Go struct field ObjectMeta.metadata.owners of type []v1.Owner'],
    [{ ports: 1 }, 'number into Go struct field ObjectMeta.metadata.ports of type []v1.Port'],
    [{ ports: [1.5] }, 'number into Go struct field ObjectMeta.metadata.ports of type intstr.IntOrString'],
    [
      { sizes: { cpu: [] } },
      'array into Go struct field ObjectMeta.metadata.sizes of type resource.Quantity',
    ],
    [{ groups: { a: 'b' } }, 'string into Go struct field ObjectMeta.metadata.groups of type []string'],
    [{ data: {} }, 'object into Go struct field ObjectMeta.metadata.data of type []uint8'],
  ])('%j', (metadata, words) => {
    expect(() => check(metadata)).toThrow(
      expect.objectContaining({ message: `json: cannot unmarshal ${words}` }),
    )
  })

  it('names the struct that holds a field of the document itself', () => {
    const shape: Shape = { struct: 'Config', fields: { kind: 'string' } }
    expect(() => checkShape({ kind: 1 }, shape)).toThrow(
      'number into Go struct field Config.kind of type string',
    )
    expect(() => checkShape([] as never, shape, 'Outer')).toThrow(
      'array into Go struct field Outer. of type v1.Config',
    )
  })

  // As kubectl says of a kubeconfig's certificate-authority-data.
  it.each([
    ['a', 0],
    ['ab', 0],
    ['abcde', 4],
    ['abcd=', 4],
    ['ab-d', 2],
    ['-', 0],
    ['=', 0],
    ['====', 0],
    ['Y===', 1],
    ['YQ=', 3],
    ['YQ=a', 2],
    ['YQ===', 4],
    ['YQ==YQ==', 4],
    ['a\nb\nc\n*', 6],
    ['a\n', 1],
    ['ab\n-d', 3],
    ['YQ=\n', 4],
    ['abcd\nab', 5],
    ['YQ==\na', 5],
  ])('bytes of %j are bad at %d', (data, at) => {
    expect(() => check({ data })).toThrow(
      expect.objectContaining({ message: `illegal base64 data at input byte ${at}` }),
    )
  })
})
