/** What would bring a pod onto a node: stanzas to paste, and commands to copy. */
import type { Json } from '#base/json.ts'
import { wrapped } from '#base/wrap.ts'
import type { NodeEdit } from '#controller/what-if/node-edits.ts'
import type { Remedies, TemplateRemedy } from '#controller/what-if/remedies.ts'
import { toYaml } from '#yaml/emit.ts'
import type { TextOptions } from '../sections.ts'
import { editCommand } from '../what-if/edit-text.ts'

const commandFor = (node: string) => (edit: NodeEdit) => editCommand({ edit, nodes: [node], who: node })

/** The commands that change the node so that a pod is wanted there. */
const remedyCommands = (remedies: Remedies | undefined, node: string): string[] =>
  (remedies?.node ?? []).map(commandFor(node))

function templateLines(template: TemplateRemedy, { width }: TextOptions): string[] {
  const { nodeName, nodeSelector, ...fields } = template
  const stanza = { ...fields, ...(nodeSelector && { nodeSelector }) }
  const gone = [
    ...(nodeName === null ? ['nodeName'] : []),
    ...(nodeSelector === null ? ['nodeSelector'] : []),
  ]
  const isEmpty = Object.keys(stanza).length === 0
  const added = template.tolerations ? ' (tolerations are added to those that are there)' : ''
  return [
    ...(gone.length > 0 ? [`Remove spec.template.spec.${gone.join(' and spec.template.spec.')}.`] : []),
    ...(isEmpty ? [] : wrapped(`Set in spec.template.spec${added}:`, width)),
    ...(isEmpty
      ? []
      : toYaml(stanza as unknown as Json)
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`)),
  ]
}

/** What would change the answer, the template first; none where a pod is wanted already. */
export function remedyLines(remedies: Remedies | undefined, node: string, options: TextOptions): string[] {
  if (!remedies) return []
  const { ofState, template } = remedies
  const commands = remedyCommands(remedies, node)
  const state = [...new Set(ofState)].join(', ')
  const lines = [
    ...(state === ''
      ? []
      : [
          ...wrapped(
            `The node controller sets ${state} by the node's state and sets it again: fix the node.`,
            options.width,
          ),
          `  kubectl describe node ${node}`,
        ]),
    ...(template ? templateLines(template, options) : []),
    ...(commands.length > 0
      ? [template ? 'Or change the node:' : 'Change the node:', ...commands.map((one) => `  ${one}`)]
      : []),
  ]
  return ['', options.style.bold('what would bring a pod here'), ...lines]
}

export const remediesDocument = (remedies: Remedies, node: string): object => ({
  ...(remedies.template && { template: remedies.template }),
  ...(remedies.node && { node: remedies.node.map((edit) => ({ ...edit, command: commandFor(node)(edit) })) }),
  ...(remedies.ofState.length > 0 && { taintsOfState: remedies.ofState }),
})
