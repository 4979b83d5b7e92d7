import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubectlVersion } from '../../helpers/kubectl.ts'
import { kdsOnDump, type ServedScene, serveScene } from '../../helpers/scenes/serve.ts'
import { scenes } from '../../helpers/scenes/table.ts'

const json = async (name: string, ...argv: string[]) =>
  JSON.parse((await kdsOnDump(name, ['get', ...argv, '-o', 'json'])).out)

describe('the document of kds get', () => {
  const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true } }).compile(
    JSON.parse(readFileSync('docs/state.schema.json', 'utf8')),
  )

  it.each(scenes.map(({ name }) => name))('holds to docs/state.schema.json: %s', async (name) => {
    const document = await json(name)
    validate(document)
    expect(validate.errors).toBeNull()
    expect(load((await kdsOnDump(name, ['get', '-o', 'yaml'])).out)).toEqual(document)
    expect(load((await kdsOnDump(name, ['get', '-o', 'kyaml'])).out)).toEqual(document)
  })
})

describe('kds get on a dump', () => {
  const verdicts = async (...argv: string[]) => {
    const { out } = await kdsOnDump('healthy', ['get', ...argv, '-o', 'jsonpath={.items[*].metadata.name}'])
    return out
  }

  it.each([
    [[], 'agent node-exporter'],
    [['-n', 'monitoring'], 'node-exporter'],
    [['node-exporter', 'agent'], 'node-exporter agent'],
    [['ds/agent'], 'agent'],
    [['-l', 'app=agent'], 'agent'],
    [['--sort-by', '.status.desiredNumberScheduled'], 'node-exporter agent'],
    [['--sort-by', '{.metadata.creationTimestamp}'], 'agent node-exporter'],
    [['--sort-by', 'verdict.text'], 'agent node-exporter'],
  ])('%j lists %s', async (argv, names) => {
    expect(await verdicts(...argv)).toBe(names)
  })

  it('tells what is not there, and lists the rest', async () => {
    const result = await kdsOnDump('healthy', ['get', 'agent', 'nope', '-o', 'name'])
    expect(result).toEqual({
      out: 'daemonset.apps/agent\n',
      err: 'error: there is no DaemonSet "nope" in the snapshot\nhint: the snapshot has agent, node-exporter\n',
      exit: 1,
    })
  })

  it('refuses a field that nothing has, and -w', async () => {
    expect((await kdsOnDump('healthy', ['get', '--sort-by', '.nope'])).err).toContain(
      `couldn't find any field with path "{.nope}" in the list of objects`,
    )
    expect((await kdsOnDump('healthy', ['get', '-w'])).err).toContain('-w watches a cluster')
  })
})

const runKubectl = (argv: readonly string[], kubeconfig: string) =>
  new Promise<{ out: string; err: string }>((resolve) => {
    const env = { PATH: process.env.PATH, HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig }
    execFile('kubectl', [...argv], { env }, (_, out, err) => resolve({ out, err }))
  })

describe.skipIf(kubectlVersion === undefined)('kds get beside kubectl get', () => {
  let served: ServedScene
  beforeAll(async () => {
    served = await serveScene('healthy')
  })
  afterAll(() => served.close())

  it.each(['', '-o wide', '-A', '-A -o wide', '-l app=agent -A', 'agent -n logging'])(
    'begins with the columns of kubectl: %s',
    async (flags) => {
      const argv = flags.split(' ').filter(Boolean)
      const { out, err } = await served.kds(['get', ...argv])
      const kubectl = await runKubectl(['get', 'ds', ...argv], served.kubeconfig)
      const ages = (text: string) => text.replace(/\b\d+d(?:\d+h)?\b/g, (age) => '#'.repeat(age.length))
      const theirs = ages(kubectl.out).split('\n')
      const ours = ages(out).split('\n')
      expect(err.replace(/^hint: .*\n/gm, '')).toBe(kubectl.err)
      theirs.forEach((line, at) => {
        expect(ours[at]?.startsWith(line.trimEnd())).toBe(true)
      })
    },
  )
})
