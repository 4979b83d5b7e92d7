import { type Diagnostic, KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { isObject } from '#base/json.ts'
import { collectionOf, sortedObjects } from '#kube/sorted-objects.ts'
import type { KubeObject, Node } from '#kube/types.ts'
import { countKinds, nameKinds } from '#manifest/daemon-sets.ts'
import { expandInput, type Input } from '#manifest/inputs.ts'
import { objectsOf, type PlacedObject } from '#manifest/objects.ts'
import type { SkippedKind } from '#manifest/types.ts'
import type { KeepItem } from '#yaml/large-json.ts'
import { parseArriving } from '#yaml/large-list.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import type { ParsedDocument } from '#yaml/parse-yaml.ts'
import { leanItem } from './lean-item.ts'
import { checkNodes } from './nodes.ts'
import { noneAnnotation } from './none-annotation.ts'
import type { ClusterSnapshot, NodesSnapshot, SnapshotOptions } from './types.ts'

const nodesHint = 'write one with: kubectl get nodes -o yaml > nodes.yaml'
const dumpHint = 'give what kubectl get -o yaml or kubectl cluster-info dump wrote'

/** Everything that the sources hold, with its places. */
interface Contents {
  readonly objects: readonly PlacedObject[]
  readonly none: readonly string[]
  readonly diagnostics: Diagnostic[]
}

/**
 * The Nodes of dumps: what `kubectl get nodes -o yaml|json` prints, single Nodes, several documents, folders, and bigger
 * dumps from which the Nodes are taken. Throws a `KdsError` where there is none, and for Nodes that cannot be planned
 * on: no name, fields of a wrong type, two different Nodes of one name.
 */
export async function readNodes(options: SnapshotOptions): Promise<NodesSnapshot> {
  const contents = await readContents(options, nodesHint)
  const snapshot = makeSnapshot(contents)
  const others = contents.objects.map(({ value }) => value).filter((value) => collectionOf(value) !== 'nodes')
  const skipped = countKinds(others)
  if (snapshot.nodes.length === 0) throw noNodes(options.sources, skipped, snapshot.diagnostics)
  return { ...snapshot, skipped }
}

/** Everything of a cluster dump that the controller's model can use. Throws as `readNodes`, but not for want of Nodes. */
export async function readSnapshot(options: SnapshotOptions): Promise<ClusterSnapshot> {
  const contents = await readContents(options, dumpHint)
  if (contents.objects.length > 0) return makeSnapshot(contents)
  throw new KdsError('no-objects', `there is no Kubernetes object in ${nameSources(options.sources)}`, {
    hint: dumpHint,
    diagnostics: contents.diagnostics,
  })
}

async function readContents(options: SnapshotOptions, hint: string): Promise<Contents> {
  const objects: PlacedObject[] = []
  const none: string[] = []
  const diagnostics: Diagnostic[] = []
  for (const source of options.sources) {
    for (const input of await expandInput(source, options, { recursive: true })) {
      options.signal?.throwIfAborted()
      const found = await readInput(input, hint, options.whole ? undefined : leanItem)
      for (const object of found.objects) objects.push(object)
      none.push(...found.none)
      for (const diagnostic of found.diagnostics) diagnostics.push(diagnostic)
    }
  }
  return { objects, none, diagnostics }
}

/** The kinds of which a snapshot says that it holds none because there are none. */
function noneIn({ value }: ParsedDocument): string[] {
  const metadata = isObject(value) && value.kind === 'List' ? value.metadata : undefined
  const annotations = isObject(metadata) ? metadata.annotations : undefined
  const text = isObject(annotations) ? annotations[noneAnnotation] : undefined
  return typeof text === 'string' ? text.split(',') : []
}

/** A folder of a dump may hold files that are no objects; a file that the user named may not. */
async function readInput(input: Input, hint: string, keep: KeepItem | undefined): Promise<Contents> {
  try {
    const arriving = await input.open()
    const { documents, diagnostics } = await (keep
      ? parseArriving(arriving, keep)
      : parseDocuments(await arriving.whole()))
    const hints = { kind: hint, apiVersion: hint }
    return {
      objects: documents.flatMap((document) => objectsOf(document, hints)),
      none: documents.flatMap(noneIn),
      diagnostics: [...diagnostics],
    }
  } catch (error) {
    if (!input.inFolder || !(error instanceof KdsError)) throw error
    const { message, location } = error
    const diagnostic: Diagnostic = {
      severity: 'warning',
      code: 'unreadable-file',
      message: `${escapeLine(input.name)} is skipped: ${message}`,
      ...(location ? { location } : {}),
    }
    return { objects: [], none: [], diagnostics: [diagnostic] }
  }
}

function makeSnapshot({ objects, none, diagnostics }: Contents): ClusterSnapshot {
  const places = new Map(objects.map((object) => [object.value, object]))
  const others: KubeObject[] = []
  const values = objects.map(({ value }) => value)
  const passOver = (value: KubeObject) => {
    others.push(value)
    const place = places.get(value)
    if (place && value.kind === 'Node') diagnostics.push(foreignNode(place))
  }
  const sorted = sortedObjects(values, passOver, new Set(none))
  const locate: ClusterSnapshot['locate'] = (object, path) => {
    const place = places.get(object)
    if (!place) throw new Error('the object is not part of this snapshot')
    return place.document.locate([...place.path, ...path])
  }
  const checked = checkNodes(sorted.nodes.flatMap((node) => places.get(node) ?? []))
  const nodes = checked.nodes.map(({ value }) => value as Node)
  return {
    ...sorted,
    nodes,
    skipped: countKinds(others),
    diagnostics: [...diagnostics, ...checked.diagnostics],
    locate,
    describe(index, path) {
      const node = nodes[index]
      if (!node) throw new RangeError(`there is no node ${index}`)
      return locate(node, path)
    },
  }
}

function foreignNode({ value, document, path }: PlacedObject): Diagnostic {
  return {
    severity: 'warning',
    code: 'foreign-node',
    message: `a Node of ${escapeLine(String(value.apiVersion))} is not a node of the cluster; it is skipped`,
    location: document.locate([...path, 'apiVersion']),
    field: 'apiVersion',
    hint: "the cluster's nodes have apiVersion v1: kubectl get nodes -o yaml",
  }
}

const nameSources = (sources: readonly string[]) =>
  escapeLine(sources.map((source) => (source === '-' ? 'stdin' : source)).join(', '))

function noNodes(
  sources: readonly string[],
  skipped: readonly SkippedKind[],
  diagnostics: readonly Diagnostic[],
): KdsError {
  const isTable = skipped.some(({ kind }) => kind === 'Table')
  const found = skipped.length > 0 ? `; found: ${nameKinds(skipped)}` : ''
  return new KdsError('no-node', `there is no Node in ${nameSources(sources)}${found}`, {
    hint: isTable
      ? 'a Table is what the server sends to be printed: use kubectl get nodes -o yaml > nodes.yaml'
      : nodesHint,
    diagnostics,
  })
}
