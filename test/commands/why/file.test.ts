import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { workspace } from '../../helpers/workspace.ts'

const folder = workspace()
const fileOf = (name: string, object: object) => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(object))
  return file
}
const labels = { app: 'a' }
const toleration = { key: 'sla', operator: 'Gt', value: '800', effect: 'NoSchedule' }

describe('kds why NODE -f', () => {
  it('honours toleration operators that compare where they are asked for', async () => {
    const nodes = fileOf('nodes.json', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { taints: [{ key: 'sla', value: '900', effect: 'NoSchedule' }] },
    })
    const manifest = fileOf('a.json', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'a', namespace: 'default' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'c', image: 'i:1' }], tolerations: [toleration] },
        },
      },
    })
    const asked = ['why', 'n1', '-f', manifest, '--force', '--nodes', nodes, '-o', 'json']
    const item = async (...flags: string[]) => JSON.parse((await kds([...asked, ...flags])).out).items[0]
    expect(await item()).toMatchObject({ shouldRun: false, change: { kind: 'none' }, remedies: {} })
    const honoured = await item('--comparison-operators')
    expect(honoured).toMatchObject({ shouldRun: true, change: { kind: 'gain' } })
    expect(honoured).not.toHaveProperty('remedies')
  })

  it('has no table of pods', async () => {
    const { err, exit } = await kds(['why', 'n1', '-f', 'a.json', '-o', 'wide'])
    expect([exit, err]).toEqual([1, expect.stringContaining('-o wide is a table of the pods')])
  })
})
