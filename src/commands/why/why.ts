import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { ApiError } from '#cluster/api-error.ts'
import { nodes } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { noSuchNode } from '#commands/shared/inputs/cluster.ts'
import { type FoundStates, withStates } from '#commands/shared/states.ts'
import { type OnNode, onNode } from '#controller/state/on-node.ts'
import type { Node } from '#kube/types.ts'
import { whyDocument } from '#views/why/document.ts'
import { whyTable, whyText } from '#views/why/text.ts'
import { whyFile } from './file.ts'

/** The call without its first word, the node; without a name it is about all namespaces, unless one is given. */
function aboutTargets(invocation: Invocation): Invocation {
  const args = invocation.args.slice(1)
  const isAll = args.length === 0 && !invocation.given('namespace')
  const on = (flag: string) => (flag === 'all-namespaces' ? isAll : invocation.on(flag))
  return {
    args,
    on,
    given: (flag) => (flag === 'all-namespaces' ? isAll : invocation.given(flag)),
    text: (flag) => invocation.text(flag),
    list: (flag) => invocation.list(flag),
  }
}

/** @throws KdsError for a node that is not there, with the name that was probably meant */
async function liveNode({ cluster, signal }: Connected, name: string): Promise<Node> {
  try {
    return await cluster.get(nodes, { name }, { signal })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    const keep = ({ metadata }: Node): Node => ({ metadata: { name: metadata?.name } })
    throw noSuchNode(
      name,
      (await cluster.list(nodes, { signal, keep, fields: 'metadata { name }', mayBeOld: true })).items,
    )
  }
}

async function nodeOf({ live, snapshot }: FoundStates, name: string): Promise<Node> {
  if (live) return liveNode(live, name)
  const found = snapshot?.nodes.find(({ metadata }) => metadata?.name === name)
  if (!found) throw noSuchNode(name, snapshot?.nodes ?? [])
  return found
}

async function show(
  all: readonly OnNode[],
  name: string,
  isNamed: boolean,
  invocation: Invocation,
  { stdout, style }: Context,
): Promise<void> {
  const output = invocation.text('output') ?? ''
  if (output === 'json' || output === 'yaml')
    return stdout.write(await structured(whyDocument(name, all), output))
  const options = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
  const asTable = !isNamed || output === 'wide'
  stdout.write(
    asTable ? whyTable(all, output === 'wide', options) : all.map((one) => whyText(one, options)).join('\n'),
  )
}

async function answer(found: FoundStates, invocation: Invocation, context: Context): Promise<number> {
  const [name = '', ...named] = invocation.args
  const node = await nodeOf(found, name)
  const [error] = found.errors
  if (error) throw error
  if (found.states.length === 0) throw new KdsError('no-target', 'there is no DaemonSet')
  const all = found.states.map((state) => onNode(state, node, invocation.on('comparison-operators')))
  await show(all, name, named.length > 0, invocation, context)
  return 0
}

export const whyCommand: Command = {
  run(invocation, context) {
    const [node, ...named] = invocation.args
    if (node === undefined)
      throw new UsageError('no node given: name one, then a DaemonSet: kds why NODE [NAME]')
    const isFile = invocation.list('filename').length > 0 || invocation.text('kustomize') !== undefined
    if (isFile && named.length > 0)
      throw new UsageError('only one of a file and NAME can be asked about at a time')
    if (isFile) return whyFile(node, invocation, context)
    return withStates(aboutTargets(invocation), context, { node, revisions: named.length > 0 }, (found) =>
      answer(found, invocation, context),
    )
  },
}
