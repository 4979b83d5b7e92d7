import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { corpusFolder, describeCorpus } from '../../helpers/corpus.ts'
import { kds } from '../../helpers/run.ts'
import { agent, expectRefusal, fixtures, head, planOf, planText } from './bad-input.ts'

/** Fixture and the whole of stderr. */
const manifests: [string, string][] = [
  [
    'syntax.yaml',
    `
error: syntax.yaml:4:14: \`: \` appears twice in this line: quote the value, or begin a new line
  4 |   name: agent: two
    |              ^
hint: fix the line; \`kubectl apply\` refuses this file, too
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
error: flat.yaml:4:1: the indentation is lost: \`metadata:\` has nothing below it, and \`name\` is at the left edge
  4 | name: agent
    | ^
hint: this happens when copying from a web page: take the original file, or indent the lines again
`,
  ],
  [
    'tab.yaml',
    `
error: tab.yaml:4:1: a tab is in the indentation; YAML allows spaces only
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

  it.each([
    ['near the beginning', 0],
    ['in the middle', 3000],
    ['far in', 100_000],
  ])('JSON on one long line, the slip %s: the caret stands under it', async (_, length) => {
    const text = `{"apiVersion":"v1","x":"${'x'.repeat(length)}","y":@@,"z":"${'z'.repeat(5000)}"}`
    const { err } = await planText(text, 'a.json')
    const [head, shown = '', caret = '', hint] = err.split('\n')
    expect(head).toBe(`error: a.json:1:${text.indexOf('@') + 1}: not valid JSON: a value is expected`)
    expect(shown.slice(caret.indexOf('^'))).toMatch(/^@@,"z":"z+$/)
    expect(shown.length).toBeLessThan(200)
    expect(hint).toMatch(/^hint: /)
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
error: a.yaml:15:9: the DaemonSet default/agent is already defined at a.yaml:4:9
  15 |   name: agent
     |         ^
hint: remove or rename one of the two: on a cluster the second would replace the first
`,
    )
  })

  it.each(['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2'])(
    'an API version that the server has no more, unless --force is given: %s',
    async (version) => {
      const text = agent().replace('apps/v1', version)
      expectRefusal(
        await planText(text),
        `
error: a.yaml:1:13: no matches for kind "DaemonSet" in version "${version}"
  1 | apiVersion: ${version}
    |             ^
hint: ${version} has no DaemonSet since Kubernetes v1.16: write apiVersion: apps/v1
error: no plan was made: the API server would refuse the manifest for an error
hint: fix it, or continue anyway with --force
`,
      )
      const forced = await planText(text, 'a.yaml', ['--force'])
      expect(forced).toMatchObject({ exit: 0 })
      expect(forced.out).toMatch(/^1 of 1 node would run default\/agent\n/)
    },
  )

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
hint: fix it, or continue anyway with --force
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
