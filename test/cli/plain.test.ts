import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kds, words } from '../helpers/run.ts'

/** The calls of the goldens that draw. */
const lines = ['plan', 'nodes', 'lint'].flatMap((name) =>
  readFileSync(`test/golden/${name}.txt`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('kds ') && !/ -o|--output|--ascii|--color|\|/.test(line)),
)

describe('on a terminal without colour that shows ASCII alone', () => {
  it.each(lines)('%s writes neither escapes nor other characters', async (line) => {
    const [, command = '', ...rest] = words(line)
    const { err, out } = await kds([command, '--ascii', ...rest], {
      terminal: 80,
      env: { TERM: 'xterm', NO_COLOR: '1' },
    })
    expect((out + err).match(/[^\n\x20-\x7e].*/g) ?? []).toEqual([])
  })
})
