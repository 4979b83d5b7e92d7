import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { policyFlags } from '#commands/shared/policy-flags.ts'
import { policies } from '#views/plan/policies.ts'
import { kds } from '../../helpers/run.ts'
import { kdsOnDump } from '../../helpers/scenes/serve.ts'
import { workspace } from '../../helpers/workspace.ts'

const agent = readFileSync('test/fixtures/commands/diff/agent.yaml', 'utf8')
const variants = {
  'agent.yaml': agent,
  'fewer.yaml': agent.replace('      containers:', '      nodeSelector: {pool: general}\n      containers:'),
  'none.yaml': agent.replace('      containers:', '      nodeSelector: {pool: none}\n      containers:'),
  'urgent.yaml': agent.replace('      containers:', '      priorityClassName: agents\n      containers:'),
  'large.yaml': agent.replace('cpu: 200m', 'cpu: "900"'),
}

describe('rules of a plan', () => {
  const plan = async (file: keyof typeof variants, scene: string, ...flags: string[]) => {
    const folder = workspace(variants)
    return kdsOnDump(scene, ['plan', '-f', `${folder}/${file}`, ...flags])
  }

  it.each<[keyof typeof variants, string, string, string]>([
    ['agent.yaml', 'healthy', '--fail-on=any', 'any (6 pods change)'],
    ['agent.yaml', 'healthy', '--max-change=20%', 'max-change 20% (6 of 6 pods would change)'],
    ['agent.yaml', 'healthy', '--max-change=5', 'max-change 5 (6 of 6 pods would change)'],
    ['fewer.yaml', 'healthy', '--fail-on=evict,lose', 'lose (2 pods go and not back)'],
    ['none.yaml', 'healthy', '--fail-on=zero', 'zero (no node matches)'],
    ['large.yaml', 'healthy', '--fail-on=no-room', 'no-room (6 pods will not fit)'],
    ['urgent.yaml', 'preempting', '--fail-on=evict', 'evict (it evicts 1 pod)'],
    ['agent.yaml', 'refused-quota', '--fail-on=refused', 'refused ('],
  ])('%s on %s breaks %s', async (file, scene, flag, told) => {
    const { err, exit, out } = await plan(file, scene, flag)
    const last = err.trimEnd().split('\n').at(-1) ?? ''
    const start = `error: the plan is stopped by --fail-on or --max-change: logging/agent: ${told}`
    expect([exit, last.slice(0, start.length)]).toEqual([3, start])
    expect(out).not.toBe('')
  })

  it.each([['--fail-on=lose,evict,no-room,refused,blocked,zero'], ['--max-change=100%'], ['--max-change=6']])(
    '%s is kept by a plain update',
    async (flag) => {
      expect((await plan('agent.yaml', 'healthy', flag)).exit).toBe(0)
      expect((await plan('agent.yaml', 'healthy', flag, '--detailed-exitcode')).exit).toBe(2)
    },
  )

  it('need something to compare with, and are known', async () => {
    const nodes = ['--nodes', 'test/fixtures/commands/scenes/healthy.yaml']
    const file = 'test/fixtures/commands/diff/agent.yaml'
    const alone = await kds(['plan', '-f', file, ...nodes, '--fail-on=lose'])
    expect(alone.err).toContain('they need --snapshot or --from to compare with\n')
    expect((await kds(['plan', '-f', file, ...nodes, '--fail-on=zero'])).exit).toBe(0)
    const wrong = await kds(['plan', '-f', file, ...nodes, '--fail-on=loose'])
    expect(wrong.err).toContain(
      'invalid argument "loose" for "--fail-on" flag: allowed are any, lose, evict,',
    )
    const odd = await kds(['plan', '-f', file, ...nodes, '--max-change=some'])
    expect(odd.err).toContain('give a number of pods or a percentage\n')
    expect(policyFlags[0]?.suggests).toEqual(policies)
  })
})
