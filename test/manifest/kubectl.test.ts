import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KdsError } from '#base/errors.ts'
import type { Json, JsonObject } from '#base/json.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import { scanJson } from '#yaml/json-text.ts'
import { corpusFolder, describeCorpus } from '../helpers/corpus.ts'
import { stream, workspace } from '../helpers/workspace.ts'

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0
const why = hasKubectl ? '' : ' (skipped: kubectl is not on the PATH)'

/** The objects that kubectl reads from a file, or its error. */
function kubectl(file: string): Promise<{ objects: Json[]; error: string }> {
  return new Promise((done) => {
    const child = spawn('kubectl', ['annotate', '--local', '-f', file, 'kds.test/x=y', '-o', 'json'])
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (part) => {
      stdout += part
    })
    child.stderr.on('data', (part) => {
      stderr += part
    })
    child.on('close', (code) => {
      done({ objects: code === 0 ? concatenated(stdout) : [], error: code === 0 ? '' : stderr.trim() })
    })
  })
}

function concatenated(text: string): Json[] {
  const found: Json[] = []
  for (let at = 0; text.slice(at).trim() !== ''; ) {
    const end = scanJson(text, at)
    if (typeof end === 'object') throw new Error(end.message)
    found.push(JSON.parse(text.slice(at, end)) as Json)
    at = end
  }
  return found
}

/** What `annotate` itself changes: its annotation, and managedFields, which it leaves out. */
function bare(value: Json): Json {
  const object = structuredClone(value) as JsonObject
  const metadata = object.metadata as JsonObject | null
  if (!metadata) return object
  delete metadata.managedFields
  const annotations = metadata.annotations as JsonObject | null
  if (annotations) delete annotations['kds.test/x']
  if (!annotations || Object.keys(annotations).length === 0) delete metadata.annotations
  if (Object.keys(metadata).length === 0) delete object.metadata
  return object
}

const bareMetadata = (value: Json): Json => {
  const object = bare(value) as JsonObject
  if (object.metadata === null) delete object.metadata
  return object
}

async function kds(file: string) {
  return readManifests({ files: [file], cwd: '/', stdin: stream(), env: {} })
}

async function compare(file: string): Promise<string | undefined> {
  const [theirs, ours] = await Promise.all([kubectl(file), kds(file).catch((error: unknown) => error)])
  if (ours instanceof Error) {
    if (!(ours instanceof KdsError)) return `${file}: kds crashed: ${ours.stack}`
    return theirs.error === '' ? `${file}: kds refuses what kubectl reads: ${ours.message}` : undefined
  }
  if (theirs.error !== '') return `${file}: kds reads what kubectl refuses: ${theirs.error}`
  const { objects } = ours as Awaited<ReturnType<typeof kds>>
  expect(
    objects.map(({ value }) => bareMetadata(value as Json)),
    file,
  ).toEqual(theirs.objects.map(bareMetadata))
  for (const object of objects) expect(object.locate(['metadata', 'name']).line, file).toBeGreaterThan(0)
  return undefined
}

async function compareAll(files: readonly string[]): Promise<string[]> {
  const found: string[] = []
  const queue = [...files]
  const work = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const problem = await compare(file)
      if (problem !== undefined) found.push(problem)
    }
  }
  await Promise.all([work(), work(), work(), work()])
  return found
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ya?ml|json)$/.test(path) && statSync(path).isFile())

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
const json = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}'

/** Texts on which parsers are likely to disagree. Both must say the same of them. */
const oddities: Record<string, string | Uint8Array> = {
  directive: `%YAML 1.1\n---\n${head}`,
  'end marker': `${head}...\n${head}`,
  'end marker on top': `...\n${head}`,
  'rubbish behind the end marker': `${head}...\nfoo: [\n`,
  'comment on a separator': `${head}--- # hi\n${head}`,
  'text on a separator': `${head}--- foo\n${head}`,
  'indented separator': `${head} ---\n`,
  'separators only': '---\n---\n',
  empty: '',
  'merge below a key': `${head}b: &b {p: 1, q: 2}\nd:\n  p: 9\n  <<: *b\n  q: 8\n`,
  'merge of a list': `${head}x: &x {a: 1, b: 2}\nw: &w {a: 3, c: 4}\nz:\n  <<: [*x, *w]\n  b: 9\n`,
  'merge of a scalar': `${head}z: {<<: 1}\n`,
  'quoted merge key': `${head}z:\n  "<<": {a: 1}\n`,
  'alias as key': `${head}a: &k foo\n*k : bar\n`,
  'unknown alias': `${head}a: *nope\n`,
  'recursive alias': `${head}a: &a [*a]\n`,
  numbers: `${head}a: 9223372036854775807\nd: 1_000\ne: 0o17\nf: 017\ng: 0b11\nh: 0x1F\ni: 1e3\nk: 1:20\nl: .5\nr: 08\n`,
  'numbers as keys': `${head}1: a\n1.5: b\n0x10: f\n1e10: g\nno: h\n2001-01-01: i\n123456789012345678901: j\n`,
  'null as key': `${head}~: a\n`,
  'mapping as key': `${head}{a: b}: a\n`,
  tags: `${head}a: !!str 5\nb: !!int "5"\nc: !!binary aGk=\nd: !foo bar\ne: !!float 3\nf: !!set {a, b}\n`,
  'wrong tag': `${head}a: !!int foo\n`,
  'not a number': `${head}a: .nan\n`,
  'duplicate keys': `${head}a: 1\na: 2\n`,
  'tab as indentation': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n',
  'tab in brackets': `${head}a: {b:\tc,\t"d"\t: [\t1]}\n`,
  'tab before a comment': `${head}a:\tb\t# c\n`,
  'tab in a block scalar': `${head}a: |\n\tx\n`,
  'brackets closed too far left': `${head}a:\n  b: [\n 1\n]\n`,
  'quote closed too far left': `${head}a:\n  b: "x\ny"\n`,
  'comment behind a quote': `${head}a: "b"#c\n`,
  'hash in a word': `${head}a: b#c\n`,
  'two colons': `${head}a: b: c\n`,
  'colon in a word': `${head}a: b:c\n`,
  'reserved character': `${head}a: @b\n`,
  'list item beside its key': `${head}a: - b\n`,
  'list at the level of its key': `${head}a:\n- b\n- - c\n`,
  'unknown escape': `${head}a: "\\q"\n`,
  'known escapes': `${head}a: "\\x41\\u00e9\\U0001F600\\e\\N\\_"\n`,
  'block scalars': `${head}a: |+\n  x\n\nb: >-\n  x\n  y\n\n  z\nc: |2\n    x\n`,
  'carriage returns': head.replaceAll('\n', '\r\n'),
  'byte order mark': `\ufeff${head}`,
  'UTF-16': Buffer.from(`\ufeff${head}`, 'utf16le'),
  'Latin-1 in a comment': Buffer.from(`# caf\u00e9\n${head}`, 'latin1'),
  'control character': `${head}a: \u0001\n`,
  'nested 500 deep': `${head}a: ${'['.repeat(500)}${']'.repeat(500)}\n`,
  'nested 20,000 deep': `${json},"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  __proto__: `${head}__proto__: {a: 1}\nconstructor: 1\n`,
  'a number as label': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {b: 1}}\n',
  'labels a list': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [b]}\n',
  'metadata a string': 'apiVersion: v1\nkind: ConfigMap\nmetadata: a\n',
  'no kind': 'apiVersion: v1\nmetadata: {name: a}\n',
  'a number as kind': 'apiVersion: v1\nkind: 3\n',
  'a number as apiVersion': 'apiVersion: 1\nkind: A\n',
  'no name': 'apiVersion: v1\nkind: ConfigMap\n',
  'a string': 'foo\n',
  'a list': '[a]\n',
  'typed list': 'apiVersion: apps/v1\nkind: DaemonSetList\nitems:\n- metadata: {name: a}\n',
  'any kind with items': 'apiVersion: v1\nkind: Foo\nitems:\n- metadata: {name: a}\n',
  'items null': 'apiVersion: v1\nkind: List\nitems: null\n',
  'items a mapping': 'apiVersion: v1\nkind: List\nitems: {}\n',
  'item a number': 'apiVersion: v1\nkind: List\nitems: [3]\n',
  'item without kind': 'apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n',
  'item with a kind alone': 'apiVersion: apps/v1\nkind: DaemonSetList\nitems: [{kind: Foo}]\n',
  'item with an apiVersion alone': 'apiVersion: apps/v1\nkind: DaemonSetList\nitems: [{apiVersion: v1}]\n',
  'JSON after JSON': `${json}}${json}}\n${json}}`,
  'JSON cut off': json,
  'keys twice in JSON': `${json},"a":1,"a":2}`,
  'Helm template': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n',
  'Helm template on top': `{{- if .Values.x }}\n${head}{{- end }}\n`,
}

describe(`kds reads what kubectl reads and refuses what it refuses${why}`, () => {
  it.skipIf(!hasKubectl)(
    'texts on which parsers disagree',
    async () => {
      const names = Object.keys(oddities)
      const cwd = workspace(Object.fromEntries(names.map((name) => [`${name}.yaml`, oddities[name] ?? ''])))
      expect(await compareAll(names.map((name) => join(cwd, `${name}.yaml`)))).toEqual([])
    },
    120_000,
  )

  describeCorpus('in the corpus', () => {
    const folders = ['daemonsets', 'nodes', 'bundles', 'traps', 'seeds', 'oddities']
    it.skipIf(!hasKubectl).each(folders)(
      'every file of %s',
      async (folder) => {
        const files = filesBelow(join(corpusFolder, folder))
        expect(files).not.toEqual([])
        expect(await compareAll(files)).toEqual([])
      },
      240_000,
    )
  })
})

describeCorpus("the corpus' oddities", () => {
  it.each([
    ['oddities/cilium-azure-dupkeys.yaml', 'duplicate-key', 313],
    ['oddities/metadata-proxy-kops-dupkey.yaml', 'duplicate-key', 46],
    ['oddities/elastic-nginx-broken-quote.yaml', 'under-indented', 19],
    ['daemonsets/pixie--base-pem_daemonset.yaml', 'under-indented', 56],
  ])('%s is read with a %s warning', async (file, code, line) => {
    const { diagnostics } = await kds(join(corpusFolder, file))
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ severity: 'warning', code, location: expect.objectContaining({ line }) }),
    )
  })

  it.each([1, 2, 3, 4])('seeds/broken-indentation-%d.yaml is recognised', async (number) => {
    await expect(kds(join(corpusFolder, `seeds/broken-indentation-${number}.yaml`))).rejects.toMatchObject({
      code: 'indentation-stripped',
      location: { line: 3, column: 3 },
    })
  })
})
