import { describe, expect, it } from 'vitest'
import { listOf } from '#cluster/answers.ts'
import { podCells, podRows } from '#cluster/resources.ts'

const call = { verb: 'list', resource: 'pods', name: '' }
const table = (rows: unknown, more: object = {}) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: '5', continue: 'more' },
  columnDefinitions: [{ name: 'Name' }, { name: 'Restarts' }],
  rows,
  ...more,
})

describe('a list that comes as a table', () => {
  it('is metadata with cells', () => {
    const object = { kind: 'PartialObjectMetadata', metadata: { name: 'p', uid: 'u' } }
    expect(listOf(podRows, table([{ cells: ['p', '3 (5m ago)'], object }]), call)).toEqual({
      items: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p', uid: 'u' },
          cells: { Restarts: '3 (5m ago)' },
        },
      ],
      token: 'more',
      resourceVersion: '5',
    })
  })

  it('is cells alone where no more is asked for', () => {
    expect(
      listOf(podCells, table([{ cells: ['p', '0'], object: null }, { cells: ['q', '1'] }]), call).items,
    ).toEqual([
      { apiVersion: 'v1', kind: 'Pod', metadata: {}, cells: { Restarts: '0' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: {}, cells: { Restarts: '1' } },
    ])
  })

  it('may come as a plain list from a server that knows no tables', () => {
    const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'p' } }] }
    expect(listOf(podRows, list, call).items).toEqual([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    ])
  })

  it.each([
    [table('x')],
    [table([], { columnDefinitions: null })],
    [table([{ cells: [] }])],
    [table([{ cells: ['p'], object: { metadata: {} } }])],
    [table(['x'])],
  ])('is refused where it is none: %j', (value) => {
    expect(() => listOf(podRows, value, call)).toThrow('the server sent a Table')
  })
})
