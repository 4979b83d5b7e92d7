import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { workspace } from '../../helpers/workspace.ts'

const folder = workspace()

it('what a node has none of is more than any share of it: null in JSON and YAML, which have no common word for it', async () => {
  const labels = { app: 'a' }
  const limits = { 'example.com/gpu': '1' }
  const file = join(folder, 'dump.json')
  const items = [
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: { allocatable: { cpu: '1' } } },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'a', namespace: 'default', uid: 'u' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'c', image: 'i', resources: { limits } }] },
        },
      },
    },
  ]
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  const told = async (output: string) => (await kds(['overhead', '--snapshot', file, '-o', output])).out
  expect(JSON.parse(await told('json')).classes).toMatchObject([{ share: null }])
  expect(await told('yaml')).toContain('share: null')
})
