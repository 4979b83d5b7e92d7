import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const generated = ['cluster.yaml', 'snapshot.yaml']
const manifests = [
  'cni-agent.yaml',
  'gpu-device-plugin.yaml',
  'log-agent-v2.yaml',
  'log-agent.yaml',
  'nowhere.yaml',
  'platform-tools.yaml',
  'windows-exporter.yaml',
  'zone-cache.yaml',
]

describe('the generated examples', () => {
  const folder = temporaryFolder()

  it('come out as committed when made again', () => {
    execFileSync(process.execPath, ['scripts/make-examples.mjs', folder])
    expect(readdirSync(folder).sort()).toEqual(generated)
    for (const file of generated) {
      const again = readFileSync(join(folder, file), 'utf8')
      expect(again === readFileSync(join('examples', file), 'utf8'), `${file} differs`).toBe(true)
    }
  })

  it.each([
    ['cluster.yaml', 300_000],
    ['snapshot.yaml', 400_000],
  ])('%s is below %i bytes', (file, limit) => {
    expect(readFileSync(join('examples', file)).length).toBeLessThan(limit)
  })
})

it.each([...generated, ...manifests])('%s is one YAML document', (file) => {
  expect(loadAll(readFileSync(join('examples', file), 'utf8'))).toHaveLength(1)
})

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0
const whyNot = hasKubectl ? '' : ' (SKIPPED: no kubectl on the PATH)'

/** What kubectl makes of a file without a cluster: it decodes into the API's types and prints the objects. */
const throughKubectl = (file: string, output: string) =>
  execFileSync('kubectl', ['annotate', '--local', '-f', join('examples', file), 'absent-', '-o', output], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })

describe.skipIf(!hasKubectl)(`kubectl${whyNot}`, () => {
  it.each(manifests)('reads %s as a DaemonSet', (file) => {
    expect(throughKubectl(file, 'name')).toMatch(/^daemonset\.apps\/[a-z-]+\n$/)
  })

  // It prints them one by one, less deeply indented, so long lines break elsewhere; and `annotate` leaves an empty map.
  const words = (text: string) =>
    text
      .replace(/^ *annotations: \{\}\n/gm, '')
      .replace(/\s+/g, ' ')
      .trim()

  it.each([
    ['cluster.yaml', 40],
    ['snapshot.yaml', 49],
  ])('prints the objects of %s with the same keys in the same order and the same quotes', (file, count) => {
    const printed = throughKubectl(file, 'yaml').split(/^---\n/m)
    const text = readFileSync(join('examples', file), 'utf8')
    const stands = text.slice(0, text.lastIndexOf('\nkind: List\n')).split(/^- /m).slice(1)
    expect(stands).toHaveLength(count)
    expect(printed.map(words)).toEqual(stands.map(words))
  })
})
