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

/** In the order in which groups are shown: what fails, what changes, what stays. */
export const looks: Readonly<Record<GroupKey, Look>> = {
  unplaceable: {
    mark: '!',
    title: 'does not fit on',
    tone: 'bad',
    told: { as: 'trouble', text: verb('does not fit', 'do not fit') },
  },
  create: { mark: '+', title: 'create on', tone: 'good', told: change('to create') },
  replace: { mark: '~', title: 'replace on', tone: 'warn', told: change('to replace') },
  delete: { mark: '-', title: 'delete from', tone: 'bad', told: change('to delete') },
  'waits-for-delete': {
    mark: '=',
    title: 'waits for a delete on',
    tone: 'warn',
    told: {
      as: 'same',
      text: verb('outdated pod waits for a delete', 'outdated pods wait for a delete'),
    },
  },
  leftover: {
    mark: '=',
    title: 'leftover on',
    note: 'the pod there stays, but would not be recreated',
    tone: 'warn',
    told: same('leftover'),
  },
  unchanged: { mark: '=', title: 'unchanged on', tone: 'dim', told: same('unchanged') },
  'not-targeted': { mark: ' ', title: 'not targeted:', tone: 'dim' },
  run: { mark: '✔', title: 'runs on', tone: 'good' },
  stay: {
    mark: '◑',
    title: 'keeps its old pod only on',
    note: 'no new pod, one already there stays',
    tone: 'warn',
  },
  no: { mark: '✘', title: 'not targeted:', note: 'a pod already there is deleted', tone: 'bad' },
  added: { mark: '+', title: 'added:', tone: 'good', told: change('added') },
  removed: {
    mark: '-',
    title: 'removed:',
    note: 'a pod already there is deleted',
    tone: 'bad',
    told: change('removed'),
  },
  'not-recreated': {
    mark: '-',
    title: 'keeps its old pod only on',
    note: 'no new pod, one already there stays',
    tone: 'warn',
    told: { as: 'change', text: verb('keeps its old pod only', 'keep their old pods only') },
  },
  'as-before': { mark: '=', title: 'unchanged:', tone: 'dim', told: same('unchanged') },
  neither: { mark: ' ', title: 'not targeted:', tone: 'dim' },
}

/** All keys in the order in which groups are shown. */
export const groupKeys = Object.keys(looks) as GroupKey[]

/** A group whose mark is a part of the answer: it stands in pipes, too. */
export const marksAlways = (key: GroupKey): boolean => key !== 'run' && key !== 'stay' && key !== 'no'
