import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { crowd } from '../../helpers/scenes/crowd.ts'
import { sceneTime } from '../../helpers/scenes/stage.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

describe('5,000 nodes, on one of which the new pod crashes', () => {
  let folder: string
  const dump = () => join(folder, 'dump.json')
  beforeAll(() => {
    folder = temporaryFolder()
    writeFileSync(dump(), crowd('crash-loop', 4994))
  })
  const lines = async (...argv: string[]) => {
    const { out } = await kds([...argv, '--snapshot', dump()], { now: sceneTime })
    return out.trimEnd().split('\n')
  }
  const cause = 'logging/agent is stuck on general-1: container agent crashes, 13 restarts: exit code 1'
  const next = '  kds rollout undo ds/agent -n logging --to-revision=2'

  it('have a row each in kds pods, the bad one first where that is asked for', async () => {
    const found = await lines('pods', 'agent', '--problems')
    expect([found[0], found.at(-1)]).toEqual([cause, next])
    expect(found.filter((line) => / ready for 3 d /.test(line))).toHaveLength(4999)
    expect(found[4]).toMatch(/^general-1 .* failing for 44 min /)
  })

  it('fit on a page of kds describe', async () => {
    const found = await lines('describe', 'agent')
    expect([found[0], found.at(-1)]).toEqual([cause, next])
    expect(found.length).toBeLessThan(45)
    expect(found).toContain('  4999 ready: crowd-00000, crowd-00001, crowd-00002 and 4996 more')
  })

  it('have their pods counted by kds revisions', async () => {
    expect(await lines('revisions', 'agent', '--no-headers')).toEqual([
      'agent-76f4dcbb6    daemonset.apps/agent   1          4d23h   0/0         old',
      'agent-6954b75dfc   daemonset.apps/agent   2          4d      4999/4999   old',
      'agent-7d59784fd5   daemonset.apps/agent   3          45m     0/1         current',
    ])
  })
})
