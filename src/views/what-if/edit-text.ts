/** Edits of nodes in words, and as the command that makes them. */
import { escapeLine } from '#base/escape.ts'
import type { NodeEdit } from '#controller/what-if/node-edits.ts'
import type { Taint } from '#kube/types.ts'
import { nodeTaint, taintText } from '#placement/tolerations.ts'
import { counted } from '../names.ts'

/** An edit, the nodes that it is for, and how the user named them. */
export interface AskedEdit {
  readonly edit: NodeEdit
  readonly nodes: readonly string[]
  readonly who: string
}

const quoted = (word: string) =>
  /^[\w@%+=:,./!-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** `node-1 node-2`, or `-l pool=spot`. */
const whoText = ({ nodes, who }: Pick<AskedEdit, 'nodes' | 'who'>) => {
  const names = who.split(',')
  if (names.every((name) => nodes.includes(name))) return names.map(quoted).join(' ')
  return `-l ${quoted(who.replace(/^(?:-l|--selector)[ =]?\s*/, ''))}`
}

const textOf = (taint: Taint) => taintText(nodeTaint(taint))
const effectOf = (effect: string | undefined) => (effect === undefined ? '' : `:${effect}`)

/** The command that makes the edit. */
export function editCommand(asked: AskedEdit): string {
  const { edit } = asked
  const who = whoText(asked)
  switch (edit.kind) {
    case 'taint':
      return `kubectl taint nodes ${who} ${quoted(textOf(edit.taint))} --overwrite`
    case 'untaint':
      return `kubectl taint nodes ${who} ${quoted(edit.key + effectOf(edit.effect))}-`
    case 'label':
      return edit.value === null
        ? `kubectl label nodes ${who} ${quoted(edit.key)}-`
        : `kubectl label nodes ${who} ${quoted(`${edit.key}=${edit.value}`)} --overwrite`
    case 'cordon':
      return `kubectl cordon ${who}`
    case 'remove':
      return `kubectl delete nodes ${who}`
  }
}

/** `taint dedicated=gpu:NoExecute on 3 nodes`. */
export function editText({ edit, nodes }: AskedEdit): string {
  const on = nodes.length === 1 ? escapeLine(nodes[0] ?? '') : counted(nodes.length, 'node')
  switch (edit.kind) {
    case 'taint':
      return `taint ${escapeLine(textOf(edit.taint))} on ${on}`
    case 'untaint':
      return `no taint ${escapeLine(edit.key + effectOf(edit.effect))} on ${on}`
    case 'label':
      return edit.value === null
        ? `no label ${escapeLine(edit.key)} on ${on}`
        : `label ${escapeLine(`${edit.key}=${edit.value}`)} on ${on}`
    case 'cordon':
      return `a cordon of ${on}`
    case 'remove':
      return nodes.length === 1 ? `${on} is removed` : `${on} are removed`
  }
}
