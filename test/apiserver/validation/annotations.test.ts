import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#kube/types.ts'
import { brief, daemonSet } from './manifests.ts'

describe('annotations of a template', () => {
  const annotated = (annotations: JsonObject, podSpec: JsonObject = {}) => {
    const object = daemonSet(podSpec)
    const template = (object.spec as JsonObject).template as JsonObject
    template.metadata = { labels: { app: 'a' }, annotations }
    return object
  }
  it.each<[string, JsonObject, string[]]>([
    [
      'a cost that is no number',
      annotated({ 'controller.kubernetes.io/pod-deletion-cost': '+1' }),
      ['Invalid spec.template.annotations[controller.kubernetes.io/pod-deletion-cost]'],
    ],
    [
      'AppArmor for no container',
      annotated({ 'container.apparmor.security.beta.kubernetes.io/x': 'runtime/default' }),
      ['Invalid spec.template.annotations[container.apparmor.security.beta.kubernetes.io/x]'],
    ],
    [
      'seccomp that differs from the field',
      annotated(
        { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
        { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      ),
      ['Forbidden securityContext.seccompProfile.type'],
    ],
    [
      'a mirror pod',
      annotated({ 'kubernetes.io/config.mirror': 'x' }),
      ['Invalid spec.template.annotations[kubernetes.io/config.mirror]'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})
