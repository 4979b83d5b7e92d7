import type { Style } from '#base/style.ts'
import type { Outcome } from '#controller/changes/outcome.ts'
import type { Result } from '#placement/plan.ts'

/**
 * The group that a node is in: what becomes of it, or, where no pods are known, where the DaemonSet may run (`Result`) and
 * how that differs from an older manifest.
 */
export type GroupKey = Outcome | Result | 'added' | 'removed' | 'not-recreated' | 'as-before' | 'neither'

/** How a group of nodes is named, and by how much it draws the eye. */
export interface Look {
  readonly mark: string
  /** Stands before the number of nodes: `create on` 3 nodes. */
  readonly title: string
  readonly note?: string
  /** What one node is told by it: `gets a pod`. */
  readonly verdict: string
  readonly tone: keyof Pick<Style, 'good' | 'bad' | 'warn' | 'dim'>
  /** How the head line counts it; absent: it is not told there. `change` also makes the plan one that changes something. */
  readonly told?: {
    readonly as: 'change' | 'same' | 'trouble'
    readonly text: (nodes: number) => string
  }
}

type Told = NonNullable<Look['told']>
const change = (word: string): Told => ({ as: 'change', text: (nodes) => `${nodes} ${word}` })
const same = (word: string): Told => ({ as: 'same', text: (nodes) => `${nodes} ${word}` })
const verb = (one: string, many: string) => (nodes: number) => `${nodes} ${nodes === 1 ? one : many}`

const told = (word: string) => verb(word, word)
const trouble = (title: string, text: Told['text'], verdict: string): Look => ({
  mark: '!',
  title,
  verdict,
  tone: 'bad',
  told: { as: 'trouble', text },
})

const notTargeted: Look = { mark: ' ', title: 'not targeted:', verdict: 'is not targeted', tone: 'dim' }
const keepsOldOnly: Omit<Look, 'mark'> = {
  title: 'keeps its old pod only on',
  verdict: 'gets no new pod, keeps one that is there',
  note: 'no new pod, one already there stays',
  tone: 'warn',
}

/** In the order in which groups are shown: what fails, what changes, what stays. */
export const looks: Readonly<Record<GroupKey, Look>> = {
  refused: {
    ...trouble('refused on', told('refused'), 'needs a pod that is not admitted'),
    note: 'needs a pod, admission does not admit it',
  },
  'maybe-refused': trouble(
    'maybe refused on',
    told('maybe refused'),
    'needs a pod that is maybe not admitted',
  ),
  unplaceable: trouble(
    'does not fit on',
    verb('does not fit', 'do not fit'),
    'needs a pod that does not fit',
  ),
  'crash-looping': trouble('crash-looping on', told('crash-looping'), 'has a crash-looping pod'),
  'image-pull-failing': trouble(
    'cannot pull the image on',
    told('cannot pull the image'),
    'cannot pull the image of its pod',
  ),
  'cannot-start': trouble('cannot start on', told('cannot start'), 'cannot start its pod'),
  unschedulable: trouble('unschedulable on', told('unschedulable'), 'has an unschedulable pod'),
  'not-ready': trouble('not ready on', told('not ready'), 'has a pod that is not ready'),
  'node-not-ready': trouble(
    'node not ready:',
    verb('node not ready', 'nodes not ready'),
    'is not ready, nor is its pod',
  ),
  terminating: trouble('terminating on', told('terminating'), 'has a terminating pod'),
  starting: {
    mark: '=',
    title: 'starting on',
    tone: 'warn',
    told: same('starting'),
    verdict: 'has a starting pod',
  },
  create: { mark: '+', title: 'create on', verdict: 'gets a pod', tone: 'good', told: change('to create') },
  replace: {
    mark: '~',
    title: 'replace on',
    verdict: 'gets its pod replaced',
    tone: 'warn',
    told: change('to replace'),
  },
  delete: {
    mark: '-',
    title: 'delete from',
    verdict: 'gets its pod deleted',
    tone: 'bad',
    told: change('to delete'),
  },
  'waits-for-delete': {
    mark: '=',
    title: 'waits for a delete on',
    verdict: 'keeps its outdated pod until someone deletes it',
    tone: 'warn',
    told: {
      as: 'same',
      text: verb('outdated pod waits for a delete', 'outdated pods wait for a delete'),
    },
  },
  leftover: {
    mark: '=',
    title: 'leftover on',
    verdict: 'keeps a leftover pod',
    note: 'the pod there stays, but would not be recreated',
    tone: 'warn',
    told: same('leftover'),
  },
  unchanged: {
    mark: '=',
    title: 'unchanged on',
    verdict: 'runs its pod',
    tone: 'dim',
    told: same('unchanged'),
  },
  'not-targeted': notTargeted,
  run: { mark: '✔', title: 'runs on', verdict: 'runs it', tone: 'good' },
  stay: { ...keepsOldOnly, mark: '◑' },
  no: {
    mark: '✘',
    title: 'not targeted:',
    verdict: 'does not run it',
    note: 'a pod already there is deleted',
    tone: 'bad',
  },
  added: { mark: '+', title: 'added:', verdict: 'is added', tone: 'good', told: change('added') },
  removed: {
    mark: '-',
    title: 'removed:',
    verdict: 'is removed',
    note: 'a pod already there is deleted',
    tone: 'bad',
    told: change('removed'),
  },
  'not-recreated': {
    ...keepsOldOnly,
    mark: '-',
    told: { as: 'change', text: verb('keeps its old pod only', 'keep their old pods only') },
  },
  'as-before': {
    mark: '=',
    title: 'unchanged:',
    verdict: 'is unchanged',
    tone: 'dim',
    told: same('unchanged'),
  },
  neither: notTargeted,
}

/** All keys in the order in which groups are shown. */
export const groupKeys = Object.keys(looks) as GroupKey[]

/** A group whose mark is a part of the answer: it stands in pipes, too. */
export const marksAlways = (key: GroupKey): boolean => key !== 'run' && key !== 'stay' && key !== 'no'

/** `replace`, `does not fit`: the title of a group for a single node. */
export const titleWord = (key: GroupKey): string => looks[key].title.replace(/(?: on| from|:)$/, '')
