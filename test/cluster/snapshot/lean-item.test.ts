import { expect, it } from 'vitest'
import type { Json, JsonObject } from '#base/json.ts'
import { leanItem } from '#cluster/snapshot/lean-item.ts'

const pod = (name: string, app: string): JsonObject => ({
  kind: 'Pod',
  metadata: { name, labels: { app }, managedFields: [{}], constructor: {} },
  spec: {
    nodeName: `on-${name}`,
    containers: [{ name: app, env: [{ name }], volumeMounts: [], ports: [{ hostPort: 80 }] }],
  },
  status: { podIP: name, containerStatuses: [{ name: app, containerID: name, ready: true }] },
})
type Lean = Record<'metadata' | 'spec' | 'status', Record<string, unknown>>
const lean = (item: Json) => leanItem(item, (kept) => structuredClone(kept)) as unknown as Lean

it('leaves out of a pod what its kubelet is told and tells, and shares what is equal then', () => {
  const [a, b, c] = [lean(pod('a', 'x')), lean(pod('b', 'x')), lean(pod('c', 'y'))]
  expect(b).toEqual({
    kind: 'Pod',
    metadata: { name: 'b', labels: { app: 'x' }, constructor: {} },
    spec: { nodeName: 'on-b', containers: [{ name: 'x', ports: [{ hostPort: 80 }] }] },
    status: { containerStatuses: [{ name: 'x', ready: true }] },
  })
  expect(a?.metadata.labels).toBe(b.metadata.labels)
  expect(a?.spec.containers).toBe(b.spec.containers)
  expect(a?.status.containerStatuses).toBe(b.status.containerStatuses)
  expect(c?.spec.containers).not.toBe(b.spec.containers)
})

it.each([
  ['no object', 7],
  ['no metadata', { kind: 'Pod', spec: { containers: [{ env: [] }] } }],
  [
    'fields of other types',
    { kind: 'Pod', metadata: {}, spec: { containers: { env: 1 }, tolerations: 'x' }, status: [1] },
  ],
])('leaves what has %s to be told about', (_, item) => {
  const told = lean(structuredClone(item) as Json)
  expect(told).toEqual(
    item === 7 || !('metadata' in (item as object))
      ? item
      : { ...(item as object), spec: { containers: {}, tolerations: 'x' } },
  )
})

it('goes through with many pods that nothing equals', () => {
  const all = Array.from({ length: 3000 }, (_, n) => lean(pod(`p${n}`, `app-${n}`)))
  expect(all.every(({ metadata }, n) => (metadata.labels as { app: string }).app === `app-${n}`)).toBe(true)
})
