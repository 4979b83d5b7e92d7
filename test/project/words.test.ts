import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = 'test/golden'
/** What the commands of the goldens print: `FILE: LINE`, without the codes of colours. */
const printed = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(?:pipe|terminal)\.txt$/.test(file))
  .flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => /^\[(?:out|err)\]/.test(line))
      .map((line) => `${file}: ${line.replace(/␛\[[\d;]*m/g, '')}`),
  )

const things = 'node|pod|DaemonSet|wave|restart|revision|finding|check|group|container|warning|minute|hour'

describe('what kds prints', () => {
  it('is there to be read', () => {
    expect(printed.length).toBeGreaterThan(5_000)
  })

  it.each([
    // "1 of 1 nodes" and "2 of 1 pods" are right.
    [
      'counts one thing in the plural',
      `(?<!\\bof )(?<![\\w.,:/=-])1 (?:(?:more|other|old|new) )?(?:${things})s\\b`,
    ],
    [
      'counts several things in the singular',
      `(?<![\\w.,:/=-])(?:[2-9]|[1-9]\\d+) (?:(?:more|other|old|new) )?(?:${things})\\b(?![-/(.]| affinity)`,
    ],
    ['says a word twice', '\\b([a-z]{2,}) \\1\\b(?![-./])'],
    ['has a space before a comma', '[a-z)] [,;](?:\\s|$)'],
  ])('never %s', (_, pattern) => {
    expect(printed.filter((line) => new RegExp(pattern).test(line))).toEqual([])
  })
})
