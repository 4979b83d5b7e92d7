import { describe, expect, it } from 'vitest'
import type { Judgement } from '#controller/rollout-status.ts'
import { statusLine } from '#views/status/status.ts'
import { kubectlTranscript } from '../../helpers/kubectl-transcript.ts'

/** The judgement that a line of kubectl's tells. */
function judgementOf(line: string): Judgement | undefined {
  const numbers = [...line.matchAll(/\d+/g)].map(Number)
  const [first = 0, second = 0] = numbers
  if (line.includes('new pods have been updated'))
    return { state: 'updating', updated: first, desired: second }
  if (line.includes('updated pods are available'))
    return { state: 'waiting', available: first, desired: second }
  return line.endsWith('successfully rolled out') ? { state: 'done', desired: 8 } : undefined
}

describe('status lines', () => {
  const lines = kubectlTranscript
    .filter((one) => one.command.includes('rollout status'))
    .flatMap(({ out }) => out.split('\n').filter((line) => line !== ''))

  it('are those of kubectl, all of them', () => {
    expect(lines.length).toBeGreaterThan(40)
    for (const line of lines) {
      const judgement = judgementOf(line)
      expect(judgement && statusLine('example-daemonset', judgement)).toBe(line)
    }
  })
})
