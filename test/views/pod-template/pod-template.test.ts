import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PodTemplate } from '#kube/types.ts'
import { revisionText } from '#views/history/history.ts'
import { describePodTemplate } from '#views/pod-template/pod-template.ts'
import template from '../../fixtures/views/pod-template-every-kind.json' with { type: 'json' }

const golden = readFileSync('test/fixtures/views/pod-template-every-kind.txt', 'utf8')

describe('the description of a pod template', () => {
  it('is what kubectl prints, forevery kind of volume, probe, variable, mount and toleration', () => {
    expect(revisionText('x', 1, describePodTemplate(template as unknown as PodTemplate))).toBe(golden)
  })

  it('defuses escape sequences as kubectl does', () => {
    const text = describePodTemplate({ metadata: { annotations: { a: '\u001b[31m\r' } } })
    expect(text).toContain('a: ^[[31m\\r\n')
  })

  it('takes nulls and absent fields for the same', () => {
    const nulls = {
      metadata: { labels: null, annotations: null },
      spec: {
        containers: [{ name: 'c', image: 'i', ports: null, env: null, resources: null }],
        volumes: null,
      },
    }
    expect(describePodTemplate(nulls as PodTemplate)).toBe(
      'Pod Template:\n  Labels:\t<none>\n  Containers:\n   c:\n    Image:\ti\n    Port:\t<none>\n    Host Port:\t<none>\n    Environment:\t<none>\n    Mounts:\t<none>\n  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n',
    )
  })

  it('says something about no template at all', () => {
    expect(describePodTemplate(undefined)).toMatch(/^Pod Template:\n/)
  })
})
