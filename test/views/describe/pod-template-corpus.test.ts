import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PodTemplate } from '#kube/types.ts'
import { describePodTemplate } from '#views/describe/pod-template.ts'

const corpus = '../shared/reality/corpus.jsonl'

interface Entry {
  readonly file: string
  readonly index: number
  readonly revisionData?: { readonly spec: { readonly template: PodTemplate } }
  readonly historyRevision?: string
}

function entries(): Entry[] {
  if (!existsSync(corpus)) return []
  const lines = readFileSync(corpus, 'utf8').trimEnd().split('\n')
  return lines.map((line): Entry => JSON.parse(line)).filter((entry) => entry.historyRevision !== undefined)
}

describe.skipIf(!existsSync(corpus))(
  `what kubectl printed for the revisions of real DaemonSets (skipped without ${corpus})`,
  () => {
    it('has them all', () => expect(entries().length).toBe(72))

    it.each(entries())('$file $index', ({ revisionData, historyRevision = '' }) => {
      const text = historyRevision.slice(historyRevision.indexOf('Pod Template:'))
      expect(`${describePodTemplate(revisionData?.spec.template)}`.trimEnd()).toBe(text.trimEnd())
    })
  },
)
