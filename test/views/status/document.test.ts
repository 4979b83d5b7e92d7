import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { summaryEventLine } from '#views/status/document.ts'

const schema = (name: string) => JSON.parse(readFileSync(`docs/${name}.schema.json`, 'utf8'))
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false })
ajv.addSchema(schema('state'), 'state.schema.json')
const validate = ajv.compile(schema('rollout-status'))

/** What `-o json` printed about the scenes, which the goldens hold. */
const printed = ['status', 'holds'].flatMap((name) =>
  readFileSync(`test/golden/scenes/${name}.pipe.txt`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('[out] {'))
    .map((line) => JSON.parse(line.slice(6))),
)

const errorsOf = (document: unknown) => {
  validate(document)
  return validate.errors ?? []
}

describe('the events of kds rollout status hold to docs/rollout-status.schema.json', () => {
  it('changes and holds of every scene', () => {
    const kinds = printed.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'RolloutHolds').length).toBeGreaterThan(20)
    for (const document of printed) expect(errorsOf(document)).toEqual([])
  })

  it.each([[undefined], [[]], [[{ pod: 'a-1', uid: 'u', node: 'n', restarts: 2, at: 1, exit: undefined }]]])(
    'a summary with the restarts %j',
    (restarted) => {
      const summary = { nodes: 3, took: 71_000, atFirst: 3, fewest: 2, restarted }
      const line = summaryEventLine({ namespace: 'default', name: 'a' }, summary, 0)
      expect(errorsOf(JSON.parse(line))).toEqual([])
    },
  )

  it('which leaves no room for others', () => {
    const [first] = printed
    expect(errorsOf({ ...first, more: 1 })).not.toEqual([])
    expect(errorsOf({ ...first, kind: 'RolloutHolds' })).not.toEqual([])
  })
})
