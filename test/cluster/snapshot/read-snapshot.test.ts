import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json.ts'
import { readNodes, readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import type { SnapshotOptions } from '#cluster/snapshot/types.ts'
import { toYaml } from '#yaml/emit.ts'
import { corpusFolder, corpusNodes, describeCorpus } from '../../helpers/corpus.ts'
import { stream, workspace } from '../../helpers/workspace.ts'

const node = (name: string, extra = '') => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n${extra}`
const jsonNode = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })

function options(
  files: Record<string, string>,
  sources: string[] = Object.keys(files),
  stdin = '',
): SnapshotOptions {
  return { sources, cwd: workspace(files), stdin: stream(stdin), env: {} }
}

const nodesOf = async (files: Record<string, string>, sources?: string[], stdin?: string) => {
  const { nodes } = await readNodes(options(files, sources, stdin))
  return nodes.map(({ metadata }) => metadata?.name)
}

describe('where nodes are found', () => {
  const list = { apiVersion: 'v1', kind: 'List', items: [jsonNode('a'), jsonNode('b')] }

  it.each([
    ['a List, as kubectl get prints it', JSON.stringify(list, null, 4)],
    [
      'a NodeList whose items have no kind',
      'apiVersion: v1\nkind: NodeList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n',
    ],
    ['several documents', `${node('a')}---\n${node('b')}`],
    ['one JSON object a line', `${JSON.stringify(jsonNode('a'))}\n${JSON.stringify(jsonNode('b'))}\n`],
    [
      'a dump of many kinds',
      `${node('a')}---\napiVersion: v1\nkind: Pod\n---\n${node('b')}---\napiVersion: v1\nkind: List\nitems: []\n`,
    ],
  ])('%s', async (_, text) => {
    expect(await nodesOf({ 'nodes.yaml': text })).toEqual(['a', 'b'])
    expect(await nodesOf({}, ['-'], text)).toEqual(['a', 'b'])
  })

  it.each(['dump.json.gz', '-'])('a dump that is compressed: %s', async (source) => {
    const packed = gzipSync(JSON.stringify(list))
    const given = { ...options({}, [source]), stdin: stream(packed.subarray(0, 9), packed.subarray(9)) }
    writeFileSync(join(given.cwd, 'dump.json.gz'), packed)
    expect((await readNodes(given)).nodes).toHaveLength(2)
    writeFileSync(join(given.cwd, 'dump.json.gz'), packed.subarray(0, 30))
    const broken = readNodes({ ...given, sources: ['dump.json.gz'] })
    await expect(broken).rejects.toThrow('dump.json.gz is compressed by gzip, but broken or incomplete')
    const large = readNodes({ ...given, sources: [source], stdin: stream(packed), maxBytes: packed.length })
    await expect(large).rejects.toMatchObject({ code: source === '-' ? 'too-large' : 'broken-gzip' })
  })

  it.each([
    ['JSON', (of: Json) => JSON.stringify(of, null, 4)],
    ['YAML', (of: Json) => toYaml(of)],
  ])('a large dump in %s, of which only what is looked at is kept, with its places', async (_, print) => {
    const items = Array.from({ length: 500 }, (_unused, at) => ({
      ...jsonNode(`node-${at}`),
      metadata: { name: `node-${at}`, managedFields: [{ manager: 'x'.repeat(2000) }], labels: { pool: 'a' } },
      status: { allocatable: { cpu: at === 499 ? [] : '4' }, images: [{ names: ['y'.repeat(200)] }] },
    }))
    const read = (some: Json[], more: Partial<SnapshotOptions> = {}) =>
      readNodes({
        ...options({ 'nodes.yaml': print({ apiVersion: 'v1', items: some, kind: 'List' }) }),
        ...more,
      })
    const good = items.slice(0, 499)
    const { nodes, describe: at } = await read(good)
    expect(nodes[7]).toEqual({
      ...jsonNode('node-7'),
      metadata: { name: 'node-7', labels: { pool: 'a' } },
      status: { allocatable: { cpu: '4' } },
    })
    expect(at(7, ['metadata', 'labels', 'pool']).text).toMatch(/"?pool"?: "?a"?/)
    expect((await read(good, { whole: true })).nodes[7]).toEqual(good[7])
    await expect(read(items)).rejects.toMatchObject({
      code: 'wrong-type',
      location: { text: expect.stringContaining('cpu') },
    })
  })

  it('a folder with all that is below it, files that are no objects passed over', async () => {
    const files = {
      'dump/nodes/b.yaml': node('b'),
      'dump/nodes/a.yaml': node('a'),
      'dump/logs.txt': 'x',
      'dump/version.json': '{"major": "1"}',
      'dump/z.yaml': 'a: [',
    }
    const { nodes, diagnostics } = await readNodes(options(files, ['dump']))
    expect(nodes.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b'])
    expect(diagnostics.map(({ code, location }) => [code, location?.file])).toEqual([
      ['unreadable-file', 'dump/version.json'],
      ['unreadable-file', 'dump/z.yaml'],
    ])
  })

  it('several sources', async () => {
    expect(await nodesOf({ 'x.yaml': node('x'), 'y.json': JSON.stringify(jsonNode('y')) })).toEqual([
      'x',
      'y',
    ])
  })
})

describe('what is no node', () => {
  it('says that a Node of another group is not ours', async () => {
    const { nodes, diagnostics } = await readNodes(
      options({ 'x.yaml': `${node('a')}---\n${node('b').replace('v1', 'longhorn.io/v1beta1')}` }),
    )
    expect(nodes).toHaveLength(1)
    expect(diagnostics).toMatchObject([{ code: 'foreign-node', location: { line: 6, column: 13 } }])
  })

  it.each([
    [
      'other kinds',
      'apiVersion: v1\nkind: Pod\n---\napiVersion: longhorn.io/v1\nkind: Node\n',
      /found: 1 Pod, 1 Node of longhorn/,
      /kubectl get nodes -o yaml/,
    ],
    ['a printed table', '{"apiVersion":"meta.k8s.io/v1","kind":"Table"}', /1 Table/, /Table/],
    ['nothing', '# empty\n', /no Node in x\.yaml$/, /kubectl get nodes/],
    [
      'a Node in the text of a ConfigMap',
      'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    apiVersion: v1\n    kind: Node\n',
      /1 ConfigMap/,
      /kubectl/,
    ],
  ])('refuses %s and names it', async (_, text, message, hint) => {
    await expect(readNodes(options({ 'x.yaml': text }))).rejects.toMatchObject({
      code: 'no-node',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })
})

describe('nodes that cannot be planned on', () => {
  it.each([
    [
      'no name',
      'apiVersion: v1\nkind: Node\nmetadata:\n  labels: {a: b}\n',
      'missing-name',
      3,
      'metadata.name',
    ],
    ['no metadata', 'apiVersion: v1\nkind: Node\n', 'missing-name', 1, 'metadata.name'],
    [
      'a label that is a number',
      node('a', '  labels:\n    x/y: 1\n'),
      'wrong-type',
      6,
      'metadata.labels[x/y]',
    ],
    [
      'a label that is a boolean',
      node('a', '  labels: {gpu: yes}\n'),
      'wrong-type',
      5,
      'metadata.labels.gpu',
    ],
    ['labels that are a list', node('a', '  labels: [a]\n'), 'wrong-type', 5, 'metadata.labels'],
    ['taints that are a mapping', node('a', 'spec:\n  taints: {key: a}\n'), 'wrong-type', 6, 'spec.taints'],
    [
      'a taint value that is a number',
      node('a', 'spec:\n  taints:\n  - {key: a, value: 1}\n'),
      'wrong-type',
      7,
      'spec.taints[0].value',
    ],
    ['a taint that is null', node('a', 'spec:\n  taints:\n  -\n'), 'wrong-type', 7, 'spec.taints[0]'],
    ['a name that is a number', node('12'), 'wrong-type', 4, 'metadata.name'],
  ])('%s', async (_, text, code, line, field) => {
    await expect(readNodes(options({ 'x.yaml': text }))).rejects.toMatchObject({
      code,
      location: { file: 'x.yaml', line },
      message: expect.stringMatching(
        code === 'missing-name' ? /no name/ : new RegExp(field.replace(/[[\]]/g, '\\$&')),
      ),
    })
  })

  it('two different nodes of one name, with both places', async () => {
    const text = `${node('a')}---\n${node('a', '  labels: {x: b}\n')}`
    await expect(readNodes(options({ 'x.yaml': text }))).rejects.toMatchObject({
      code: 'duplicate-node',
      message: expect.stringContaining('x.yaml:4:9'),
      location: { line: 9 },
    })
  })

  it('the same node twice counts once', async () => {
    const { nodes, diagnostics } = await readNodes(options({ 'x.yaml': node('a'), 'y.yaml': node('a') }))
    expect(nodes).toHaveLength(1)
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'duplicate-node', location: { file: 'y.yaml' } },
    ])
  })

  it('tells all findings at once', async () => {
    const text = `${node('a', '  labels: {x: 1}\n')}---\n${node('b', '  labels: {x: 2}\n')}`
    await expect(readNodes(options({ 'x.yaml': text }))).rejects.toMatchObject({
      diagnostics: [{ location: { line: 11 } }],
    })
  })

  it('shows control characters of names escaped', async () => {
    const text = `${node('"a\\e[31m"')}---\n${node('"a\\e[31m"', '  labels: {}\n')}`
    await expect(readNodes(options({ 'x.yaml': text }))).rejects.toThrow(
      'the node a\\x1b[31m is already defined at',
    )
  })
})

describe('places', () => {
  it('of the fields of any node, and of the other objects', async () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: a\n    labels:\n      x: b\n`
    const snapshot = await readSnapshot(options({ 'x.yaml': text }))
    expect(snapshot.describe(0, ['metadata', 'labels', 'x'])).toMatchObject({ line: 12, column: 10 })
    expect(snapshot.describe(0, ['spec', 'taints'])).toMatchObject({ line: 7 })
    const [pod] = snapshot.pods
    expect(pod && snapshot.locate(pod, ['metadata', 'name'])).toMatchObject({ line: 6, column: 20 })
  })
})

describe('readSnapshot', () => {
  it('sorts every kind that the model knows', async () => {
    const kinds = [
      'v1 Pod',
      'apps/v1 DaemonSet',
      'extensions/v1beta1 DaemonSet',
      'apps/v1 ControllerRevision',
      'scheduling.k8s.io/v1 PriorityClass',
      'v1 Namespace',
      'v1 Service',
      'apps.kruise.io/v1 DaemonSet',
    ]
    const text = kinds
      .map((kind) => `apiVersion: ${kind.split(' ')[0]}\nkind: ${kind.split(' ')[1]}\n`)
      .join('---\n')
    const snapshot = await readSnapshot(options({ 'x.yaml': text }))
    expect(
      [
        snapshot.nodes,
        snapshot.pods,
        snapshot.daemonSets,
        snapshot.revisions,
        snapshot.priorityClasses,
        snapshot.namespaces,
      ].map(({ length }) => length),
    ).toEqual([0, 1, 2, 1, 1, 1])
    expect(snapshot.skipped.map(({ kind }) => kind)).toEqual(['Service', 'DaemonSet'])
  })

  it('refuses input without any object', async () => {
    await expect(readSnapshot(options({ 'x.yaml': '# nothing\n' }))).rejects.toMatchObject({
      code: 'no-objects',
    })
  })
})

describeCorpus('the corpus', () => {
  const at = (...sources: string[]): SnapshotOptions => ({
    sources,
    cwd: corpusFolder,
    stdin: stream(),
    env: {},
  })

  it.each(corpusNodes)('nodes/%s has nodes with places', async (file) => {
    const { nodes, describe: locate } = await readNodes(at(`nodes/${file}`))
    expect(nodes).not.toEqual([])
    nodes.forEach((node, index) => {
      expect(locate(index, ['metadata', 'name']).text).toContain(node.metadata?.name)
    })
  })

  it.each([
    ['aks-arena', 1],
    ['k8rs-kind-1.36', 4],
    ['kurl-support-bundle', 3],
    ['honeycomb-eks-arm', 2],
    ['docker-desktop', 0],
  ])('bundles/%s has %d nodes', async (bundle, count) => {
    const snapshot = await readSnapshot(at(`bundles/${bundle}`))
    expect(snapshot.nodes).toHaveLength(count)
    expect(snapshot.diagnostics).toEqual([])
  })

  it.each([
    ['configmap-embedding.yaml', 'no-node'],
    ['kind-table.json', 'no-node'],
    ['longhorn-nodes-cr.yaml', 'not-an-object'],
  ])('traps/%s is refused', async (file, code) => {
    await expect(readNodes(at(`traps/${file}`))).rejects.toMatchObject({ code })
  })

  it('traps/longhorn-nodes-cr.yaml is told for what it is', async () => {
    await expect(readNodes(at('traps/longhorn-nodes-cr.yaml'))).rejects.toThrow(
      'a list of Node (longhorn.io/v1beta1)',
    )
  })
})

describe('what a snapshot knows of storage', () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c', namespace: 'n' } }
  const snapshotOf = (items: Json[], metadata = {}) =>
    readSnapshot(
      options({ 'dump.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata, items }) }),
    )

  it('is what it holds, and of what it says that there is nothing', async () => {
    const { none, skipped, storage } = await snapshotOf([claim], {
      annotations: { 'kds.dev/none': 'PersistentVolume,StorageClass' },
    })
    expect(storage).toEqual({ persistentVolumeClaims: [claim], persistentVolumes: [], storageClasses: [] })
    expect([...(none ?? [])]).toEqual(['PersistentVolume', 'StorageClass'])
    expect(skipped).toEqual([])
  })

  it('is not that there is nothing where it says nothing', async () => {
    const { disruptionBudgets, storage } = await snapshotOf([jsonNode('a')])
    expect({ disruptionBudgets, storage }).toEqual({ disruptionBudgets: undefined, storage: {} })
  })
})
