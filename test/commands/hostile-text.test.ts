import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { escapeText } from '#base/escape.ts'
import { isObject, type Json } from '#base/json.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { liveKds } from '../helpers/live-world.ts'
import { kds, words } from '../helpers/run.ts'

/** What moves the cursor, sets the title, colours, reverses, hides; and what ends a row or a cell of a table. */
const hostile =
  '\u001b[45m\u001b]0;t\u0007\u009b2J\r\u0000\u007f\u202e\u2066\u061c\u206a\u200f\ufeff\u{e0041}\n\t`|'

/** Values that say what an object is: with others it would not be read at all. */
const structural =
  /^(kind|apiVersion|uid|resourceVersion|.*[tT]imestamp|.*Time|phase|type|operator|effect|status|data|cpu|memory|pods|ephemeral-storage|.*gibytes.*|hugepages.*|controller|strategy|.*Policy|protocol|generateName|os|architecture|operatingSystem)$/

/** The object with hostile text in every string of it, and in its own name if that is asked for. */
function poisoned(value: Json, names: boolean, key = ''): Json {
  if (typeof value === 'string') return structural.test(key) || value === '' ? value : value + hostile
  if (Array.isArray(value)) return value.map((item) => poisoned(item, names, key))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, part]) => {
      // With another selector or other labels the DaemonSet would have no pods and no history to show.
      const kept = /^(matchLabels|labels|values|hash)$/.test(field)
      const name = /^(name|namespace|nodeName)$/.test(field)
      return [field, kept || (name && !names) ? part : poisoned(part, names, field)]
    }),
  )
}

const esc = '\u001b'
/** Our own colours, and the moves of the live view. */
const ours = new RegExp(
  [`${esc}\\[(?:1|2|22|3[1-6]|39)m`, `${esc}\\[\\?2026[hl]`, `${esc}\\[\\d+A`, `${esc}\\[[JK]`].join('|'),
  'g',
)

/** The lines of the output in which there is anything else that a terminal would act on. */
function acted(text: string): string[] {
  // Carriage returns belong to the live view alone.
  const moved = text.includes(`${esc}[?2026h`) ? text.replaceAll('\r', '') : text
  const rest = moved.replace(ours, '')
  return rest.split('\n').filter((line) => escapeText(line) !== line)
}

let folder: string
let objects: KubeObject[]
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kds-hostile-'))
  const { nodes, namespaces, daemonSets, controllerRevisions, pods } = await readSnapshot({
    sources: ['examples/cluster.yaml', 'examples/snapshot.yaml'],
    cwd: process.cwd(),
    env: {},
    stdin: (async function* () {})(),
  })
  objects = [...namespaces, ...nodes, ...daemonSets, ...controllerRevisions, ...pods] as KubeObject[]
  for (const [name, names] of [
    ['texts.json', false],
    ['names.json', true],
  ] as const) {
    const items = objects.map((object) => poisoned(object as unknown as Json, names))
    writeFileSync(file(name), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    const daemonSet = items.find((item) => isObject(item) && item.kind === 'DaemonSet')
    writeFileSync(file(`ds-${name}`), JSON.stringify(daemonSet))
  }
  writeFileSync(
    file('broken.yaml'),
    `kind: DaemonSet\nmetadata: {name: "a${JSON.stringify(hostile).slice(1, -1)}"\n`,
  )
  writeFileSync(
    file('raw.yaml'),
    `kind: DaemonSet\nmetadata:\n  name: a\u009b\u202e\u007f\n  name: b\u061c\n`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const forms = {
  pipe: {},
  terminal: { terminal: 80 },
  'terminal without colour': { terminal: 200, env: { NO_COLOR: '' } },
}

describe.each(Object.entries(forms))('offline, on a %s', (_, form) => {
  const commands = ['texts.json', 'names.json'].flatMap((name) => {
    const plan = `kds plan -f ds-${name} --force --validate=ignore --snapshot ${name}`
    const simulate = `kds rollout simulate -f ds-${name} --force --validate=ignore --snapshot ${name} --at 2026-09-14T09:30:00Z`
    return [
      plan,
      ...['wide', 'json', 'yaml', 'name', 'markdown'].map((output) => `${plan} -o ${output}`),
      `kds plan -f ds-${name} --snapshot ${name}`,
      `kds plan -f ds-${name} --force --nodes ${name} --from ds-${name}`,
      `${plan} --explain virtual-kubelet-fargate`,
      simulate,
      `${simulate} -o json`,
      `${simulate} -o yaml`,
      `${simulate} --max-unavailable 1,50%`,
      ...['', '-o json', '-o yaml', '-o sarif', '-o github', '-o markdown', '--fix --dry-run'].map(
        (output) => `kds lint -f ds-${name} --nodes ${name} ${output}`,
      ),
    ]
  })
  it.each([
    ...commands,
    'kds plan -f broken.yaml --nodes texts.json',
    'kds plan -f raw.yaml --nodes texts.json',
    'kds plan -f raw.yaml --nodes raw.yaml',
  ])('%s', async (command) => {
    const { out, err } = await kds(words(command).slice(1), { ...form, cwd: folder })
    expect(out + err).not.toBe('')
    expect(acted(out)).toEqual([])
    expect(acted(err)).toEqual([])
    if (command.endsWith('-o json') && out !== '') expect(() => JSON.parse(out)).not.toThrow()
  })
})

describe.each([
  ['texts', false],
  ['names, too', true],
])('live, hostile %s', (_, names) => {
  let sandbox: Sandbox
  const target = names ? 'log-agent' : 'ds/log-agent -n logging'
  beforeAll(async () => {
    const items = objects.map((object) => poisoned(object as unknown as Json, names) as unknown as KubeObject)
    sandbox = await startSandbox({ objects: items })
    writeFileSync(file(`config-${names}`), sandbox.kubeconfig, { mode: 0o600 })
  })
  afterAll(() => sandbox?.close())

  const rollout = (command: string) =>
    names ? `kds rollout ${command} -A` : `kds rollout ${command} ${target}`
  const commands = [
    `kds plan -f ${'DS'} --force --validate=ignore`,
    ...['wide', 'json', 'yaml', 'markdown'].map(
      (output) => `kds plan -f DS --force --validate=ignore -o ${output}`,
    ),
    ...['', '-o wide', '-o json', '-o yaml', '-o name', '--diff', '--revision=2'].map(
      (flags) => `${rollout('history')} ${flags}`,
    ),
    `${rollout('history')} -o jsonpath={.items[*].metadata.annotations}{.metadata.annotations}`,
    `${rollout('history')} -o jsonpath-as-json={.metadata}`,
    `${rollout('status')} --watch=false`,
    `${rollout('status')} --watch=false -o json`,
    `${rollout('status')} --timeout=1s`,
    `${rollout('restart')} --dry-run=client`,
    `${rollout('restart')} --dry-run=server -o yaml`,
    `${rollout('restart')} --dry-run=server -o json`,
    `kds rollout undo ${target} --dry-run=client`,
    `kds rollout undo ${target} --dry-run=server -o json`,
    `kds rollout undo ${target} -y`,
    `kds rollout pause ${target}`,
  ]
  describe.each(Object.entries(forms))('on a %s', (form, options) => {
    it.each(commands)('%s', async (command) => {
      const argv = words(command.replace('DS', file(names ? 'ds-names.json' : 'ds-texts.json'))).slice(1)
      const { out, err } = await liveKds(argv, { kubeconfig: file(`config-${names}`), haste: 50, ...options })
      expect(acted(out), form).toEqual([])
      expect(acted(err), form).toEqual([])
    })
  })
})

describe('a hostile kubeconfig', () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/nowhere/plugin',
    interactiveMode: 'Never',
    installHint: 'install it',
  }
  const users: Readonly<Record<string, object>> = {
    'a plugin that is not there': {
      exec: { ...exec, command: `${exec.command}${hostile.replace('\u0000', '')}` },
    },
    'a hint how to install it': { exec: { ...exec, installHint: hostile } },
    'the version of a plugin': { exec: { ...exec, apiVersion: hostile } },
    'a provider': { 'auth-provider': { name: hostile } },
    'a token file': { tokenFile: `/nowhere/${hostile.replace('\u0000', '')}` },
    'a certificate': { 'client-certificate': hostile, 'client-key': hostile },
    ...Object.fromEntries(
      [
        { kind: 'ExecCredential', apiVersion: hostile },
        { kind: hostile, apiVersion: exec.apiVersion },
        { kind: 'ExecCredential', apiVersion: exec.apiVersion, status: { expirationTimestamp: hostile } },
      ].map((answer, at) => [
        `answer ${at} of a plugin`,
        { exec: { ...exec, command: 'echo', args: [JSON.stringify(answer)] } },
      ]),
    ),
  }
  it.each(Object.entries(users))('%s', async (_, user) => {
    const config = {
      'current-context': 'c',
      clusters: [{ name: 'k', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    }
    writeFileSync(file('hostile-config'), JSON.stringify(config), { mode: 0o600 })
    for (const [form, options] of Object.entries(forms)) {
      const { err, exit } = await liveKds(['rollout', 'history', 'ds/a'], {
        kubeconfig: file('hostile-config'),
        ...options,
      })
      expect(exit).toBe(1)
      expect(err).not.toMatch(/refused/)
      expect(acted(err), form).toEqual([])
    }
  })
})

it('the sweep can fail: a hostile text by itself is found', () => {
  expect(acted(`a ${hostile}`)).not.toEqual([])
  expect(acted(`\u001b[1mfine\u001b[22m`)).toEqual([])
  expect(acted('\r')).toEqual(['\r'])
  expect(readFileSync(file('texts.json'), 'utf8')).toContain('\\u001b[45m')
})
