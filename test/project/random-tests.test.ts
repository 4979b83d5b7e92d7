import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('project'))
  .map((file) => ({ file, text: readFileSync(join('test', file), 'utf8') }))
const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0

describe('tests draw the same random cases in each run, unless FUZZ_RUNS asks for others', () => {
  it('properties are tried by `runs` of random-cases.ts, which fixes the seed', () => {
    const asserted = files.filter(({ text }) => text.includes('fc.assert('))
    expect(asserted.length).toBeGreaterThan(20)
    const strays = asserted.filter(
      ({ text }) => count(text, /\bfc\.assert\(/g) !== count(text, /[,(]\s*runs\(\d+\),?\s*\)/g),
    )
    expect(strays.map(({ file }) => file)).toEqual([])
  })

  it('nothing is left to Math.random', () => {
    expect(files.filter(({ text }) => text.includes('Math.random(')).map(({ file }) => file)).toEqual([])
  })
})
