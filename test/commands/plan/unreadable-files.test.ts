import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { agent, expectRefusal, workspace } from './bad-input.ts'

describe('what is no file', () => {
  it('a folder without manifests, and one with manifests further down', async () => {
    const cwd = workspace({ 'sub/below/a.yaml': agent(), 'sub/notes.txt': 'x' })
    const shallow = await kds(['plan', '-f', 'sub', '--nodes', 'node.yaml'], { cwd })
    expectRefusal(shallow, /^error: the folder .*sub.* has no \.json, \.yaml.*\.yml files\nhint: .*-R.*\n$/)
    const deep = await kds(['plan', '-R', '-f', 'sub', '--nodes', 'node.yaml'], { cwd })
    expect(deep.exit).toBe(0)
  })

  it('a path below a file', async () => {
    const cwd = workspace({ 'a.yaml': agent() })
    const result = await kds(['plan', '-f', 'a.yaml/b.yaml', '--nodes', 'node.yaml'], { cwd })
    expectRefusal(result, /^error: cannot read a\.yaml\/b\.yaml: .*not a directory/)
  })

  it('a link to itself', async () => {
    const cwd = workspace({})
    symlinkSync('loop.yaml', join(cwd, 'loop.yaml'))
    const result = await kds(['plan', '-f', 'loop.yaml', '--nodes', 'node.yaml'], { cwd })
    expectRefusal(result, /^error: cannot read loop\.yaml: .*symbolic link/)
  })

  const isRoot = process.getuid?.() === 0
  it.skipIf(isRoot)(
    `a file without permission${isRoot ? ' (SKIPPED: root may read everything)' : ''}`,
    async () => {
      const cwd = workspace({})
      writeFileSync(join(cwd, 'a.yaml'), agent(), { mode: 0 })
      const result = await kds(['plan', '-f', 'a.yaml', '--nodes', 'node.yaml'], { cwd })
      expectRefusal(
        result,
        `
error: cannot read a.yaml: permission denied
hint: check the file's permissions: ls -l FILE
`,
      )
    },
  )
})
