import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { expect, it } from 'vitest'
import { commandLines } from '../helpers/golden.ts'
import { kds, words } from '../helpers/run.ts'

/* What the commands about nodes print as documents holds to the schemas, which leave no room for fields that they do not name. */
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
const schemas = Object.fromEntries(
  ['what-if', 'overhead', 'why'].map((name) => [
    name,
    ajv.compile(JSON.parse(readFileSync(`docs/${name}.schema.json`, 'utf8'))),
  ]),
)

const lines = commandLines(readFileSync('test/golden/nodes.txt', 'utf8'))

it.each(lines)('%s', async (line) => {
  const [command = '', ...argv] = words(line.replace(/ -o \w+/, '')).slice(1)
  const json = await kds([command, ...argv, '-o', 'json'])
  if (json.exit !== 0) {
    expect([json.out, json.err]).toEqual(['', expect.stringMatching(/^error: /)])
    return
  }
  const document = JSON.parse(json.out)
  const validate = schemas[command]
  validate?.(document)
  expect(validate?.errors ?? []).toEqual([])
  const yaml = await kds([command, ...argv, '-o', 'yaml'])
  expect(load(yaml.out)).toEqual(document)
})
