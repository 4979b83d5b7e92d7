import { describe, expect, it } from 'vitest'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { validateDaemonSetUpdate } from '#apiserver/validation/daemon-set.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'
import { daemonSet } from './manifests.ts'

describe('updates', () => {
  const stored = () => {
    const object = defaultDaemonSet(daemonSet())
    const metadata = object.metadata as JsonObject
    Object.assign(metadata, { uid: 'u', resourceVersion: '1', generation: 2 })
    return object
  }
  const changed = (change: (daemonSet: JsonObject) => void) => {
    const next = structuredClone(stored())
    change(next)
    return validateDaemonSetUpdate(next, stored()).map(fieldErrorText)
  }
  it('nothing changed', () => expect(changed(() => undefined)).toEqual([]))
  it('another selector', () => {
    const errors = changed((next) => {
      ;(next.spec as JsonObject).selector = { matchLabels: { app: 'z' } }
    })
    expect(errors).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"z"}}: field is immutable',
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ])
  })
  it.each([
    [
      'no resourceVersion',
      { resourceVersion: '' },
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    ],
    ['another name', { name: 'b' }, 'metadata.name: Invalid value: "b": field is immutable'],
    [
      'an older generation',
      { generation: 1 },
      'metadata.generation: Invalid value: 1: must not be decremented',
    ],
  ])('%s', (_, metadata, error) => {
    expect(changed((next) => Object.assign(next.metadata as JsonObject, metadata))).toEqual([error])
  })
})
