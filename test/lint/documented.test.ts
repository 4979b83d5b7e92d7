import { describe, expect, it } from 'vitest'
import { checks } from '#lint/checks.ts'
import { documented, ids, lintSituation, situation } from './documented.ts'

describe('docs/lint.md', () => {
  it('has every check, in the order of the table, in its words', () => {
    const words = checks.map(({ id, severity, needsNodes, why }) => ({
      id,
      severity,
      why: needsNodes ? `${why} With \`--nodes\`, \`--snapshot\` or \`--live\`.` : why,
    }))
    expect(documented.map(({ id, severity, why }) => ({ id, severity, why }))).toEqual(words)
  })

  describe.each(documented)('$id', ({ id, severity, bad, good }) => {
    it('finds its example, at the place that is marked', async () => {
      const shown = await situation(bad)
      const found = lintSituation(shown).filter(({ check }) => check.id === id)
      expect(found).toHaveLength(1)
      expect(found.map((one) => one.severity)).toEqual([id === 'dns-policy' ? 'warning' : severity])
      const marked = bad.split('\n').findIndex((line) => line.endsWith('# <-')) + 1
      expect(found.map(shown.lineOf)).toEqual([marked])
    })

    it('finds nothing in what is mended', async () => {
      expect(await ids(good)).not.toContain(id)
    })
  })

  it('a finding has a sentence and says what to do', async () => {
    for (const { bad } of documented)
      for (const { message, fix, check } of lintSituation(await situation(bad))) {
        expect(message).toMatch(/^[^A-Z\n]|^API_|^[A-Z]\w+ /)
        expect(message).not.toMatch(/\.$/)
        if (!['refused', 'server-warning', 'unknown-field', 'matches-nothing'].includes(check.id))
          expect(fix?.text).toBeTruthy()
      }
  })
})

it('nothing is found in a DaemonSet that is as it should be', async () => {
  expect(await ids('{}')).toEqual([])
})
