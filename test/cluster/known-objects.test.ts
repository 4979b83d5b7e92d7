import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KnownObjects, presentOf } from '#cluster/known-objects.ts'
import type { KubeObject } from '#kube/types.ts'
import { runs } from '../helpers/random-cases.ts'

const few = (...values: string[]) => fc.constantFrom(...values)
const anObject = fc
  .record({
    namespace: few('', 'a', 'b'),
    name: few('x', 'y', 'z'),
    uid: few('1', '2'),
    version: few('7', '8'),
  })
  .map(({ namespace, name, uid, version }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion: version },
  }))
const place = ({ metadata }: KubeObject) => `${metadata?.namespace ?? ''}/${metadata?.name}`
const aList = fc.uniqueArray(anObject, { selector: place })

/** What one who reads the events holds to be there. */
function told(there: Map<string, KubeObject>, type: string, object: KubeObject): void {
  const known = there.get(place(object))
  expect(type === 'ADDED', 'what is added was not there').toBe(known === undefined)
  if (known) expect(object.metadata?.uid).toBe(known.metadata?.uid)
  if (type === 'DELETED') there.delete(place(object))
  else there.set(place(object), object)
}

describe('what a watch tells of its lists', () => {
  it('one who follows them has what the last one has, and no object is told twice', () => {
    fc.assert(
      fc.property(fc.array(aList, { minLength: 1, maxLength: 5 }), (lists) => {
        const known = new KnownObjects()
        const there = new Map<string, KubeObject>()
        for (const objects of lists) {
          const before = new Map(there)
          const items = objects.map((one) => presentOf(one, one))
          for (const event of known.differences({ items, resourceVersion: '1' })) {
            if (event.type === 'SYNCED') continue
            const old = before.get(place(event.object))
            if (event.type === 'MODIFIED') expect(old).not.toEqual(event.object)
            told(there, event.type, event.object)
          }
          expect([...there].sort()).toEqual(objects.map((one) => [place(one), one]).sort())
        }
      }),
      runs(100),
    )
  })

  it('a change is told once, and as what it is to what the list has told', () => {
    const known = new KnownObjects()
    const at = (uid: string, resourceVersion: string, namespace = 'a') => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace, uid, resourceVersion },
    })
    const [...listed] = known.differences({
      items: [presentOf(at('1', '5'), at('1', '5'))],
      resourceVersion: '5',
    })
    expect(listed.map(({ type }) => type)).toEqual(['ADDED'])
    const take = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) =>
      known.take({ type, object })?.type
    expect(take('MODIFIED', at('1', '5'))).toBeUndefined()
    expect(take('ADDED', at('1', '6', 'b'))).toBe('ADDED')
    expect(take('ADDED', at('1', '7'))).toBe('MODIFIED')
    expect(take('DELETED', at('2', '8'))).toBeUndefined()
    expect(take('DELETED', at('1', '9'))).toBe('DELETED')
    expect(take('MODIFIED', at('2', '10'))).toBe('ADDED')
    const [...gone] = known.differences({ items: [], resourceVersion: '11' })
    expect(gone.map((event) => event.type !== 'SYNCED' && place(event.object)).sort()).toEqual(['a/x', 'b/x'])
  })
})
