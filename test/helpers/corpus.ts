import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe } from 'vitest'
import type { JsonObject } from '#base/json.ts'
import index from './corpus.json' with { type: 'json' }

/*
 * Other people's manifests and dumps, and what a v1.36.2 server said of them. They are read in place and are no part of the
 * repository, so that their tests are skipped where the folder is absent: by name, and counted when the run ends. The names
 * stand in corpus.json.
 */

/** The folder above the corpus; `KDS_CORPUS` names another. */
const home = process.env.KDS_CORPUS ?? '../shared'

export const corpusFolder = resolve(home, 'corpus')
const answersFile = resolve(home, 'reality/corpus.jsonl')
const present = existsSync(corpusFolder) && existsSync(answersFile)

/** Why tests are skipped, if they are; the reporter of the end looks for it in their names. */
export const corpusAbsent = `${join(home, 'corpus')} is absent`

/** Names of files in the corpus, below the folder of their kind. */
export const corpusDaemonSets: readonly string[] = index.daemonsets
export const corpusNodes: readonly string[] = index.nodes

/** The `apps/v1` DaemonSets of the files that a server was asked about; indexes count from 1. */
export const corpusAnswers = index.answers.map(([file, number, said]) => ({
  file: file as string,
  index: number as number,
  stored: said === 'stored',
}))

/** What the server said of one of {@link corpusAnswers}: the object as stored, or kubectl's text. */
export interface CorpusAnswer {
  readonly file: string
  readonly index: number
  readonly name?: string
  readonly stored?: JsonObject
  readonly refused?: string
  /** The `data` of its ControllerRevision. */
  readonly revisionData?: JsonObject | string
  /** What `kubectl rollout history --revision=1` printed. */
  readonly historyRevision?: string
}

let answers: readonly CorpusAnswer[] | undefined

export function allCorpusAnswers(): readonly CorpusAnswer[] {
  answers ??= readFileSync(answersFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return answers
}

export function corpusAnswer(file: string, index: number): CorpusAnswer {
  const found = allCorpusAnswers().find((answer) => answer.file === file && answer.index === index)
  if (!found) throw new Error(`no answer about ${file} ${index}`)
  return found
}

/** A suite that needs the corpus. Its tests must be known without it; what they read, they read when they run. */
export function describeCorpus(title: string, suite: () => void): void {
  describe.skipIf(!present)(present ? title : `${title} (SKIPPED: ${corpusAbsent})`, suite)
}
