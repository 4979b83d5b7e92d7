import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseInvocation } from '#cli/parser.ts'
import { commandNamed } from '#cli/registry.ts'
import { registry } from '#commands/registry.ts'
import { words } from '../helpers/run.ts'
import { type Stage, stage } from '../helpers/stage.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

/** Why a block of shell is not run here, by how it begins. Whatever is not named is run. */
const notRun: readonly (readonly [begins: string, why: string])[] = [
  ['npm ci && ./bin/kds.js plan', 'installs the clone: the tests of the package do'],
  ['npm ci && npm test', 'is what runs this'],
  ['npm ci ', 'installs the clone'],
  ['npm install --global kds', 'the registry'],
  ['npm install kds', 'the registry'],
  ['tar -xzf', 'a release, and rights to the folders of the system'],
  ['kubectl get nodes', 'kubectl'],
  ['kds sandbox run -- bash', 'a shell for a person'],
  ['kds sandbox run --nodes 12 -- bash', 'a shell for a person'],
  ['kds rollout waves ds/agent --set-image', 'bakes for minutes: waves-story.sh is the same in seconds'],
  ['kds rollout waves status', 'acts on waves under way: waves-story.sh has some'],
]

const pages = ['README.md', 'CONTRIBUTING.md', 'docs/ci/README.md'].concat(
  readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
)
const blocks = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```(?:sh|bash|shell)\n([\s\S]*?)^```$/gm)].map(
    ([, text = '']) => ({ page, text, first: text.split('\n')[0] ?? '' }),
  ),
)
const reasonOf = (text: string) => notRun.find(([begins]) => text.startsWith(begins))?.[1]
const run = blocks.filter(({ text }) => reasonOf(text) === undefined)

/** The calls of kds in a block, without what the shell makes of them. */
const calls = (text: string) =>
  text
    .split(/\n|\||&&/)
    .map((part) => part.replace(/\s#.*$|\s>.*$/g, '').trim())
    .filter((part) => part.startsWith('kds '))

describe('the shell blocks of the documents', () => {
  let staged: Stage
  beforeAll(() => {
    staged = stage()
  }, 120_000)

  it.each(blocks.flatMap(({ page, text }) => calls(text).map((line) => [page, line] as const)))(
    '%s: %s is a command, and has these flags',
    (_, line) => {
      const argv = words(line).slice(1)
      const spec = commandNamed(registry.commands, argv)
      expect(spec).toBeDefined()
      if (spec) parseInvocation(spec, argv.slice(spec.path.length))
    },
  )

  it.each(run.map(({ first, page, text }) => [page, first, text] as const))(
    '%s: %s … can be run as it stands, where a DaemonSet agent is rolled out',
    (_, __, text) => {
      const folder = temporaryFolder()
      const manifest = readFileSync('docs/waves-agent.yaml', 'utf8')
      writeFileSync(join(folder, 'first.yaml'), manifest.replaceAll('1.0', '0.9'))
      for (const name of ['agent.yaml', 'daemonset.yaml']) writeFileSync(join(folder, name), manifest)
      for (const name of ['ci', 'cluster']) mkdirSync(join(folder, name))
      const script = [
        'set -e',
        'kds apply -f first.yaml -y --wait',
        'kds apply -f agent.yaml -y --wait',
        'set -v',
        text.replaceAll('ds/NAME', 'ds/agent'),
      ]
      writeFileSync(join(folder, 'block.sh'), script.join('\n'))
      const { bin } = staged
      const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: folder, TMPDIR: folder, TZ: 'UTC' }
      const argv = ['sandbox', 'run', '--nodes', '3', '--', 'sh', 'block.sh']
      const { status, stderr, stdout } = spawnSync(join(bin, 'kds'), argv, {
        cwd: folder,
        env,
        encoding: 'utf8',
      })
      expect(status, stdout + stderr).toBe(0)
    },
    120_000,
  )

  it('are all that a reason is given for', () => {
    const unused = notRun.filter(([begins]) => !blocks.some(({ text }) => text.startsWith(begins)))
    expect(unused).toEqual([])
  })
})
