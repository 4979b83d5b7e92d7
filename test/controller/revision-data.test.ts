import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { revisionData } from '#controller/revision-data.ts'
import { goMapJson } from '#kube/go-text.ts'
import type { JsonObject } from '#kube/types.ts'
import { corpusAnswer, corpusAnswers, describeCorpus } from '../helpers/corpus.ts'

const readLines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const bytes = (data: unknown) => (typeof data === 'string' ? data : goMapJson(data as never))

describe('revision data', () => {
  const cases = readLines('test/fixtures/controller/revisions.jsonl')

  it.each(cases.map((entry, index) => [`${index} ${entry.name}`, entry]))('%s, byte for byte', (_, entry) => {
    expect(revisionData(entry.daemonSet)).toBe(bytes(entry.data))
    expect(revisionData(defaultDaemonSet(entry.asWritten))).toBe(bytes(entry.data))
  })
})

describeCorpus('revisions of a v1.36.2 server', () => {
  it.each(corpusAnswers.filter(({ stored }) => stored))('$file #$index', ({ file, index }) => {
    const answer = corpusAnswer(file, index)
    expect(revisionData(answer.stored as JsonObject)).toBe(bytes(answer.revisionData))
  })
})

describe("JSON in Go's way", () => {
  it.each([
    [
      'sorts keys by bytes, not by UTF-16 units',
      { '\u{1f600}': 1, '\uffee': 2, B: 3, a: 4, '': 5 },
      '{"":5,"B":3,"a":4,"\uffee":2,"\u{1f600}":1}',
    ],
    ['escapes what HTML minds', '<a>&\u2028\u2029', '"\\u003ca\\u003e\\u0026\\u2028\\u2029"'],
    ['escapes in keys, too', { '<': [] }, '{"\\u003c":[]}'],
    ['leaves no spaces', [1, null, true, { a: [] }], '[1,null,true,{"a":[]}]'],
    ['keeps a key called __proto__', JSON.parse('{"__proto__":{"x":1}}'), '{"__proto__":{"x":1}}'],
  ])('%s', (_, value, text) => expect(goMapJson(value)).toBe(text))
})
