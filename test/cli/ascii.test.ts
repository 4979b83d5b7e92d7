import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '#base/width.ts'
import { inAscii, printsData, wantsAscii } from '#cli/ascii.ts'
import { kds } from '../helpers/run.ts'
import { workspace } from '../helpers/workspace.ts'

const goldens = ['test/golden', 'test/golden/scenes', 'test/golden/map'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(pipe|terminal|80|160)\b.*\.txt$|\.(80|160)\.txt$/.test(name))
    .map((name) => join(folder, name)),
)

/** Lines of commands that draw, without the marks of the golden. */
const drawnLines = (golden: string) =>
  golden
    .split(/^\$ /m)
    .filter((block) => !/-o[= ]?(json|yaml|kyaml|sarif|github|markdown)/.test(block.split('\n')[0] ?? ''))
    .flatMap((block) => block.split('\n').filter((line) => /^\[(out|err)\]/.test(line)))
    .map((line) => line.replaceAll('␛', ''))

describe('drawing in ASCII', () => {
  it.each(goldens)('leaves nothing else of %s', (file) => {
    const odd = drawnLines(readFileSync(file, 'utf8')).filter((line) => !/^[\x20-\x7e]*$/.test(inAscii(line)))
    expect(odd).toEqual([])
  })

  it('keeps the width of what fits into columns', () => {
    for (const text of ['node-a…', '████░░', '✔ ok', '⠹ reading']) {
      expect(displayWidth(inAscii(text))).toBe(displayWidth(text))
      expect(inAscii(text)).toMatch(/^[\x20-\x7e]+$/)
    }
  })

  it('spells out an ellipsis for words, and marks a cut by one character', () => {
    expect(inAscii('… and 3 more')).toBe('... and 3 more')
    expect(inAscii('--taint NODES… (kubectl rollout …)')).toBe('--taint NODES... (kubectl rollout ...)')
    expect(inAscii('ip-10-0-0-1…')).toBe('ip-10-0-0-1~')
  })

  it.each([
    [{}, false],
    [{ LANG: 'en_US.UTF-8' }, false],
    [{ LANG: 'C.utf8' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
    [{ LANG: 'ja_JP.eucJP' }, true],
    [{ LANG: 'de_DE' }, false],
    [{ TERM: 'dumb' }, true],
    [{ TERM: 'linux' }, true],
    [{ OS: 'Windows_NT' }, true],
    [{ OS: 'Windows_NT', WT_SESSION: '1' }, false],
    [{ OS: 'Windows_NT', TERM_PROGRAM: 'vscode' }, false],
  ])('is begun by itself on terminals that show nothing else: %j', (env, wanted) => {
    expect(wantsAscii(undefined, true, env)).toBe(wanted)
    expect(wantsAscii(undefined, false, env)).toBe(false)
    expect(wantsAscii(!wanted, true, env)).toBe(!wanted)
  })

  it('is asked for by --ascii of every command, and refused by --ascii=false', async () => {
    const plan = ['plan', '-f', 'examples/log-agent.yaml', '--nodes', 'examples/cluster.yaml']
    const [usual, asked, refused] = await Promise.all([
      kds(plan, { terminal: 80 }),
      kds([...plan, '--ascii'], { terminal: 80 }),
      kds([...plan, '--ascii=false'], { terminal: 80, env: { TERM: 'xterm', LANG: 'C' } }),
    ])
    expect(usual.out).toContain('✔ runs on')
    expect(asked.out).toContain('+ runs on')
    expect(asked.out.replaceAll('\u001b', '')).toMatch(/^[\x20-\x7e\n]*$/)
    expect(refused.out).toBe(usual.out)
  })

  it.each(['-o json', '-ojson', '-o=yaml', '--output=json'])(
    'leaves documents alone, whose characters are data: %s',
    async (output) => {
      const cwd = workspace({
        'n.yaml': 'apiVersion: v1\nkind: Node\nmetadata: {name: n…, labels: {a: ✔}}\n',
      })
      const argv = ['plan', '-f', resolve('examples/log-agent.yaml'), '--nodes', 'n.yaml', '--ascii']
      expect((await kds([...argv, ...output.split(' ')], { cwd })).out).toContain('n…')
      expect((await kds(argv, { cwd })).out).not.toContain('n…')
    },
  )

  it('leaves a snapshot and completion scripts alone', () => {
    expect(printsData(['snapshot'], 'snapshot', undefined)).toBe(true)
    expect(printsData(['completion', 'bash'], 'completion', undefined)).toBe(true)
    expect(printsData(['plan', '-o', 'wide'], 'plan', 'wide')).toBe(false)
  })
})
