/** The changes of nodes that the flags ask about. */

import { KdsError, UsageError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { meant } from '#base/nearest.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { hypotheticalNode } from '#commands/shared/hypothetical-node.ts'
import { nodesMeant, refuseNodes } from '#commands/shared/node-choice.ts'
import { type NodeEdit, type NodesEdit, newNodes } from '#controller/what-if/node-edits.ts'
import { labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { parseTaint, taintEffects } from '#kube/taint-text.ts'
import type { Node } from '#kube/types.ts'
import { nodeTaint, taintText } from '#placement/tolerations.ts'
import type { AskedEdit } from '#views/what-if/edit-text.ts'

/** How an edit is written after the nodes; undefined: not so. */
type Reader = (text: string) => NodeEdit | undefined

const isKey = (text: string) => qualifiedNameErrors(text).length === 0

const readers: Readonly<Record<string, { readonly form: string; readonly read: Reader }>> = {
  taint: {
    form: 'NODES=KEY=VALUE:EFFECT',
    read(text) {
      const taint = parseTaint(text)
      return taint && { kind: 'taint', taint }
    },
  },
  untaint: {
    form: 'NODES=KEY or NODES=KEY:EFFECT',
    read(text) {
      const plain = text.replace(/-$/, '')
      const taint = parseTaint(plain)
      if (taint) return { kind: 'untaint', key: taint.key ?? '', effect: taint.effect ?? undefined }
      return isKey(plain) ? { kind: 'untaint', key: plain } : undefined
    },
  },
  label: {
    form: 'NODES=KEY=VALUE, or NODES=KEY- to remove it',
    read(text) {
      if (text.endsWith('-') && isKey(text.slice(0, -1)))
        return { kind: 'label', key: text.slice(0, -1), value: null }
      const [key = '', value, ...more] = text.split('=')
      if (value === undefined || more.length > 0 || !isKey(key)) return undefined
      return labelValueErrors(value).length === 0 ? { kind: 'label', key, value } : undefined
    },
  },
}

const known = (flag: string) => readers[flag] as (typeof readers)[string]

/** Every way to take a text apart into nodes and what is done to them: `pool=spot=k=v:NoExecute` has four. */
const splits = (text: string): (readonly [nodes: string, edit: string])[] =>
  [...text.matchAll(/=/g)].map(({ index }) => [text.slice(0, index), text.slice(index + 1)])

function malformed(flag: string, text: string): UsageError {
  const wrong = `invalid argument ${JSON.stringify(text)} for "--${flag}" flag`
  const effect = /:([A-Za-z]+)$/.exec(text)?.[1]
  if (effect !== undefined && !taintEffects.some((one) => one === effect)) {
    const none = `${wrong}: ${effect} is not one of the effects ${taintEffects.join(', ')}`
    return new UsageError(none, meant(effect, taintEffects))
  }
  return new UsageError(`${wrong}: write ${known(flag).form}`)
}

/** What is wrong with taking away a taint that none of the nodes has, as `kubectl taint` refuses it. */
function missingTaint(edit: NodeEdit, who: string, nodes: readonly Node[]): KdsError | undefined {
  if (edit.kind !== 'untaint') return undefined
  const { key, effect } = edit
  const taints = nodes.flatMap(({ spec }) => spec?.taints ?? [])
  if (taints.some((taint) => taint?.key === key && (!effect || taint.effect === effect))) return undefined
  const there = [...new Set(taints.map((taint) => taintText(nodeTaint(taint))))]
  const hint = there.length === 0 ? 'they have no taints' : `there are ${there.slice(0, 5).join(', ')}`
  const message = `no taint ${key}${effect ? `:${effect}` : ''} on ${escapeLine(who)}`
  return new KdsError('no-such-taint', message, { hint: escapeLine(hint) })
}

/**
 * One edit of a flag. The nodes end at an `=`, which may also stand in a selector and in the edit: of all ways to read the text
 * the first counts that names nodes, and a taint that they have.
 *
 * @throws UsageError for what cannot be read; KdsError where it names no node, or a taint that none has
 */
function editOf(flag: string, text: string, nodes: readonly Node[]): AskedEdit {
  const readable = splits(text).flatMap(([who, what]) => {
    const edit = who === '' ? undefined : known(flag).read(what)
    return edit ? [{ who, edit }] : []
  })
  if (readable.length === 0) throw malformed(flag, text)
  let missing: KdsError | undefined
  for (const { who, edit } of readable) {
    const meant = nodesMeant(who, nodes)
    if (!meant) continue
    const named = nodes.filter(({ metadata }) => meant.includes(metadata?.name ?? ''))
    const wrong = missingTaint(edit, who, named)
    if (!wrong) return { edit, nodes: meant, who }
    missing = wrong
  }
  if (missing) throw missing
  return refuseNodes(
    readable.map(({ who }) => who),
    nodes,
  )
}

function plainEdit(kind: 'cordon' | 'remove', who: string, nodes: readonly Node[]): AskedEdit {
  return { edit: { kind }, nodes: nodesMeant(who, nodes) ?? refuseNodes([who], nodes), who }
}

function countOf(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count > 0 && count <= 15_000) return count
  throw invalidArgument('add', text, 'a number of nodes from 1 to 15000')
}

interface AskedChanges {
  readonly edits: readonly (NodesEdit & AskedEdit)[]
  readonly added: readonly Node[]
}

/** What the flags ask about. @throws UsageError for none, and for what cannot be read */
export function changesOf(invocation: Invocation, nodes: readonly Node[]): AskedChanges {
  const edits = [
    ...Object.keys(readers).flatMap((flag) => invocation.list(flag).map((text) => editOf(flag, text, nodes))),
    ...(['cordon', 'remove'] as const).flatMap((kind) =>
      invocation.list(kind).map((who) => plainEdit(kind, who, nodes)),
    ),
  ]
  const add = invocation.text('add')
  const pattern = hypotheticalNode(invocation, nodes)
  if (pattern && add === undefined)
    throw new UsageError(
      '--like, --labels, --taints and --capacity describe new nodes: they need --add COUNT',
    )
  if (edits.length === 0 && add === undefined)
    throw new UsageError(
      'no change given: name one with --taint, --untaint, --label, --cordon, --remove or --add',
    )
  if (add !== undefined && !pattern)
    throw new UsageError(
      '--add COUNT: say which nodes with --like NODE, or with --labels, --taints and --capacity',
    )
  const added = add === undefined || !pattern ? [] : newNodes(countOf(add), pattern, nodes)
  return { edits, added }
}
