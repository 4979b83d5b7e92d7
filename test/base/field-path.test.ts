import { expect, it } from 'vitest'
import { fieldText } from '#base/field-path.ts'

it.each([
  [[], ''],
  [['spec', 'taints', 0, 'key'], 'spec.taints[0].key'],
  [['metadata', 'labels', 'example.com/a'], 'metadata.labels[example.com/a]'],
  [['metadata', 'labels', 'my-label'], 'metadata.labels[my-label]'],
  [['items', 2, 'a\u001b\n'], 'items[2][a\\x1b\\n]'],
])('%j is %s', (path, text) => {
  expect(fieldText(path)).toBe(text)
})
