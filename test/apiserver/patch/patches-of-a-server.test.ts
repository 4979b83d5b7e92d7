import { describe, expect, it } from 'vitest'
import { applyJsonPatch } from '#apiserver/patch/json-patch.ts'
import { applyMergePatch } from '#apiserver/patch/merge-patch.ts'
import { PatchError } from '#apiserver/patch/patch-error.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import type { DaemonSet, Json, JsonObject } from '#kube/types.ts'
import recorded from '../../fixtures/apiserver/patch-exchanges.json' with { type: 'json' }

function apply(contentType: string | undefined, before: JsonObject, patch: Json): Json {
  switch (contentType) {
    case 'application/json-patch+json':
      return applyJsonPatch(before, patch)
    case 'application/merge-patch+json':
      return applyMergePatch(before, patch)
    default:
      return applyStrategicPatch(before, patch, 'DaemonSet')
  }
}

const specAndNotes = (object: unknown) => {
  const { metadata, spec } = object as DaemonSet
  const { 'deprecated.daemonset.template.generation': _, ...annotations } = metadata?.annotations ?? {}
  return { annotations, spec }
}

const served = recorded.filter((exchange) => exchange.contentType !== 'text/plain')
const taken = served.filter(
  (exchange) => exchange.status === 200 && !exchange.contentType?.includes('apply-patch'),
)

describe('patches that a v1.36 API server took', () => {
  it.each(taken)('$note', ({ contentType, before, patch, answer }) => {
    const after = apply(contentType, before as JsonObject, patch as Json) as JsonObject
    const defaulted = applyStrategicPatch(after, containerDefaults, 'DaemonSet')
    expect(specAndNotes(defaulted)).toEqual(specAndNotes(answer))
  })

  it('covers each kind of patch', () => {
    expect(new Set(taken.map((exchange) => exchange.contentType)).size).toBe(3)
  })
})

/** What the server's defaulting adds to the template that an undo puts back. */
const containerDefaults = {
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'c',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'IfNotPresent',
          },
        ],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
      },
    },
  },
}

describe('a JSON patch that a v1.36 API server refused', () => {
  it.each(recorded.filter((exchange) => exchange.note.includes('test fails')))('$note', (exchange) => {
    const refused = exchange.answer as { message: string; reason: string; code: number }
    try {
      applyJsonPatch(exchange.before as JsonObject, exchange.patch as Json)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      expect([error.code, error.reason, error.message]).toEqual([
        refused.code,
        refused.reason,
        refused.message,
      ])
      expect(error.detail).toBe('testing value /spec/minReadySeconds failed: test failed')
    }
  })
})
