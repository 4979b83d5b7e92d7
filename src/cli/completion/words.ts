import { childrenOf, type Registry } from '../registry.ts'
import { type Candidate, type Completion, matching, nothing } from './candidate.ts'

/** Everything that has a name in kds. */
export type Tree = Pick<Registry, 'groups' | 'commands' | 'topics'>

const help: Candidate = { value: 'help', description: 'Help about any command or topic' }
const helpFlags: readonly Candidate[] = [
  { value: '--help', description: 'Show help' },
  { value: '--version', description: 'Print the version of kds' },
]

/** Completes the words that lead to a command, and what may follow `kds help`. */
export function completeWords(before: readonly string[], current: string, tree: Tree): Completion {
  const asksHelp = before[0] === 'help'
  const path = asksHelp ? before.slice(1) : before
  const children = childrenOf(tree, path)
  const candidates = children.map(
    (one): Candidate => ({ value: one.path.at(-1) ?? '', description: one.summary }),
  )
  const atRoot = path.length === 0
  const known = atRoot || children.length > 0
  if (!known) return nothing
  if (current.startsWith('-'))
    return { ...nothing, candidates: matching(atRoot ? helpFlags : helpFlags.slice(0, 1), current) }
  const more = !atRoot
    ? []
    : asksHelp
      ? tree.topics.map(({ name, summary }): Candidate => ({ value: name, description: summary }))
      : [help]
  return { ...nothing, candidates: matching([...candidates, ...more], current) }
}
