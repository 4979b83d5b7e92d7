import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pictures } from '../helpers/pictures/pictures.ts'

const folder = 'docs/pictures'

describe('docs/pictures', () => {
  it('shows what kds prints today: npm run docs draws it again', async () => {
    const drawn = await pictures()
    if (process.env.UPDATE_GOLDEN === '1') {
      mkdirSync(folder, { recursive: true })
      for (const [name, text] of drawn) writeFileSync(`${folder}/${name}`, text)
    }
    expect(readdirSync(folder).sort()).toEqual([...drawn.keys()].sort())
    for (const [name, text] of drawn) expect(readFileSync(`${folder}/${name}`, 'utf8')).toBe(text)
  }, 60_000)
})
