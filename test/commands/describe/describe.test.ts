import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { kdsOnDump } from '../../helpers/scenes/serve.ts'
import { environmentValue, scenes } from '../../helpers/scenes/table.ts'

const page = (scene: string, ...argv: string[]) => kdsOnDump(scene, ['describe', ...argv])

describe('the document of kds describe', () => {
  const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } })
  const schema = (name: string) => JSON.parse(readFileSync(`docs/${name}.schema.json`, 'utf8'))
  for (const name of ['state', 'pods']) ajv.addSchema(schema(name), `${name}.schema.json`)
  const validate = ajv.compile(schema('description'))

  it.each(scenes.map(({ name }) => name))('holds to docs/description.schema.json: %s', async (name) => {
    const { out } = await page(name, '-o', 'json')
    const document = JSON.parse(out)
    validate(document)
    expect(validate.errors).toBeNull()
    expect(load((await page(name, '-o', 'yaml')).out)).toEqual(document)
    expect(out).not.toContain(environmentValue)
  })

  it('tells what keeps it off nodes, and what was told of it', async () => {
    const [item] = JSON.parse((await page('misscheduled', '-o', 'json')).out).items
    expect(item.placement).toEqual({
      nodes: 6,
      runs: 4,
      others: [
        {
          result: 'stay',
          reasons: ['taint pool=spot:NoSchedule is not tolerated'],
          nodes: ['spot-1', 'spot-2'],
        },
      ],
    })
    const [failing] = JSON.parse((await page('refused-quota', '-o', 'json')).out).items
    expect(failing.events[0]).toMatchObject({ type: 'Warning', reason: 'FailedCreate', kind: 'DaemonSet' })
  })
})

describe('kds describe', () => {
  it('tells several, each on a page of its own', async () => {
    const { out } = await page('healthy')
    expect(out.match(/^\S+ is ok: .*$/gm)).toEqual([
      'logging/agent is ok: 6 of 6 nodes have an available pod',
      'monitoring/node-exporter is ok: 4 of 4 nodes have an available pod',
    ])
    expect(out).toContain('Placement:   4 of 6 nodes\n')
  })

  it('finds what is wrong with the object as it is, not with what the server has filled in', async () => {
    const { out } = await page('serverless')
    expect(out).toContain('warning virtual-nodes: it lands on 2 nodes without a kubelet')
    expect(out).not.toContain('unknown-field')
  })

  it('tells which name is not there', async () => {
    expect(await page('healthy', 'nope')).toEqual({
      out: '',
      err: 'error: there is no DaemonSet "nope" in the snapshot\nhint: the snapshot has agent, node-exporter\n',
      exit: 1,
    })
  })
})
