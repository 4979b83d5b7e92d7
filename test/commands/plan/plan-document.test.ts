import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'

/*
 * docs/*.schema.json is what scripts rely on. Every document that kds prints must hold to it, and the schemas leave no
 * room for fields that they do not name.
 */
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
const validator = (name: string) => {
  const validate = ajv.compile(JSON.parse(readFileSync(`docs/${name}.schema.json`, 'utf8')))
  return (document: unknown) => {
    validate(document)
    return (validate.errors ?? []).map(({ instancePath, message, params }) => ({
      instancePath,
      message,
      params,
    }))
  }
}
const planErrors = validator('plan')
const simulationErrors = validator('simulation')

const dumps = ['cluster.yaml', 'snapshot.yaml']
const manifests = readdirSync('examples')
  .filter((file) => /\.yaml$/.test(file) && !dumps.includes(file))
  .map((file) => `examples/${file}`)

/** The manifests in as few commands as there can be: two of one DaemonSet do not go into one. */
const younger = 'examples/log-agent-v2.yaml'
const inputs = [manifests.filter((file) => file !== younger), [younger]].map((files) =>
  files.flatMap((file) => ['-f', file]),
)

const snapshot = ['--snapshot', 'examples/cluster.yaml', '--snapshot', 'examples/snapshot.yaml']

/** The document in both notations; they must say the same. */
async function documentOf(argv: readonly string[]): Promise<Record<string, unknown>> {
  const json = await kds([...argv, '-o', 'json'])
  expect([json.exit, json.err.includes('internal error')]).toEqual([0, false])
  const document = JSON.parse(json.out)
  const yaml = await kds([...argv, '-o', 'yaml'])
  expect(load(yaml.out)).toEqual(document)
  return document
}

const questions: [string, string[]][] = [
  ['on nodes', ['--nodes', 'examples/cluster.yaml']],
  ['for one node', ['--nodes', 'examples/cluster.yaml', '--node', 'NODE']],
  ['against a snapshot', snapshot],
  ['for one node of a snapshot', [...snapshot, '--node', 'NODE']],
  ['against an older manifest', ['--nodes', 'examples/cluster.yaml', '--from', 'examples/log-agent.yaml']],
]

async function nodeNames(): Promise<string[]> {
  const argv = ['plan', '-f', 'examples/cni-agent.yaml', '--nodes', 'examples/cluster.yaml', '-o', 'json']
  const { out } = await kds(argv)
  return JSON.parse(out).items[0].nodes.map((node: { readonly name: string }) => node.name)
}

describe('kds plan -o json and -o yaml hold to docs/plan.schema.json', () => {
  it.each(questions)('%s', async (_, flags) => {
    const names = flags.includes('NODE') ? (await nodeNames()).filter((__, i) => i % 7 === 0) : ['']
    for (const files of inputs) {
      for (const name of names) {
        const asked = flags.map((flag) => (flag === 'NODE' ? name : flag))
        const document = await documentOf(['plan', ...files, '--force', ...asked])
        expect(planErrors(document), name).toEqual([])
        expect(document.items).toHaveLength(files.length / 2)
      }
    }
  })

  it('for several DaemonSets', async () => {
    const files = manifests.slice(0, 3).flatMap((file) => ['-f', file])
    const document = await documentOf(['plan', ...files, '--force', '--nodes', 'examples/cluster.yaml'])
    expect(planErrors(document)).toEqual([])
    expect(document.items).toHaveLength(3)
  })

  it('with findings and their places', async () => {
    const argv = ['plan', '-f', 'examples/mistakes.yaml', '--force', '--nodes', 'examples/cluster.yaml']
    const document = await documentOf(argv)
    expect(document).toMatchObject({
      items: [
        { warnings: expect.arrayContaining([expect.objectContaining({ file: 'examples/mistakes.yaml' })]) },
      ],
    })
  })

  it('answers the nodes in the order of the input, each with reasons exactly when it does not run', async () => {
    const names = await nodeNames()
    for (const files of inputs) {
      const document = await documentOf(['plan', ...files, '--force', '--nodes', 'examples/cluster.yaml'])
      const items = document.items as {
        summary: Record<string, number>
        nodes: { shouldRun: boolean; reasons: [] }[]
      }[]
      for (const { nodes, summary } of items) {
        expect(nodes).toMatchObject(names.map((name) => ({ name })))
        for (const node of nodes) expect(node.reasons.length === 0).toBe(node.shouldRun)
        expect(nodes.filter((node) => node.shouldRun)).toHaveLength(summary.shouldRun ?? -1)
      }
    }
  })

  it('a schema that says nothing would not do', () => {
    const plan = { kind: 'Plan', daemonSet: { namespace: 'a', name: 'b' }, nodes: [], warnings: [] }
    const list = (item: object) => ({ apiVersion: 'kds/v1', kind: 'PlanList', items: [item] })
    expect(planErrors(list(plan))).not.toEqual([])
    const summary = { nodes: 0, shouldRun: 0, shouldContinueOnly: 0, shouldNotRun: 0 }
    expect(planErrors(list({ ...plan, summary }))).toEqual([])
    expect(planErrors(list({ ...plan, summary, extra: 1 }))).not.toEqual([])
  })
})

const knobs: [string, string[]][] = [
  ['on nodes alone', ['--nodes', 'examples/cluster.yaml']],
  ['on a snapshot', snapshot],
  ['with a failure', [...snapshot, '--fail', 'NODE=image']],
  ['with strategies to compare', [...snapshot, '--max-unavailable', '1,20%', '--max-surge', '2']],
]

describe('kds rollout simulate -o json and -o yaml hold to docs/simulation.schema.json', () => {
  it.each(knobs)('%s', async (_, flags) => {
    const [node = ''] = await nodeNames()
    const given = flags.map((flag) => flag.replace('NODE', node))
    for (const files of inputs) {
      const document = await documentOf(['rollout', 'simulate', ...files, '--force', ...given])
      expect(simulationErrors(document)).toEqual([])
      const compared = flags.includes('--max-surge') ? 4 : 1
      expect(document.items).toHaveLength((files.length / 2) * compared)
    }
  })

  it('a field that it does not name is an error', () => {
    const list = { apiVersion: 'kds/v1', kind: 'SimulationList', items: [] }
    expect(simulationErrors(list)).toEqual([])
    expect(simulationErrors({ ...list, extra: 1 })).not.toEqual([])
  })
})
