import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import { toKyaml } from '#yaml/kyaml.ts'

const object: Json = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { no: '1', 'a.b/c': 'true', '12': 'x', '-x': 'y', Yes: 'z', e1: '1e3' } },
  spec: {
    containers: [
      { name: 'a', args: ['x', 'y'], ports: [], resources: {} },
      { name: 'b', stdin: true, n: 1.5, nothing: null },
    ],
    nested: [[1, 2], ['a']],
  },
  text: 'one\n  two\n\nthree',
  ended: 'one\n',
  odd: 'a"b\\c\td \u0007\u00a0\u200b\u{1f600}',
}

describe('KYAML', () => {
  it('quotes texts, keeps keys plain where they are not misread, and sets brackets of maps beside one another', () => {
    expect(toKyaml(object)).toBe(`---
{
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "p",
    labels: {
      "12": "x",
      "no": "1",
      a.b/c: "true",
      "-x": "y",
      "Yes": "z",
      e1: "1e3",
    },
  },
  spec: {
    containers: [{
      name: "a",
      args: [
        "x",
        "y",
      ],
      ports: [],
      resources: {},
    }, {
      name: "b",
      stdin: true,
      "n": 1.5,
      nothing: null,
    }],
    nested: [[
      1,
      2,
    ], [
      "a",
    ]],
  },
  text: "\\
     one\\n\\
    \\  two\\n\\
     \\n\\
     three\\
    ",
  ended: "\\
     one\\n\\
    ",
  odd: "a\\"b\\\\c\\td \\a\\_\\u200b\u{1f600}",
}
`)
  })

  it('is YAML', () => {
    expect(load(toKyaml(object))).toEqual(object)
    for (const empty of [{}, [], '', null, 1]) expect(load(toKyaml(empty as Json))).toEqual(empty)
  })
})
