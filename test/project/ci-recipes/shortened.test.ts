import { expect, it } from 'vitest'

const job = '../../../action/job.mjs'
const { shortened } = (await import(job)) as { shortened: (text: string, most: number) => string }
const note = '\n\n_The rest is too long here: the page has all of it._\n'
const long = 'x\n'.repeat(500)

it.each([
  ['between two blocks', '```text\na\n```\n', ''],
  ['in a block', '````text\n```\n', '\n````'],
  ['in a block of something that is folded', '<details>\n\n```diff\n', '\n```\n\n</details>'],
])('a comment that is too long is ended where it is cut: %s', (_, start, end) => {
  const text = shortened(`${start}${long}`, 400)
  expect(text.length).toBeLessThanOrEqual(400)
  expect(text.startsWith(`${start}x\nx`)).toBe(true)
  expect(text.endsWith(`\nx${end}${note}`)).toBe(true)
})

it('a comment that fits is left as it is', () => {
  expect(shortened(long, 1000)).toBe(long)
})
