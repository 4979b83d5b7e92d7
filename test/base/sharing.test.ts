import { describe, expect, it } from 'vitest'
import { oneOfEquals, oneOfRecent, sharing } from '#base/sharing.ts'

const pod = (name: string, labels: object, ready = true) => ({
  metadata: { name, labels },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})

describe.each([oneOfEquals, oneOfRecent])('by %o', (remember) => {
  it('objects share what is equal in them, and nothing else', () => {
    const share = sharing(['metadata.labels', 'status', 'spec.containers'], remember)
    const [a, b] = [share(pod('a', { app: 'x' })), share(pod('b', { app: 'x' }))]
    expect(b).toEqual(pod('b', { app: 'x' }))
    expect(b.metadata.labels).toBe(a.metadata.labels)
    expect(b.status).toBe(a.status)
    expect(b.metadata).not.toBe(a.metadata)
  })

  it.each([
    ['another value', pod('b', { app: 'y' }, false)],
    ['a key more', pod('b', { app: 'x', more: '' }, false)],
    ['a key less', pod('b', {}, false)],
    ['another type', pod('b', { app: ['x'] }, false)],
    ['nothing', pod('b', { app: undefined }, false)],
  ])('what differs by %s is not shared', (_, other) => {
    const share = sharing(['metadata.labels', 'status'], remember)
    const first = share(pod('a', { app: 'x' }))
    const shared = share(structuredClone(other))
    expect(shared).toEqual(other)
    expect(shared.metadata.labels).not.toBe(first.metadata.labels)
    expect(shared.status).not.toBe(first.status)
  })
})
