import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { kds, words } from '../helpers/run.ts'
import { type Stage, stage } from '../helpers/stage.ts'

const update = process.env.UPDATE_GOLDEN === '1'
const block = /```console\n\$ (kds[^\n]*)\n([\s\S]*?)```/g
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/ci/README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

let staged: Stage
beforeAll(() => {
  staged = stage()
}, 60_000)

/** What a reader would see in a terminal without colour: both streams. */
async function shown(command: string): Promise<string> {
  const argv = words(command).slice(1)
  if (argv[0] === 'sandbox') {
    const { bin, folder } = staged
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: folder, TMPDIR: folder, TZ: 'UTC' }
    const { stdout, stderr } = spawnSync(join(bin, 'kds'), argv, { env, encoding: 'utf8' })
    return stderr + stdout
  }
  const { out, err } = await kds(argv, { terminal: 100, env: { NO_COLOR: '' } })
  return err + out
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8')
  const commands = [...text.matchAll(block)]

  it.runIf(commands.length > 0)('shows what its commands print', async () => {
    let fresh = text
    for (const [whole, command = ''] of commands) {
      const output = await shown(command)
      fresh = fresh.replace(whole, () => `\`\`\`console\n$ ${command}\n${output}\`\`\``)
    }
    if (update) writeFileSync(page, fresh)
    else expect(text).toBe(fresh)
  })

  it('links to what there is', () => {
    const links = [...text.matchAll(/(?:\]\(|src="|srcset=")([^)#"]+)/g)].flatMap(([, link = '']) =>
      /^\w+:/.test(link) ? [] : [link],
    )
    const broken = links.filter((link) => {
      try {
        readFileSync(join(dirname(page), link))
        return false
      } catch {
        return true
      }
    })
    expect(broken).toEqual([])
  })
})

describe('the counts of recorded answers', () => {
  const text = readFileSync('docs/evidence.md', 'utf8')
  const rows = [...text.matchAll(/^\| \[[^\]]+\]\(\.\.\/([^)]+)\) \| (\d+) \|/gm)]
  it.each(rows.map(([, file = '', count]) => [file, Number(count)] as const))('%s: %i', (file, count) => {
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(count)
  })
})

describe('README', () => {
  it('is short, and shows every main use', () => {
    const text = readFileSync('README.md', 'utf8')
    expect(text.split('\n').length).toBeLessThanOrEqual(200)
    for (const use of ['kds plan', 'kds rollout simulate', 'kds sandbox', '--explain'])
      expect(text).toContain(use)
  })
})
