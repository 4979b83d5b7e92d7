import { expect, it } from 'vitest'
import type { PodTemplate } from '#kube/types.ts'
import { describePodTemplate } from '#views/pod-template/pod-template.ts'
import { corpusAnswer, corpusAnswers, describeCorpus } from '../../helpers/corpus.ts'

describeCorpus('what kubectl printed for the revisions of real DaemonSets', () => {
  it.each(corpusAnswers.filter(({ stored }) => stored))('$file $index', ({ file, index }) => {
    const { revisionData, historyRevision = '' } = corpusAnswer(file, index)
    const { spec } = revisionData as unknown as { spec: { template: PodTemplate } }
    const text = historyRevision.slice(historyRevision.indexOf('Pod Template:'))
    expect(describePodTemplate(spec.template).trimEnd()).toBe(text.trimEnd())
  })
})
