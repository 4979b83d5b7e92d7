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

describe('kds why NODE --snapshot', () => {
  const gate = { type: 'example.com/gate', status: 'False', message: 'not yet' }
  const ready = { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'gate is False' }
  const dump = (more: object[] = []) => ({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: {} },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'a', namespace: 'default', uid: 'u' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'a-1',
          namespace: 'default',
          labels,
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'a', uid: 'u', controller: true },
          ],
        },
        spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i:1' }] },
        status: {
          phase: 'Running',
          conditions: [gate, ready],
          containerStatuses: [
            {
              name: 'c',
              restartCount: 1,
              ready: true,
              state: { running: {} },
              lastState: { terminated: { exitCode: 2, reason: '' } },
            },
          ],
        },
      },
      ...more,
    ],
  })

  it('tells as much of a pod as of one in a dump that is read piece by piece', async () => {
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { x: 'x'.repeat(2e6) },
    }
    const why = async (file: string) => (await kds(['why', 'n1', 'a', '--snapshot', file])).out
    const small = await why(fileOf('small.json', dump()))
    expect(small).toMatch(/gate of the pod is not: gate is False\n/)
    expect(small).toContain('ended with exit code 2 (Error)')
    expect(await why(fileOf('large.json', dump([config])))).toBe(small)
  })
})
