import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { corpusFolder, describeCorpus } from '../helpers/corpus.ts'
import { kds, type RunResult } from '../helpers/run.ts'

const fixtures = 'test/fixtures/bad-input'
const planOf = (file: string, nodes = 'node.yaml') =>
  kds(['plan', '-f', file, '--nodes', nodes], { cwd: fixtures })

const head = 'apiVersion: apps/v1\nkind: DaemonSet\n'
const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: worker}\n'
const agent = (metadata = '', podSpec = '') => `${head}metadata:
  name: agent
${metadata}spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: agent, image: agent:1}]
${podSpec}`

/** A folder with these files and a good node.yaml, gone after the test. */
function workspace(files: Readonly<Record<string, string | Uint8Array>>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'kds-bad-input-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  for (const [name, content] of Object.entries({ 'node.yaml': node, ...files })) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), content)
  }
  return cwd
}

/** Plans one text, as `a.yaml`, on a good node. */
const planText = (text: string | Uint8Array, name = 'a.yaml') =>
  kds(['plan', '-f', name, '--nodes', 'node.yaml'], { cwd: workspace({ [name]: text }) })

/** Plans a good DaemonSet on the nodes of one text, as `n.yaml`. */
const planOnText = (text: string | Uint8Array) =>
  kds(['plan', '-f', 'a.yaml', '--nodes', 'n.yaml'], {
    cwd: workspace({ 'a.yaml': agent(), 'n.yaml': text }),
  })

function expectRefusal({ out, err, exit }: RunResult, text: string | RegExp) {
  expect(exit).toBe(1)
  expect(out).toBe('')
  expect(err).not.toMatch(/internal error|\n\s+at /)
  if (typeof text === 'string') expect(err).toBe(text.trimStart())
  else expect(err).toMatch(text)
}

/** Fixture and the whole of stderr. */
const manifests: [string, string][] = [
  [
    'syntax.yaml',
    `
error: syntax.yaml:4:14: \`: \` stands twice in this line: quote the value, or begin a new line
  4 |   name: agent: two
    |              ^
hint: mend the line; \`kubectl apply\` refuses this file, too
`,
  ],
  [
    'lost-lines-pod.yaml',
    `
error: lost-lines-pod.yaml:3:3: \`name\` is indented below \`kind: Pod\`, which has a value already: a line between them is missing
  3 |   name: web
    |   ^
hint: lines were lost, as when copied from a web page: take the original file, or put back \`metadata:\`, \`spec:\` and the rest
`,
  ],
  [
    'lost-lines-tolerations.yaml',
    `
error: lost-lines-tolerations.yaml:3:3: \`name\` is indented below \`kind: Pod\`, which has a value already: a line between them is missing
  3 |   name: web
    |   ^
hint: lines were lost, as when copied from a web page: take the original file, or put back \`metadata:\`, \`spec:\` and the rest
`,
  ],
  [
    'lost-lines.yaml',
    `
error: lost-lines.yaml:3:3: \`name\` is indented below \`kind: DaemonSet\`, which has a value already: a line between them is missing
  3 |   name: agent
    |   ^
hint: lines were lost, as when copied from a web page: take the original file, or put back \`metadata:\`, \`spec:\` and the rest
`,
  ],
  [
    'lost-lines-comments.yaml',
    `
error: lost-lines-comments.yaml:3:3: \`name\` is indented below \`kind: DaemonSet\`, which has a value already: a line between them is missing
  3 |   name: log-agent
    |   ^
hint: lines were lost, as when copied from a web page: take the original file, or put back \`metadata:\`, \`spec:\` and the rest
`,
  ],
  [
    'flat.yaml',
    `
error: flat.yaml:4:1: the indentation is lost: \`metadata:\` has nothing below it, and \`name\` stands at the left edge
  4 | name: agent
    | ^
hint: this happens when copying from a web page: take the original file, or indent the lines again
`,
  ],
  [
    'tab.yaml',
    `
error: tab.yaml:4:1: a tab stands in the indentation; YAML allows spaces only
  4 | \\tname: agent
    | ^
hint: replace the tabs by spaces: expand -t 2 FILE
`,
  ],
  [
    'helm-template.yaml',
    `
error: helm-template.yaml:5:9: this is a Helm template, not a manifest
  5 |   name: {{ include "agent.fullname" . }}
    |         ^
hint: render it first: helm template CHART | kds plan -f -
`,
  ],
  [
    'others.yaml',
    `
error: there is no DaemonSet in others.yaml; found: 2 Service, 1 ConfigMap
hint: kds reads objects of apiVersion apps/v1 and kind DaemonSet
`,
  ],
  [
    'missing.yaml',
    `
error: the path "missing.yaml" does not exist
hint: relative paths start at ${fixtures}
`,
  ],
]

describe('a manifest that cannot be planned gets one clear message', () => {
  it.each(manifests)('%s', async (file, text) => {
    expectRefusal(await planOf(file), text)
  })

  it('every fixture of the kind is refused or good', () => {
    const good = ['agent.yaml', 'node.yaml', 'node-labels.yaml', 'node-without-name.yaml', 'truncated.json']
    const tested = [...manifests.map(([file]) => file), ...good]
    expect(readdirSync(fixtures).filter((file) => !tested.includes(file))).toEqual([])
  })

  describeCorpus('indentation-stripped as on real web pages', () => {
    it.each([1, 2, 3, 4])('seeds/broken-indentation-%d.yaml', async (number) => {
      const file = `${corpusFolder}/seeds/broken-indentation-${number}.yaml`
      const result = await kds(['plan', '-f', file, '--nodes', `${fixtures}/node.yaml`])
      expectRefusal(result, /^error: \S+:3:3: .*\n {2}3 \| .*\n {4}\| {3}\^\nhint: lines were lost, .*\n$/)
    })
  })

  it('truncated JSON', async () => {
    expectRefusal(
      await planOf('truncated.json'),
      /^error: truncated\.json:3:27: the JSON ends too early: it is cut off\n {2}3 \| .*\n.*\^\nhint: the file is incomplete.*\n$/,
    )
  })

  it('an empty file', async () => {
    expectRefusal(
      await planText(''),
      `
error: there is no Kubernetes object in a.yaml: nothing but comments or space
hint: check that this is the right file
`,
    )
  })

  it('nothing but comments and document marks', async () => {
    expectRefusal(await planText('# later\n---\n---\n'), /^error: there is no Kubernetes object in a\.yaml/)
  })

  it('an empty pipe', async () => {
    const result = await kds(['plan', '-f', '-', '--nodes', 'node.yaml'], { cwd: fixtures })
    expectRefusal(
      result,
      `
error: there is no Kubernetes object in stdin: nothing but comments or space
hint: check the command before the pipe
`,
    )
  })

  it('the table that kubectl prints', async () => {
    expectRefusal(await planText('NAME   READY\nx      1/1\n'), /^error: a\.yaml:1:1: .*Kubernetes object/)
  })

  it('two DaemonSets of one name', async () => {
    expectRefusal(
      await planText(`${agent()}---\n${agent()}`),
      `
error: a.yaml:15:9: the DaemonSet default/agent stands at a.yaml:4:9 already
  15 |   name: agent
     |         ^
hint: remove or rename one of the two: on a cluster the second would replace the first
`,
    )
  })

  it('two DaemonSets of one name in two namespaces are two', async () => {
    const other = agent().replace('name: agent', 'name: agent\n  namespace: other')
    expect(await planText(`${agent()}---\n${other}`)).toMatchObject({ exit: 0, err: '' })
  })

  it('duplicate keys: the last counts, as with kubectl, and a warning says so', async () => {
    const { err, exit, out } = await planText(agent('  name: other\n'))
    expect(exit).toBe(0)
    expect(out).toMatch(/^1 of 1 node would run default\/other\n/)
    expect(err).toBe(
      `
Warning: a.yaml:5:3: the key "name" is set twice; this last one counts
  5 |   name: other
    |   ^
hint: remove one of the two: other tools refuse the file
`.trimStart(),
    )
  })

  it('label values that are no strings', async () => {
    const result = await planText(agent('', '      nodeSelector: {gpu: true, slots: 4}\n'))
    expectRefusal(
      result,
      `
error: a.yaml:11:27: spec.template.spec.nodeSelector.gpu: the boolean true, where a string is wanted
  11 |       nodeSelector: {gpu: true, slots: 4}
     |                           ^
hint: quote it: "true"
error: a.yaml:11:40: spec.template.spec.nodeSelector.slots: the number 4, where a string is wanted
  11 |       nodeSelector: {gpu: true, slots: 4}
     |                                        ^
hint: quote it: "4"
error: no plan was made: the API server would refuse the manifest for 2 errors
hint: mend it, or go on all the same with --force
`,
    )
  })

  it('__proto__ as a field is unknown, as a label it is checked, and nothing is polluted', async () => {
    const result = await planText(
      `${agent('  labels: {__proto__: {polluted: "1"}}\n')}__proto__: {polluted: true}\n`,
    )
    expectRefusal(result, /a\.yaml:\d+:1: unknown field "__proto__"\n/)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    const json = JSON.stringify({ apiVersion: 'apps/v1', kind: 'DaemonSet', spec: {} })
    const inJson = await planText(json.replace('"spec":{}', '"__proto__":{"polluted":1}'), 'a.json')
    expectRefusal(inJson, /unknown field "__proto__"/)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('invalid UTF-8', async () => {
    const text = Buffer.concat([
      Buffer.from(`${head}metadata:\n  name: k`),
      Buffer.from([0xf6]),
      Buffer.from('ln\n'),
    ])
    expectRefusal(
      await planText(text),
      `
error: a.yaml:4:10: this line is not valid UTF-8
  4 |   name: k\ufffdln
    |          ^
hint: save the file as UTF-8: iconv -f latin1 -t utf-8 FILE
`,
    )
  })

  it('Windows line ends and a byte order mark are no errors, and lines are counted right', async () => {
    const crlf = agent().replaceAll('\n', '\r\n')
    expect(await planText(`\ufeff${crlf}`)).toMatchObject({ exit: 0, err: '' })
    const wrong = await planText(crlf.replace('  name: agent', '  name: 3'))
    expectRefusal(wrong, /a\.yaml:4:9: .*\n {2}4 \| {3}name: 3\n/)
  })
})

describe('what is no file', () => {
  it('a folder without manifests, and one with manifests further down', async () => {
    const cwd = workspace({ 'sub/below/a.yaml': agent(), 'sub/notes.txt': 'x' })
    const shallow = await kds(['plan', '-f', 'sub', '--nodes', 'node.yaml'], { cwd })
    expectRefusal(shallow, /^error: the folder .*sub.* has no \.json, \.yaml.*\.yml files\nhint: .*-R.*\n$/)
    const deep = await kds(['plan', '-R', '-f', 'sub', '--nodes', 'node.yaml'], { cwd })
    expect(deep.exit).toBe(0)
  })

  it('a path below a file', async () => {
    const cwd = workspace({ 'a.yaml': agent() })
    const result = await kds(['plan', '-f', 'a.yaml/b.yaml', '--nodes', 'node.yaml'], { cwd })
    expectRefusal(result, /^error: cannot read a\.yaml\/b\.yaml: .*not a directory/)
  })

  it('a link to itself', async () => {
    const cwd = workspace({})
    symlinkSync('loop.yaml', join(cwd, 'loop.yaml'))
    const result = await kds(['plan', '-f', 'loop.yaml', '--nodes', 'node.yaml'], { cwd })
    expectRefusal(result, /^error: cannot read loop\.yaml: .*symbolic link/)
  })

  const isRoot = process.getuid?.() === 0
  it.skipIf(isRoot)(
    `a file without permission${isRoot ? ' (SKIPPED: root may read everything)' : ''}`,
    async () => {
      const cwd = workspace({})
      writeFileSync(join(cwd, 'a.yaml'), agent(), { mode: 0 })
      const result = await kds(['plan', '-f', 'a.yaml', '--nodes', 'node.yaml'], { cwd })
      expectRefusal(
        result,
        `
error: cannot read a.yaml: permission denied
hint: check the file's permissions: ls -l FILE
`,
      )
    },
  )
})

describe('nodes that cannot be planned on', () => {
  it('a node without a name', async () => {
    expectRefusal(
      await planOf('agent.yaml', 'node-without-name.yaml'),
      `
error: node-without-name.yaml:3:1: the Node has no name
  3 | metadata:
    | ^
hint: set metadata.name
`,
    )
  })

  it('label values that are no strings, from the top down', async () => {
    expectRefusal(
      await planOf('agent.yaml', 'node-labels.yaml'),
      /^error: node-labels\.yaml:6:10: metadata\.labels\.gpu .*\n.*\n.*\nhint: .*quotes.*\nerror: node-labels\.yaml:7:12: metadata\.labels\.slots .*\n.*\n.*\nhint: .*quotes.*\n$/,
    )
  })

  it.each([
    ['others.yaml', 'there is no Node in others.yaml; found: 2 Service, 1 ConfigMap'],
    ['agent.yaml', 'there is no Node in agent.yaml; found: 1 DaemonSet of apps/v1'],
  ])('no Node in %s', async (file, message) => {
    expectRefusal(
      await planOf('agent.yaml', file),
      `error: ${message}\nhint: write one with: kubectl get nodes -o yaml > nodes.yaml\n`,
    )
  })

  it('nothing at all', async () => {
    expectRefusal(await planOnText(''), /^error: there is no Node in n\.yaml\nhint: /)
  })

  it('two different nodes of one name', async () => {
    expectRefusal(
      await planOnText(`${node}---\n${node.replace('worker', 'worker, labels: {a: b}')}`),
      `
error: n.yaml:7:18: the node worker stands at n.yaml:3:18 already, and differs
  7 | metadata: {name: worker, labels: {a: b}}
    |                  ^
hint: remove one of the two, or rename it
`,
    )
  })

  it.each(['truncated.json', 'tab.yaml', 'helm-template.yaml', 'syntax.yaml', 'lost-lines.yaml'])(
    '%s as nodes',
    async (file) => {
      expectRefusal(
        await planOf('agent.yaml', file),
        new RegExp(`^error: ${file.replace('.', '\\.')}:\\d+:\\d+: `),
      )
    },
  )
})

/** Anchors of which each repeats the one before nine times: 9^15 values. */
function bomb(): string {
  const lines = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: {name: x}',
    'a: &a [x, x, x, x, x, x, x, x, x]',
  ]
  for (const [i, name] of [...'bcdefghijklmnop'].entries()) {
    const before = 'abcdefghijklmnop'[i]
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  return `${lines.join('\n')}\n`
}

const levels = 10_000
const mebibyte = 1024 * 1024

describe('input that is made to exhaust', () => {
  it.each([
    ['as a manifest', planText],
    ['as nodes', planOnText],
  ])('an alias bomb %s', async (_, plan) => {
    expectRefusal(await plan(bomb()), /^error: [an]\.yaml:\d+:\d+: .*alias.*\n.*\n.*\^\nhint: .*\n$/)
  })

  it.each([
    ['lists in YAML', `${head}metadata: ${'['.repeat(levels)}${']'.repeat(levels)}\n`],
    ['mappings in YAML', `${head}metadata: ${'{a: '.repeat(levels)}1${'}'.repeat(levels)}\n`],
    ['lists never closed', `${head}metadata: ${'['.repeat(levels)}`],
    ['block lists', `${head}metadata:\n  ${'- '.repeat(levels)}x\n`],
    [
      'JSON',
      `{"apiVersion":"apps/v1","kind":"DaemonSet","spec":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`,
    ],
    [
      'a JSON list',
      `{"apiVersion":"apps/v1","kind":"DaemonSet","spec":${'['.repeat(levels)}${']'.repeat(levels)}}`,
    ],
  ])('10,000 levels: %s', async (_, text) => {
    expectRefusal(
      await planText(text),
      /^error: a\.yaml:\d+:\d+: nested more than 1000 levels deep\n(.*\n)*hint: .*\n$/,
    )
  })

  it('10,000 levels in block form', async () => {
    const lines = Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:`)
    expectRefusal(await planText(lines.join('\n')), /nested more than 1000 levels deep/)
  })

  it('10,000 levels in two nodes of one name', async () => {
    const deep = (leaf: string) =>
      `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"status":{"x":${'['.repeat(levels)}${leaf}${']'.repeat(levels)}}}`
    expectRefusal(
      await planOnText(`{"apiVersion":"v1","kind":"List","items":[${deep('1')},${deep('2')}]}`),
      /^error: n\.yaml:/,
    )
  })

  it('60 MB around a DaemonSet are read', async () => {
    const blob = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: ${'x'.repeat(60 * mebibyte)}\n`
    const { err, exit, out } = await planText(`${blob}---\n${agent()}`)
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
    expect(out).toMatch(/^1 of 1 node would run default\/agent\n/)
  })

  it.each([
    ['one word', Buffer.alloc(60 * mebibyte, 'x'), /^error: a\.yaml:1:1: /],
    ['zeros', Buffer.alloc(60 * mebibyte), /^error: a\.yaml is not a text file\nhint: /],
    ['opening brackets', Buffer.alloc(60 * mebibyte, '['), /^error: a\.yaml:1:\d+: /],
    ['no UTF-8', Buffer.alloc(60 * mebibyte, 0xff), /^error: a\.yaml:1:1: this line is not valid UTF-8/],
  ])('60 MB of %s', async (_, bytes, text) => {
    const result = await planText(bytes)
    expectRefusal(result, text)
    expect(result.err.length).toBeLessThan(2000)
  })

  it('a line of 60 MB is shown in part', async () => {
    const result = await planText(`${agent()}x: "${'y'.repeat(60 * mebibyte)}"\n`)
    expectRefusal(result, /a\.yaml:11:1: unknown field "x"/)
    expect(result.err.length).toBeLessThan(2000)
  })
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

describe('control characters never reach the terminal as they are', () => {
  const evil = '\u001b[31m\u0007\u009b2J\u0000\r'
  const nodes = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: `one${evil}`,
          labels: { [`key${evil}`]: `value${evil}`, [`zone${evil}`]: `a${evil}` },
        },
        spec: { taints: [{ key: `taint${evil}`, value: `v${evil}`, effect: 'NoSchedule' }] },
        status: { allocatable: { cpu: `1${evil}`, memory: `1Gi${evil}` } },
      },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: `two${evil}`, labels: { [`key${evil}`]: `other${evil}` } },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod${evil}`, namespace: 'default' },
        spec: { nodeName: `gone${evil}`, containers: [] },
      },
    ],
  }
  const daemonSet = (name: string, spec: object) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: `${name}${evil}`, namespace: `space${evil}` },
    spec: {
      // What the selector says decides which pods are its own: an invalid one cannot be held against a snapshot.
      selector: { matchLabels: { app: 'a' } },
      template: {
        metadata: { labels: { app: 'a', [`app${evil}`]: `a${evil}` } },
        spec: { containers: [{ name: `c${evil}`, image: `i${evil}` }], ...spec },
      },
    },
  })
  const everywhere = daemonSet('everywhere', { tolerations: [{ operator: 'Exists' }] })
  const picky = daemonSet('picky', {
    nodeSelector: { [`key${evil}`]: `value${evil}` },
    nodeName: `one${evil}`,
    tolerations: [{ key: `tol${evil}`, operator: 'Exists' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: `zone${evil}`, operator: 'In', values: [`b${evil}`] }] },
            { matchExpressions: [{ key: 'size', operator: 'Gt', values: [`x${evil}`] }] },
          ],
        },
      },
    },
  })
  const files = {
    'd.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [everywhere, picky] }),
    'n.json': JSON.stringify(nodes),
  }

  const forms: [string, string[]][] = [
    ['text', []],
    ['wide', ['-o', 'wide']],
    ['markdown', ['-o', 'markdown']],
    ['json', ['-o', 'json']],
    ['yaml', ['-o', 'yaml']],
    ['name', ['-o', 'name']],
    ['trace', ['--node', `one${evil}`]],
    ['changes', ['--snapshot', 'n.json']],
    ['changes, wide', ['--snapshot', 'n.json', '-o', 'wide']],
    ['changes, markdown', ['--snapshot', 'n.json', '-o', 'markdown']],
    ['changes, json', ['--snapshot', 'n.json', '-o', 'json']],
    ['comparison', ['--from', 'd.json']],
    ['an unknown node', ['--node', `none${evil}`]],
    ['a wrong file name', ['--nodes', `none${evil}`]],
    ['a wrong flag', [`--none${evil}`]],
    ['a wrong choice', ['-o', `none${evil}`]],
  ]

  it.each(forms)('%s', async (form, flags) => {
    const cwd = workspace(files)
    for (const run of [{ cwd }, { cwd, terminal: 80, env: { TERM: 'dumb' } }]) {
      const sources = flags.includes('--snapshot') ? [] : ['--nodes', 'n.json']
      const { out, err, exit } = await kds(['plan', '-f', 'd.json', '--force', ...sources, ...flags], run)
      expect(err).not.toContain('internal error')
      expect([exit, out === '']).toEqual(/unknown|wrong/.test(form) ? [1, true] : [0, false])
      expect(out).not.toMatch(raw)
      expect(err).not.toMatch(raw)
    }
  })

  it('a refusal without --force', async () => {
    const result = await kds(['plan', '-f', 'd.json', '--nodes', 'n.json'], { cwd: workspace(files) })
    expectRefusal(result, /metadata\.name: Invalid value: "everywhere\\x1b\[31m/)
    expect(result.err).not.toMatch(raw)
  })

  it('json keeps the characters in its values', async () => {
    const argv = ['plan', '-f', 'd.json', '--force', '--nodes', 'n.json', '-o', 'json']
    const { out } = await kds(argv, { cwd: workspace(files) })
    expect(JSON.parse(out).items[0].nodes[0].name).toBe(`one${evil}`)
  })

  it.each(['simulate'])('rollout %s', async (verb) => {
    const cwd = workspace(files)
    for (const flags of [[], ['-o', 'json'], ['-o', 'yaml'], ['--max-unavailable', '1,2']]) {
      const argv = ['rollout', verb, '-f', 'd.json', '--force', '--snapshot', 'n.json', ...flags]
      const { out, err, exit } = await kds(argv, { cwd, terminal: 80, env: { TERM: 'dumb' } })
      expect({ exit, internal: err.includes('internal error') }).toEqual({ exit: 0, internal: false })
      expect(out).not.toMatch(raw)
      expect(err).not.toMatch(raw)
    }
  })
})
