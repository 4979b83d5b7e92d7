import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  allCorpusAnswers,
  corpusAnswers,
  corpusDaemonSets,
  corpusFolder,
  corpusNodes,
  describeCorpus,
} from '../helpers/corpus.ts'

describeCorpus('the names of the corpus that tests are made of', () => {
  it.each([
    ['daemonsets', corpusDaemonSets],
    ['nodes', corpusNodes],
  ])('are those of %s', (folder, names) => {
    expect(readdirSync(join(corpusFolder, folder)).sort()).toEqual(names)
  })

  it('are those of the answers', () => {
    expect(
      allCorpusAnswers().map(({ file, index, stored }) => ({ file, index, stored: stored !== undefined })),
    ).toEqual(corpusAnswers)
  })
})
