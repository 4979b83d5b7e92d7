import type { NodeChange } from '#controller/changes/node-change.ts'
import type { Cell } from '../cells/grid.ts'
import { type GroupKey, groupKeys, titleWord } from './looks.ts'

/** The letter of each kind of nodes, and its colour. No two kinds that one map may show share a letter. */
const letters: Readonly<Record<GroupKey, readonly [letter: string, paint: Cell['paint']]>> = {
  refused: ['X', 'bad'],
  'maybe-refused': ['?', 'bad'],
  unplaceable: ['!', 'bad'],
  'crash-looping': ['C', 'bad'],
  'image-pull-failing': ['I', 'bad'],
  'cannot-start': ['F', 'bad'],
  unschedulable: ['U', 'bad'],
  'not-ready': ['N', 'bad'],
  'node-not-ready': ['D', 'bad'],
  terminating: ['T', 'warn'],
  starting: ['s', 'accent'],
  create: ['+', 'accent'],
  replace: ['~', 'warn'],
  delete: ['-', 'bad'],
  'waits-for-delete': ['w', 'warn'],
  leftover: ['o', 'warn'],
  unchanged: ['=', 'good'],
  'not-targeted': ['.', 'dim'],
  run: ['#', 'good'],
  stay: ['o', 'warn'],
  no: ['.', 'dim'],
  added: ['+', 'accent'],
  removed: ['-', 'bad'],
  'not-recreated': ['o', 'warn'],
  'as-before': ['=', 'good'],
  neither: ['.', 'dim'],
}

const kinds = Object.fromEntries(
  groupKeys.map((key) => {
    const [letter, paint] = letters[key]
    return [key, { letter, paint, word: titleWord(key) }]
  }),
) as Readonly<Record<GroupKey, Cell>>

/** Nodes on which pods of others have to go first. */
const evicting: Readonly<Partial<Record<GroupKey, Cell>>> = {
  create: { letter: 'E', word: 'create, evicts pods', paint: 'bad' },
  replace: { letter: 'V', word: 'replace, evicts pods', paint: 'bad' },
}

/** In the order in which they are told: what fails, what changes, what stays. */
export const order: readonly Cell[] = groupKeys.flatMap((key) => [evicting[key] ?? [], kinds[key]].flat())

const evicts = (change: NodeChange | undefined) => (change?.fit?.evicts.length ?? 0) > 0

/** How a node is drawn: by its kind, and whether pods of others have to go first. */
export const cellOf = (key: GroupKey, change: NodeChange | undefined): Cell =>
  (evicts(change) ? evicting[key] : undefined) ?? kinds[key]
