import { describe, expect, it } from 'vitest'
import { parseProtobuf } from '#sandbox/http/protobuf.ts'

function varint(value: bigint): number[] {
  const rest = BigInt.asUintN(64, value)
  const bytes: number[] = []
  for (let left = rest; ; left >>= 7n) {
    if (left < 0x80n) return [...bytes, Number(left)]
    bytes.push(Number(left & 0x7fn) | 0x80)
  }
}

/** A field on the wire: a number as a varint, text, bytes and messages with their length. */
function field(number: number, value: bigint | string | number[]): number[] {
  if (typeof value === 'bigint') return [...varint(BigInt(number << 3)), ...varint(value)]
  const bytes = typeof value === 'string' ? [...Buffer.from(value)] : value
  return [...varint(BigInt((number << 3) | 2)), ...varint(BigInt(bytes.length)), ...bytes]
}

const entry = (key: string, value: string) => [...field(1, key), ...field(2, value)]
const body = (apiVersion: string, kind: string, message: number[]) =>
  Buffer.from([
    ...Buffer.from('k8s\0'),
    ...field(1, [...field(1, apiVersion), ...field(2, kind)]),
    ...field(2, message),
  ])

describe('a protobuf body', () => {
  it('becomes the object that JSON would have brought', () => {
    const metadata = [
      ...field(1, 'web'),
      ...field(2, ''),
      ...field(7, -3n),
      ...field(8, field(1, 1_795_204_800n)),
      ...field(11, entry('app', 'web')),
      ...field(11, entry('tier', 'front')),
      ...field(13, [...field(1, 'Node'), ...field(6, 1n), ...field(7, 0n)]),
      ...field(13, field(1, 'Pod')),
      ...field(14, 'a'),
      ...field(14, 'b'),
    ]
    const secret = [...field(1, metadata), ...field(2, entry('key', 'value')), ...field(3, 'Opaque')]
    expect(parseProtobuf(body('v1', 'Secret', secret))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'web',
        generation: -3,
        creationTimestamp: '2026-11-20T20:00:00Z',
        labels: { app: 'web', tier: 'front' },
        ownerReferences: [
          { apiVersion: '', kind: 'Node', name: '', uid: '', controller: true, blockOwnerDeletion: false },
          { apiVersion: '', kind: 'Pod', name: '', uid: '' },
        ],
        finalizers: ['a', 'b'],
      },
      data: { key: 'dmFsdWU=' },
      type: 'Opaque',
    })
  })

  it('passes over fields that are not known, of every wire type', () => {
    const fixed64 = [...varint(BigInt((102 << 3) | 1)), 1, 2, 3, 4, 5, 6, 7, 8]
    const unknown = [...field(100, 7n), ...field(101, 'x'), ...fixed64]
    const message = [...unknown, ...field(1, field(1, 'logs'))]
    expect(parseProtobuf(body('v1', 'Namespace', message))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'logs' },
      spec: {},
      status: {},
    })
  })

  it('may hold everything that a pod has: embedded structs, quantities, ports by number or name, times, raw JSON', () => {
    const port = [...field(3, 8080n), ...field(4, 'TCP')]
    const limits = [...field(1, 'cpu'), ...field(2, field(1, '0.5'))]
    // A handler is a struct within a probe, and a source one within a volume, which JSON does not show.
    const probe = [...field(1, field(2, field(2, [...field(1, 1n), ...field(3, 'web')]))), ...field(2, 5n)]
    const container = [
      ...field(1, 'c'),
      ...field(2, 'nginx'),
      ...field(6, port),
      ...field(8, field(1, limits)),
      ...field(10, probe),
      ...field(17, 0n),
    ]
    const volume = [...field(1, 'v'), ...field(2, field(2, field(1, '')))]
    const entry = [
      ...field(1, 'm'),
      ...field(2, 'Update'),
      ...field(4, field(1, 1_795_204_800n)),
      ...field(7, field(1, '{"f:a":{}}')),
    ]
    const spec = [...field(1, volume), ...field(2, container), ...field(4, 0n)]
    const read = parseProtobuf(
      body('v1', 'Pod', [...field(1, [...field(1, 'p'), ...field(17, entry)]), ...field(2, spec)]),
    )
    expect(read).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'p',
        managedFields: [
          { manager: 'm', operation: 'Update', time: '2026-11-20T20:00:00Z', fieldsV1: { 'f:a': {} } },
        ],
      },
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [{ containerPort: 8080, protocol: 'TCP' }],
            resources: { limits: { cpu: '500m' } },
            livenessProbe: { httpGet: { port: 'web' }, initialDelaySeconds: 5 },
          },
        ],
        terminationGracePeriodSeconds: 0,
      },
      status: {},
    })
  })

  it('of a kind that is not known has no fields', () => {
    expect(parseProtobuf(body('v1', 'constructor', field(1, 'x')))).toEqual({
      apiVersion: 'v1',
      kind: 'constructor',
    })
  })

  it.each([
    ['without its mark', Buffer.from('k8s')],
    ['that ends within a number', Buffer.from('k8s\0\x0a\xff\xff', 'latin1')],
    ['that ends within a field', Buffer.from('k8s\0\x12\x05ab', 'latin1')],
    ['of a wire type that there is not', Buffer.from('k8s\0\x0b', 'latin1')],
    ['with a number for text', body('v1', 'Namespace', field(1, 7n))],
    ['with a number of more than 64 bits', Buffer.from(`k8s\0\x08${'\xff'.repeat(10)}\x01`, 'latin1')],
  ])('%s is refused', (_, bytes) => {
    expect(() => parseProtobuf(bytes)).toThrow('the body of the request is no well-formed protobuf message')
  })
})
