import { describe, expect, it } from 'vitest'
import { inFieldOrder } from '#apiserver/schema/field-order.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { kubectlPrinted } from '../../helpers/kubectl-transcript.ts'

/** The objects that `kubectl -o json` printed in the transcript, one after the other. */
function printed(): JsonObject[] {
  const all = kubectlPrinted('rollout history ds/example-daemonset -o json').trimEnd()
  return all.split(/(?<=^\})\n(?=\{$)/m).map((one) => JSON.parse(one))
}

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort((a, b) => (a > b ? -1 : 1))
  return Object.fromEntries(keys.map((key) => [key, shuffled(value[key] ?? null)]))
}

describe('inFieldOrder', () => {
  it('is how kubectl prints, from any order', () => {
    const objects = printed()
    expect(objects.length).toBe(2)
    for (const object of objects) {
      const mixed = shuffled(object) as JsonObject
      expect(JSON.stringify(mixed)).not.toBe(JSON.stringify(object))
      expect(JSON.stringify(inFieldOrder(mixed, 'DaemonSet'))).toBe(JSON.stringify(object))
    }
  })

  it('keeps what the type does not have', () => {
    const object = {
      future: { z: 1, a: 2 },
      spec: { template: { new: true, metadata: { labels: { b: '', a: '' } } } },
    }
    expect(JSON.stringify(inFieldOrder(object, 'DaemonSet'))).toBe(
      '{"spec":{"template":{"metadata":{"labels":{"a":"","b":""}},"new":true}},"future":{"z":1,"a":2}}',
    )
  })
})
