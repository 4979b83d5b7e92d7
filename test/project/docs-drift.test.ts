import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedFiles, generatedFolders } from '#commands/generated.ts'

const files = generatedFiles({
  packageJson: readFileSync('package.json', 'utf8'),
  changelog: readFileSync('CHANGELOG.md', 'utf8'),
})

describe('files made from the command registry (npm run docs makes them anew)', () => {
  it.each([...files])('%s is up to date', (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it.each(generatedFolders)('%s holds nothing else', (folder) => {
    const there = readdirSync(folder).map((name) => `${folder}/${name}`)
    expect(there.filter((file) => !files.has(file))).toEqual([])
  })
})
