import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What is loaded with a module before anything of it runs: imports and re-exports of values, not of types. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  if (!file.startsWith('src/') || !file.endsWith('.ts')) return seen
  const text = readFileSync(file, 'utf8')
  for (const [, clause = '', target = ''] of text.matchAll(
    /^(?:(?:import|export)\b([^;'"]*?)\bfrom |import )'([^']+)'/gm,
  )) {
    if (/^\s*type\b/.test(clause)) continue
    if (
      /^\s*\{[^}]*\}\s*$/.test(clause) &&
      clause
        .replace(/[{}\s]/g, '')
        .split(',')
        .every((name) => name === '' || name.startsWith('type'))
    ) {
      if (!/\{\s*[a-zA-Z]+\s*[,}]/.test(clause.replace(/\btype\s+\w+\s*,?/g, ''))) continue
    }
    const next = target.startsWith('#')
      ? target.replace('#', 'src/')
      : target.startsWith('.')
        ? join(dirname(file), target)
        : target
    loadedWith(next, seen)
  }
  return seen
}

describe('a completion call that needs no cluster', () => {
  const loaded = loadedWith('src/commands/complete/answer.ts')

  it('loads nothing from outside of kds', () => {
    expect([...loaded].filter((file) => !file.startsWith('src/'))).toEqual([])
  })
  it('loads no command, no YAML and nothing that talks to a cluster', () => {
    expect(
      [...loaded].filter((file) => /^src\/(yaml|cluster|manifest|sandbox|controller|placement)\//.test(file)),
    ).toEqual([])
  })
  it('is told apart from what does', () => {
    expect([...loadedWith('src/cli/parser.ts')]).toContain('commander')
    expect(loaded.size).toBeGreaterThan(15)
  })
})
