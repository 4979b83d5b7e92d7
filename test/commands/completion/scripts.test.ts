import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completionScripts } from '#cli/completion/scripts.ts'
import { kds } from '../../helpers/run.ts'

const checks = { bash: ['bash', '-n'], zsh: ['zsh', '-n'], fish: ['fish', '--no-execute'] } as const

describe('kds completion', () => {
  it.each([...completionScripts.keys()])('prints the script of %s', async (shell) => {
    const { out, err, exit } = await kds(['completion', shell])
    expect({ out, err, exit }).toEqual({ out: completionScripts.get(shell)?.text, err: '', exit: 0 })
  })

  it.each([
    ['no shell', []],
    ['an unknown shell', ['tcsh']],
    ['a word that every object has', ['constructor']],
  ])('names the shells there are: %s', async (_, words) => {
    const { err, exit } = await kds(['completion', ...words])
    expect(exit).toBe(1)
    expect(err).toMatch(/shell/)
  })

  describe.each(Object.entries(checks))('%s', (shell, [program, flag]) => {
    const missing = spawnSync(program, ['--version']).error !== undefined
    it.skipIf(missing)(`parses its script (skipped: there is no ${program})`, () => {
      const file = `completions/${completionScripts.get(shell)?.file}`
      const { status, stderr } = spawnSync(program, [flag, file], { encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    })
  })
})

interface Tree {
  readonly rootNode: { readonly hasError: boolean; toString(): string }
}

/** What of tree-sitter is used: PowerShell itself is no Debian package. */
interface TreeSitter {
  readonly Parser: {
    init(): Promise<void>
    new (): { setLanguage(language: unknown): void; parse(text: string): Tree }
  }
  readonly Language: { load(file: string): Promise<unknown> }
}

async function powershellTree(text: string): Promise<Tree> {
  const entry = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm')
  const loaded = (await import(entry)) as { default: TreeSitter }
  const { Parser, Language } = loaded.default
  await Parser.init()
  const parser = new Parser()
  parser.setLanguage(await Language.load(join(dirname(entry), 'tree-sitter-powershell.wasm')))
  return parser.parse(text)
}

describe('the script of powershell', () => {
  it('parses', async () => {
    const { rootNode } = await powershellTree(completionScripts.get('powershell')?.text ?? '')
    expect(rootNode.hasError ? rootNode.toString() : 'parsed').toBe('parsed')
  })
  it('would be told to be wrong', async () => {
    const { rootNode } = await powershellTree('foreach ($x in { if')
    expect(rootNode.hasError).toBe(true)
  })
})
