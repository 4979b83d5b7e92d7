import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Explanation, NodeTaint, UntoleratedTaint } from '#placement/decision.ts'
import { decide, decideAll, explain, prepareDaemonSet } from '#placement/placement.ts'

/** A question with the upstream controller's own answers, v1.36. */
interface Vector {
  readonly id: string
  readonly tags: readonly string[]
  readonly daemonSet: object
  readonly node: object
  readonly shouldRun: boolean
  readonly shouldContinueRunning: boolean
  readonly fitsNodeName: boolean
  readonly fitsNodeAffinity: boolean
  readonly fitsTaints: boolean
  readonly untoleratedTaint: NodeTaint | null
  readonly untoleratedNoExecute: NodeTaint | null
  readonly affinityError?: string
  readonly affinityParseErrors?: string
  readonly withComparisonOperators?: {
    readonly shouldRun: boolean
    readonly shouldContinueRunning: boolean
    readonly fitsTaints: boolean
  }
}

const file = new URL('../fixtures/placement/placement.jsonl', import.meta.url)
const vectors = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector)

const untolerated = ({ reasons }: Explanation): UntoleratedTaint[] =>
  reasons.filter((reason) => reason.code === 'UntoleratedTaint')
const fails = ({ reasons }: Explanation, codes: readonly string[]) =>
  reasons.some(({ code }) => codes.includes(code))
const answers = ({ shouldRun, shouldContinueRunning }: Explanation | Vector) => ({
  shouldRun,
  shouldContinueRunning,
})

describe('the upstream controller and kds agree', () => {
  it('has all recorded cases', () => {
    expect(vectors).toHaveLength(400)
  })

  it.each(vectors.map((vector) => ({ name: `${vector.id} ${vector.tags.join(' ')}`, vector })))(
    '$name',
    ({ vector }) => {
      const prepared = prepareDaemonSet(vector.daemonSet)
      const explained = explain(prepared, vector.node)
      const taints = untolerated(explained)
      expect(decide(prepared, vector.node)).toEqual(answers(vector))
      expect(decideAll(prepared, [vector.node]).all()).toEqual([answers(vector)])
      expect(answers(explained)).toEqual(answers(vector))
      expect({
        fitsNodeName: !fails(explained, ['NodeNameMismatch']),
        fitsNodeAffinity: !fails(explained, ['NodeSelectorMismatch', 'NodeAffinityMismatch']),
        fitsTaints: taints.length === 0,
        untoleratedTaint: taints[0]?.taint ?? null,
        untoleratedNoExecute: taints.find(({ evicts }) => evicts)?.taint ?? null,
        affinityParseErrors: prepared.affinityParseErrors,
      }).toEqual({
        fitsNodeName: vector.fitsNodeName,
        fitsNodeAffinity: vector.fitsNodeAffinity,
        fitsTaints: vector.fitsTaints,
        untoleratedTaint: vector.untoleratedTaint,
        untoleratedNoExecute: vector.untoleratedNoExecute,
        affinityParseErrors: vector.affinityParseErrors ?? null,
      })
      const dropped = prepared.warnings.filter(({ code }) => code === 'DroppedAffinityTerm')
      expect(dropped.length > 0).toBe(vector.affinityParseErrors !== undefined)
      for (const { message } of dropped) {
        expect(vector.affinityParseErrors).toContain(message.slice(message.indexOf(': ') + 2))
      }
    },
  )

  const compared = vectors.filter((vector) => vector.withComparisonOperators !== undefined)
  it.each(compared.map((vector) => ({ name: vector.id, vector })))(
    '$name with the operators Lt and Gt on',
    ({ vector }) => {
      const prepared = prepareDaemonSet(vector.daemonSet, { comparisonOperators: true })
      const explained = explain(prepared, vector.node)
      expect({ ...answers(explained), fitsTaints: untolerated(explained).length === 0 }).toEqual(
        vector.withComparisonOperators,
      )
      expect(decide(prepared, vector.node)).toEqual(answers(explained))
    },
  )
})
